"""Sub-pixel shifts between one-dimensional profiles."""

from __future__ import annotations

from typing import NamedTuple, Tuple

import numpy as np

_SMOOTH = 1.5
"""Standard deviation of the smoothing in pixels: noise down, and no pull to whole pixels."""


_MANY, _TURNING = 8, 0.3
"""Pairs that tell stripes from a shift, and the share of their slopes that must differ."""


class Shifts(NamedTuple):
    """What registration gives."""

    shifts: np.ndarray
    """Pixels (pair, band)."""
    weights: np.ndarray
    """How sharply each is told; 0 where nothing tells it."""
    tried: np.ndarray
    """Whole-pixel shifts that were tried first, ascending."""
    likeness: np.ndarray
    """Correlation of all profiles together at each of them, -1 to 1."""
    start: float
    """The one of them that was refined."""


def register(fixed: np.ndarray, moving: np.ndarray, overlap: float = 0.25) -> Shifts:
    """Shifts s with ``fixed(x) = moving(x - s)``.

    Parameters
    ----------
    fixed, moving
        Profiles (pair, band, column) of attenuation.
    overlap
        Least share of the columns that the profiles have in common after the shift.
    """
    fixed, moving = _smooth(fixed), _smooth(moving)
    tried, likeness = _coarse(fixed, moving, overlap)
    # What many columns agree on weighs more than what few agree on by chance.
    common = 1.0 - np.abs(tried) / fixed.shape[2]
    told = -common * np.log1p(-(np.clip(likeness, 0.0, 0.99999) ** 2))
    start = float(tried[int(np.argmax(told))])
    shifts, weights = _refine(fixed, moving, start)
    return Shifts(shifts, weights, tried, likeness, start)


def _smooth(profiles: np.ndarray) -> np.ndarray:
    reach = np.arange(-6, 7)
    kernel = np.exp(-0.5 * (reach / _SMOOTH) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(profiles, ((0, 0), (0, 0), (6, 6)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(kernel), axis=2)
    smooth: np.ndarray = windows @ kernel
    return smooth


def _coarse(fixed: np.ndarray, moving: np.ndarray, overlap: float) -> Tuple[np.ndarray, np.ndarray]:
    """Whole-pixel shifts, and how well all profiles together correlate at each.

    The correlation is normalised over the overlap, so a truncated sample does not pull it to the
    middle.
    """
    columns = fixed.shape[2]
    length = 1 << (2 * columns - 1).bit_length()
    ones = np.fft.rfft(np.ones(columns), length)

    def transform(values: np.ndarray) -> np.ndarray:
        return np.fft.rfft(values, length, axis=2)

    def correlate(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.fft.irfft(a * np.conj(b), length)

    # The level says nothing, and large sums of it would cost digits.
    level = fixed.mean()
    fixed, moving = fixed - level, moving - level
    f, m = transform(fixed), transform(moving)
    count = np.maximum(np.rint(correlate(ones, ones)), 1.0)
    sum_f, sum_m = correlate(f, ones), correlate(ones, m)
    cross = (correlate(f, m) - sum_f * sum_m / count).sum(axis=(0, 1))
    # Sums over profiles first: one transform back instead of one each.
    square_f = correlate(transform(fixed**2).sum(axis=(0, 1)), ones)
    square_m = correlate(ones, transform(moving**2).sum(axis=(0, 1)))
    var_f = square_f - (sum_f**2 / count).sum(axis=(0, 1))
    var_m = square_m - (sum_m**2 / count).sum(axis=(0, 1))
    floor = 1e-9 * float(max(var_f[0], var_m[0]) or 1.0)
    together = cross / np.sqrt(np.maximum(var_f, floor) * np.maximum(var_m, floor))
    reach = min(int(columns * (1.0 - overlap)), columns - 1)
    tried = np.arange(-reach, reach + 1)
    return tried, together[tried]


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
    weight: np.ndarray = (slope * slope).sum(axis=2)
    if len(fixed) >= _MANY:
        # What is left in all pairs alike are stripes, not a shift, unless the sample looks the
        # same from everywhere.
        turning = slope - slope.mean(axis=0)
        told: np.ndarray = (turning * turning).sum(axis=2)
        if float(told.sum()) > _TURNING * float(weight.sum()):
            pull: np.ndarray = ((residual - residual.mean(axis=0)) * turning).sum(axis=2)
            return pull, told
    return (residual * slope).sum(axis=2), weight
