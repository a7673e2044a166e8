"""The axis of rotation by registration of opposite projections.

A projection and the one half a turn later are mirror images about the axis, and the partner is
interpolated between its neighbours where no projection stands exactly there. Each pair and each
band of rows gives an estimate of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Optional, Tuple

import numpy as np

from ..dataset import Window
from ..stopping import Stop
from .alive import Alive
from .answer import Estimates, Picture, middles
from .line import median
from .shifts import Shifts, register
from .steady import steady

_PAIRS = 24
_SPREAD, _FEW = 32, 16
"""Projections that tell what stands still, and how many are too few for that."""
_GAP = 3.0
"""Steps between neighbours across which a partner is not interpolated."""
_WINDOW = 24
"""Points of the curve on each side of the best that are all shown."""


@dataclass(frozen=True)
class Pair:
    """A projection, and what stands half a turn later: indices with weights that sum to one."""

    first: int
    opposite: Tuple[Tuple[int, float], ...]


def opposite_pairs(angles: np.ndarray) -> List[Pair]:
    """Pairs of projections half a turn apart, evenly spread over the scan.

    Parameters
    ----------
    angles
        Degrees, in any order; whole turns more or less are the same direction.
    """
    pairs = all_pairs(angles)
    if len(pairs) <= _PAIRS:
        return pairs
    return [pairs[i] for i in np.linspace(0, len(pairs) - 1, _PAIRS).round().astype(int)]


def all_pairs(angles: np.ndarray) -> List[Pair]:
    """All pairs of projections half a turn apart, by direction; each once.

    Parameters
    ----------
    angles
        Degrees, in any order; whole turns more or less are the same direction.
    """
    order, turned, step = _directions(angles)
    count = len(turned)
    full = count > 1 and turned[0] + 360.0 - turned[-1] <= _GAP * step + 1e-9
    if full:
        # What stands half a turn from the last directions may lie beyond the first.
        order, turned = np.append(order, order), np.append(turned, turned + 360.0)
    pairs: List[Pair] = []
    for position, angle in enumerate(turned[:count]):
        if full and angle >= 180.0 - 1e-6:
            break
        target = angle + 180.0
        after = int(np.searchsorted(turned, target - 1e-6))
        if after == len(turned):
            # A scan that stops one step short of 180: go on along the last two.
            if pairs or target - turned[-1] > 1.5 * step or count < 3:
                break
            after = count - 1
        before = max(after - 1, 0)
        gap = float(turned[after] - turned[before])
        if abs(turned[after] - target) < 1e-3 * max(step, 1e-6) or gap <= 0.0:
            opposite: Tuple[Tuple[int, float], ...] = ((int(order[after]), 1.0),)
        elif gap > _GAP * step + 1e-9:
            continue
        else:
            weight = float((target - turned[before]) / gap)
            opposite = ((int(order[before]), 1.0 - weight), (int(order[after]), weight))
        pairs.append(Pair(int(order[position]), opposite))
    return pairs


def _directions(angles: np.ndarray) -> Tuple[np.ndarray, np.ndarray, float]:
    """Indices by direction, how far each is turned from where the scan begins, and the usual step.

    A scan begins after the widest gap between its directions.
    """
    turned = np.mod(np.asarray(angles, np.float64), 360.0)
    # What is a hair short of a whole turn is where the turn began.
    turned = np.where(turned > 360.0 - 1e-6, 0.0, turned)
    order = np.argsort(turned, kind="stable")
    if not len(order):
        return order, turned, 0.0
    around = np.diff(turned[order], prepend=turned[order[-1]] - 360.0)
    order = np.roll(order, -int(np.argmax(around)))
    turned = np.mod(turned[order] - turned[order[0]], 360.0)
    gaps = np.diff(turned)
    step = float(np.median(gaps[gaps > 0])) if (gaps > 0).any() else 0.0
    return order, turned, step


def from_pairs(
    alive: Alive, pairs: List[Pair], windows: List[Window], stop: Stop, overlap: float
) -> Estimates:
    """Estimates (pair, band) by registration.

    Parameters
    ----------
    overlap
        Least share of the columns that an image and its mirror image have in common.
    """
    lefts, rights = _images(alive, pairs, windows, stop)
    return _registered(alive, lefts, rights, windows, stop, overlap)


def from_image(alive: Alive, opposite: np.ndarray, windows: List[Window], stop: Stop) -> Estimates:
    """Estimates from the first projection and an image (row, column) at 180 degrees to it."""
    bands, still = _bands(alive, [0], windows, stop)
    right = [alive.bridged(opposite, w).mean(axis=0) for w in windows]
    rights = np.array(right, dtype=np.float64) - still
    return _registered(alive, bands[0][None], rights[None], windows, stop, 0.25)


def partner(angles: np.ndarray) -> Optional[Pair]:
    """The first projection and what stands half a turn from it, on either side."""
    for turned in (angles, -angles):
        found = [pair for pair in all_pairs(turned) if pair.first == 0]
        if found:
            return found[0]
    return None


def _registered(
    alive: Alive,
    lefts: np.ndarray,
    rights: np.ndarray,
    windows: List[Window],
    stop: Stop,
    overlap: float,
) -> Estimates:
    stop.check()
    columns = alive.pipeline.dataset.columns
    living = np.stack([alive.columns(window) for window in windows])
    found = register(lefts, rights[:, :, ::-1], overlap, middles(windows), living)
    at = (columns - 1) / 2 + found.shifts / 2
    seen = found.weights > 0
    errors = [
        median(found.errors[seen[:, band], band] / 2, found.weights[seen[:, band], band])
        if seen[:, band].any()
        else np.nan
        for band in range(len(windows))
    ]
    picture = _picture(found, columns)
    return Estimates(at, found.weights, windows, picture, np.array(errors), _doubt(found, columns))


def _doubt(found: Shifts, columns: int) -> str:
    if found.beyond:
        return "The images are more alike about an axis nearer to a side than this method looks."
    if found.rival is not None:
        other = (columns - 1) / 2 + found.rival / 2
        return f"Column {other:.0f} is nearly as likely: the sample repeats itself."
    return ""


def _picture(found: Shifts, columns: int) -> Picture:
    """The likeness of projections and mirrored partners for each column of the axis."""
    where, likeness = (columns - 1) / 2 + found.tried / 2, found.likeness
    best = int(np.searchsorted(found.tried, found.start))
    thin = max(1, len(where) // 160)
    shown = np.zeros(len(where), bool)
    shown[::thin] = True
    shown[max(0, best - _WINDOW) : best + _WINDOW + 1] = True
    points = [(float(x), float(y)) for x, y in zip(where[shown], likeness[shown])]
    return Picture(
        "Likeness of projections and the mirror images of their opposites",
        "axis (column)",
        "correlation",
        points,
        best=float(where[best]),
    )


def _images(
    alive: Alive, pairs: List[Pair], windows: List[Window], stop: Stop
) -> Tuple[np.ndarray, np.ndarray]:
    """Images and their opposites, float64 (pair, band, column), each band averaged."""
    needed = {p.first for p in pairs} | {i for p in pairs for i, _ in p.opposite}
    bands, _ = _bands(alive, sorted(needed), windows, stop)
    lefts = np.stack([bands[pair.first] for pair in pairs])
    rights = np.stack([sum(w * bands[i] for i, w in pair.opposite) + 0.0 for pair in pairs])
    return lefts, rights


def _bands(
    alive: Alive, needed: List[int], windows: List[Window], stop: Stop
) -> Tuple[Dict[int, np.ndarray], np.ndarray]:
    """Each projection as (band, column) without what is the same in all, and what that was."""
    kept = alive.pipeline.dataset.kept
    spread = np.linspace(0, len(kept) - 1, min(_SPREAD, len(kept))).round().astype(int)
    read = np.union1d(needed, spread)
    bands = np.empty((len(read), len(windows), alive.pipeline.dataset.columns))
    for band, window in enumerate(windows):
        rows = alive.sinograms(window, stop, kept[read])
        bands[:, band] = rows.mean(axis=0, dtype=np.float64)
    still = steady(bands) if len(read) >= _FEW else np.zeros(bands.shape[1:])
    return {int(i): bands[place] - still for place, i in enumerate(read)}, still
