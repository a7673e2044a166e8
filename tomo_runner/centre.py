"""The axis of rotation by registration of opposite projections.

The angles come first: a projection and the one half a turn later are mirror images about the axis,
and the partner is interpolated between its neighbours where no projection stands exactly there.
Each pair and each band of rows gives an estimate of its own; what they agree on is the answer, and
how well they agree is its confidence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from .dataset import Window
from .failures import DataFailure
from .pipeline import Pipeline
from .regions import Axis
from .registration import register
from .stopping import Stop

_PAIRS = 24
_BANDS = 12
_UNCERTAIN = 1.0
"""Spread in pixels beyond which the answer is called uncertain."""


@dataclass(frozen=True)
class Pair:
    """A projection, and what stands half a turn later: indices with weights that sum to one."""

    first: int
    opposite: Tuple[Tuple[int, float], ...]


@dataclass(frozen=True)
class Centre:
    """The axis found, with the column of each band of rows."""

    axis: Axis
    rows: List[Tuple[float, float]]
    spread: float
    warnings: List[str]

    @property
    def level(self) -> str:
        """``good`` or ``uncertain``."""
        return "good" if self.spread <= _UNCERTAIN else "uncertain"

    def to_json(self) -> Dict[str, Any]:
        """As the api and ``jupyter tomo centre --json`` show it."""
        return {
            "column": round(self.axis.column, 4),
            "row": self.axis.row,
            "tilt": round(self.axis.tilt, 5),
            "confidence": {"level": self.level, "spread": round(self.spread, 4)},
            "rows": [[row, round(column, 4)] for row, column in self.rows],
            "warnings": self.warnings,
        }


def opposite_pairs(angles: np.ndarray) -> List[Pair]:
    """Pairs of projections half a turn apart, evenly spread over the scan.

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
    if len(pairs) <= _PAIRS:
        return pairs
    return [pairs[i] for i in np.linspace(0, len(pairs) - 1, _PAIRS).round().astype(int)]


def find_centre(pipeline: Pipeline, stop: Stop, rows: Optional[Sequence[int]] = None) -> Centre:
    """Find the axis of rotation.

    Parameters
    ----------
    pipeline
        The projection steps, with which the images are compared.
    rows
        Rows of the full image to look at; spread bands over the whole height when left out.

    Raises
    ------
    DataFailure
        When no two projections are half a turn apart, or nothing in them can be compared.
    """
    dataset = pipeline.dataset
    angles = dataset.require_angles()
    pairs = opposite_pairs(angles)
    extra = pipeline.opposite(dataset.whole, stop) if not pairs else None
    if not pairs and extra is None:
        raise DataFailure(
            "no-opposite-pairs",
            "No two projections are half a turn apart, so the centre of rotation cannot be "
            "found by registration.",
            "regions.centre.column",
            "Set regions.centre.column, or add an image at 180 degrees.",
        )
    windows = _bands(dataset.rows, dataset.columns, rows)
    lefts, rights = _images(pipeline, pairs, extra, windows, stop)
    stop.check()
    shifts, weights = register(lefts, rights[:, :, ::-1])
    columns = (dataset.columns - 1) / 2 + shifts / 2
    middles = np.array([(w.top + w.bottom - 1) / 2 for w in windows])
    return _agree(columns, weights, middles, dataset.rows)


def _bands(height: int, width: int, rows: Optional[Sequence[int]]) -> List[Window]:
    if rows:
        wrong = [row for row in rows if not 0 <= row < height]
        if wrong:
            raise DataFailure(
                "outside",
                f"Row {wrong[0]} lies outside the image of {height} rows.",
                "--rows",
                f"Give rows from 0 to {height - 1}.",
            )
        return [
            Window(max(0, row - 2), min(height, row + 3), 0, width) for row in sorted(set(rows))
        ]
    count = min(_BANDS, height)
    edges = np.linspace(0, height, count + 1).round().astype(int)
    # A band of many rows would blur a tilted axis: its middle is enough.
    windows: List[Window] = []
    for top, bottom in zip(edges[:-1].tolist(), edges[1:].tolist()):
        middle, half = (top + bottom) // 2, min(bottom - top, 16) // 2
        windows.append(Window(max(top, middle - half), max(middle + half, middle + 1), 0, width))
    return windows


