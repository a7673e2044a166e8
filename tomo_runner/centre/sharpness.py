"""The axis of rotation by the sharpness of slices, reconstructed by the engine.

The score of a slice is the sum of its absolute values relative to the sum of its values: an axis
at the wrong place draws arcs of both signs beside every edge, so it is least at the right one
(after Donath, Beckmann and Schreyer, J. Opt. Soc. Am. A 23, 1048 (2006)). Coarse slices over a
wide range come first, finer ones about the best of them after. Of a full turn the first half is
taken: over all of it a wrong axis only blurs, which the score does not see. The recipe's stripe
filters come first: arcs of stripes stand wherever the axis is, and drown the others.
"""

from __future__ import annotations

from typing import List, Mapping, NamedTuple, Optional, Tuple

import numpy as np

from ..dataset import Window
from ..engine import Engine, compile_plan
from ..recipe import Recipe
from ..stopping import Stop
from .alive import Alive
from .answer import Estimates, Picture
from .sample import attenuation_of, without_air
from .steady import steady

_COARSE, _FINE = 128, 1024
"""Columns of the first and of the last look, at most."""
_RANGE = (0.1, 0.9)
"""Where the axis is looked for, in widths of the image."""
_STEPS = 6
"""Steps of half a (binned) column on each side of the best."""
_STRIPED = 10.0
"""Columns by the strength of stripes, relative to the sample, that move it by half a pixel."""
_RECIPE: Mapping[str, object] = {
    "version": 1,
    "reconstruction": {"parameters": {"filter": "hann"}, "mask": 0.95},
}


def from_sharpness(
    alive: Alive, angles: np.ndarray, windows: List[Window], stop: Stop
) -> Estimates:
    """Estimates (1, band) by the sharpness of slices.

    Parameters
    ----------
    angles
        Degrees of the kept projections.
    """
    order = half_turn(angles)
    sinograms = []
    for window in windows:
        rows = attenuation_of(alive, window, stop)
        sinograms.append(rows.mean(axis=0, dtype=np.float32))

    def one(engine: Engine, sinogram: np.ndarray) -> _Found:
        sample = without_air(sinogram)
        if sample is None:
            return _NOTHING
        half = _treated(engine, alive.pipeline.recipe, sinogram, angles)[order]
        still = steady(half).astype(np.float32)
        leaning = _leaning(half.mean(axis=0), sample.air) if sample.whole else np.float32(0.0)
        found = search(engine, half - still - leaning, angles[order], stop)
        # Stripes that are broader than what was taken off stay.
        strength = 1.4826 * float(np.median(np.abs(still))) / sample.height
        striped = strength * len(still) > _STRIPED
        weight = found.weight * sample.height**2
        return found._replace(weight=weight, cut=not sample.whole, striped=striped)

    found = alive.pipeline.workers.map(one, sinograms, stop)
    best = max(range(len(windows)), key=lambda i: found[i].weight)
    column, points = found[best].column, found[best].points
    row = (windows[best].top + windows[best].bottom - 1) / 2
    picture = Picture(
        f"Score of the slice of row {row:g}: least where it is sharpest",
        "axis (column)",
        "score",
        [(x, y) for x, y in points],
        best=column if np.isfinite(column) else None,
    )
    return Estimates(
        np.array([[answer.column for answer in found]]),
        np.array([[answer.weight for answer in found]]),
        windows,
        picture,
        np.array([answer.error for answer in found]),
        _doubt([one for one in found if 0.0 < one.weight >= 0.02 * found[best].weight]),
    )


def _leaning(mean: np.ndarray, air: np.ndarray) -> np.ndarray:
    """The line through the air on both sides: a beam that is not that of the flats."""
    x = np.arange(len(mean)) - (len(mean) - 1) / 2
    line: np.ndarray = np.polyval(np.polyfit(x[air], mean[air], 1), x).astype(np.float32)
    return line


class _Found(NamedTuple):
    """The axis of one sinogram; NaN and weight 0 where the score shows none."""

    column: float
    error: float
    """Pixels by which the last two looks differ."""
    weight: float
    """How deep the score falls, relative to its median, and how much sample there is."""
    points: List[List[float]]
    """``[column, score relative to the median]`` of all looks."""
    cut: bool = False
    """Whether the sample leaves the image at a side."""
    striped: bool = False


def _doubt(found: List[_Found]) -> str:
    if any(answer.cut for answer in found):
        return "The sample leaves the image at a side, so the sharpest slice may be the wrong one."
    if any(answer.striped for answer in found):
        return "Stripes move the sharpest slice: add a stripe filter."
    return ""


_NOTHING = _Found(float("nan"), float("nan"), 0.0, [])


