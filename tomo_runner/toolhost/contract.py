"""What a tool is.

A tool is one Python module with these names:

``NAME``, ``TITLE``, ``HELP``
    Name in recipes (lower case; of tools in other packages with a hyphen, as ``cil-pdhg``, so that
    it is known from a misspelt one), name for people, one sentence.
``METHODS``
    List of methods, best first: ``{name, title, help, level, kind, schema}``. ``level`` is
    ``basic`` or ``advanced``; ``kind`` is ``analytic``, ``iterative`` or ``unfiltered``; ``gpu`` is
    true where a method needs one. ``schema`` maps each parameter to its JSON Schema with title,
    description (one line), type, range, default, ``unit`` and ``level``; ``when`` maps another
    parameter to the values with which this one counts.
``REFUSED`` (may be left out)
    Methods that people ask for and cannot have here, each with a sentence that says why.
``probe()``
    ``{"available": bool, "version": str, "gpu": bool, "why": str, "install": str}``; ``why`` and
    ``install`` say in a sentence each what is missing and how to get it. Must not raise.
``cost(method, parameters, angles, columns, size)``
    ``{"seconds": of one slice on one core of an ordinary machine (with ``gpu``: on the card),
    "thread": bytes that each thread needs, "row": bytes for each row of a slab}``, roughly; the
    arrays of the task are not counted. With ``"unmeasured": 1`` the seconds are no prediction: they
    only tell how much more one slice takes than another.
``reconstruct(task)``
    Fills ``task.slices`` from ``task.sinograms`` and calls ``task.done(row)`` after each row.
``find_centre(search)`` (may be left out)
    The column of the axis by one of the tool's own finders.

A module may import its tool only inside functions, so that it can be described without it. Another
package adds a tool by an entry point of the group ``jupyterlab_tomo.tools`` that names such a
module; it needs no import of this package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Protocol

import numpy as np


class ToolError(Exception):
    """A tool cannot do what was asked, in the four fields of the project's errors."""

    def __init__(self, code: str, message: str, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.where = where
        self.hint = hint


@dataclass(frozen=True)
class Task:
    """Rows to reconstruct.

    A point at (x, y) from the axis, x to the right and y down in the slice, is seen by the
    projection at ``angle`` in column ``centre + x cos(angle) + y sin(angle)``. The axis stands at
    (size - 1) / 2 of a slice in x and y. Values are attenuation per pixel.

    Attributes
    ----------
    method
        Name of the method.
    parameters
        All its parameters, defaults filled in; those without default may be absent.
    sinograms
        float32 (row, angle, column), memory-mapped, read only; finite.
    angles
        float64 (angle,), degrees, ascending.
    centres
        float64 (row,): axis of rotation in columns, 0-based, integers at pixel centres.
    slices
        float32 (row, y, x), memory-mapped, to be filled.
    cores
        Threads that may be used.
    done
        Called with the index of each row that is filled.
    say
        Called with a sentence that the user should know.
    """

    method: str
    parameters: Dict[str, Any]
    sinograms: np.ndarray
    angles: np.ndarray
    centres: np.ndarray
    slices: np.ndarray
    cores: int
    done: Callable[[int], None]
    say: Callable[[str], None]

    @property
    def size(self) -> int:
        """Width and height of a slice."""
        return int(self.slices.shape[1])


@dataclass(frozen=True)
class Search:
    """A band of rows whose axis is to be found.

    Attributes
    ----------
    finder
        What the tool calls it.
    sinograms
        float32 (row, angle, column), memory-mapped, read only; finite.
    angles
        float64 (angle,), degrees, ascending over half a turn; the last is half a turn from the
        first where the finder is one that compares these two.
    cores
        Threads that may be used.
    """

    finder: str
    sinograms: np.ndarray
    angles: np.ndarray
    cores: int


class Tool(Protocol):
    """A tool's module, as a type."""

    NAME: str
    TITLE: str
    HELP: str
    METHODS: List[Dict[str, Any]]

    def probe(self) -> Dict[str, Any]:
        """Whether the tool can run in this Python."""

    def cost(
        self, method: str, parameters: Dict[str, Any], angles: int, columns: int, size: int
    ) -> Dict[str, float]:
        """Time and memory that a slice takes."""

    def reconstruct(self, task: Task) -> None:
        """Fill the slices."""
