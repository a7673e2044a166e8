"""The users of a cluster: an analyst, a colleague, and some with other shells."""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from .folder import Folder, Trouble

NOISE = """\
echo "Welcome to the cluster, $USER"
printf '\\033[31mQuota: 93 %% used\\033[0m\\n'
echo "module: command not found" >&2
export LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8
export SQUEUE_FORMAT='%j' SQUEUE_STATES=RUNNING SQUEUE_SORT=-i SACCT_FORMAT=JobName
export SLURM_TIME_FORMAT=relative SBATCH_PARTITION=devel SLURM_BITSTR_LEN=4
"""
# Role, shell, what the shell reads at its start.
ROLES = {
    "analyst": ("/bin/bash", None),
    "colleague": ("/bin/bash", None),
    "tcsh": ("/usr/bin/tcsh", (".tcshrc", 'echo "tcsh says hello"\n')),
    "fish": ("/usr/bin/fish", (".config/fish/config.fish", 'echo "fish says hello"\n')),
    "noisy": ("/bin/bash", (".bashrc", NOISE)),
}


@dataclass(frozen=True)
class User:
    """One user of the cluster, with everything to log in."""

    role: str
    name: str
    password: str
    key: str
    keyPassphrase: str  # noqa: N815 - as cluster.json spells it
    plainKey: str  # noqa: N815
    home: str
    work: str
    shell: str
    codeSecret: str  # noqa: N815

    @property
    def uid(self) -> int:
        return pwd.getpwnam(self.name).pw_uid


def run(*command: str, text: str | None = None) -> str:
    """Run a program that must succeed; its standard output."""
    done = subprocess.run(
        command,
        input=text,
        stdin=subprocess.DEVNULL if text is None else None,
        capture_output=True,
        text=True,
        timeout=60,
    )
    if done.returncode:
        raise Trouble(f"{command[0]} failed: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout


def make_key(file: Path, passphrase: str) -> None:
    if not file.exists():
        # Few rounds: the strength of a test's key is nothing, and its reader waits.
        comment = ["-a", "4", "-C", file.name]
        run("ssh-keygen", "-q", "-t", "ed25519", *comment, "-N", passphrase, "-f", str(file))


def write_owned(file: Path, text: str, uid: int, gid: int) -> None:
    """A file of a user, with its folders up to the home."""
    for folder in reversed(file.parents):
        if not folder.exists():
            folder.mkdir()
            os.chown(folder, uid, gid)
    file.write_text(text)
    os.chown(file, uid, gid)


def make_user(folder: Folder, role: str) -> User:
    """Make a user, or take the one that was made before."""
    record = folder.keys / f"{role}.json"
    shell, start = ROLES[role]
    if record.exists():
        user = User(**json.loads(record.read_text()))
    else:
        name = f"tomo-{folder.tag}-{role}"
        user = User(
            role=role,
            name=name,
            # As people have them: not only letters.
            password=f"pä ss'{secrets.token_hex(4)}\"$(id)",
            key=str(folder.keys / f"{role}.key"),
            keyPassphrase=f"phrase {secrets.token_hex(4)}",
            plainKey=str(folder.keys / f"{role}.plain"),
            home=str(folder.homes / name),
            work=str(folder.work / name),
            shell=shell,
            codeSecret=secrets.token_bytes(10).hex(),
        )
        record.write_text(json.dumps(asdict(user)))
        record.chmod(0o600)
    home, work = Path(user.home), Path(user.work)
    try:
        entry = pwd.getpwnam(user.name)
        if entry.pw_dir != user.home:
            raise Trouble(f"There is a user {user.name} with another home, {entry.pw_dir}.")
    except KeyError:
        run("useradd", "--no-create-home", "--home-dir", user.home, "--shell", shell, user.name)
        entry = pwd.getpwnam(user.name)
    run("chpasswd", text=f"{user.name}:{user.password}\n")
    # A password that a test has let expire.
    run("chage", "-d", "2020-01-01", "-M", "-1", user.name)
    owner = (entry.pw_uid, entry.pw_gid)
    for own in (home, work):
        own.mkdir(parents=True, exist_ok=True)
        os.chown(own, *owner)
    make_key(Path(user.key), user.keyPassphrase)
    make_key(Path(user.plainKey), "")
    keys = "".join(Path(f"{key}.pub").read_text() for key in (user.key, user.plainKey))
    write_owned(home / ".ssh" / "authorized_keys", keys, *owner)
    if start:
        write_owned(home / start[0], start[1], *owner)
    return user


def remove_user(user: User) -> None:
    """Remove the account; its files go with the folder."""
    try:
        pwd.getpwnam(user.name)
    except KeyError:
        return
    run("userdel", user.name)
    shutil.rmtree(user.home, ignore_errors=True)
