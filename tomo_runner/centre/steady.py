"""What stands in the same column of every projection, as stripes do."""

from __future__ import annotations

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
