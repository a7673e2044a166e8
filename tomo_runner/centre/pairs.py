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
from ..pipeline import Pipeline
from ..stopping import Stop
from .answer import Estimates, Picture
from .shifts import Shifts, register
from .steady import steady

_PAIRS = 24
_SPREAD, _FEW = 32, 16
"""Projections that tell what stands still, and how many are too few for that."""
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
        Degrees, in any order.
    """
    pairs = all_pairs(angles)
    if len(pairs) <= _PAIRS:
        return pairs
    return [pairs[i] for i in np.linspace(0, len(pairs) - 1, _PAIRS).round().astype(int)]


def all_pairs(angles: np.ndarray) -> List[Pair]:
    """All pairs of projections half a turn apart, by angle.

    Parameters
    ----------
    angles
        Degrees, in any order.
    """
    order = np.argsort(angles, kind="stable")
    sorted_angles = angles[order]
    gaps = np.diff(sorted_angles)
    step = float(np.median(gaps[gaps > 0])) if (gaps > 0).any() else 0.0
    pairs: List[Pair] = []
    for position, angle in enumerate(sorted_angles):
        target = angle + 180.0
        after = int(np.searchsorted(sorted_angles, target - 1e-6))
        if after == len(sorted_angles):
            # A scan that stops one step short of 180: go on along the last two.
            if pairs or target - sorted_angles[-1] > 1.5 * step or len(sorted_angles) < 3:
                break
            after = len(sorted_angles) - 1
        before = max(after - 1, 0)
        gap = float(sorted_angles[after] - sorted_angles[before])
        if abs(sorted_angles[after] - target) < 1e-3 * max(step, 1e-6) or gap <= 0.0:
            opposite: Tuple[Tuple[int, float], ...] = ((int(order[after]), 1.0),)
        elif gap > 3.0 * step + 1e-9:
            continue
        else:
            weight = float((target - sorted_angles[before]) / gap)
            opposite = ((int(order[before]), 1.0 - weight), (int(order[after]), weight))
        pairs.append(Pair(int(order[position]), opposite))
    return pairs


def from_pairs(
    pipeline: Pipeline, pairs: List[Pair], windows: List[Window], stop: Stop, overlap: float
) -> Estimates:
    """Estimates (pair, band) by registration.

    Parameters
    ----------
    overlap
        Least share of the columns that an image and its mirror image have in common.
    """
    lefts, rights = _images(pipeline, pairs, windows, stop)
    return _registered(pipeline, lefts, rights, windows, stop, overlap)


def from_image(
    pipeline: Pipeline, opposite: np.ndarray, windows: List[Window], stop: Stop
) -> Estimates:
    """Estimates from the first projection and an image (row, column) at 180 degrees to it."""
    bands, still = _bands(pipeline, [0], windows, stop)
    right = [np.nan_to_num(opposite[w.top : w.bottom]).mean(axis=0) for w in windows]
    rights = np.array(right, dtype=np.float64) - still
    return _registered(pipeline, bands[0][None], rights[None], windows, stop, 0.25)


def partner(angles: np.ndarray) -> Optional[Pair]:
    """The first projection and what stands half a turn from it, on either side."""
    for turned in (angles, -angles):
        found = [pair for pair in all_pairs(turned) if pair.first == 0]
        if found:
            return found[0]
    return None


def _registered(
    pipeline: Pipeline,
    lefts: np.ndarray,
    rights: np.ndarray,
    windows: List[Window],
    stop: Stop,
    overlap: float,
) -> Estimates:
    stop.check()
    columns = pipeline.dataset.columns
    found = register(lefts, rights[:, :, ::-1], overlap)
    at = (columns - 1) / 2 + found.shifts / 2
    return Estimates(at, found.weights, windows, _picture(found, columns))


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
    pipeline: Pipeline, pairs: List[Pair], windows: List[Window], stop: Stop
) -> Tuple[np.ndarray, np.ndarray]:
    """Images and their opposites, float64 (pair, band, column), each band averaged."""
    needed = {p.first for p in pairs} | {i for p in pairs for i, _ in p.opposite}
    bands, _ = _bands(pipeline, sorted(needed), windows, stop)
    lefts = np.stack([bands[pair.first] for pair in pairs])
    rights = np.stack([sum(w * bands[i] for i, w in pair.opposite) + 0.0 for pair in pairs])
    return lefts, rights


def _bands(
    pipeline: Pipeline, needed: List[int], windows: List[Window], stop: Stop
) -> Tuple[Dict[int, np.ndarray], np.ndarray]:
    """Each projection as (band, column) without what is the same in all, and what that was."""
    kept = pipeline.dataset.kept
    spread = np.linspace(0, len(kept) - 1, min(_SPREAD, len(kept))).round().astype(int)
    read = np.union1d(needed, spread)
    bands = np.empty((len(read), len(windows), pipeline.dataset.columns))
    for band, window in enumerate(windows):
        rows = pipeline.sinograms(window, stop, kept[read])
        bands[:, band] = np.nan_to_num(rows).mean(axis=0, dtype=np.float64)
    still = steady(bands) if len(read) >= _FEW else np.zeros(bands.shape[1:])
    return {int(i): bands[place] - still for place, i in enumerate(read)}, still
