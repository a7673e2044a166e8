"""Sub-pixel shifts between one-dimensional profiles."""

from __future__ import annotations

import math
from typing import NamedTuple, Optional, Tuple

import numpy as np

_WIDTHS = (1.5, 3.0, 6.0, 12.0)
"""Standard deviations of the smoothing in pixels: noise down, and no pull to whole pixels."""
_ENOUGH = 0.6
"""Share of the slopes that both profiles have, not noise, at which they are smooth enough."""
_MANY, _TURNING = 8, 0.3
"""Pairs that tell stripes from a shift, and the share of their slopes that must differ."""
_CHANCE = 15.0
"""Logarithm of the likelihood that a likeness must have over chance: air alone reaches 7."""
_ALIKE = 0.5
"""Least correlation: spots in the air coincide, too."""
_LEAN = math.tan(math.radians(10.0))
"""Steepest line over the bands, in pixels of the axis a row."""
_RIVAL = 0.8
"""How likely another shift must be, relative to the best, to be another answer."""
_LITTLE = 0.05
"""Least overlap at which a likeness is looked at, whether it may be the answer or not."""
_PARTS = 8
"""Parts of a profile, each of as much slope, that must agree on its shift."""


class Shifts(NamedTuple):
    """What registration gives."""

    shifts: np.ndarray
    """Pixels (pair, band)."""
    weights: np.ndarray
    """How sharply each is told; 0 where nothing tells it."""
    errors: np.ndarray
    """Pixels by which each is uncertain on its own: how far its parts disagree."""
    tried: np.ndarray
    """Whole-pixel shifts that were tried first, ascending: in the middle of the bands."""
    likeness: np.ndarray
    """Correlation of all profiles together at each of them, -1 to 1."""
    start: float
    """The one of them that was refined."""
    beyond: bool
    """Whether the profiles are more alike where they have less in common than was allowed."""
    rival: Optional[float]
    """Another shift, far from the start, that is nearly as likely."""


def register(
    fixed: np.ndarray,
    moving: np.ndarray,
    overlap: float = 0.25,
    rows: Optional[np.ndarray] = None,
    living: Optional[np.ndarray] = None,
) -> Shifts:
    """Shifts s with ``fixed(x) = moving(x - s)``.

    Where the likeness may be chance, all weights are 0.

    Parameters
    ----------
    fixed, moving
        Profiles (pair, band, column) of attenuation.
    overlap
        Least share of the columns that the profiles have in common after the shift.
    rows
        Where the bands stand, so that their shifts may lie on a leaning line.
    living
        Columns (band, column) of ``fixed`` that were seen, and of ``moving`` from right to left;
        all when left out.
    """
    if living is None:
        living = np.ones(fixed.shape[1:], bool)
    for width in _WIDTHS:
        found, share = _registered(fixed, moving, width, overlap, rows, living)
        if share >= _ENOUGH or fixed.shape[2] < 64 * width:
            break
    return found


def _registered(
    fixed: np.ndarray,
    moving: np.ndarray,
    width: float,
    overlap: float,
    rows: Optional[np.ndarray],
    living: np.ndarray,
) -> Tuple[Shifts, float]:
    """Shifts of smoothed profiles, and the share of their slopes that both have."""
    fixed, moving = _smooth(fixed, width), _smooth(moving, width)
    # Smoothed noise repeats itself over so many columns.
    count = fixed.size / (2.5 * width)
    seen: Optional[_Coarse] = None
    if len(fixed) >= _MANY:
        # The mean of a full turn is symmetric about the axis, and takes along what stands still,
        # however broad: the mirror image of that is likest elsewhere.
        mean = 0.5 * (fixed.mean(axis=0) + moving.mean(axis=0)[:, ::-1])
        seen = _coarse(fixed - mean, moving - mean[:, ::-1], overlap, rows, count)
    if seen is None or not seen.sure or seen.beyond or seen.rival is not None:
        seen = _coarse(fixed, moving, overlap, rows, count)
    shifts, weights, errors, share = _refine(fixed, moving, seen.start + seen.lean, living)
    if not seen.sure:
        weights = np.zeros_like(weights)
    answer = Shifts(
        shifts, weights, errors, seen.tried, seen.likeness, seen.start, seen.beyond, seen.rival
    )
    return answer, share


