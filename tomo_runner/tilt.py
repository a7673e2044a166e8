"""A leaning axis: from which tilt on projections are rotated, and which part of them that needs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Optional, Tuple

import numpy as np

from .catalogue import document
from .dataset import Dataset, Window
from .engine import Engine
from .regions import Axis

_TAPS = 2
"""Pixels on each side that the interpolation looks at."""


@dataclass(frozen=True)
class Tilt:
    """The rotation of projections that makes a leaning axis upright.

    Projections are rotated about the middle of the full image, so that the same ones serve all
    axes that lean alike.

    Attributes
    ----------
    degrees
        Positive leans towards larger columns with increasing row.
    rows, columns
        Of the full image.
    """

    degrees: float
    rows: int
    columns: int

    def upright(self, axis: Axis) -> Axis:
        """The axis in rotated projections: one column for all rows."""
        middle = (self.columns - 1) / 2
        column = axis.at((self.rows - 1) / 2)
        return Axis(middle + (column - middle) * math.cos(math.radians(self.degrees)), 0.0, 0.0)

    def leaning(self, column: float) -> Axis:
        """The axis of projections as measured that is a column of rotated ones."""
        middle = (self.columns - 1) / 2
        off = (column - middle) / math.cos(math.radians(self.degrees))
        return Axis(middle + off, (self.rows - 1) / 2, self.degrees)

    def source(self, wanted: Window) -> Window:
        """The pixels of unrotated projections that a window of rotated ones is made of."""
        (low, high), (first, last) = self._reach(wanted)
        top, bottom = _within(first, last, self.rows)
        return Window(top, bottom, *_within(low, high, self.columns))

    def beyond(self, wanted: Window) -> float:
        """Rows above or below the image that a window would need."""
        _, (first, last) = self._reach(wanted)
        return max(0.0, -first, last - (self.rows - 1))

    def halo(self, columns: int) -> int:
        """Rows, at most, that are read above and below rows of so many columns."""
        return math.ceil(columns * abs(math.sin(math.radians(self.degrees))) / 2) + _TAPS + 1

    def apply(
        self, engine: Engine, image: np.ndarray, source: Window, wanted: Window
    ) -> np.ndarray:
        """Rotate what there is of a projection, float32 (row, column)."""
        size = (self.rows, self.columns)
        return engine.straighten(image, source, wanted, size, self.degrees)

    def _reach(self, wanted: Window) -> Tuple[Tuple[float, float], Tuple[float, float]]:
        """Least and largest column, and row, that its corners come from."""
        cosine, sine = (f(math.radians(self.degrees)) for f in (math.cos, math.sin))
        middle, half = (self.columns - 1) / 2, (self.rows - 1) / 2
        corners = [
            (
                middle + (x - middle) * cosine + (y - half) * sine,
                half - (x - middle) * sine + (y - half) * cosine,
            )
            for x in (wanted.left, wanted.right - 1)
            for y in (wanted.top, wanted.bottom - 1)
        ]
        columns, rows = zip(*corners)
        return (min(columns), max(columns)), (min(rows), max(rows))


def tilt_of(axis: Optional[Axis], dataset: Dataset) -> Optional[Tilt]:
    """How projections are rotated for an axis; None when it hardly leans, or is not known."""
    if axis is None or not is_rotated(axis.tilt, dataset.columns):
        return None
    return Tilt(axis.tilt, dataset.rows, dataset.columns)


def is_rotated(degrees: float, columns: int) -> bool:
    """Whether a tilt is more than a column of the axis for each row.

    ``src/recipe/tilt.ts`` decides alike; ``tests/fixtures/tilts.json`` holds both to it.
    """
    return rows_off(degrees, columns) > float(document("advice.json")["tilt"]["rows"])


def rows_off(degrees: float, columns: int) -> float:
    """Rows by which a point at the edge of the image leaves its slice as the sample turns."""
    return columns / 2 * math.sin(math.radians(abs(degrees)))


def _within(first: float, last: float, count: int) -> Tuple[int, int]:
    """Pixels [start, stop) of an image that interpolation from `first` to `last` looks at."""
    start = min(max(math.floor(first) - _TAPS, 0), count - 1)
    return start, max(min(math.ceil(last) + _TAPS + 1, count), start + 1)
