"""Asking work to stop, and work that listens."""

from __future__ import annotations

import threading
from typing import Callable, Optional

from .failures import Stopped


class Stop:
    """A request to stop, which long work looks at between its pieces.

    Parameters
    ----------
    probe
        Called by ``check``; returns a reason when the work should stop, as when a file appears.
    """

    def __init__(self, probe: Optional[Callable[[], Optional[str]]] = None) -> None:
        self._reason: Optional[str] = None
        self._event = threading.Event()
        self._probe = probe

    @property
    def reason(self) -> Optional[str]:
        """Why the work should stop; None while it should not."""
        if self._reason is None and self._probe is not None:
            reason = self._probe()
            if reason is not None:
                self.request(reason)
        return self._reason

    def request(self, reason: str) -> None:
        """Ask to stop; the first reason stays."""
        if self._reason is None:
            self._reason = reason
        self._event.set()

    def check(self) -> None:
        """Raise ``Stopped`` when the work should stop."""
        reason = self.reason
        if reason is not None:
            raise Stopped(reason)

    def wait(self, seconds: float) -> bool:
        """Sleep, at most until somebody asks to stop; whether somebody did."""
        return self._event.wait(seconds)