def _smooth(profiles: np.ndarray, width: float) -> np.ndarray:
    half = math.ceil(4.0 * width)
    kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / width) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(profiles, ((0, 0), (0, 0), (half, half)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(kernel), axis=2)
    smooth: np.ndarray = windows @ kernel
    return smooth


class _Coarse(NamedTuple):
    tried: np.ndarray
    likeness: np.ndarray
    told: float
    """Logarithm of how much likelier the best is than chance."""
    start: float
    lean: np.ndarray
    """Whole pixels by which each band stands off it."""
    beyond: bool
    rival: Optional[float]

    @property
    def sure(self) -> bool:
        """Whether the likeness is more than chance."""
        best = float(self.likeness[self.tried == self.start][0])
        return self.told >= _CHANCE and best >= _ALIKE


def _coarse(
    fixed: np.ndarray,
    moving: np.ndarray,
    overlap: float,
    rows: Optional[np.ndarray],
    count: float,
) -> _Coarse:
    """The best whole-pixel shift of all profiles together.

    Shifts of bands lie on a line: level, or leaning where that is far more likely.
    """
    columns = fixed.shape[2]
    sums = _correlations(fixed, moving)
    reach, all_of_it = (
        min(int(columns * (1.0 - share)), columns - 1) for share in (overlap, min(overlap, _LITTLE))
    )
    tried = np.arange(-all_of_it, all_of_it + 1)
    allowed = np.abs(tried) <= reach
    # What many columns agree on weighs more than what few agree on by chance.
    common = 0.5 * count * (1.0 - np.abs(tried) / columns)
    bands = np.arange(fixed.shape[1])[:, None]
    best: Optional[_Coarse] = None
    for line in _leans(rows, columns):
        lean = line.round()
        places = np.clip(tried + lean[:, None].astype(int), 1 - columns, columns - 1)
        cross, var_f, var_m = sums[:, bands, places].sum(axis=1)
        likeness = cross / np.sqrt(var_f * var_m)
        told = -common * np.log1p(-(np.clip(likeness, 0.0, 0.99999) ** 2))
        at = int(np.argmax(np.where(allowed, told, -1.0)))
        # The level line comes first: one that leans must be likelier by far.
        more = 0.0 if best is None or best.lean.any() else _CHANCE
        if best is None or told[at] > best.told + more:
            beyond = float(told.max()) > float(told[at]) + _CHANCE
            start, rival = float(tried[at]), _rival(tried[allowed], told[allowed])
            shown = (tried[allowed], likeness[allowed])
            best = _Coarse(*shown, float(told[at]), start, lean, beyond, rival)
    assert best is not None
    return best


def _rival(tried: np.ndarray, told: np.ndarray) -> Optional[float]:
    """The best of the other peaks, when it is nearly as high: a sample that repeats itself."""
    low = np.flatnonzero(told < 0.5 * told.max())
    at = int(np.argmax(told))
    place = int(np.searchsorted(low, at))
    peak = slice(low[place - 1] if place else 0, low[place] if place < len(low) else None)
    others = told.copy()
    others[peak] = -np.inf
    other = int(np.argmax(others))
    return float(tried[other]) if others[other] > _RIVAL * told[at] else None


def _correlations(fixed: np.ndarray, moving: np.ndarray) -> np.ndarray:
    """Covariance and both variances over what is in common: (3, band, shift modulo the length).

    Normalised over the overlap, so a truncated sample does not pull it to the middle.
    """
    columns = fixed.shape[2]
    length = 1 << (2 * columns - 1).bit_length()
    ones = np.fft.rfft(np.ones(columns), length)

    def transform(values: np.ndarray) -> np.ndarray:
        return np.fft.rfft(values, length, axis=-1)

    def correlate(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.fft.irfft(a * np.conj(b), length)

    # The level says nothing, and large sums of it would cost digits.
    level = fixed.mean()
    fixed, moving = fixed - level, moving - level
    f, m = transform(fixed), transform(moving)
    count = np.maximum(np.rint(correlate(ones, ones)), 1.0)
    sum_f, sum_m = correlate(f, ones), correlate(ones, m)
    cross = (correlate(f, m) - sum_f * sum_m / count).sum(axis=0)
    # Sums over pairs first: one transform back instead of one each.
    square_f = correlate(transform(fixed**2).sum(axis=0), ones)
    square_m = correlate(ones, transform(moving**2).sum(axis=0))
    var_f = square_f - (sum_f**2 / count).sum(axis=0)
    var_m = square_m - (sum_m**2 / count).sum(axis=0)
    floor = 1e-9 * float(max(var_f[:, 0].max(), var_m[:, 0].max()) or 1.0)
    return np.stack([cross, np.maximum(var_f, floor), np.maximum(var_m, floor)])


def _leans(rows: Optional[np.ndarray], columns: int) -> np.ndarray:
    """Lines over the bands as their shifts off the middle: the level one, then leaning ones."""
    bands = 1 if rows is None else len(rows)
    if rows is None or bands < 3 or not np.ptp(rows) > 0:
        return np.zeros((1, bands))
    span = float(np.ptp(rows))
    # The image moves twice as far as the axis; a few pixels at the ends are left to refining.
    most = min(_LEAN * span, columns / 4)
    steps = np.arange(2.0, most, 2.0)
    ends = np.concatenate([[0.0], np.stack([steps, -steps], axis=1).ravel()])
    lines: np.ndarray = np.outer(ends, (rows - rows.mean()) / (span / 2))
    return lines


def _refine(
    fixed: np.ndarray, moving: np.ndarray, starts: np.ndarray, living: np.ndarray
) -> Tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Least squares by Gauss-Newton, first all together, then each profile for itself."""
    shape = fixed.shape[:2]
    shifts = np.broadcast_to(starts, shape).copy()
    step = np.zeros(shape)
    for together in (True, True, True, *[False] * 8):
        seen = _compare(fixed, moving, shifts, living)
        pull, energy = (seen.residual * seen.slope).sum(axis=2), (seen.slope**2).sum(axis=2)
        if together:
            step = np.full(shape, pull.sum() / max(float(energy.sum()), 1e-30))
        else:
            step = np.divide(pull, energy, out=np.zeros(shape), where=energy > 0)
            if np.abs(step).max() < 1e-3:
                break
        shifts = shifts + np.clip(step, -1.0, 1.0)
    seen = _compare(fixed, moving, shifts, living)
    # Slopes that both profiles have: the noise of one is not that of the other.
    weight = (seen.slope * seen.own).sum(axis=2)
    least = 1e-6 * float(weight.max()) if weight.size else 0.0
    told = (weight > max(least, 0.0)) & (np.abs(step) < 0.5)
    errors = np.full(shape, np.inf)
    pull = _disagreement(seen)
    if not seen.turning:
        # What stands still in all alike was not taken off, and their scatter does not show it.
        pull = np.maximum(pull, _mismatch(seen, shifts))
    errors[told] = pull[told] / weight[told]
    share = float(weight.sum()) / max(float((seen.slope**2).sum()), 1e-30)
    return shifts, np.where(told, weight, 0.0), errors, share


class _Compared(NamedTuple):
    """Profiles after a shift, 0 where they have nothing in common: (pair, band, column)."""

    residual: np.ndarray
    slope: np.ndarray
    """Of the moving profile, by the shift."""
    own: np.ndarray
    """The same of the fixed profile."""
    inside: np.ndarray
    """Where they have something in common."""
    turning: bool
    """Whether what all pairs have alike was taken off."""


def _compare(
    fixed: np.ndarray, moving: np.ndarray, shifts: np.ndarray, living: np.ndarray
) -> _Compared:
    columns = fixed.shape[2]
    x = np.arange(columns)[None, None, :] - shifts[:, :, None]
    inside = (x >= 2) & (x <= columns - 3)
    base = np.clip(np.floor(x).astype(int), 1, columns - 3)
    t = x - base
    # What was bridged in one of them says nothing.
    seen = living[:, ::-1]
    band = np.arange(len(living))[None, :, None]
    inside &= living & seen[band, base] & seen[band, base + 1]

    def take(offset: int) -> np.ndarray:
        return np.take_along_axis(moving, base + offset, axis=2)

    a, b, c, d = take(-1), take(0), take(1), take(2)
    # Catmull-Rom: the value and the slope between two pixels.
    k1, k2, k3 = 0.5 * (c - a), a - 2.5 * b + 2 * c - 0.5 * d, 1.5 * (b - c) + 0.5 * (d - a)
    value = b + t * (k1 + t * (k2 + t * k3))
    slope = np.where(inside, -(k1 + t * (2 * k2 + t * 3 * k3)), 0.0)
    own = np.where(inside, -np.gradient(fixed, axis=2), 0.0)
    residual = np.where(inside, fixed - value, 0.0)
    if len(fixed) >= _MANY:
        count = np.maximum(inside.sum(axis=2, keepdims=True), 1)
        level = np.where(inside, residual - residual.sum(axis=2, keepdims=True) / count, 0.0)
        # What is left in all pairs alike are stripes, not a shift, unless the sample looks the
        # same from everywhere.
        turning = slope - slope.mean(axis=0)
        if float((turning**2).sum()) > _TURNING * float((slope**2).sum()):
            return _Compared(
                level - level.mean(axis=0), turning, own - own.mean(axis=0), inside, True
            )
    # A beam that changed, or is not that of the flats, leans over the whole width.
    free = _Line(inside)
    return _Compared(free.off(residual), free.off(slope), free.off(own), inside, False)


class _Line:
    """Takes a level and a slope over the columns in common off profiles (pair, band, column)."""

    def __init__(self, inside: np.ndarray) -> None:
        self._inside = inside
        self._count = np.maximum(inside.sum(axis=2, keepdims=True), 1)
        x = np.where(inside, np.arange(inside.shape[2], dtype=np.float64), 0.0)
        mean = x.sum(axis=2, keepdims=True) / self._count
        self._x = np.where(inside, x - mean, 0.0)
        self._energy = np.maximum((self._x**2).sum(axis=2, keepdims=True), 1e-30)

    def off(self, values: np.ndarray) -> np.ndarray:
        """The rest; 0 where nothing is in common."""
        level = values.sum(axis=2, keepdims=True) / self._count
        lean = (values * self._x).sum(axis=2, keepdims=True) / self._energy
        rest: np.ndarray = np.where(self._inside, values - level - lean * self._x, 0.0)
        return rest


def _disagreement(seen: _Compared) -> np.ndarray:
    """How far the parts of each profile pull in different directions."""
    energy = np.cumsum(seen.slope**2, axis=2)
    part = np.floor(_PARTS * energy / np.maximum(energy[:, :, -1:] * (1.0 + 1e-9), 1e-30))
    pull = seen.residual * seen.slope
    total = sum((np.where(part == k, pull, 0.0).sum(axis=2)) ** 2 for k in range(_PARTS))
    disagreement: np.ndarray = np.sqrt(_PARTS / (_PARTS - 1.0) * total)
    return disagreement


def _mismatch(seen: _Compared, shifts: np.ndarray) -> np.ndarray:
    """How hard a residual of the same frequencies would pull, if they lay otherwise.

    What is broad, as a beam that changed, pulls all parts alike: they do not disagree.
    """
    columns = seen.slope.shape[2]
    # What does not turn stands in both halves, with opposite signs: they are one measurement.
    mirror = np.rint(shifts).astype(int)[:, :, None] + columns - 1 - np.arange(columns)
    there = seen.inside & (mirror >= 0) & (mirror < columns)
    beyond = np.take_along_axis(seen.residual, np.clip(mirror, 0, columns - 1), axis=2)
    odd = np.where(there, seen.residual - beyond, 0.0) / math.sqrt(2.0)
    residual, slope = (
        np.abs(np.fft.rfft(values, 2 * columns, axis=2)) ** 2 for values in (odd, seen.slope)
    )
    both = residual * slope
    total = 2.0 * both.sum(axis=2) - both[:, :, 0] - both[:, :, -1]
    pull: np.ndarray = np.sqrt(total / (2 * columns) / np.maximum(there.sum(axis=2), 1))
    return pull
