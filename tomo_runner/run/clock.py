"""How long each stage of a run has taken."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import Dict, Iterator

from .monitor import Monitor


class Clock:
    """Seconds a stage."""

    def __init__(self, monitor: Monitor) -> None:
        self.seconds: Dict[str, float] = {}
        self._monitor = monitor

    @contextmanager
    def stage(self, name: str, total: int = 1) -> Iterator[None]:
        """Count what is done in the ``with`` as this stage, and tell the monitor."""
        self._monitor.stage(name, total)
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - start
            self.seconds[name] = self.seconds.get(name, 0.0) + spent
