"""A program that is watched: what it prints, how much it takes, how long it is silent, its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Deque, Dict, List, Mapping, Optional, Sequence

from ..failures import ToolFailure
from ..stopping import Stop

KEPT = 50
"""Lines of output that a failure brings along."""
_PASSED_ON = 2000
"""Lines that go into the log while they come; of the rest only the last."""
_LONGEST = 2000
"""Characters of a line that are kept."""
_LOOK = 0.05
_MEASURE = 0.25
_GRACE = 2.0


@dataclass(frozen=True)
class Limits:
    """What a program may take.

    Attributes
    ----------
    memory
        Bytes; 0: no limit.
    silence
        Seconds without a sign of progress after which it counts as hung; 0: no limit.
    hint
        What to do about one that is silent for too long.
    """

    memory: int = 0
    silence: float = 0.0
    hint: str = (
        "Choose fewer iterations or a smaller region, or allow it more time with "
        "JUPYTER_TOMO_TOOL_LIMIT (seconds)."
    )


class Child:
    """A running program in a process group of its own.

    Parameters
    ----------
    argv
        Program and arguments; no shell reads them.
    title
        What messages call it.
    limits
        What it may take.
    options
        Further arguments of ``subprocess.Popen``: ``cwd``, ``env``, ``pass_fds``, ``stdin``,
        ``stdout``. Output that is not claimed goes into the log.
    """

    def __init__(
        self, argv: Sequence[str], title: str, limits: Limits, options: Mapping[str, Any]
    ) -> None:
        self.title = title
        self._limits = limits
        self._tail: Deque[str] = deque(maxlen=KEPT)
        self._count = 0
        self._failure: Optional[ToolFailure] = None
        self._sign = self._measured = time.monotonic()
        merged: Dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.STDOUT,
            **options,
        }
        # Everything unclaimed shares one pipe, so that lines keep their order.
        reading, writing = os.pipe()
        if merged["stdout"] == subprocess.STDOUT:
            merged["stdout"] = writing
        try:
            self.process = subprocess.Popen(
                list(argv), stderr=writing, start_new_session=True, **merged
            )
        except OSError as error:
            os.close(reading)
            raise ToolFailure(
                "tool-not-started",
                f"{title} cannot be started: {argv[0]}: {error.strerror or error}.",
                str(argv[0]),
                "Check that the program is there and may be run.",
            ) from None
        finally:
            os.close(writing)
        self._reader = threading.Thread(
            target=self._read, args=(reading,), name="tool output", daemon=True
        )
        self._reader.start()

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    @property
    def tail(self) -> List[str]:
        """The last lines that it printed."""
        return list(self._tail)

    def alive(self) -> None:
        """There is a sign of progress: the silence begins anew."""
        self._sign = time.monotonic()

    def look(self) -> None:
        """Raise when it takes too much memory or has been silent for too long; it is killed then.

        Raises
        ------
        ToolFailure
            ``tool-memory`` or ``tool-hangs``.
        """
        moment = time.monotonic()
        if self._limits.silence and moment - self._sign > self._limits.silence:
            self.kill()
            raise self.failure(
                "tool-hangs",
                f"{self.title} gave no sign of progress for {self._limits.silence:g} s "
                "and was ended.",
                self._limits.hint,
            )
        if self._limits.memory and moment - self._measured > _MEASURE:
            self._measured = moment
            taken = group_bytes(self.process.pid)
            if taken > self._limits.memory:
                self.kill()
                raise self.failure(
                    "tool-memory",
                    f"{self.title} took {taken >> 20} MiB of memory; "
                    f"{self._limits.memory >> 20} MiB were left to it, so it was ended.",
                    "Give the run more memory, fewer cores or a smaller region.",
                )

    def wait(self, stop: Stop) -> None:
        """Wait for a good end; what it started ends with it.

        Raises
        ------
        ToolFailure
            When it ends badly or goes over its limits.
        Stopped
            When somebody asks to stop; it is ended first.
        """
        try:
            while True:
                try:
                    self.process.wait(_LOOK)
                    break
                except subprocess.TimeoutExpired:
                    stop.check()
                    self.look()
        except BaseException:
            self.kill()
            raise
        # What it started and left is not for the next job to live with.
        self._signal(signal.SIGKILL)
        self._reader.join(_GRACE)
        if self.process.returncode:
            raise self.ended()

    def ended(self) -> ToolFailure:
        """Why it is gone, as its exit code says."""
        self._reader.join(_GRACE)
        code = self.process.wait()
        if code >= 0:
            return self.failure(
                "tool-failed",
                f"{self.title} ended with code {code}.",
                "Its last lines in the log say why.",
            )
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = "unknown"
        hint = "Its last lines are in the log; choose another method, or fewer cores."
        if -code == signal.SIGKILL:
            hint = "The system does that when memory runs out: give the run more, or fewer cores."
        return self.failure(
            "tool-crashed", f"{self.title} was ended by signal {-code} ({name}).", hint
        )

    def failure(self, code: str, message: str, hint: str) -> ToolFailure:
        """A failure of this program, with the last lines that it printed."""
        return ToolFailure(code, message, "reconstruction.tool", hint, self.tail)

    def kill(self) -> None:
        """End it and whatever it started: asked first, forced after a moment."""
        if self.process.poll() is None:
            self._signal(signal.SIGTERM)
            try:
                self.process.wait(_LOOK)
            except subprocess.TimeoutExpired:
                pass
        self._signal(signal.SIGKILL)
        self.process.wait()
        self._reader.join(_GRACE)

    def _signal(self, number: int) -> None:
        try:
            os.killpg(self.process.pid, number)
        except (ProcessLookupError, PermissionError):
            # All of the group have gone (macOS says so by refusing).
            pass

    def _read(self, descriptor: int) -> None:
        with open(descriptor, encoding="utf-8", errors="replace", newline=None) as stream:
            for line in stream:
                text = line.rstrip("\r\n")[:_LONGEST]
                self._tail.append(text)
                self._count += 1
                if self._count <= _PASSED_ON:
                    print(f"{self.title}: {text}", file=sys.stderr, flush=True)
                elif self._count == _PASSED_ON + 1:
                    print(f"{self.title}: (more than can be kept)", file=sys.stderr, flush=True)


def group_bytes(group: int) -> int:
    """Memory of a process group that is its own, in bytes; 0 where the system does not tell."""
    total, page = 0, os.sysconf("SC_PAGE_SIZE")
    try:
        entries = [entry for entry in os.listdir("/proc") if entry.isdigit()]
    except OSError:
        return 0
    for entry in entries:
        try:
            fields = Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()
            if int(fields[2]) != group:
                continue
            memory = Path("/proc", entry, "statm").read_text().split()
        except (OSError, IndexError, ValueError):
            # It ended while we looked.
            continue
        # What it shares with us (the arrays) is counted with us.
        total += (int(memory[1]) - int(memory[2])) * page
    return total
