"""Pixels that see nothing, and what stands in for them.

A pixel without light stands at the logarithm of the floor in every projection, and a stuck one
always at the same value. Every method would take it for a part of the sample that does not turn.
So it is bridged along its row, from the living pixels on both sides, before any of them looks.

Phase retrieval bridges what has no transmission itself, before it filters. A pixel that is only
noise it blurs into its neighbours, and nothing here recognises that any more.
"""

from __future__ import annotations

import math
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from ..dataset import Window
from ..pipeline import Pipeline
from ..steps.active import active_steps, is_attenuation
from ..stopping import Stop
from ..tilt import Tilt

_ALWAYS = 0.9
"""Share of the projections in which a dead pixel shows no light."""
_OFTEN, _SELDOM = 0.25, 0.05
"""The same of one that is only noise, and of the pixels beside it: a dense sample darkens those."""
_FLICKERS = 0.2
"""How often such a one is dark in one of two neighbours by angle, and not in the other."""
_RESTLESS, _CALM = 15.0, 5.0
"""How much such a one changes from angle to angle, by what is usual, and its neighbours."""
_ALIKE = 0.5
"""Correlation with the next column, or the next angle, from which it is a sample that moves."""
_NOISE = 0.02
"""What is usual at least, of the light: gains that drift are no noise."""
_ENOUGH = 64
"""Projections that are looked at."""
_NEAR = 0.5
"""Share of the neighbours by angle that are near enough to be compared."""
_FRAMES = 8
"""Projections that are too few to tell a stuck pixel, or noise alone."""
_FEW = 5
"""Living pixels of a row that are too few to bridge the others: it is all nothing."""
_MOST = 0.2
"""Share of dead columns from which an answer is doubted."""
_WIDEST = 0.05
"""The same of those side by side, with living ones on both sides."""


class _Seen(NamedTuple):
    """A window of which sinograms were looked at."""

    source: Window
    """The rows of projections as measured that it is made of."""
    dead: np.ndarray
    """Of these (row, column)."""
    living: np.ndarray
    """Columns of the window that live in most rows."""


