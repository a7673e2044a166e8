"""How far the axis leans, from whole projections and those half a turn later.

Points of the sample leave their row as they go round an axis that leans: what a row shows in a
projection stands in other rows of the opposite one. So rows on their own mistake an outline that
changes along the axis for a lean; of a ball they see none at all. Whole images are mirror images
about the leaning axis, and tell.
"""

from __future__ import annotations

import math
from typing import List, NamedTuple, Optional, Tuple

import numpy as np

from ..dataset import Window
from ..regions import Axis
from ..stopping import Stop
from .alive import Alive
from .pairs import Pair
from .steady import steady_across

_PAIRS, _SPREAD = 8, 16
"""Pairs that are compared, and projections that tell what stands still."""
_COLUMNS = 320
"""Columns of the binned images, at most twice as many: more say nothing more."""
_PIXELS = 4 * _COLUMNS**2
"""Pixels of one, at most: images may be much higher than wide."""
_COARSE = 4
"""How much smaller the images are in which a lean is looked for first."""
_STRIP = 64 << 20
"""Bytes that are read at once."""
_STEEPEST = 10.0
"""Degrees that a recipe can state as a tilt."""
_SMOOTH = 1.5
"""Standard deviation of the smoothing, in binned pixels."""
_COMMON = 0.2
"""Least share of the pixels that an image and its mirror image have in common."""
_ROUNDS = 2
"""How often the lean is found anew, without what stands still as its last value tells it."""
_TILES = 4
"""Parts of an image in each direction, which must agree."""
_TURNING = 0.3
"""Share of the slopes that must differ between pairs, to tell stripes from a lean."""
_SINGULAR = 1e6
"""Condition from which column, rise and tilt are not told apart."""
_ALIKE = 0.25
"""Share of a tilt by which columns and rows may differ: a lens bends images, too."""
_LEAST = 0.2
"""Pixels of the axis over the rows that are as good as none."""


class Lean(NamedTuple):
    """A tilt in degrees, and its error."""

    degrees: float
    error: float
    apart: float
    """How far tilts by columns and by rows differ: not at all when it is the axis that leans."""
    apart_error: float

    def of(self, rows: int) -> Optional[float]:
        """The tilt over so many rows: 0 where it is none, None where this does not tell."""
        moves = math.tan(math.radians(1.0)) * rows
        alike = max(3.0 * self.apart_error, _ALIKE * abs(self.degrees), _LEAST / moves)
        if abs(self.apart) > alike:
            return None
        if abs(self.degrees) >= max(3.0 * self.error, _LEAST / moves):
            return self.degrees if abs(self.degrees) <= _STEEPEST else None
        return 0.0 if self.error * moves <= _LEAST else None


class _Images(NamedTuple):
    """Binned images and their opposites, float64 (pair, row, column), and where they are."""

    lefts: np.ndarray
    rights: np.ndarray
    centre: Tuple[float, float]
    """Column and row about which an axis leans."""
    mean: Optional[np.ndarray] = None
    """The mean of all, where there are enough to tell what stands still."""

    def turning(self, degrees: float) -> _Images:
        """Without what stands still, about an axis that leans."""
        if self.mean is None:
            return self
        still = steady_across(self.mean, degrees)
        return self._replace(lefts=self.lefts - still, rights=self.rights - still)


class _Place(NamedTuple):
    column: float
    rise: float
    """Pixels by which the opposite images stand lower, along the axis: a stage may rise."""
    degrees: float


def lean_from_pairs(
    alive: Alive, pairs: List[Pair], window: Window, axis: Axis, stop: Stop
) -> Optional[Lean]:
    """The tilt, where the images tell one.

    Parameters
    ----------
    window
        Rows that are compared.
    axis
        Where it stands, by rows on their own.
    """
    many = window.rows * window.columns / _PIXELS
    factor = max(1, round(window.columns / _COLUMNS), math.ceil(math.sqrt(many)))
    if window.rows // factor < 2 * _TILES or not pairs:
        return None
    spread = np.linspace(0, len(pairs) - 1, min(_PAIRS, len(pairs))).round().astype(int)
    chosen = [pairs[i] for i in spread]
    images = _images(alive, chosen, window, axis, factor, stop)
    if images is None:
        return None
    fine = images.turning(0.0)
    coarse = _binned(fine, _COARSE) if fine.lefts.shape[1] >= 2 * _TILES * _COARSE else fine
    scale = fine.lefts.shape[2] // coarse.lefts.shape[2]
    # A point at a side moves by a pixel or two from one to the next.
    step = math.degrees(2.0 / coarse.lefts.shape[2])
    tried = np.arange(0.0, _STEEPEST + step, step)
    starts = sorted({0.0, *tried.tolist(), *(-tried).tolist()})
    column = coarse.centre[0]
    best = min((_Place(column, 0.0, at) for at in starts), key=lambda at: _left(coarse, at))
    places = [_settle(coarse, at, stop) for at in {_Place(column, 0.0, 0.0), best}]
    known = [at for at in places if at is not None]
    if not known:
        return None
    near = min(known, key=lambda at: _left(coarse, at))
    off = (near.column - column) * scale
    place = _Place(fine.centre[0] + off, near.rise * scale, near.degrees)
    for _ in range(_ROUNDS):
        fine = images.turning(place.degrees)
        found = _settle(fine, place, stop)
        if found is None:
            return None
        place = found
    return _told(fine, place)