def _treated(
    engine: Engine, recipe: Recipe, sinogram: np.ndarray, angles: np.ndarray
) -> np.ndarray:
    """The sinogram after the recipe's steps on sinograms, in the order that it had."""
    count, columns = sinogram.shape
    plan = compile_plan(
        {"filters": recipe.get("filters", [])},
        count=count,
        columns=columns,
        centre=(columns - 1) / 2,
        size=1,
    )
    engine.configure(plan, angles)
    engine.sinogram()[...] = sinogram
    engine.process()
    treated = np.empty_like(sinogram)
    treated[engine.order()] = engine.processed()
    return treated


def half_turn(angles: np.ndarray) -> np.ndarray:
    """Indices of projections within half a turn from the first angle, by rising angle."""
    turned = np.mod(angles - angles.min(), 360.0)
    order = np.argsort(turned, kind="stable")
    half: np.ndarray = order[turned[order] < 180.0 - 1e-6]
    return half


def search(engine: Engine, sinogram: np.ndarray, angles: np.ndarray, stop: Stop) -> _Found:
    """The axis of one sinogram, coarse to fine.

    Parameters
    ----------
    sinogram
        float32 (projection, column), sorted by angle, half a turn.
    """
    columns = sinogram.shape[1]
    bin_ = 1
    while columns // bin_ > _COARSE:
        bin_ *= 2
    least = bin_
    while least > 1 and columns // (least // 2) <= _FINE:
        least //= 2
    around = np.arange(_RANGE[0] * columns, _RANGE[1] * columns, bin_ / 2)
    points: List[List[float]] = []
    column, before, weight = float("nan"), float("nan"), 0.0
    while True:
        stop.check()
        scores = _scores(engine, _binned(sinogram, angles, bin_), around, bin_)
        seen = np.isfinite(scores)
        if seen.sum() < 4:
            return _NOTHING._replace(points=points)
        around, scores = around[seen], scores[seen]
        level = float(np.median(scores))
        if not points:
            weight = 1.0 - float(scores.min()) / level
            if weight < 1e-3:
                return _NOTHING._replace(points=points)
            base = scores / level
        else:
            # Finer slices have more noise: they are shown on the level of the coarse ones.
            base = scores / float(scores.min()) * min(point[1] for point in points)
        points += [[float(x), float(y)] for x, y in zip(around, base)]
        lowest = _lowest(around, scores, bin_, column)
        if lowest is None:
            # Noise alone at this size: what the coarser look said stays.
            bin_ *= 2
            break
        before, column = column, lowest
        if bin_ <= least:
            break
        bin_ //= 2
        around = column + np.arange(-_STEPS, _STEPS + 1) * bin_ / 2
    # No look tells more than a tenth of its pixels.
    error = max(abs(column - before), 0.1 * bin_) if np.isfinite(before) else float(bin_)
    return _Found(column, error, weight, sorted(points))


def _lowest(around: np.ndarray, scores: np.ndarray, bin_: int, known: float) -> Optional[float]:
    """Where a parabola has its lowest point: about the least score, or about what is known.

    None when the scores about what is known do not lie on a parabola.
    """
    first = not np.isfinite(known)
    middle = float(around[int(np.argmin(scores))]) if first else known
    near = np.abs(around - middle) <= (1.51 if first else 2.51) * bin_
    if near.sum() < 4:
        return middle if first else None
    x, y = around[near] - middle, scores[near]
    fitted = np.polyfit(x, y, 2)
    a, b = float(fitted[0]), float(fitted[1])
    left = float(np.var(y - np.polyval(fitted, x)))
    if a <= 0.0 or (not first and left > 0.3 * float(np.var(y))):
        return middle if first else None
    return middle + float(np.clip(-b / (2.0 * a), -1.5 * bin_, 1.5 * bin_))


def _scores(
    engine: Engine, reduced: Tuple[np.ndarray, np.ndarray], around: np.ndarray, bin_: int
) -> np.ndarray:
    sinogram, angles = reduced
    count, columns = sinogram.shape
    plan = compile_plan(
        _RECIPE, count=count, columns=columns, centre=(columns - 1) / 2, size=columns
    )
    engine.configure(plan, angles)
    engine.sinogram()[...] = sinogram
    engine.process()
    engine.image()
    scores = np.empty(len(around))
    for index, column in enumerate(around):
        image = engine.image((column - (bin_ - 1) / 2) / bin_)
        total = float(image.sum(dtype=np.float64))
        size = float(np.abs(image).sum(dtype=np.float64))
        scores[index] = size / total if total > 0.0 else np.inf
    return scores


def _binned(sinogram: np.ndarray, angles: np.ndarray, bin_: int) -> Tuple[np.ndarray, np.ndarray]:
    """Means of neighbouring columns, and of projections as many as those columns can bear."""
    columns = sinogram.shape[1] // bin_
    thin = max(1, min(bin_, len(sinogram) // max(columns // 2, 45)))
    count = len(sinogram) // thin
    cut = sinogram[: count * thin, : columns * bin_].reshape(count, thin, columns, bin_)
    mean: np.ndarray = cut.mean(axis=(1, 3), dtype=np.float32)
    return mean, angles[: count * thin].reshape(count, thin).mean(axis=1)
