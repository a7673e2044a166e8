"""Progress of a command on standard error: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from typing import Optional, TextIO

_WIDTH = 32


class Progress:
    """A monitor for people.

    Parameters
    ----------
    stream
        Where to write; standard error when left out.
    """

    def __init__(self, stream: Optional[TextIO] = None) -> None:
        self._stream: TextIO = sys.stderr if stream is None else stream
        self._bar = self._stream.isatty()
        self._lock = threading.Lock()
        self._stage, self._total, self._shown = "", 1, 0.0

    def stage(self, name: str, total: int) -> None:
        """A line for each stage; with a bar it is written over."""
        with self._lock:
            self._stage, self._total, self._shown = name, max(total, 1), 0.0
            if not self._bar:
                self._write(f"{name}\n")

    def progress(self, done: int) -> None:
        """At most ten times a second on a terminal, every five seconds elsewhere."""
        now = time.monotonic()
        with self._lock:
            last = done >= self._total
            if now - self._shown < (0.1 if self._bar else 5.0) and not (last and self._bar):
                return
            first, self._shown = self._shown == 0.0, now
            if self._bar:
                full = int(_WIDTH * min(1.0, done / self._total))
                bar = "#" * full + "-" * (_WIDTH - full)
                self._write(f"\r{self._stage:<12} [{bar}] {done}/{self._total} ")
                if last:
                    self._write("\n")
            elif not first:
                self._write(f"{self._stage} {done}/{self._total}\n")

    def slices(self, done: int, total: int) -> None:
        """Shown as the progress of its stage."""

    def warning(self, text: str) -> None:
        """A line of its own."""
        with self._lock:
            self._write(f"{chr(13) if self._bar else ''}Warning: {text}\n")

    def output(self, folder: str) -> None:
        """Where the slices go."""
        with self._lock:
            self._write(f"Output: {folder}\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