class Alive:
    """The sinograms of a recipe with their dead pixels bridged: what all methods look at.

    Parameters
    ----------
    pipeline
        The projection steps.
    tilt
        Rotate projections by it, once their dead pixels are bridged: windows are of rotated ones.
    """

    def __init__(self, pipeline: Pipeline, tilt: Optional[Tilt] = None) -> None:
        self.pipeline = pipeline
        self.tilt = tilt
        self._darkness = _darkness(pipeline)
        self._seen: Dict[Window, _Seen] = {}

    def sinograms(
        self, window: Window, stop: Stop, frames: Optional[np.ndarray] = None
    ) -> np.ndarray:
        """Float32 (row, frame, column), all of it finite.

        Parameters
        ----------
        frames
            Acquisition indices, ascending; all kept ones when left out.
        """
        # The rows that are rotated are as wide as the image, whatever of them is wanted.
        source = window if self.tilt is None else self.tilt.source(window)
        rows = self.pipeline.sinograms(source, stop, frames)
        angles = self._angles(frames)
        dead = np.stack([_dead(row, angles, self._darkness) for row in rows])
        for row, of_row in zip(rows, dead):
            row[...] = _finite(row)
            bridge(row, of_row)
        blind = self._upright(dead.astype(np.float32), source, window) > 0.5
        self._seen[window] = _Seen(source, dead, blind.mean(axis=0) <= 0.5)
        if self.tilt is None:
            return rows
        upright = [self._upright(rows[:, at], source, window) for at in range(rows.shape[1])]
        return np.stack(upright, axis=1)

    def binned(self, window: Window, stop: Stop, frames: np.ndarray, factor: int) -> np.ndarray:
        """Means of ``factor`` x ``factor`` pixels, float32 (row, frame, column), not rotated.

        One row of each ``factor`` is asked which columns are dead.
        """
        rows = self.pipeline.sinograms(window, stop, frames)
        angles = self._angles(frames)
        count, columns = len(rows) // factor, rows.shape[2] // factor
        means = np.empty((count, rows.shape[1], columns), np.float32)
        for place in range(count):
            group = rows[place * factor : (place + 1) * factor]
            dead = _dead(group[factor // 2], angles, self._darkness)
            for row in group:
                row[...] = _finite(row)
                bridge(row, dead)
            cut = group[:, :, : columns * factor]
            means[place] = cut.reshape(factor, -1, columns, factor).mean(axis=(0, 3))
        return means

    def bridged(self, image: np.ndarray, window: Window) -> np.ndarray:
        """A window, whose sinograms were looked at, of another image (row, column), whole."""
        source, dead, _ = self._seen[window]
        rows = _finite(image[source.top : source.bottom, source.left : source.right])
        for row, of_row in zip(rows, dead):
            bridge(row[None], of_row)
        return self._upright(rows, source, window)

    def _angles(self, frames: Optional[np.ndarray]) -> np.ndarray:
        dataset = self.pipeline.dataset
        angles = dataset.require_angles()
        return angles if frames is None else angles[np.searchsorted(dataset.kept, frames)]

    def _upright(self, image: np.ndarray, source: Window, window: Window) -> np.ndarray:
        if self.tilt is None:
            return image
        engine = self.pipeline.workers.engine()
        return self.tilt.apply(engine, np.ascontiguousarray(image), source, window)

    def columns(self, window: Window) -> np.ndarray:
        """Columns that live in most rows of a window whose sinograms were looked at."""
        return self._seen[window].living

    def doubt(self, windows: List[Window], bridged: bool) -> str:
        """Why an answer may be wrong, as a sentence; empty when nothing speaks against it.

        Parameters
        ----------
        windows
            Those that the answer rests on.
        bridged
            Whether the method looks at what was bridged, too.
        """
        dead = [~self.columns(window) for window in windows]
        width = len(dead[0])
        count = int(np.median([of_window.sum() for of_window in dead]))
        gaps = [max((b - a for a, b in _inner(of_window)), default=0) for of_window in dead]
        gap = int(np.median(gaps))
        if count > _MOST * width:
            return f"{count} of {width} columns see nothing: what stands there is not known."
        if bridged and gap > _WIDEST * width:
            return (
                f"{gap} columns side by side see nothing: the part of the sample behind them is "
                "not known."
            )
        return ""


def bridge(rows: np.ndarray, dead: np.ndarray) -> None:
    """Put a line between the living pixels on both sides, in place; at a side, the nearest one.

    Parameters
    ----------
    rows
        (frame, column), finite.
    dead
        Of each column.
    """
    living, gaps = np.flatnonzero(~dead), np.flatnonzero(dead)
    if not len(gaps):
        return
    if len(living) < _FEW:
        rows[...] = 0.0
        return
    after = np.searchsorted(living, gaps)
    left = living[np.maximum(after - 1, 0)]
    right = living[np.minimum(after, len(living) - 1)]
    along = np.clip((gaps - left) / np.maximum(right - left, 1), 0.0, 1.0).astype(rows.dtype)
    rows[:, gaps] = rows[:, left] * (1 - along) + rows[:, right] * along


class _Darkness(NamedTuple):
    """How a sinogram says that there was no light."""

    is_dark: Callable[[np.ndarray], np.ndarray]
    logarithm: bool
    dim: float
    """Beyond this a neighbour is nearly as dark: it is the sample that is dense there."""


def _darkness(pipeline: Pipeline) -> _Darkness:
    for step in active_steps(pipeline.recipe, "projection"):
        if step.name == "minus-log":
            return _below(-math.log(float(step.parameters["floor"])))
    if is_attenuation(pipeline.recipe, pipeline.dataset):
        return _Darkness(lambda row: ~np.isfinite(row), True, math.inf)
    return _Darkness(lambda row: ~(row > 0.0) | np.isinf(row), False, math.inf)


def _below(floor: float) -> _Darkness:
    darkest = floor - 1e-5 * abs(floor)
    return _Darkness(lambda row: ~(row < darkest), True, 0.5 * floor)


def _dead(row: np.ndarray, angles: np.ndarray, darkness: _Darkness) -> np.ndarray:
    """Which columns of a sinogram (frame, column) see nothing.

    Parameters
    ----------
    angles
        Degrees of the frames, in any order.
    """
    one, next_ = _neighbours(angles)
    first, second = _finite(row[one]), _finite(row[next_])
    flickers = (darkness.is_dark(row[one]) != darkness.is_dark(row[next_])).mean(axis=0)
    row = row[:: max(1, len(row) // _ENOUGH)]
    share = darkness.is_dark(row).mean(axis=0)
    row = _finite(row)
    # Also where it is so in some projections only, as at the rim of what turns near the axis.
    dense = (np.quantile(row, 1.0 - _OFTEN, axis=0) > darkness.dim) & (flickers < _FLICKERS)
    dead = np.zeros(len(share), bool)
    for start, end in _runs(share >= _ALWAYS):
        if not dense[max(start - 1, 0) : start].any() and not dense[end : end + 1].any():
            dead[start:end] = True
    if len(row) < _FRAMES:
        return dead
    restless = np.quantile(np.abs(second - first), 0.75, axis=0)
    level = 1.0 if darkness.logarithm else float(np.median(np.abs(row)))
    if np.median(share) >= _OFTEN and np.median(restless) >= _RESTLESS * _NOISE * level:
        # The beam does not reach this row.
        return np.ones(len(share), bool)
    usual = max(float(np.median(restless)), _NOISE * level)
    noise = (flickers >= _FLICKERS) | (restless >= _RESTLESS * usual)
    alike = _alike(first, second)
    # Behind a dense sample there is noise, too, and beside it a little less.
    calm = (share < _SELDOM) & (restless < _CALM * usual) & ~dense
    for start, end in _runs(noise | dead):
        beside = np.r_[calm[max(start - 1, 0) : start], calm[end : end + 1]]
        # Of a sample that nothing goes through the middle is noise, too, but not its rims.
        likest = max(np.median(alike[start:end]), alike[start], alike[end - 1])
        if len(beside) and beside.all() and likest < _ALIKE:
            dead[start:end] = True
    # Air without noise is always the same, too, but no other than the air beside it.
    for start, end in _inner((row == row[0]).all(axis=0) & (share < _ALWAYS)):
        flanks = row[:, [start - 1, end]]
        off = np.abs(row[0, start:end] - flanks.mean())
        dead[start:end] |= off > 0.25 * np.ptp(flanks)
    return dead


def _neighbours(angles: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Frames, and the next ones by angle: as many as are looked at, the nearest of all.

    In the order of acquisition a sample may turn far from one to the next.
    """
    turned = np.mod(angles, 360.0)
    order = np.argsort(turned, kind="stable")
    if len(order) < 2:
        return order, order
    gaps = np.diff(turned[order])
    near = np.flatnonzero(gaps <= np.quantile(gaps, _NEAR) + 1e-6)
    near = near[:: max(1, len(near) // _ENOUGH)]
    return order[near], order[near + 1]


def _alike(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """How much columns go along with one beside them, or with themselves from angle to angle.

    A sample that moves does, noise does not.
    """
    here, there = _standard(first), _standard(second)
    along = (here * there).mean(axis=0)
    across = np.zeros(len(along) + 1)
    across[1:-1] = (here[:, 1:] * here[:, :-1]).mean(axis=0)
    likest: np.ndarray = np.maximum(along, np.maximum(across[1:], across[:-1]))
    return likest


def _standard(row: np.ndarray) -> np.ndarray:
    """Columns without their mean, and of deviation one where they have any."""
    off = row - row.mean(axis=0, dtype=np.float64)
    scaled: np.ndarray = off / np.maximum(off.std(axis=0), 1e-12)
    return scaled


def _finite(row: np.ndarray) -> np.ndarray:
    finite: np.ndarray = np.nan_to_num(row, posinf=0.0, neginf=0.0)
    return finite


def _runs(what: np.ndarray) -> List[Tuple[int, int]]:
    """Neighbouring columns [start, end) of which something is true."""
    edges = np.flatnonzero(np.diff(np.r_[False, what, False]))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2])]


def _inner(what: np.ndarray) -> List[Tuple[int, int]]:
    """Those that have other columns on both sides."""
    return [(start, end) for start, end in _runs(what) if start > 0 and end < len(what)]
