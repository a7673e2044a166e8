"""A robust line through the columns of the axis over the rows."""

from __future__ import annotations

import math
from typing import Tuple

import numpy as np

_LEAST = 0.2
"""Pixels between the first and the last band that a tilt must make to be one."""
_STEEPEST = math.tan(math.radians(10.0))
"""Steepest slope that a recipe can state as a tilt."""


def robust_line(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray, known: float = 0.0
) -> Tuple[float, float, float]:
    """A robust line: offset at 0, slope, and the spread of the points about it.

    Parameters
    ----------
    known
        What a point is uncertain by, where that is more than the points show.
    """
    good = np.ones(len(x), bool)
    offset, slope, spread = float(median(y, weight)), 0.0, 0.0
    for _ in range(4):
        if good.sum() >= 3 and np.ptp(x[good]) > 0:
            slope, offset = np.polyfit(x[good], y[good], 1, w=np.sqrt(weight[good]))
        else:
            offset, slope = float(median(y[good], weight[good])), 0.0
        residuals = np.abs(y - offset - slope * x)
        spread = 1.4826 * float(median(residuals, weight))
        kept = residuals <= max(3.0 * spread, 0.1)
        if (kept == good).all() or kept.sum() < 2:
            break
        good = kept
    # The slope is believed when it is three times its own error, all points counted: a few bands
    # that agree by chance must not tilt the axis, nor one that no pixel would show.
    deviation = math.sqrt(float(np.average((y - offset - slope * x) ** 2, weights=weight)))
    lever = math.sqrt(float(np.average((x - np.average(x, weights=weight)) ** 2, weights=weight)))
    count = float(weight.sum() ** 2 / (weight**2).sum())
    error = max(deviation, known) / max(lever * math.sqrt(count), 1e-9)
    level = abs(slope) < 3.0 * error or abs(slope) * float(np.ptp(x)) < _LEAST or len(x) < 3
    if level or abs(slope) > _STEEPEST:
        slope = 0.0
        offset, spread = level_line(y, weight)
    return float(offset), float(slope), spread


def level_line(y: np.ndarray, weight: np.ndarray) -> Tuple[float, float]:
    """The median, and the spread of the points about it."""
    offset = median(y, weight)
    return offset, 1.4826 * median(np.abs(y - offset), weight)


def median(values: np.ndarray, weights: np.ndarray) -> float:
    """Weighted median."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(np.interp(0.5 * total[-1], total - 0.5 * weights[order], values[order]))
