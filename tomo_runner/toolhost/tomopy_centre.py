"""TomoPy's finders of the axis, for scans over half a turn.

Their columns count from pixel centres.
"""

from __future__ import annotations

import importlib
import math
from typing import Any

import numpy as np

from .contract import Search, ToolError

_REACH = 50
"""Columns on each side of the middle in which Vo's method looks first, as TomoPy does."""
_EDGE = 7
"""Columns from the end of what was looked at in which an answer is no answer."""


def searched(search: Search) -> float:
    """Column of the axis.

    Raises
    ------
    ToolError
        When the finder gives none that can be.
    """
    tomopy = importlib.import_module("tomopy")
    columns = search.sinograms.shape[2]
    if search.finder == "vo":
        found = _vo(tomopy, search)
    elif search.finder == "pc":
        found = _opposite(tomopy, search)
    else:
        found = _entropy(tomopy, search)
    if not (math.isfinite(found) and 0 <= found <= columns - 1):
        raise _nothing(f"gave column {found:g} of {columns} columns")
    return found


def _vo(tomopy: Any, search: Search) -> float:
    sinogram = search.sinograms.mean(axis=0)[:, None, :]
    columns = sinogram.shape[2]
    middle, widest = (columns - 1) / 2, max(columns // 4, 8)
    reach = min(_REACH, widest)
    while True:
        found = float(
            tomopy.find_center_vo(sinogram, ind=0, smin=-reach, smax=reach, ncore=search.cores)
        )
        if abs(found - middle) < max(reach - _EDGE, 1):
            return found
        if reach == widest:
            raise _nothing(f"saw nothing within {reach} columns of the middle")
        reach = widest


def _entropy(tomopy: Any, search: Search) -> float:
    middle = len(search.sinograms) // 2
    # Gridrec reads beyond its tables where the width is a power of two, and the entropy of what it
    # finds there may be NaN: a column more at each end.
    wider = np.pad(search.sinograms[middle : middle + 1], ((0, 0), (0, 0), (1, 1)), "edge")
    # The entropy has many hollows: it starts from what the first and last projection say.
    found = tomopy.find_center(
        wider,
        np.deg2rad(search.angles).astype(np.float32),
        ind=0,
        init=_opposite(tomopy, search) + 1,
        tol=0.1,
        sinogram_order=True,
    )
    return float(np.ravel(found)[0]) - 1


def _opposite(tomopy: Any, search: Search) -> float:
    first, last = search.sinograms[:, 0], search.sinograms[:, -1]
    return float(tomopy.find_center_pc(first, last, tol=0.1))


def _nothing(what: str) -> ToolError:
    return ToolError(
        "nothing-to-register",
        f"TomoPy's finder {what}.",
        "regions.centre.method",
        "Choose another method, or set regions.centre.column.",
    )
