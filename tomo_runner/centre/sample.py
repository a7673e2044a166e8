"""Where the sample stands in a sinogram, and whether all of it does."""

from __future__ import annotations

import math
from typing import NamedTuple, Optional

import numpy as np

from ..dataset import Window
from ..steps.active import is_attenuation
from ..stopping import Stop
from .alive import Alive

_EDGE = 0.02
"""Share of the columns at each side that must show air."""
_AIR = 0.06
"""What counts as air, relative to the sample."""


_DARK = 1e-3
"""Least transmission whose logarithm is taken."""


def attenuation_of(alive: Alive, window: Window, stop: Stop) -> np.ndarray:
    """Sinograms (row, projection, column) in which a sample stands above its air.

    Where the recipe takes no logarithm it is taken here: mass is a matter of attenuation.
    """
    rows = alive.sinograms(window, stop)
    if is_attenuation(alive.pipeline.recipe, alive.pipeline.dataset):
        return rows
    air = max(float(np.quantile(rows, 0.99)), 1e-30)
    # In place: the rows of a whole scan are large.
    np.divide(rows, np.float32(air), out=rows)
    np.maximum(rows, np.float32(_DARK), out=rows)
    np.negative(np.log(rows, out=rows), out=rows)
    return rows


class Cleared(NamedTuple):
    """The sample alone: what stands in the air at both sides is taken off along a line."""

    sample: np.ndarray
    whole: bool
    """Whether all of it is in the image."""
    height: float
    """Attenuation of most of it, above the air."""
    error: float
    """Pixels by which what stands still may move the centre of mass."""
    air: np.ndarray
    """Columns at both sides that show none of it."""


def without_air(profile: np.ndarray) -> Optional[Cleared]:
    """None when there is no sample."""
    columns = profile.shape[1]
    edge = max(2, int(columns * _EDGE))
    left, right = profile[:, :edge].mean(axis=1), profile[:, -edge:].mean(axis=1)
    base = min(float(np.median(left)), float(np.median(right)))
    height = float(np.quantile(profile, 0.99)) - base
    noise = float(np.std(np.diff(profile, axis=1))) / math.sqrt(2.0)
    if not height > max(3.0 * noise / math.sqrt(columns), 1e-9):
        return None
    # What noise alone makes of the highest of many means is no sample.
    high = max(float(np.quantile(left, 0.95)), float(np.quantile(right, 0.95)))
    high -= 1.645 * noise / math.sqrt(edge)
    whole = high - min(base, 0.0) <= _AIR * height
    # Where the sample ever is; beyond there is only noise, which has long levers.
    mean = profile.mean(axis=0, dtype=np.float64)
    most = np.quantile(profile, 0.99, axis=0) - base
    inside = np.flatnonzero(most > max(0.05 * height, 4.0 * noise))
    if not len(inside):
        return None
    margin = max(2, columns // 100)
    first = min(max(edge, inside[0] - margin), columns - edge - 1)
    last = max(min(columns - edge, inside[-1] + 1 + margin), first + 1)
    x = np.arange(columns, dtype=np.float64)
    air = np.r_[0:first, last:columns]
    design = np.stack([np.ones(len(air)), x[air] - columns / 2], axis=1)
    line = np.linalg.lstsq(design, profile[:, air].T.astype(np.float64), rcond=None)[0]
    sample: np.ndarray = profile - (line[0][:, None] + np.outer(line[1], x - columns / 2))
    still = float(np.std(mean[air] - design @ line.mean(axis=1)))
    sample[:, air] = 0.0
    mass, width = float(mean[first:last].sum() - base * (last - first)), last - first
    if not mass > 0.0:
        return None
    # Of each column for itself, and of the line through the air.
    moved = still * math.sqrt(width**3 / 12.0 + width**4 / (4.0 * len(air))) / mass
    return Cleared(sample, whole, height, moved, air)
