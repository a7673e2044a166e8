"""The cluster as a whole: what starts in which order, and its description."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import configuration, packages
from .codes import pam_service, write_secret
from .configuration import Ports
from .folder import Folder, Trouble, default_folder
from .processes import Service, end_leftovers, wait_for
from .users import ROLES, User, make_key, make_user, remove_user, run

ACCOUNT = "tomography"


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Cluster:
    """A Slurm cluster with SSH on loopback, all of it in one folder.

    Parameters
    ----------
    root
        The folder; by default one for this checkout.
    """

    def __init__(self, root: Path | None = None) -> None:
        root = (root or default_folder()).resolve()
        self.folder = Folder(root)
        # Control groups and accounts are the machine's: clusters share no names.
        self.nodes = f"node-{self.folder.tag}-"
        self.services: dict[str, Service] = {}
        self.description: dict[str, Any] = {}

    # --- as a whole

    def start(self) -> dict[str, Any]:
        """Start what does not run yet; returns the description that is in cluster.json."""
        packages.install()
        self.folder.check()
        self.folder.root.mkdir(mode=0o755, exist_ok=True)
        with self._locked():
            ports = self._ports()
            self._make_folders()
            users = [make_user(self.folder, role) for role in ROLES]
            self._configure(ports, users)
            self._make_services(ports)
            self._start_services(ports)
            self._make_accounts(users)
            self.description = self._describe(ports, users)
            self.folder.description.write_text(json.dumps(self.description, indent=2))
            self.folder.description.chmod(0o600)
        return self.description

    def stop(self, purge: bool = False) -> None:
        """End everything; with `purge`, remove users and folder too."""
        if not self.folder.description.exists() and not self.folder.records.exists():
            return
        with self._locked():
            self._load()
            users = self.users()
            for service in reversed(self.services.values()):
                if service.name.startswith("slurmd") and service.name != "slurmdbd":
                    continue
                service.stop()
            for name in ("slurmd1", "slurmd2"):
                if name in self.services:
                    self.services[name].stop()
            marks = [f"slurm_{self.nodes}{number}" for number in (1, 2)]
            end_leftovers({user.uid for user in users if _exists(user.name)}, marks)
            for mark in marks:
                for group in Path("/sys/fs/cgroup").glob(f"*/{mark}"):
                    _remove_groups(group)
            if purge:
                for user in users:
                    remove_user(user)
                pam_service(self.folder).unlink(missing_ok=True)
        if purge:
            shutil.rmtree(self.folder.root)

    def status(self) -> dict[str, bool]:
        """Whether each service runs."""
        self._load()
        return {name: service.pid is not None for name, service in self.services.items()}

    # --- what tests ask for

    def users(self) -> list[User]:
        records = sorted(self.folder.keys.glob("*.json"))
        return [User(**json.loads(record.read_text())) for record in records]

    def user(self, role: str) -> User:
        return next(user for user in self.users() if user.role == role)

    def slurm(self, *command: str, user: User | None = None, seconds: float = 60) -> str:
        """Run a Slurm command here, as root or as a user; its standard output."""
        words = [*(["runuser", "-u", user.name, "--"] if user else []), *command]
        done = subprocess.run(
            words,
            env={
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                "SLURM_CONF": str(self.folder.slurm_conf),
                "HOME": user.home if user else "/",
                "LC_ALL": "C.UTF-8",
            },
            cwd=user.work if user else "/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        if done.returncode:
            raise Trouble(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout

    def cancel_all(self) -> None:
        """End every job, and wait until no node is busy."""
        for partition in configuration.PARTITIONS:
            self.slurm("scancel", f"--partition={partition}")
        wait_for(lambda: not self.slurm("squeue", "-h"), 30, "all jobs end")

    # --- inside

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder.root / "starting.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _load(self) -> None:
        file = self.folder.root / "ports.json"
        if file.exists() and not self.services:
            self._make_services(Ports(**json.loads(file.read_text())))

    def _ports(self) -> Ports:
        """Those of the last time, unless somebody else has one of them by now."""
        file = self.folder.root / "ports.json"
        if file.exists():
            ports = Ports(**json.loads(file.read_text()))
            self._make_services(ports)
            running = any(service.pid for service in self.services.values())
            if running or not any(listens(port) for port in asdict(ports).values()):
                return ports
        ports = Ports.choose()
        file.write_text(json.dumps(asdict(ports)))
        return ports

    def _make_folders(self) -> None:
        folder = self.folder
        for path in (
            folder.configuration,
            folder.records,
            folder.logs,
            folder.munge,
            folder.database,
            folder.keys,
            folder.homes,
            folder.work,
            folder.root / "ctld",
            folder.root / "spool",
        ):
            path.mkdir(exist_ok=True)
        folder.keys.chmod(0o755)
        slurm, munge = pwd.getpwnam("slurm"), pwd.getpwnam("munge")
        for path in (folder.root / "ctld", folder.database, folder.logs):
            os.chown(path, slurm.pw_uid, slurm.pw_gid)
        os.chown(folder.munge, munge.pw_uid, munge.pw_gid)
        key = folder.munge / "munge.key"
        if not key.exists():
            key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o400)
        os.chown(key, munge.pw_uid, munge.pw_gid)
        Path("/run/sshd").mkdir(exist_ok=True)
        make_key(folder.keys / "host", "")

    def _configure(self, ports: Ports, users: list[User]) -> None:
        folder, etc = self.folder, self.folder.configuration
        secret = etc / "database.secret"
        if not secret.exists():
            secret.touch(0o600)
            secret.write_text(secrets.token_hex(12))
        password = secret.read_text()
        names = [user.name for user in users]
        folder.slurm_conf.write_text(configuration.slurm_conf(folder, ports, self.nodes))
        (etc / "cgroup.conf").write_text(configuration.cgroup_conf())
        (etc / "gres.conf").write_text(configuration.gres_conf(self.nodes))
        (etc / "banner").write_text(configuration.BANNER)
        slurm = pwd.getpwnam("slurm")
        for name, text in (
            ("slurmdbd.conf", configuration.slurmdbd_conf(folder, ports, password)),
            ("init.sql", configuration.database_init(password)),
        ):
            file = etc / name
            file.touch(0o600)
            file.write_text(text)
            file.chmod(0o600)
            os.chown(file, slurm.pw_uid, slurm.pw_gid)
        only_codes = "AuthenticationMethods keyboard-interactive\n"
        for name, port, extra in (
            ("sshd", ports.ssh, ""),
            ("jump", ports.jump, ""),
            ("codes", ports.codes, only_codes),
        ):
            text = configuration.sshd_config(folder, port, names, extra)
            (etc / f"{name}_config").write_text(text)
        for user in users:
            write_secret(folder, user)

    def _make_services(self, ports: Ports) -> None:
        folder, etc, munge = self.folder, self.folder.configuration, self.folder.munge
        conf = {"SLURM_CONF": str(folder.slurm_conf)}
        services = [
            Service(
                folder,
                "munged",
                [
                    *("setpriv", "--reuid=munge", "--regid=munge", "--clear-groups"),
                    *("munged", "--foreground", "--num-threads=2"),
                    f"--key-file={munge}/munge.key",
                    f"--socket={folder.socket}",
                    f"--pid-file={munge}/munged.pid",
                    f"--log-file={munge}/munged.log",
                    f"--seed-file={munge}/munged.seed",
                ],
            ),
            Service(
                folder,
                "mariadbd",
                [
                    *("mariadbd", "--no-defaults", "--user=slurm", "--bind-address=127.0.0.1"),
                    f"--datadir={folder.database}",
                    f"--port={ports.database}",
                    f"--socket={folder.database}/mariadb.sock",
                    f"--pid-file={folder.database}/mariadb.pid",
                    f"--init-file={etc}/init.sql",
                    *("--innodb-log-file-size=8M", "--innodb-buffer-pool-size=16M"),
                    "--skip-log-bin",
                ],
            ),
            Service(folder, "slurmdbd", ["setpriv", *_ids("slurm"), "slurmdbd", "-D"], conf),
            Service(folder, "slurmctld", ["setpriv", *_ids("slurm"), "slurmctld", "-D"], conf),
            *(
                Service(
                    folder, f"slurmd{number}", ["slurmd", "-D", "-N", f"{self.nodes}{number}"], conf
                )
                for number in (1, 2)
            ),
            *(
                Service(
                    folder,
                    name,
                    [
                        program,
                        "-D",
                        "-f",
                        f"{etc}/{name}_config",
                        "-E",
                        f"{folder.logs}/{name}.log",
                    ],
                )
                for name, program in (
                    ("sshd", "/usr/sbin/sshd"),
                    ("jump", "/usr/sbin/sshd"),
                    ("codes", str(folder.configuration / pam_service(folder).name)),
                )
            ),
        ]
        self.services = {service.name: service for service in services}

    def _start_services(self, ports: Ports) -> None:
        services, folder = self.services, self.folder
        services["munged"].start()
        if not (folder.database / "mysql").exists():
            run(
                *("mariadb-install-db", "--no-defaults", "--user=slurm", "--skip-test-db"),
                f"--datadir={folder.database}",
                "--auth-root-authentication-method=socket",
            )
        services["mariadbd"].start()
        for name in ("sshd", "jump", "codes"):
            services[name].start()
        self._wait(services["munged"], folder.socket.exists)
        self._wait(services["mariadbd"], lambda: listens(ports.database), 60)
        services["slurmdbd"].start()
        self._wait(services["slurmdbd"], lambda: listens(ports.slurmdbd))
        self._make_cluster()
        services["slurmctld"].start()
        self._wait(services["slurmctld"], lambda: listens(ports.slurmctld))
        for number, port in ((1, ports.slurmd1), (2, ports.slurmd2)):
            services[f"slurmd{number}"].start()
            self._wait(services[f"slurmd{number}"], lambda port=port: listens(port))
        for name, port in (("sshd", ports.ssh), ("jump", ports.jump), ("codes", ports.codes)):
            self._wait(services[name], lambda port=port: listens(port))

    def wait_for_nodes(self, seconds: float = 60) -> None:
        """Wait until both nodes take jobs."""
        until = time.monotonic() + seconds
        while True:
            try:
                states = self.slurm("sinfo", "-h", "-N", "-p", "scarf", "-o", "%N %t").split("\n")
            except Trouble:
                # A controller that has just started drops a connection now and then.
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
                continue
            usable = [line for line in states if line.endswith((" idle", " mix", " alloc"))]
            if len(usable) == 2:
                return
            for line in states:
                # After a long stop the controller keeps a node down until it is told.
                if line.endswith((" down", " down*", " drain")) and time.monotonic() > until - 55:
                    name = line.split(" ")[0]
                    self.slurm("scontrol", "update", f"nodename={name}", "state=resume")
            if time.monotonic() > until:
                raise Trouble(f"The nodes do not come up: {states}")
            time.sleep(0.1)

    def _wait(self, service: Service, ready: Any, seconds: float = 30) -> None:
        def so() -> bool:
            service.must_run()
            return bool(ready())

        wait_for(so, seconds, f"{service.name} is ready")

    def _make_cluster(self) -> None:
        """The accounting knows the cluster before its controller starts."""
        if "tomo" not in self.slurm("sacctmgr", "-nP", "show", "cluster", "format=cluster"):
            self.slurm("sacctmgr", "-i", "add", "cluster", "tomo")

    def _make_accounts(self, users: list[User]) -> None:
        known = self.slurm("sacctmgr", "-nP", "show", "assoc", "format=account,user").split()
        if f"{ACCOUNT}|" not in known:
            self.slurm("sacctmgr", "-i", "add", "account", ACCOUNT, "description=tests")
        missing = [user.name for user in users if f"{ACCOUNT}|{user.name}" not in known]
        if missing:
            names = ",".join(missing)
            self.slurm("sacctmgr", "-i", "add", "user", names, f"account={ACCOUNT}")
        self.wait_for_nodes()
        # The controller has to have heard of the associations before somebody submits.
        wait_for(lambda: self._accepts(users[0]), 30, "submissions are taken")

    def _accepts(self, user: User) -> bool:
        try:
            self.slurm("sbatch", "--test-only", "-t", "1", "--wrap", "true", user=user)
        except Trouble:
            return False
        return True

    def _describe(self, ports: Ports, users: list[User]) -> dict[str, Any]:
        kind, blob = Path(f"{self.folder.keys}/host.pub").read_text().split()[:2]
        digest = hashlib.sha256(base64.b64decode(blob)).digest()
        fingerprint = "SHA256:" + base64.b64encode(digest).decode().rstrip("=")
        analyst = next(user for user in users if user.role == "analyst")
        return {
            "host": "127.0.0.1",
            "port": ports.ssh,
            "user": analyst.name,
            "password": analyst.password,
            "key": analyst.key,
            "keyPassphrase": analyst.keyPassphrase,
            "plainKey": analyst.plainKey,
            "hostKey": fingerprint,
            "knownHosts": f"[127.0.0.1]:{ports.ssh} {kind} {blob}",
            "jump": {"host": "127.0.0.1", "port": ports.jump, "user": analyst.name},
            "codes": {"host": "127.0.0.1", "port": ports.codes},
            "home": analyst.home,
            "work": analyst.work,
            "account": ACCOUNT,
            "partitions": configuration.PARTITIONS,
            "nodes": [f"{self.nodes}1", f"{self.nodes}2"],
            "slurmConf": str(self.folder.slurm_conf),
            "python": packages.PYTHON,
            "users": {user.role: asdict(user) for user in users},
        }


def _ids(name: str) -> list[str]:
    return [f"--reuid={name}", f"--regid={name}", "--clear-groups"]


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _remove_groups(group: Path) -> None:
    """A control group and those in it; one that is still busy stays for the next stop."""
    for inner in [path for path in group.iterdir() if path.is_dir()]:
        _remove_groups(inner)
    try:
        group.rmdir()
    except OSError:
        time.sleep(0.1)
