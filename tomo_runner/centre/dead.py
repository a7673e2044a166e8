"""Which pixels see nothing: one row of the detector over some projections tells.

A pixel without light stands at the logarithm of the floor in every projection, and a stuck one
always at the same value. One that is only noise changes from angle to angle as no sample does.
"""

from __future__ import annotations

import math
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from ..dataset import Window
from ..engine import Engine
from ..pipeline import Pipeline
from ..steps.active import active_steps, is_attenuation
from ..stopping import Stop

AT_ONCE = 256 << 20
"""Bytes of projections as measured that are held at once, at most."""
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
_CHANCE = 3.0
"""What noise may reach of it by chance, in standard deviations: few projections tell less."""
_NOISE = 0.02
"""What is usual at least, of the light: gains that drift are no noise."""
_ENOUGH = 64
"""Projections that are looked at."""
_NEAR = 0.5
"""Share of the neighbours by angle that are near enough to be compared."""
_FRAMES = 8
"""Projections that are too few to tell a stuck pixel, or noise alone."""


class Glance(NamedTuple):
    """Projections that tell, by their places among those that were read."""

    one: np.ndarray
    next_: np.ndarray
    """The neighbours of these by angle."""
    spread: np.ndarray

    @property
    def places(self) -> np.ndarray:
        """All of them, ascending."""
        return np.unique(np.concatenate(self))

    def among(self, places: np.ndarray) -> Glance:
        """The same, where no others are read than these places, ascending."""
        return Glance(*(np.searchsorted(places, at) for at in self))


