"""The Debian packages that a cluster is made of."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from .folder import Trouble

# Each with a file that shows that it is there.
PACKAGES = {
    "slurmctld": "/usr/sbin/slurmctld",
    "slurmd": "/usr/sbin/slurmd",
    "slurmdbd": "/usr/sbin/slurmdbd",
    "slurm-client": "/usr/bin/sbatch",
    "munge": "/usr/sbin/munged",
    "mariadb-server-core": "/usr/sbin/mariadbd",
    "mariadb-client-core": "/usr/bin/my_print_defaults",
    "openssh-server": "/usr/sbin/sshd",
    "openssh-client": "/usr/bin/ssh-keygen",
    # What the users of the cluster compute with, and shells that they may have.
    "python3-numpy": "/usr/lib/python3/dist-packages/numpy",
    "python3-h5py": "/usr/lib/python3/dist-packages/h5py",
    "tcsh": "/usr/bin/tcsh",
    "fish": "/usr/bin/fish",
    # One-time codes.
    "libpam-google-authenticator": "pam_google_authenticator.so",
    # A clock that is wrong.
    "libfaketime": "faketime/libfaketime.so.1",
    # A file system with quotas.
    "btrfs-progs": "/sbin/mkfs.btrfs",
}
PYTHON = "/usr/bin/python3"
POLICY = Path("/usr/sbin/policy-rc.d")


def library(name: str) -> Path | None:
    """Path of a file below the folders of libraries."""
    for folder in ("/usr/lib", "/lib"):
        for pattern in (f"*-linux-*/{name}", f"*-linux-*/security/{name}"):
            found = next(Path(folder).glob(pattern), None)
            if found:
                return found
    return None


def missing_packages() -> list[str]:
    """Names of the packages that are not installed."""
    return [
        package
        for package, proof in PACKAGES.items()
        if not (Path(proof).exists() if proof.startswith("/") else library(proof))
    ]


def why_not() -> str | None:
    """Why no cluster can run here, and what to do; None when one can."""
    if os.geteuid() != 0:
        return "A test cluster has users and services of its own: run the tests as root."
    missing = missing_packages()
    if missing and not shutil.which("apt-get"):
        return (
            f"A test cluster is made of Debian's packages, and {', '.join(missing)} "
            "are not here: run the tests on Debian or Ubuntu."
        )
    return None


def install() -> None:
    """Install what is missing; nothing that is installed is started."""
    reason = why_not()
    if reason:
        raise Trouble(reason)
    missing = missing_packages()
    if not missing:
        return
    ours = not POLICY.exists()
    if ours:
        # Debian starts services on installation unless this says no.
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
            done = subprocess.run(
                ["apt-get", "-qq", *arguments],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=600,
            )
            if done.returncode:
                raise Trouble(
                    f"apt-get could not install {', '.join(missing)}: {done.stderr.strip()[-300:]}"
                )
    except subprocess.TimeoutExpired as error:
        raise Trouble("apt-get did not end within ten minutes.") from error
    finally:
        if ours:
            POLICY.unlink()
    if still := missing_packages():
        raise Trouble(f"apt-get installed, but {', '.join(still)} are still not there.")
