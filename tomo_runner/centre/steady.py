"""What stands in the same column of every projection, as stripes do."""

from __future__ import annotations

import math

import numpy as np

_WIDTH = 33
"""Columns over which the mean projection is smoothed."""


def steady(profiles: np.ndarray) -> np.ndarray:
    """The narrow structure of the mean projection, to be taken off.

    Parameters
    ----------
    profiles
        (frame, ..., column), frames spread over the scan.

    Returns
    -------
    numpy.ndarray
        float64 (..., column).
    """
    mean: np.ndarray = profiles.mean(axis=0, dtype=np.float64)
    kernel = np.hanning(_WIDTH)
    kernel /= kernel.sum()
    half = _WIDTH // 2
    padded = np.pad(mean, [(0, 0)] * (mean.ndim - 1) + [(half, half)], mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WIDTH, axis=-1)
    narrow: np.ndarray = mean - windows @ kernel
    return narrow


def steady_across(mean: np.ndarray, degrees: float) -> np.ndarray:
    """The same of a mean image, smoothed across an axis that leans.

    Along rows it would be its own mirror image about an upright axis, and pull every lean to that.

    Parameters
    ----------
    mean
        (row, column), smooth: between rows it is interpolated.
    degrees
        Positive leans towards larger columns with increasing row.
    """
    kernel = np.hanning(_WIDTH)
    kernel /= kernel.sum()
    half, falls = _WIDTH // 2, math.tan(math.radians(degrees))
    rows, columns = mean.shape
    edge = math.ceil(half * abs(falls)) + 1
    padded = np.pad(mean, ((edge, edge), (half, half)), mode="edge")
    smoothed = np.zeros(mean.shape)
    for right, weight in enumerate(kernel):
        down = edge - (right - half) * falls
        top = math.floor(down)
        part = padded[top : top + rows + 1, right : right + columns]
        smoothed += weight * (part[:-1] + (down - top) * np.diff(part, axis=0))
    narrow: np.ndarray = mean - smoothed
    return narrow