def _images(
    alive: Alive, pairs: List[Pair], window: Window, axis: Axis, factor: int, stop: Stop
) -> Optional[_Images]:
    kept = alive.pipeline.dataset.kept
    needed = {pair.first for pair in pairs} | {i for pair in pairs for i, _ in pair.opposite}
    spread = np.linspace(0, len(kept) - 1, min(_SPREAD, len(kept))).round().astype(int)
    read = np.union1d(sorted(needed), spread)
    strips = []
    high = factor * max(1, _STRIP // (4 * len(read) * window.columns * factor))
    for top in range(window.top, window.bottom - factor + 1, high):
        bottom = min(top + high, window.bottom)
        strip = Window(top, bottom, window.left, window.right)
        strips.append(alive.binned(strip, stop, kept[read], factor))
    rows = np.concatenate(strips)
    images = _smooth(rows.astype(np.float64).transpose(1, 0, 2))
    place = {int(i): at for at, i in enumerate(read)}
    lefts = np.stack([images[place[pair.first]] for pair in pairs])
    rights = np.stack([sum(w * images[place[i]] for i, w in pair.opposite) for pair in pairs])
    if not lefts.std() > 0:
        return None
    middle = (window.top + window.bottom - 1) / 2
    return _Images(
        lefts,
        rights,
        (
            (axis.at(middle) - window.left - (factor - 1) / 2) / factor,
            (middle - window.top - (factor - 1) / 2) / factor,
        ),
        images.mean(axis=0) if len(read) >= _SPREAD else None,
    )


def _binned(images: _Images, factor: int) -> _Images:
    count, rows, columns = images.lefts.shape
    rows, columns = rows // factor, columns // factor

    def small(of: np.ndarray) -> np.ndarray:
        cut = of[:, : rows * factor, : columns * factor]
        mean: np.ndarray = cut.reshape(count, rows, factor, columns, factor).mean(axis=(2, 4))
        return mean

    x, y = ((at - (factor - 1) / 2) / factor for at in images.centre)
    return _Images(small(images.lefts), small(images.rights), (x, y))


def _smooth(images: np.ndarray) -> np.ndarray:
    half = math.ceil(4.0 * _SMOOTH)
    kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / _SMOOTH) ** 2)
    kernel /= kernel.sum()
    for axis in (1, 2):
        ends = [(0, 0)] * 3
        ends[axis] = (half, half)
        padded = np.moveaxis(np.pad(images, ends, mode="edge"), axis, 0)
        length = images.shape[axis]
        images = np.moveaxis(
            sum(by * padded[at : at + length] for at, by in enumerate(kernel)), 0, axis
        )
    return images


class _Compared(NamedTuple):
    """What is left of images after mirroring, and its slopes.

    They are those by the column, by the rise, and by the two parts of a tilt in radians: columns
    that move by the row, and rows that move by the column.
    """

    residual: np.ndarray
    slopes: List[np.ndarray]
    left: float
    """Energy of what is left, relative to what is in common."""


