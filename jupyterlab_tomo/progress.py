"""How far a run is: one output of the cell that is updated, or plain lines."""

from __future__ import annotations

import html
import sys
from typing import Any


class Progress:
    """Shows the status of a run, again and again in the same place.

    Parameters
    ----------
    name
        Of the run.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._handle = _notebook_display()
        self._last = ""

    def show(self, status: dict[str, Any]) -> None:
        """Show ``status.json`` of a job folder; nothing happens when it says nothing new."""
        if not status:
            return
        text = describe(status)
        if text == self._last:
            return
        self._last = text
        if self._handle is not None:
            self._handle.update(_Shown(self._name, text, part_done(status)))
        elif sys.stderr is not None:
            sys.stderr.write(f"{self._name}: {text}\n")


class _Shown:
    """One state of the progress, for rich and for plain front ends."""

    def __init__(self, name: str, text: str, part: float) -> None:
        self._name = name
        self._text = text
        self._part = part

    def __repr__(self) -> str:
        return f"{self._name}: {self._text}"

    def _repr_html_(self) -> str:
        shown = f"{html.escape(self._name)}: {html.escape(self._text)}"
        return f'<progress value="{self._part:.3f}" max="1"></progress> {shown}'


def part_done(status: dict[str, Any]) -> float:
    """From 0 to 1, by slices where they have begun."""
    slices = status.get("slices") or {}
    total = slices.get("total") or 0
    return min(1.0, slices.get("done", 0) / total) if total else 0.0


def describe(status: dict[str, Any]) -> str:
    """One line: state, slices, stage, time left, and the last warning at the end."""
    slices = status.get("slices") or {}
    parts = [str(status.get("state", ""))]
    if slices.get("total"):
        parts.append(f"{slices.get('done', 0)} of {slices['total']} slices")
    if status.get("state") == "running":
        if status.get("stage"):
            parts.append(str(status["stage"]))
        if status.get("remaining"):
            parts.append(f"{status['remaining']:.0f} s left")
    elif status.get("warnings"):
        parts.append("; ".join(map(str, status["warnings"])))
    return ", ".join(part for part in parts if part)


def _notebook_display() -> Any:
    """A display that can be updated, or None outside of a notebook."""
    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython  # type: ignore[attr-defined, unused-ignore]
    from IPython.display import display

    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        return None
    return display(_Shown("", "starting", 0.0), display_id=True)  # type: ignore[no-untyped-call]
