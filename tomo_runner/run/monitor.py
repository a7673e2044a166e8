"""What a run tells while it goes on."""

from __future__ import annotations

from typing import Protocol


class Monitor(Protocol):
    """Is told what happens; must be quick, and is called from several threads."""

    def stage(self, name: str, total: int) -> None:
        """Something new begins, of ``total`` pieces."""

    def progress(self, done: int) -> None:
        """Pieces of this stage that are done."""

    def slices(self, done: int, total: int) -> None:
        """Slices of the whole run that are written."""

    def warning(self, text: str) -> None:
        """Something to know, one sentence."""

    def output(self, folder: str) -> None:
        """The result folder is made."""


class Silent:
    """A monitor that tells nobody."""

    def stage(self, name: str, total: int) -> None:
        """Ignored."""

    def progress(self, done: int) -> None:
        """Ignored."""

    def slices(self, done: int, total: int) -> None:
        """Ignored."""

    def warning(self, text: str) -> None:
        """Ignored."""

    def output(self, folder: str) -> None:
        """Ignored."""
