"""Sub-pixel shifts between one-dimensional profiles."""

from __future__ import annotations

from typing import Tuple

import numpy as np

_SMOOTH = 1.5
"""Standard deviation of the smoothing in pixels: noise down, and no pull to whole pixels."""


def register(fixed: np.ndarray, moving: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Shifts s with ``fixed(x) = moving(x - s)``.

    Parameters
    ----------
    fixed, moving
        Profiles (pair, band, column) of attenuation.

    Returns
    -------
    shifts : numpy.ndarray
        Pixels (pair, band).
    weights : numpy.ndarray
        How sharply each is told; 0 where nothing tells it.
    """
    fixed, moving = _smooth(fixed), _smooth(moving)
    start = _coarse(fixed, moving)
    return _refine(fixed, moving, start)


def _smooth(profiles: np.ndarray) -> np.ndarray:
    reach = np.arange(-6, 7)
    kernel = np.exp(-0.5 * (reach / _SMOOTH) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(profiles, ((0, 0), (0, 0), (6, 6)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(kernel), axis=2)
    smooth: np.ndarray = windows @ kernel
    return smooth


def _coarse(fixed: np.ndarray, moving: np.ndarray) -> float:
    """The whole-pixel shift at which all profiles together correlate best.

    The correlation is normalised over the overlap, so a truncated sample does not pull it to the
    middle; at least a quarter of the columns overlap.
    """
    columns = fixed.shape[2]
    length = 1 << (2 * columns - 1).bit_length()
    ones = np.fft.rfft(np.ones(columns), length)

    def transform(values: np.ndarray) -> np.ndarray:
        return np.fft.rfft(values, length, axis=2)

    def correlate(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.fft.irfft(a * np.conj(b), length)

    f, m = transform(fixed), transform(moving)
    f2, m2 = transform(fixed**2), transform(moving**2)
    count = np.maximum(np.rint(correlate(ones, ones)), 1.0)
    sum_f, sum_m = correlate(f, ones), correlate(ones, m)
    cross = correlate(f, m) - sum_f * sum_m / count
    var_f = correlate(f2, ones) - sum_f**2 / count
    var_m = correlate(ones, m2) - sum_m**2 / count
    floor = 1e-9 * float(np.maximum(var_f[..., 0], var_m[..., 0]).max() or 1.0)
    together = cross.sum(axis=(0, 1)) / np.sqrt(
        np.maximum(var_f.sum(axis=(0, 1)), floor) * np.maximum(var_m.sum(axis=(0, 1)), floor)
    )
    together[count < columns / 4] = -np.inf
    best = int(np.argmax(together))
    return float(best - length if best > length // 2 else best)


def _refine(fixed: np.ndarray, moving: np.ndarray, start: float) -> Tuple[np.ndarray, np.ndarray]:
    """Least squares by Gauss-Newton, first all together, then each profile for itself."""
    shape = fixed.shape[:2]
    shifts = np.full(shape, start)
    for together in (True, True, True, False, False, False, False, False):
        pull, weight = _gradient(fixed, moving, shifts)
        if together:
            step = np.full(shape, pull.sum() / max(float(weight.sum()), 1e-30))
        else:
            step = np.divide(pull, weight, out=np.zeros(shape), where=weight > 0)
        shifts = shifts + np.clip(step, -1.0, 1.0)
    # What left the common answer by far has locked on to something else.
    weight = np.where(np.abs(shifts - np.median(shifts)) < 40.0, weight, 0.0)
    least = 1e-6 * float(weight.max()) if weight.size else 0.0
    return shifts, np.where(weight > least, weight, 0.0)


def _gradient(
    fixed: np.ndarray, moving: np.ndarray, shifts: np.ndarray
) -> Tuple[np.ndarray, np.ndarray]:
    """Pull and weight of each profile: sums of residual x slope and slope x slope."""
    columns = fixed.shape[2]
    x = np.arange(columns)[None, None, :] - shifts[:, :, None]
    inside = (x >= 2) & (x <= columns - 3)
    base = np.clip(np.floor(x).astype(int), 1, columns - 3)
    t = x - base

    def take(offset: int) -> np.ndarray:
        return np.take_along_axis(moving, base + offset, axis=2)

    a, b, c, d = take(-1), take(0), take(1), take(2)
    # Catmull-Rom: the value and the slope between two pixels.
    k1, k2, k3 = 0.5 * (c - a), a - 2.5 * b + 2 * c - 0.5 * d, 1.5 * (b - c) + 0.5 * (d - a)
    value = b + t * (k1 + t * (k2 + t * k3))
    slope = -(k1 + t * (2 * k2 + t * 3 * k3))
    count = np.maximum(inside.sum(axis=2, keepdims=True), 1)
    residual = np.where(inside, fixed - value, 0.0)
    residual = np.where(inside, residual - residual.sum(axis=2, keepdims=True) / count, 0.0)
    slope = np.where(inside, slope, 0.0)
    pull: np.ndarray = (residual * slope).sum(axis=2)
    weight: np.ndarray = (slope * slope).sum(axis=2)
    return pull, weight