def _compare(images: _Images, at: _Place) -> Optional[_Compared]:
    lefts, rights, (_, pivot), _ = images
    count, rows, columns = lefts.shape
    sine, cosine = (f(math.radians(at.degrees)) for f in (math.sin, math.cos))
    y, x = np.mgrid[:rows, :columns]
    right, down = x - at.column, y - pivot
    # Along the axis, and to the right of it.
    along, across = right * sine + down * cosine, right * cosine - down * sine
    from_x = at.column + (along + at.rise) * sine - across * cosine
    from_y = pivot + (along + at.rise) * cosine + across * sine
    inside = (from_x >= 0) & (from_x <= columns - 1.001)
    inside &= (from_y >= 0) & (from_y <= rows - 1.001)
    if inside.mean() < _COMMON:
        return None
    from_x, from_y = from_x[inside], from_y[inside]
    along, across = along[inside], across[inside]
    left, top = from_x.astype(int), from_y.astype(int)
    s, t = from_x - left, from_y - top
    a, b = rights[:, top, left], rights[:, top, left + 1]
    c, d = rights[:, top + 1, left], rights[:, top + 1, left + 1]
    value = (1 - t) * ((1 - s) * a + s * b) + t * ((1 - s) * c + s * d)
    slope_x = (1 - t) * (b - a) + t * (d - c)
    slope_y = (1 - s) * (c - a) + s * (d - b)
    # Along the axis, and away from it, of the mirror image.
    up, out = sine * slope_x + cosine * slope_y, cosine * slope_x - sine * slope_y
    fixed = lefts[:, inside]
    parts = [fixed - value, 2 * cosine * out, up, 2 * along * out, 2 * across * up]
    parts = [part - part.mean(axis=1, keepdims=True) for part in parts]
    relative = float(parts[0].var(axis=1).sum()) / max(float(fixed.var(axis=1).sum()), 1e-30)
    if count >= _PAIRS:
        # What is left in all pairs alike stands still.
        turning = [part - part.mean(axis=0) for part in parts]
        if _energy(turning[3:]) > _TURNING * _energy(parts[3:]):
            parts = turning
    full = [np.zeros((count, rows, columns)) for _ in parts]
    for to, part in zip(full, parts):
        to[:, inside] = part
    return _Compared(full[0], full[1:], relative)


def _left(images: _Images, at: _Place) -> float:
    seen = _compare(images, at)
    return math.inf if seen is None else seen.left


def _settle(images: _Images, at: _Place, stop: Stop) -> Optional[_Place]:
    """Least squares by Gauss-Newton; None where that does not come to rest."""
    most = np.array([1.0, 1.0, 2.0 / images.lefts.shape[2]])
    for turn in range(16):
        stop.check()
        seen = _compare(images, at)
        if seen is None:
            return None
        step = _step(seen.residual, _rigid(seen.slopes))
        if step is None:
            return None
        column, rise, tilt = np.clip(step, -most, most).tolist()
        at = _Place(at.column + column, at.rise + rise, at.degrees + math.degrees(tilt))
        if abs(at.degrees) > 2 * _STEEPEST:
            return None
        # Between pixels the slopes jump: there it goes to and fro.
        if (np.abs(step) < (1e-3 if turn < 8 else 3e-2) * most).all():
            return at
    return None


def _rigid(slopes: List[np.ndarray]) -> List[np.ndarray]:
    column, rise, by_row, by_column = slopes
    return [column, rise, by_row + by_column]


def _energy(parts: List[np.ndarray]) -> float:
    return sum(float((part**2).sum()) for part in parts)


def _products(slopes: List[np.ndarray]) -> np.ndarray:
    return np.array([[float((a * b).sum()) for a in slopes] for b in slopes])


def _step(residual: np.ndarray, slopes: List[np.ndarray]) -> Optional[np.ndarray]:
    """What takes most of a residual away; None where the slopes are not told apart."""
    products = _products(slopes)
    size = np.sqrt(np.diag(products))
    if not (size > 0).all() or np.linalg.cond(products / np.outer(size, size)) > _SINGULAR:
        return None
    pull = [float((residual * of).sum()) for of in slopes]
    step: np.ndarray = np.linalg.solve(products, pull)
    return step


def _told(images: _Images, at: _Place) -> Optional[Lean]:
    """The tilt of a place of rest, and how far columns and rows, and parts, disagree on it."""
    seen = _compare(images, at)
    free = None if seen is None else _step(seen.residual, seen.slopes)
    if seen is None or free is None:
        return None
    error = _error(seen.residual, _rigid(seen.slopes), [0.0, 0.0, 1.0])
    rest = seen.residual - sum(by * of for by, of in zip(free, seen.slopes))
    apart_error = _error(rest, seen.slopes, [0.0, 0.0, 1.0, -1.0])
    return Lean(at.degrees, error, math.degrees(free[2] - free[3]), apart_error)


def _error(residual: np.ndarray, slopes: List[np.ndarray], of: List[float]) -> float:
    """Degrees by which the parts of images disagree on a sum of tilts."""
    share = np.linalg.solve(_products(slopes), of)
    pull = residual * sum(by * slope for by, slope in zip(share, slopes))
    count, rows, columns = pull.shape
    high, wide = rows // _TILES, columns // _TILES
    pull = pull[:, : high * _TILES, : wide * _TILES]
    tiles = pull.reshape(count, _TILES, high, _TILES, wide).sum(axis=(2, 4))
    return math.degrees(math.sqrt(float((tiles**2).sum())))