def glance(angles: np.ndarray) -> Glance:
    """What tells, of projections at these angles: degrees, in any order."""
    spread = np.arange(0, len(angles), max(1, len(angles) // _ENOUGH))
    return Glance(*_neighbours(angles), spread)


class DeadPixels:
    """Those of projections as measured; no row is asked twice about the same projections."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._darkness = darkness(pipeline)
        self._known: Dict[bytes, Dict[int, np.ndarray]] = {}

    def search(
        self, rows: np.ndarray, window: Window, stop: Stop, frames: Optional[np.ndarray]
    ) -> np.ndarray:
        """Dead pixels (row, column) of a window as wide as the image.

        Parameters
        ----------
        rows
            Its sinograms (row, frame, column).
        frames
            Acquisition indices that they are of; all kept ones when left out.
        """
        return self._search(rows, window, stop, frames, glance(self.angles(frames)))

    def read(self, window: Window, stop: Stop, frames: Optional[np.ndarray]) -> np.ndarray:
        """The same, of rows and projections that are read for it, few at a time."""
        known = self._of(frames)
        indices = self._pipeline.dataset.kept if frames is None else frames
        seen = glance(self.angles(frames))
        places = seen.places
        seen = seen.among(places)
        unknown = [row for row in range(window.top, window.bottom) if row not in known]
        high = max(1, AT_ONCE // (4 * len(places) * window.columns))
        while unknown:
            top = unknown[0]
            strip = window._replace(top=top, bottom=min(top + high, unknown[-1] + 1))
            rows = self._pipeline.sinograms(strip, stop, indices[places])
            self._search(rows, strip, stop, frames, seen)
            unknown = [row for row in unknown if row >= strip.bottom]
        return np.stack([known[row] for row in range(window.top, window.bottom)])

    def angles(self, frames: Optional[np.ndarray]) -> np.ndarray:
        """Degrees of projections, all kept ones when left out."""
        dataset = self._pipeline.dataset
        angles = dataset.require_angles()
        return angles if frames is None else angles[np.searchsorted(dataset.kept, frames)]

    def _of(self, frames: Optional[np.ndarray]) -> Dict[int, np.ndarray]:
        key = b"" if frames is None else np.ascontiguousarray(frames, np.int64).tobytes()
        return self._known.setdefault(key, {})

    def _search(
        self,
        rows: np.ndarray,
        window: Window,
        stop: Stop,
        frames: Optional[np.ndarray],
        seen: Glance,
    ) -> np.ndarray:
        known = self._of(frames)

        def one(_: Engine, row: int) -> None:
            known[row] = dead_columns(rows[row - window.top], seen, self._darkness)

        wanted = range(window.top, window.bottom)
        self._pipeline.workers.map(one, [row for row in wanted if row not in known], stop)
        return np.stack([known[row] for row in wanted])


class Darkness(NamedTuple):
    """How a sinogram says that there was no light."""

    is_dark: Callable[[np.ndarray], np.ndarray]
    logarithm: bool
    dim: float
    """Beyond this a neighbour is nearly as dark: it is the sample that is dense there."""


def darkness(pipeline: Pipeline) -> Darkness:
    """What it is after the steps of a recipe."""
    for step in active_steps(pipeline.recipe, "projection"):
        if step.name == "minus-log":
            return _below(-math.log(float(step.parameters["floor"])))
    if is_attenuation(pipeline.recipe, pipeline.dataset):
        return Darkness(lambda row: ~np.isfinite(row), True, math.inf)
    return Darkness(lambda row: ~(row > 0.0) | np.isinf(row), False, math.inf)


def _below(floor: float) -> Darkness:
    darkest = floor - 1e-5 * abs(floor)
    return Darkness(lambda row: ~(row < darkest), True, 0.5 * floor)


def dead_columns(row: np.ndarray, seen: Glance, dark: Darkness) -> np.ndarray:
    """Which columns of a sinogram (frame, column) see nothing."""
    first, second = row[seen.one], row[seen.next_]
    flickers = (dark.is_dark(first) != dark.is_dark(second)).mean(axis=0)
    clear(first)
    clear(second)
    row = row[seen.spread]
    share = dark.is_dark(row).mean(axis=0)
    clear(row)
    # Also where it is so in some projections only, as at the rim of what turns near the axis.
    dense = _often(row, dark.dim) & (flickers < _FLICKERS)
    dead = np.zeros(len(share), bool)
    for start, end in _runs(share >= _ALWAYS):
        if not dense[max(start - 1, 0) : start].any() and not dense[end : end + 1].any():
            dead[start:end] = True
    if len(row) < _FRAMES:
        return dead
    restless = np.quantile(np.abs(second - first), 0.75, axis=0)
    level = 1.0 if dark.logarithm else float(np.median(np.abs(row)))
    if np.median(share) >= _OFTEN and np.median(restless) >= _RESTLESS * _NOISE * level:
        # The beam does not reach this row.
        return np.ones(len(share), bool)
    usual = max(float(np.median(restless)), _NOISE * level)
    noise = (flickers >= _FLICKERS) | (restless >= _RESTLESS * usual)
    least = max(_ALIKE, _CHANCE / math.sqrt(len(first)))
    # Behind a dense sample there is noise, too, and beside it a little less.
    calm = (share < _SELDOM) & (restless < _CALM * usual) & ~dense
    for start, end in _runs(noise | dead):
        beside = np.r_[calm[max(start - 1, 0) : start], calm[end : end + 1]]
        if len(beside) and beside.all() and _likest(first, second, start, end) < least:
            dead[start:end] = True
    # Air without noise is always the same, too, but no other than the air beside it.
    for start, end in inner((row == row[0]).all(axis=0) & (share < _ALWAYS)):
        flanks = row[:, [start - 1, end]]
        off = np.abs(row[0, start:end] - flanks.mean())
        dead[start:end] |= off > 0.25 * np.ptp(flanks)
    return dead


def _often(row: np.ndarray, dim: float) -> np.ndarray:
    """Columns that are beyond it in so many projections as one that is only noise is dark in."""
    often = np.zeros(row.shape[1], bool)
    ever = np.flatnonzero(row.max(axis=0) > dim)
    if len(ever):
        often[ever] = np.quantile(row[:, ever], 1.0 - _OFTEN, axis=0) > dim
    return often


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


def _likest(first: np.ndarray, second: np.ndarray, start: int, end: int) -> float:
    """How much columns [start, end) go along with those beside, or from angle to angle."""
    low, high = max(start - 1, 0), min(end + 1, first.shape[1])
    alike = _alike(first[:, low:high], second[:, low:high])[start - low : end - low]
    # Of a sample that nothing goes through the middle is noise, too, but not its rims.
    return float(max(np.median(alike), alike[0], alike[-1]))


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


def clear(values: np.ndarray) -> None:
    """Put 0 where there is no number, in place."""
    np.copyto(values, 0.0, where=~np.isfinite(values))


def _runs(what: np.ndarray) -> List[Tuple[int, int]]:
    """Neighbouring columns [start, end) of which something is true."""
    edges = np.flatnonzero(np.diff(np.r_[False, what, False]))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2])]


def inner(what: np.ndarray) -> List[Tuple[int, int]]:
    """Those that have other columns on both sides."""
    return [(start, end) for start, end in _runs(what) if start > 0 and end < len(what)]
