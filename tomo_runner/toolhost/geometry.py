"""What most programs leave to their user: uneven angles, an axis off the middle, sinogram ends.

Only for methods that filter and back-project; iterative ones take angles and axis as they are.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Optional, Tuple, Union

import numpy as np

_SAME = 1e-3
"""Angles nearer than this part of the mean gap are one direction."""
_WEDGE, _WEDGE_GAPS = 5.0, 8.0
"""A gap wider than this many degrees and median gaps is a missing wedge."""


def is_full_turn(angles: np.ndarray) -> bool:
    """Whether the angles (degrees, ascending) go round without a gap of more than a few steps."""
    if len(angles) < 4:
        return False
    turned = np.sort(np.mod(angles, 360.0))
    gaps = np.diff(np.append(turned, turned[0] + 360.0))
    distinct = gaps[gaps > _SAME * 360.0 / len(angles)]
    return bool(distinct.size and distinct.max() <= max(4.0 * float(np.median(distinct)), 1.0))


def density(angles: np.ndarray, period: float = 180.0) -> np.ndarray:
    """Share of the circle that each projection stands for.

    Parameters
    ----------
    angles
        Degrees.
    period
        180 or 360 degrees.

    Returns
    -------
    numpy.ndarray
        float64, mean 1: for even angles all are 1. Projections of one direction share its weight;
        a missing wedge is given to nobody.
    """
    count = len(angles)
    if count < 2:
        return np.ones(count)
    turned = np.mod(angles, period)
    order = np.argsort(turned, kind="stable")
    positions = turned[order]
    same = _SAME * period / count
    group = np.concatenate([[0], np.cumsum(np.diff(positions) > same)])
    # The last direction may be the first one again, one period on.
    if group[-1] > 0 and positions[0] + period - positions[-1] <= same:
        group[group == group[-1]] = 0
        positions = np.where((group == 0) & (positions > period / 2), positions - period, positions)
    group = np.unique(group, return_inverse=True)[1].ravel()
    members = np.bincount(group)
    directions = np.bincount(group, positions) / members
    if len(directions) < 2:
        return np.ones(count)
    gaps = np.diff(np.append(directions, directions[0] + period))
    typical = float(np.median(gaps))
    gaps = np.where(gaps > max(_WEDGE, _WEDGE_GAPS * typical), typical, gaps)
    share = 0.5 * (gaps + np.roll(gaps, 1))
    weights = np.empty(count)
    weights[order] = (share / members)[group]
    mean: np.ndarray = weights / weights.mean()
    return mean


def redundancy(columns: int, centre: float) -> np.ndarray:
    """Weights of the columns of a full turn: 1/2 where a line is seen twice, 1 where once.

    The two weights of a line add up to 1; the step between is smooth.

    Returns
    -------
    numpy.ndarray
        float64 (columns,).
    """
    distance = np.arange(columns) - centre
    if centre > (columns - 1) / 2:
        distance = -distance
    # Now the longer side is the positive one; the shorter ends at -reach.
    reach = min(centre, columns - 1 - centre)
    if reach <= 0:
        return np.ones(columns)
    width = 0.5 * reach
    step = np.clip((np.abs(distance) - (reach - width)) / width, 0.0, 1.0)
    smooth = step * step * (3.0 - 2.0 * step)
    weights: np.ndarray = 0.5 + 0.5 * np.sign(distance) * smooth
    return weights


def centred(
    sinogram: np.ndarray, angles: np.ndarray, centre: float, edge: str
) -> Tuple[np.ndarray, float]:
    """A sinogram for filtered back-projection with evenly weighted projections.

    Parameters
    ----------
    sinogram
        float32 (angle, column).
    angles
        Degrees, ascending.
    centre
        Axis of rotation in columns, 0-based.
    edge
        ``taper``: beyond the detector the edge value falls to zero; ``zero``: it is zero there.

    Returns
    -------
    sinogram
        float32 (angle, wide): padded by a quarter of the width on each side for the taper, moved
        so that the axis is exactly at the middle, (wide - 1) / 2, and weighted for uneven angles
        and lines seen twice.
    middle
        (wide - 1) / 2.
    """
    columns = sinogram.shape[1]
    longer = max(centre, columns - 1 - centre)
    wide = int(np.ceil(2 * longer)) + 1
    if edge == "taper":
        wide += columns // 2
    if (wide - 1) / 2 - centre != round((wide - 1) / 2 - centre):
        # With the other parity an axis on or between pixels needs no move.
        wide += 1
    middle = (wide - 1) / 2
    left = int(np.floor(middle - centre))
    padded = np.zeros((len(sinogram), wide), np.float32)
    weigh(sinogram, angles, centre, padded[:, left : left + columns])
    if edge == "taper":
        taper(padded, left, left + columns)
    return moved(padded, middle - centre - left), middle


def weigh(
    sinogram: np.ndarray, angles: np.ndarray, centre: float, out: Optional[np.ndarray] = None
) -> None:
    """Make all projections count alike: for uneven angles and lines seen twice.

    Parameters
    ----------
    sinogram
        float32 (angle, column).
    angles
        Degrees, ascending.
    centre
        Axis of rotation in columns, 0-based.
    out
        Where the outcome goes, of the same shape; left out: in place.
    """
    columns = sinogram.shape[1]
    if out is None:
        out = sinogram
    turns, half, full = _evening(np.ascontiguousarray(angles, np.float64).tobytes())
    once = turns and abs(centre - (columns - 1) / 2) > 0.5
    weights = full if once else half
    if weights is not None:
        np.multiply(sinogram, weights, out=out)
    elif out is not sinogram:
        out[...] = sinogram
    if once:
        out *= 2.0 * redundancy(columns, centre).astype(np.float32)


@lru_cache(maxsize=4)
def _evening(angles: bytes) -> Tuple[bool, Optional[np.ndarray], Optional[np.ndarray]]:
    """What ``weigh`` needs of angles, which are the same for all rows.

    Returns
    -------
    turns
        Whether they are a full turn.
    half, full
        Weights for 180 and 360 degrees, float32 (angle, 1); None when all are 1.
    """
    degrees = np.frombuffer(angles, np.float64)
    found = []
    for period in (180.0, 360.0):
        weights = density(degrees, period)
        uneven = float(np.ptp(weights)) > 1e-6
        found.append(weights[:, None].astype(np.float32) if uneven else None)
    return is_full_turn(degrees), found[0], found[1]


def widened(sinogram: np.ndarray, wide: int, left: int, edge: str) -> np.ndarray:
    """The sinogram at column ``left`` of a wider one, its ends tapered or zero."""
    columns = sinogram.shape[1]
    padded = np.zeros((len(sinogram), wide), np.float32)
    padded[:, left : left + columns] = sinogram
    if edge == "taper":
        taper(padded, left, left + columns)
    return padded


def moved(sinogram: np.ndarray, columns: Union[float, np.ndarray]) -> np.ndarray:
    """A sinogram moved to the right by parts of a column: all, or each projection by its own."""
    shift = np.broadcast_to(np.asarray(columns, np.float64), (len(sinogram),))
    if np.abs(shift).max() < 1e-6:
        return np.ascontiguousarray(sinogram)
    wide = sinogram.shape[1]
    spectrum = np.fft.rfft(sinogram, axis=1)
    phases = -2j * np.pi * shift[:, None] * np.fft.rfftfreq(wide)[None, :]
    spectrum *= np.exp(phases.astype(np.complex64))
    return np.ascontiguousarray(np.fft.irfft(spectrum, wide, axis=1).astype(np.float32))


def spread(count: int) -> np.ndarray:
    """All of 0 to count - 1, neighbours in the order far apart: steps of the golden section."""
    step = max(1, round(count * 0.381966))
    while np.gcd(step, count) != 1:
        step += 1
    order: np.ndarray = (np.arange(count, dtype=np.int64) * step) % count
    return order


def taper(padded: np.ndarray, first: int, past: int) -> None:
    """Carry the edge values on, falling as a cosine to zero over half of the detector's width."""
    width = (past - first) // 2
    for edge, start, stop in ((first, first - 1, -1), (past - 1, past, padded.shape[1])):
        step = 1 if stop > start else -1
        length = min(width, abs(stop - start))
        if length > 0:
            fall = 0.5 * (1.0 + np.cos(np.pi * (np.arange(length) + 1) / (length + 1)))
            places = start + step * np.arange(length)
            padded[:, places] = padded[:, edge, None] * fall.astype(np.float32)
