"""Services as processes: started, found again by a record, ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from .folder import Folder, Trouble


def start_time(pid: int) -> str | None:
    """When a process started, in ticks; None for one that is gone or a zombie."""
    try:
        # The name in the second field may hold anything, parentheses too.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else fields[19]


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until something holds."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise Trouble(f"{what}: not within {seconds:g} s.")
        time.sleep(0.03)


class Service:
    """One service of a cluster.

    Parameters
    ----------
    folder
        Of the cluster.
    name
        Names record and log.
    command
        What runs in the foreground.
    environment
        Variables to add.
    """

    def __init__(
        self,
        folder: Folder,
        name: str,
        command: list[str],
        environment: dict[str, str] | None = None,
    ) -> None:
        self.name = name
        self.command = command
        self._environment = environment or {}
        self._record = folder.records / f"{name}.json"
        self.log = folder.logs / f"{name}.out"

    @property
    def pid(self) -> int | None:
        """Of the running process; None when there is none."""
        try:
            record = json.loads(self._record.read_text())
        except (FileNotFoundError, ValueError):
            return None
        started = start_time(record["pid"])
        return int(record["pid"]) if started and started == record["start"] else None

    def start(self) -> None:
        """Start it unless it runs."""
        if self.pid:
            return
        with self.log.open("ab") as output:
            process = subprocess.Popen(
                self.command,
                env={
                    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                    "LANG": "C.UTF-8",
                    **self._environment,
                },
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        _children[process.pid] = process
        record = {"pid": process.pid, "start": start_time(process.pid)}
        self._record.write_text(json.dumps(record))

    def stop(self, number: int = signal.SIGTERM, seconds: float = 10) -> None:
        """End it, and wait until it has ended."""
        pid = self.pid
        if pid:
            _signal(pid, number)
            try:
                wait_for(lambda: self._gone(pid), seconds, f"{self.name} ends")
            except Trouble:
                _signal(pid, signal.SIGKILL)
                wait_for(lambda: self._gone(pid), 10, f"{self.name} ends when killed")
        self._record.unlink(missing_ok=True)

    def _gone(self, pid: int) -> bool:
        if pid in _children:
            _children[pid].poll()
        return self.pid is None

    def must_run(self) -> None:
        """Raise with its last words when it has ended."""
        if not self.pid:
            text = self.log.read_text(errors="replace").strip()[-500:]
            raise Trouble(f"{self.name} ended at once: {text}")


# Those that this process started, so that they can be reaped.
_children: dict[int, subprocess.Popen[bytes]] = {}


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def processes() -> list[int]:
    """All process ids of this machine."""
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def end_leftovers(uids: set[int], marks: list[str]) -> None:
    """Kill the processes of the cluster's users, and those in its control groups."""
    for pid in processes():
        try:
            owner = Path(f"/proc/{pid}").stat().st_uid
            groups = Path(f"/proc/{pid}/cgroup").read_text()
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        steps = "slurmstepd" in command and any(mark in groups for mark in marks)
        if owner in uids or steps:
            _signal(pid, signal.SIGKILL)
