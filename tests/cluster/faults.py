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
    def controller_frozen(self) -> Iterator[None]:
        """slurmctld answers nobody: commands of Slurm that are asked meanwhile wait for it."""
        pid = self._cluster.services["slurmctld"].pid
        assert pid
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    @contextmanager
    def forgetful(self) -> Iterator[None]:
        """A controller that forgets jobs seconds after their end; accounting knows them."""
        conf = self._cluster.folder.slurm_conf
        patient = conf.read_text()
        conf.write_text(patient.replace("MinJobAge=300", "MinJobAge=2"))
        try:
            self._cluster.slurm("scontrol", "reconfigure")
            yield
        finally:
            conf.write_text(patient)
            self._cluster.slurm("scontrol", "reconfigure")

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

    def kill_connections(self, *of: User) -> int:
        """Kill the server's end of SSH connections, of these users or all; how many."""
        names = {user.name for user in of or self._cluster.users()}
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

    @contextmanager
    def quota_folder(self, user: User, megabytes: int, name: str = "quota") -> Iterator[Path]:
        """A folder of a user with a quota, on a file system that has much more room.

        Raises ``Trouble`` where the kernel has no file system with quotas: btrfs, as those of
        others are left out of many kernels.
        """
        if "btrfs" not in Path("/proc/filesystems").read_text().split():
            raise Trouble("The kernel has no btrfs, whose quotas are what is tested.")
        mount, image = Path(user.work) / f"{name} disk", self._cluster.folder.root / f"{name}.img"
        folder = mount / name
        with image.open("wb") as file:
            file.truncate(4 * megabytes << 20)
        run("mkfs.btrfs", "-q", "-M", str(image))
        mount.mkdir(exist_ok=True)
        run("mount", "-o", "loop", str(image), str(mount))
        try:
            run("btrfs", "quota", "enable", str(mount))
            run("btrfs", "subvolume", "create", str(folder))
            run("btrfs", "qgroup", "limit", f"{megabytes}M", str(folder))
            os.chown(folder, user.uid, user.uid)
            yield folder
        finally:
            run("umount", "--lazy", str(mount))
            shutil.rmtree(mount, ignore_errors=True)
            image.unlink()

    def lift_quota(self, folder: Path) -> None:
        """No quota any more, as when an administrator grants more."""
        identity = run("btrfs", "inspect-internal", "rootid", str(folder)).strip()
        # By the disk: a change that is asked for in the full folder is written on its account.
        run("btrfs", "qgroup", "limit", "none", f"0/{identity}", str(folder.parent))

    def fill(self, folder: Path, size: int | None = None) -> Path:
        """Write so many bytes, or all that fit, into a folder; the file that has them."""
        file = folder / "filling"
        if size is None:
            free = os.statvfs(folder)
            size = free.f_bavail * free.f_frsize
        with file.open("ab", buffering=0) as output:
            for piece in (1 << 20, 1 << 12):
                try:
                    while size > 0:
                        size -= output.write(bytes(min(size, piece)))
                except OSError:
                    continue
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
        # A controller that is killed forgets the last jobs, and gives their numbers to others.
        service.stop(signal.SIGTERM if name == "slurmctld" else signal.SIGKILL)
        try:
            yield
        finally:
            service.start()

    def _accounting_answers(self) -> bool:
        try:
            return bool(self._cluster.slurm("sacctmgr", "-nP", "show", "cluster", "format=cluster"))
        except Trouble:
            return False