def _images(
    pipeline: Pipeline,
    pairs: List[Pair],
    extra: Optional[np.ndarray],
    windows: List[Window],
    stop: Stop,
) -> Tuple[np.ndarray, np.ndarray]:
    """Images and their opposites, float64 (pair, band, column), each band averaged."""
    kept = pipeline.dataset.kept
    needed = sorted({p.first for p in pairs} | {i for p in pairs for i, _ in p.opposite} or {0})
    place = {index: position for position, index in enumerate(needed)}
    bands = np.empty((len(needed), len(windows), pipeline.dataset.columns))
    for band, window in enumerate(windows):
        rows = pipeline.sinograms(window, stop, kept[needed])
        bands[:, band] = np.nan_to_num(rows).mean(axis=0, dtype=np.float64)
    if extra is not None:
        right = [np.nan_to_num(extra[w.top : w.bottom]).mean(axis=0) for w in windows]
        return bands[:1], np.array(right, dtype=np.float64)[np.newaxis]
    lefts = np.stack([bands[place[pair.first]] for pair in pairs])
    rights = np.stack([sum(w * bands[place[i]] for i, w in pair.opposite) + 0.0 for pair in pairs])
    return lefts, rights


def _agree(columns: np.ndarray, weights: np.ndarray, middles: np.ndarray, height: int) -> Centre:
    """One line through the estimates (pair, band); weights are 0 where nothing was seen."""
    usable = weights > 0.0
    if not usable.any():
        raise DataFailure(
            "nothing-to-register",
            "The projections have no structure in common, so the centre of rotation cannot be "
            "found.",
            "regions.centre.column",
            "Set regions.centre.column.",
        )
    by_band = np.full(len(middles), np.nan)
    band_weight = np.zeros(len(middles))
    within: List[float] = []
    for band in range(len(middles)):
        chosen = usable[:, band]
        if chosen.any():
            by_band[band] = _median(columns[chosen, band], weights[chosen, band])
            band_weight[band] = float(weights[chosen, band].sum())
            if chosen.sum() > 2:
                deviations = np.abs(columns[chosen, band] - by_band[band])
                within.append(1.4826 * _median(deviations, weights[chosen, band]))
    seen = np.isfinite(by_band) & (band_weight >= 0.02 * band_weight.max())
    pivot = (height - 1) / 2
    offset, slope, residual = _line(middles[seen] - pivot, by_band[seen], band_weight[seen])
    spread = max([residual, float(np.median(within)) if within else 0.0])
    warnings: List[str] = []
    if spread > _UNCERTAIN:
        warnings.append(
            f"The centre of rotation is uncertain: the rows and pairs differ by {spread:.1f} "
            "pixels."
        )
    axis = Axis(float(offset), pivot, math.degrees(math.atan(slope)))
    rows = [(float(row), float(c)) for row, c in zip(middles[seen], by_band[seen])]
    return Centre(axis, rows, float(spread), warnings)


def _line(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> Tuple[float, float, float]:
    """A robust line: offset at 0, slope, and the spread of the points about it."""
    good = np.ones(len(x), bool)
    offset, slope, spread = float(_median(y, weight)), 0.0, 0.0
    for _ in range(4):
        if good.sum() >= 3 and np.ptp(x[good]) > 0:
            slope, offset = np.polyfit(x[good], y[good], 1, w=np.sqrt(weight[good]))
        else:
            offset, slope = float(_median(y[good], weight[good])), 0.0
        residuals = np.abs(y - offset - slope * x)
        spread = 1.4826 * float(_median(residuals, weight))
        kept = residuals <= max(3.0 * spread, 0.1)
        if (kept == good).all() or kept.sum() < 2:
            break
        good = kept
    # The slope is believed when it is three times its own error, all points counted: a few bands
    # that agree by chance must not tilt the axis.
    deviation = math.sqrt(float(np.average((y - offset - slope * x) ** 2, weights=weight)))
    error = deviation / max(float(np.std(x)) * math.sqrt(len(x)), 1e-9)
    if abs(slope) < 3.0 * error or len(x) < 3:
        offset, slope = _median(y, weight), 0.0
        spread = 1.4826 * _median(np.abs(y - offset), weight)
    return float(offset), float(slope), spread


def _median(values: np.ndarray, weights: np.ndarray) -> float:
    """Weighted median."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(np.interp(0.5 * total[-1], total - 0.5 * weights[order], values[order]))
