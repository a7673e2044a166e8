"""What stands in for pixels that see nothing: a line between the living ones of their row."""

from __future__ import annotations

from typing import NamedTuple, Optional

import numpy as np

from .dead import clear

_FEW = 5
"""Living pixels of a row that are too few to bridge the others: it is all nothing."""


class _Spans(NamedTuple):
    """Dead columns, the living ones on both sides, and how far it is from the left one."""

    gaps: np.ndarray
    left: np.ndarray
    right: np.ndarray
    along: np.ndarray


def _spans(dead: np.ndarray) -> Optional[_Spans]:
    """None where too few live."""
    living, gaps = np.flatnonzero(~dead), np.flatnonzero(dead)
    if len(gaps) and len(living) < _FEW:
        return None
    after = np.searchsorted(living, gaps)
    left = living[np.maximum(after - 1, 0)]
    right = living[np.minimum(after, len(living) - 1)]
    along = np.clip((gaps - left) / np.maximum(right - left, 1), 0.0, 1.0).astype(np.float32)
    return _Spans(gaps, left, right, along)


def bridge(rows: np.ndarray, dead: np.ndarray) -> None:
    """Put a line between the living pixels on both sides, in place; at a side, the nearest one.

    Parameters
    ----------
    rows
        (frame, column), float32, finite.
    dead
        Of each column.
    """
    spans = _spans(dead)
    if spans is None:
        rows[...] = 0.0
    elif len(spans.gaps):
        rows[:, spans.gaps] = _between(rows[:, spans.left], rows[:, spans.right], spans.along)


class Bridges:
    """Those of all rows of a window, for one image after the other.

    Parameters
    ----------
    dead
        Its dead pixels (row, column).
    """

    def __init__(self, dead: np.ndarray) -> None:
        spans = [_spans(of_row) for of_row in dead]
        starts = [
            (at * dead.shape[1], of_row) for at, of_row in enumerate(spans) if of_row is not None
        ]
        self._none = [at for at, of_row in enumerate(spans) if of_row is None]
        empty = np.empty(0, np.intp)
        self._gaps, self._left, self._right = (
            np.concatenate([empty, *(start + of_row[part] for start, of_row in starts)])
            for part in range(3)
        )
        self._along = np.concatenate([np.empty(0, np.float32), *(one.along for _, one in starts)])

    def over(self, image: np.ndarray) -> np.ndarray:
        """The window of an image (row, column), float32, bridged: new, and all of it finite."""
        made = np.array(image, np.float32, order="C")
        clear(made)
        flat = made.reshape(-1)
        flat[self._gaps] = _between(flat[self._left], flat[self._right], self._along)
        made[self._none] = 0.0
        return made


def _between(left: np.ndarray, right: np.ndarray, along: np.ndarray) -> np.ndarray:
    value: np.ndarray = left * (1 - along) + right * along
    return value
