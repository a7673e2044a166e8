"""The one way in: which method, on which rows."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from ..dataset import Window
from ..external import ToolHosts
from ..failures import DataFailure, RecipeFailure
from ..pipeline import Pipeline
from ..stopping import Stop
from ..tilt import Tilt
from .alive import Alive
from .answer import UNCERTAIN, Centre, Estimates, Tried, agree, bands, middles
from .by_tool import from_tool
from .dead import DeadPixels
from .lean import Lean, lean_from_pairs
from .mass import from_mass
from .methods import ALL, AUTOMATIC, METHODS, Method, why_not
from .pairs import from_image, from_pairs, opposite_pairs, partner
from .sharpness import from_sharpness

_ORDER = ("pairs", "opposite", "mass", "sharpness")
_BANDS = {"pairs": 12, "opposite": 12, "overlap": 12, "mass": 6, "sharpness": 5}
_TOOL_BANDS = 5
_SILENT = ("truncated", "nothing-to-register")
"""What a method says where it finds nothing in sound data: another one may."""
_REGISTERED = ("pairs", "opposite", "overlap")
"""Methods that compare opposite images, and leave out what was bridged."""
_DIFFERENT = 0.5
"""Pixels from opposite projections at which another method is doubted, or twice the errors."""
_COMMON, _LITTLE = 0.25, 0.05
"""Least overlap of an image and its mirror image: usually, and in half acquisition."""


@dataclass
class _Scan:
    pipeline: Pipeline
    angles: np.ndarray
    rows: Optional[Sequence[int]]
    stop: Stop
    hosts: Optional[ToolHosts]
    python: Optional[str]
    measured: Dict[str, Tuple[Alive, Estimates]] = field(default_factory=dict)
    """What methods see in the images as measured."""

    @cached_property
    def dead(self) -> DeadPixels:
        """What all methods share, with and without a tilt."""
        return DeadPixels(self.pipeline)

    @cached_property
    def lean(self) -> Optional[Lean]:
        """How the axis leans, of whole images; None where there are none to compare."""
        names = ("overlap", "pairs", "opposite")
        name = next((name for name in names if not self.why_not(name)), None)
        pairs = opposite_pairs(self.angles) or [pair for pair in [partner(self.angles)] if pair]
        dataset = self.pipeline.dataset
        windows = bands(dataset.rows, dataset.columns, self.rows, _BANDS["pairs"])
        if name is None or len(windows) < 3:
            return None
        try:
            axis = _agreed(self, name, None).axis
        except DataFailure as failure:
            if failure.code not in _SILENT:
                raise
            return None
        window = Window(windows[0].top, windows[-1].bottom, 0, dataset.columns)
        if self.rows is None:
            window = dataset.whole
        return lean_from_pairs(Alive(self.pipeline, dead=self.dead), pairs, window, axis, self.stop)

    @property
    def image(self) -> bool:
        return self.pipeline.dataset.acquisition.opposite is not None

    def why_not(self, name: str) -> str:
        return why_not(name, self.angles, self.image, self.pipeline.dataset.columns)


def find_centre(
    pipeline: Pipeline,
    stop: Stop,
    rows: Optional[Sequence[int]] = None,
    method: Optional[str] = None,
    hosts: Optional[ToolHosts] = None,
    python: Optional[str] = None,
) -> Centre:
    """Find the axis of rotation.

    Parameters
    ----------
    pipeline
        The projection steps, with which the images are compared.
    rows
        Rows of the full image to look at; spread bands over the whole height when left out.
    method
        A name of ``METHODS``; automatic when left out.
    hosts
        Where external tools are kept; left out: a tool is started for this, when it is asked.
    python
        Interpreter for external tools; this one when left out.

    Raises
    ------
    DataFailure
        When the angles do not allow the method, or nothing in the images can be compared.
    ToolFailure
        When the method is that of a tool which is missing or fails.
    """
    name = method or AUTOMATIC
    if name not in {known.name for known in METHODS}:
        raise RecipeFailure(
            "unknown-method",
            f"There is no method {name!r} to find the centre of rotation.",
            "regions.centre.method",
            f"Choose one of: {', '.join(known.name for known in METHODS)}.",
        )
    if rows is not None and not len(rows):
        raise RecipeFailure(
            "no-rows", "No rows were given.", "--rows", "Give some, or leave them out."
        )
    scan = _Scan(pipeline, pipeline.dataset.require_angles(), rows, stop, hosts, python)
    why = scan.why_not(name)
    if why:
        raise DataFailure(
            "no-opposite-pairs" if name in (AUTOMATIC, "pairs") else "method-impossible",
            f"{why[:-1]}, so the centre of rotation cannot be found"
            f"{' this way' if name != AUTOMATIC else ''}.",
            "regions.centre.column" if name == AUTOMATIC else "regions.centre.method",
            "Set regions.centre.column, or add an image at 180 degrees."
            if name == AUTOMATIC
            else "Choose another method, or set regions.centre.column.",
        )
    if name == ALL:
        return _compared(scan)
    return _automatic(scan) if name == AUTOMATIC else _checked(scan, _by(scan, name))


def opposite_projection(pipeline: Pipeline, stop: Stop) -> Tuple[np.ndarray, float]:
    """What stands half a turn from the first projection, after all steps.

    Returns
    -------
    image : numpy.ndarray
        float32 (row, column); a mean of two neighbours where none stands exactly there.
    angle : float
        Degrees of the first projection.

    Raises
    ------
    DataFailure
        When there is none.
    """
    dataset = pipeline.dataset
    angles = dataset.require_angles()
    extra = pipeline.opposite(dataset.whole, stop)
    if extra is not None:
        return extra, float(angles[0])
    pair = partner(angles)
    if pair is None:
        raise DataFailure(
            "no-opposite-pairs",
            "Nothing was measured at 180 degrees to the first projection.",
            "dataset.angles",
            "Correct the angles, or give a group the role 180.",
        )
    image = np.zeros((dataset.rows, dataset.columns), np.float32)
    for index, weight in pair.opposite:
        image += np.float32(weight) * pipeline.projection(
            int(dataset.kept[index]), dataset.whole, stop
        )
    return image, float(angles[0])


def _by(scan: _Scan, name: str) -> Centre:
    dataset = scan.pipeline.dataset
    lean = scan.lean
    degrees = None if lean is None else lean.of(dataset.rows)
    if degrees is not None:
        return _agreed(scan, name, Tilt(degrees, dataset.rows, dataset.columns))
    found = _agreed(scan, name, None)
    tilt = found.axis.tilt
    if lean is None or not tilt or abs(tilt - lean.degrees) <= 3.0 * lean.error:
        return found
    return replace(found, doubted=True).with_warning(
        f"Rows say that the axis leans by {tilt:.2f}°, whole projections by {lean.degrees:.2f}°: "
        "look at slices near the top and the bottom."
    )


def _agreed(scan: _Scan, name: str, tilt: Optional[Tilt]) -> Centre:
    """The axis that leans by a tilt, or, without one, the line through what the rows say."""
    if tilt is not None and tilt.degrees:
        alive = Alive(scan.pipeline, tilt, scan.dead)
        estimates = _estimates(scan, alive, name)
    else:
        if name not in scan.measured:
            alive = Alive(scan.pipeline, dead=scan.dead)
            scan.measured[name] = alive, _estimates(scan, alive, name)
        alive, estimates = scan.measured[name]
    found = agree(estimates, scan.pipeline.dataset.rows, name, tilt)
    rows = {row for row, _ in found.rows}
    seen = [w for w, at in zip(estimates.windows, middles(estimates.windows)) if float(at) in rows]
    doubt = alive.doubt(seen, name not in _REGISTERED)
    return replace(found, doubted=True).with_warning(doubt) if doubt else found


def _checked(scan: _Scan, found: Centre) -> Centre:
    """What does not turn is sample to mass and sharpness; opposite projections tell."""
    if found.method not in ("mass", "sharpness") or scan.why_not("pairs"):
        return found
    try:
        told = _by(scan, "pairs")
    except DataFailure as failure:
        if failure.code not in _SILENT:
            raise
        return found
    error = math.hypot(found.spread, told.spread)
    if told.doubted or _apart(found, told) <= max(_DIFFERENT, 2.0 * error):
        return found
    return replace(found, doubted=True).with_warning(
        f"Opposite projections say column {told.axis.column:.1f}: something in the images does "
        "not turn with the sample."
    )


def _estimates(scan: _Scan, alive: Alive, name: str) -> Estimates:
    pipeline, angles, rows, stop = scan.pipeline, scan.angles, scan.rows, scan.stop
    dataset = pipeline.dataset
    windows = bands(dataset.rows, dataset.columns, rows, _BANDS.get(name, _TOOL_BANDS))
    known: Method = next(method for method in METHODS if method.name == name)
    if known.tool:
        return from_tool(
            alive, angles, windows, stop, known.tool, known.finder, scan.hosts, scan.python
        )
    if name == "pairs":
        return from_pairs(alive, opposite_pairs(angles), windows, stop, _COMMON)
    if name == "overlap":
        return from_pairs(alive, opposite_pairs(angles), windows, stop, _LITTLE)
    if name == "mass":
        return from_mass(alive, angles, windows, stop)
    if name == "sharpness":
        return from_sharpness(alive, angles, windows, stop)
    extra = pipeline.opposite(dataset.whole, stop)
    if extra is not None:
        return from_image(alive, extra, windows, stop)
    pair = partner(angles)
    return from_pairs(alive, [pair] if pair else [], windows, stop, _COMMON)


def _automatic(scan: _Scan) -> Centre:
    """The first method that can be used and finds something."""
    failed: Optional[DataFailure] = None
    for name in _ORDER:
        if scan.why_not(name):
            continue
        try:
            if name == "pairs" and not scan.why_not("overlap"):
                return _full_turn(scan)
            found = _by(scan, name)
        except DataFailure as failure:
            if failure.code not in _SILENT:
                raise
            failed = failed or failure
            continue
        if failed is not None and name not in _REGISTERED:
            return replace(found, doubted=True).with_warning(
                "Opposite projections are not alike: look at a slice before you use this."
            )
        return found
    assert failed is not None
    raise failed


def _full_turn(scan: _Scan) -> Centre:
    """Opposite projections, wherever the axis stands."""
    found = _by(scan, "overlap")
    columns = scan.pipeline.dataset.columns
    usual = abs(2 * found.axis.column - (columns - 1)) <= (1.0 - _COMMON) * columns
    return replace(found, method="pairs") if usual else found


def _one_pair(scan: _Scan) -> bool:
    return len(opposite_pairs(scan.angles)) == 1


def _compared(scan: _Scan) -> Centre:
    """The first method of the order, judged by what the others say."""
    answers: List[Centre] = []
    tried: List[Tried] = []
    aside = False
    for name in _ORDER:
        why = scan.why_not(name)
        if aside and not why:
            why = "The axis stands too near a side of the image for it."
        if name == "opposite" and not why and not scan.image and answers and _one_pair(scan):
            why = "The same two projections as above."
        if not why:
            try:
                turn = name == "pairs" and not scan.why_not("overlap")
                found = _full_turn(scan) if turn else _by(scan, name)
            except DataFailure as failure:
                if failure.code not in _SILENT:
                    raise
                why = str(failure)
        if why:
            tried.append(Tried(name, None, None, None, why))
            continue
        aside = aside or found.method == "overlap"
        answers.append(found)
        tried.append(Tried(name, found.axis.column, found.axis.tilt, found.spread))
    if not answers:
        return _automatic(scan)
    # What is uncertain of itself says nothing against the others.
    sure = [answer for answer in answers if answer.level == "good"] or answers
    middle = float(np.median([answer.axis.column for answer in sure]))
    near = [answer for answer in sure if abs(answer.axis.column - middle) <= UNCERTAIN]
    chosen = (near or sure)[0]
    others = [_apart(answer, chosen) for answer in sure if answer is not chosen]
    # One method that went astray does not make the others wrong.
    apart = sorted(others)[(len(others) - 1) // 2] if others else 0.0
    # What does not turn moves the others alike, and leaves opposite images unlike each other.
    apart = max([apart, *(_apart(one, chosen) for one in answers if _opposes(one, chosen))])
    found = replace(chosen, tried=tried, spread=max(chosen.spread, apart))
    if apart > UNCERTAIN:
        return found.with_warning(
            f"The methods differ by {apart:.1f} pixels: look at the slices before you use one."
        )
    return found


def _apart(one: Centre, other: Centre) -> float:
    return abs(one.axis.column - other.axis.column)


def _opposes(one: Centre, chosen: Centre) -> bool:
    """Whether opposite images, uncertain as they are, exclude what was chosen."""
    if one.method not in _REGISTERED or one.doubted or one.level == "good":
        return False
    return _apart(one, chosen) > UNCERTAIN + 2.0 * one.spread
