"""Pixels that see nothing, and what stands in for them.

A pixel without light stands at the logarithm of the floor in every projection, and a stuck one
always at the same value. Every method would take it for a part of the sample that does not turn.
So it is bridged along its row, from the living pixels on both sides, before any of them looks.
"""

from __future__ import annotations

import math
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from ..dataset import Window
from ..pipeline import Pipeline
from ..steps.active import active_steps, is_attenuation
from ..stopping import Stop

_ALWAYS = 0.9
"""Share of the projections in which a dead pixel shows no light."""
_OFTEN, _SELDOM = 0.25, 0.05
"""The same of one that is only noise, and of the pixels beside it: a dense sample darkens those."""
_RESTLESS, _CALM = 15.0, 5.0
"""How much such a one changes from projection to projection, by what is usual, and its
neighbours."""
_NOISE = 0.02
"""What is usual at least, of the light: gains that drift are no noise."""
_ENOUGH = 64
"""Projections that are looked at."""
_FRAMES = 8
"""Projections that are too few to tell a stuck pixel, or noise alone."""
_FEW = 5
"""Living pixels of a row that are too few to bridge the others: it is all nothing."""
_MOST = 0.2
"""Share of dead columns from which an answer is doubted."""
_WIDEST = 0.05
"""The same of those side by side, with living ones on both sides."""


class Alive:
    """The sinograms of a recipe with their dead pixels bridged: what all methods look at.

    Parameters
    ----------
    pipeline
        The projection steps.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self._darkness = _darkness(pipeline)
        self._dead: Dict[Window, np.ndarray] = {}

    def sinograms(
        self, window: Window, stop: Stop, frames: Optional[np.ndarray] = None
    ) -> np.ndarray:
        """Float32 (row, frame, column), all of it finite.

        Parameters
        ----------
        frames
            Acquisition indices, ascending; all kept ones when left out.
        """
        rows = self.pipeline.sinograms(window, stop, frames)
        dead = np.stack([_dead(row, self._darkness) for row in rows])
        self._dead[window] = dead
        for row, of_row in zip(rows, dead):
            np.nan_to_num(row, copy=False, posinf=0.0, neginf=0.0)
            bridge(row, of_row)
        return rows

    def bridged(self, image: np.ndarray, window: Window) -> np.ndarray:
        """Another image (row, column) of a window whose sinograms were looked at."""
        rows: np.ndarray = np.nan_to_num(image, posinf=0.0, neginf=0.0)
        for row, of_row in zip(rows, self._dead[window]):
            bridge(row[None], of_row)
        return rows

    def columns(self, window: Window) -> np.ndarray:
        """Columns that live in most rows of a window whose sinograms were looked at."""
        living: np.ndarray = self._dead[window].mean(axis=0) <= 0.5
        return living

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


def _dead(row: np.ndarray, darkness: _Darkness) -> np.ndarray:
    """Which columns of a sinogram (frame, column) see nothing."""
    row = row[:: max(1, len(row) // _ENOUGH)]
    share = darkness.is_dark(row).mean(axis=0)
    row = np.nan_to_num(row)
    dense = np.median(row, axis=0) > darkness.dim
    dead = np.zeros(len(share), bool)
    for start, end in _runs(share >= _ALWAYS):
        if not dense[max(start - 1, 0) : start].any() and not dense[end : end + 1].any():
            dead[start:end] = True
    if len(row) < _FRAMES:
        return dead
    restless = np.quantile(np.abs(np.diff(row, axis=0)), 0.75, axis=0)
    level = 1.0 if darkness.logarithm else float(np.median(np.abs(row)))
    if np.median(share) >= _OFTEN and np.median(restless) >= _RESTLESS * _NOISE * level:
        # The beam does not reach this row.
        return np.ones(len(share), bool)
    usual = max(float(np.median(restless)), _NOISE * level)
    noise = (share >= _OFTEN) | (restless >= _RESTLESS * usual)
    # Behind a dense sample there is noise, too, and beside it a little less.
    calm = (share < _SELDOM) & (restless < _CALM * usual) & ~dense
    for start, end in _runs(noise):
        beside = np.r_[calm[max(start - 1, 0) : start], calm[end : end + 1]]
        if len(beside) and beside.all():
            dead[start:end] = True
    # Air without noise is always the same, too, but no other than the air beside it.
    for start, end in _inner((row == row[0]).all(axis=0) & (share < _ALWAYS)):
        flanks = row[:, [start - 1, end]]
        off = np.abs(row[0, start:end] - flanks.mean())
        dead[start:end] |= off > 0.25 * np.ptp(flanks)
    return dead


def _runs(what: np.ndarray) -> List[Tuple[int, int]]:
    """Neighbouring columns [start, end) of which something is true."""
    edges = np.flatnonzero(np.diff(np.r_[False, what, False]))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2])]


def _inner(what: np.ndarray) -> List[Tuple[int, int]]:
    """Those that have other columns on both sides."""
    return [(start, end) for start, end in _runs(what) if start > 0 and end < len(what)]
