"""What can be broken, and mended again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .cluster import Cluster, listens
from .folder import Trouble
from .processes import processes, wait_for
from .users import User, run


class Faults:
    """Switches; each is a context in which something is broken."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    @contextmanager
    def controller_down(self) -> Iterator[None]:
        """No slurmctld, on a cluster whose commands soon give it up."""
        conf = self._cluster.folder.slurm_conf
        patient = conf.read_text()
        try:
            with self._down("slurmctld"):
                conf.write_text(f"{patient}\nMessageTimeout=2\n")
                try:
                    yield
                finally:
                    conf.write_text(patient)
        finally:
            self._cluster.wait_for_nodes()

    @contextmanager
    def accounting_down(self) -> Iterator[None]:
        """No slurmdbd."""
        try:
            with self._down("slurmdbd"):
                yield
        finally:
            wait_for(self._accounting_answers, 30, "accounting answers")

    @contextmanager
    def node_down(self, number: int) -> Iterator[None]:
        """A slurmd and what runs on it are gone at once, as when a node loses its power."""
        service = self._cluster.services[f"slurmd{number}"]
        mark = f"slurm_{self._cluster.nodes}{number}"
        service.stop(signal.SIGKILL)
        for pid in processes():
            try:
                if mark in Path(f"/proc/{pid}/cgroup").read_text():
                    os.kill(pid, signal.SIGKILL)
            except (FileNotFoundError, ProcessLookupError):
                continue
        try:
            yield
        finally:
            service.start()
            self._cluster.wait_for_nodes()

    @contextmanager
    def listener_down(self, name: str = "sshd") -> Iterator[None]:
        """sshd takes no new connections; those it has stay."""
        with self._down(name):
            yield
        port = self._cluster.description["port"]
        wait_for(lambda: listens(port), 10, "sshd listens")

    def kill_connections(self) -> int:
        """Kill the server's end of every SSH connection of the users; how many there were."""
        names = {user.name for user in self._cluster.users()}
        killed = 0
        for pid in processes():
            try:
                words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
            title = words.strip("\0").split("\0")[0]
            # The unprivileged process and its monitor: "sshd: NAME@notty", "sshd: NAME [priv]".
            if title.startswith("sshd: ") and any(
                title[6:].startswith((f"{name}@", f"{name} [")) for name in names
            ):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
                killed += "@" in title
        return killed

    @contextmanager
    def small_folder(self, user: User, megabytes: int, name: str = "small") -> Iterator[Path]:
        """A folder of a user on a file system of its own."""
        folder = Path(user.work) / name
        folder.mkdir(exist_ok=True)
        identity = f"uid={user.uid},gid={user.uid}"
        run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,{identity}", "tmpfs", str(folder))
        try:
            yield folder
        finally:
            run("umount", "--lazy", str(folder))
            shutil.rmtree(folder, ignore_errors=True)

    def fill(self, folder: Path, leave: int = 0) -> Path:
        """Fill the file system of a folder up to some bytes; the file that does it."""
        file = folder / "filling"
        free = os.statvfs(folder)
        size = free.f_bavail * free.f_frsize - leave
        with file.open("wb") as output:
            piece = bytes(1 << 20)
            try:
                while size > 0:
                    size -= output.write(piece[: min(size, len(piece))])
                output.flush()
            except OSError:
                pass
        return file

    @contextmanager
    def vanished(self, folder: Path) -> Iterator[None]:
        """A folder that is not there, as when a file system is unmounted."""
        away = folder.with_name(f"{folder.name} away")
        folder.rename(away)
        try:
            yield
        finally:
            if folder.exists():
                shutil.rmtree(folder)
            away.rename(folder)

    @contextmanager
    def password_expired(self, user: User) -> Iterator[None]:
        """The password has to be changed before the next log-in."""
        run("chage", "-d", "0", user.name)
        try:
            yield
        finally:
            run("chage", "-d", "2020-01-01", "-M", "-1", user.name)

    @contextmanager
    def other_password(self, user: User) -> Iterator[None]:
        """The password is another one by now."""
        run("chpasswd", text=f"{user.name}:another {user.password}\n")
        try:
            yield
        finally:
            run("chpasswd", text=f"{user.name}:{user.password}\n")

    @contextmanager
    def other_host_key(self) -> Iterator[None]:
        """The server has another key."""
        service = self._cluster.services["sshd"]
        key = self._cluster.folder.keys / "host"
        kept = {file: file.read_bytes() for file in (key, key.with_name("host.pub"))}
        for file in kept:
            file.unlink()
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        self._restart(service.name)
        try:
            yield
        finally:
            for file, content in kept.items():
                file.write_bytes(content)
            self._restart(service.name)

    def _restart(self, name: str) -> None:
        service = self._cluster.services[name]
        service.stop()
        service.start()
        port = self._cluster.description["port"]
        wait_for(lambda: listens(port), 10, "sshd listens")

    @contextmanager
    def _down(self, name: str) -> Iterator[None]:
        service = self._cluster.services[name]
        service.stop(signal.SIGKILL)
        try:
            yield
        finally:
            service.start()

    def _accounting_answers(self) -> bool:
        try:
            return bool(self._cluster.slurm("sacctmgr", "-nP", "show", "cluster", "format=cluster"))
        except Trouble:
            return False
