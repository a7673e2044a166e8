"""TomoPy: gridrec and iterative methods on the processor, with threads of its own.

Its columns count from the detector's edge in the iterative methods, whose axis is half a column
higher, and from pixel centres in gridrec, whose slices have the axis on a pixel; its slices are
upside down. Gridrec's values are too high by a factor that grows with the distance from the axis;
the factor is measured on points of known height and taken out.
"""

from __future__ import annotations

import importlib
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from typing import Any, Dict, Tuple, Union

import numpy as np

from .contract import Search, Task, ToolError
from .geometry import moved, spread, taper, weigh
from .nonnegative import lifted, made_up
from .tomopy_centre import searched
from .tomopy_methods import COUNTED, METHODS
from .tomopy_stripes import NONE, slowness, without

NAME = "tomopy"
TITLE = "TomoPy"
HELP = "TomoPy: fast gridrec and many iterative methods on the processor."
OLDEST = (1, 10)
"""The stripe removers have all their settings since 1.9; BART takes its blocks since 1.10."""
INSTALL = "conda install -c conda-forge tomopy (it is not on PyPI)."

_LEAST = 1e-6
"""Attenuation that methods for counts see where there is none."""


def probe() -> Dict[str, Any]:
    """Whether TomoPy can be loaded."""
    try:
        tomopy = importlib.import_module("tomopy")
    except ImportError as error:
        first = str(error).strip().split(". ")[0]
        return {
            "available": False,
            "why": f"TomoPy is not installed in this Python ({first}).",
            "install": INSTALL,
        }
    version = str(getattr(tomopy, "__version__", "0"))
    if _numbers(version) < OLDEST:
        return {
            "available": False,
            "version": version,
            "why": f"TomoPy {version} is too old; {OLDEST[0]}.{OLDEST[1]} or newer is needed.",
            "install": INSTALL,
        }
    return {"available": True, "version": version, "gpu": False}


def cost(
    method: str, parameters: Dict[str, Any], angles: int, columns: int, size: int
) -> Dict[str, float]:
    """One slice on a core."""
    wide = float(_wide(columns, (columns - 1) / 2))
    direct = 1.2e-7 * angles * wide + 4e-9 * wide * wide * math.log2(wide)
    whole = 4.0 * (2 * angles * wide + 2 * wide * wide)
    if method == "gridrec":
        seconds, row = direct, whole
    else:
        rounds = float(parameters.get("iterations", 1))
        seconds = 1.1e-8 * rounds * angles * float(columns) * size
        row = 4.0 * (3 * angles * columns + 3.0 * size * size)
        if parameters.get("start") == "gridrec":
            seconds += direct
            row += whole
    if parameters.get("stripes", NONE) != NONE:
        seconds += slowness(parameters) * angles * columns
        row += 8.0 * angles * columns
    return {"seconds": seconds, "thread": 16.0 * wide * wide, "row": row}


def reconstruct(task: Task) -> None:
    """Fill the slices, see ``contract.py``.

    Raises
    ------
    ToolError
        When TomoPy is missing or too old.
    """
    _need("reconstruction.tool")
    rows = len(task.slices)
    # Several rows a call, so that its threads have work, and few enough that progress shows.
    batch = 8 * task.cores if task.method == "gridrec" else task.cores
    one = _gridrec if task.method == "gridrec" else _iterate
    if task.method in COUNTED and not _from_gridrec(task):
        least, greatest = float(task.sinograms.min()), float(task.sinograms.max())
        if least < -0.01 * greatest:
            task.say(
                f"TomoPy {task.method} takes no negative attenuation; neighbouring columns made up "
                "for it."
            )
    for first in range(0, rows, batch):
        past = min(rows, first + batch)
        one(task, first, past)
        for row in range(first, past):
            task.done(row)


def find_centre(search: Search) -> float:
    """A column by one of TomoPy's finders, see ``contract.py``.

    Raises
    ------
    ToolError
        When TomoPy is missing or too old, or finds nothing.
    """
    _need("regions.centre.method")
    return searched(search)


def _need(where: str) -> None:
    found = probe()
    if not found["available"]:
        raise ToolError("tool-missing", found["why"], where, "Install it: " + found["install"])


def _iterate(task: Task, first: int, past: int) -> None:
    sinograms = np.array(without(task, first, past))
    start: Dict[str, np.ndarray] = {}
    lift: Union[float, np.ndarray] = 0.0
    if _from_gridrec(task):
        begun = start["init_recon"] = _begun(task, first, past)
        if task.method in COUNTED:
            lift = lifted(sinograms, begun, task.angles, task.centres[first:past])
            # What is zero stays so for ever.
            np.maximum(begun, np.float32(_LEAST), out=begun)
    if task.method in COUNTED:
        made_up(sinograms)
        np.maximum(sinograms, np.float32(_LEAST), out=sinograms)
    angles = task.angles
    if task.method == "art":
        # It takes projections as they come; neighbours one after the other converge badly.
        order = spread(len(angles))
        sinograms, angles = np.ascontiguousarray(sinograms[:, order]), angles[order]
    made = _recon(
        sinograms,
        angles,
        task.centres[first:past] + 0.5,
        task.method,
        task.cores,
        num_gridx=task.size,
        num_gridy=task.size,
        **start,
        **keywords(task),
    )
    task.slices[first:past] = made[:, ::-1, :]
    task.slices[first:past] -= lift


def _from_gridrec(task: Task) -> bool:
    return task.parameters.get("start") == "gridrec"


def _begun(task: Task, first: int, past: int) -> np.ndarray:
    """What the first iteration starts from, as TomoPy takes it."""
    schema = next(method for method in METHODS if method["name"] == "gridrec")["schema"]
    given = {name: field["default"] for name, field in schema.items() if "default" in field}
    given.update({name: value for name, value in task.parameters.items() if name in given})
    _gridrec(replace(task, method="gridrec", parameters=given), first, past)
    return np.array(task.slices[first:past, ::-1])


def keywords(task: Task) -> Dict[str, Any]:
    """TomoPy's keywords for the parameters of a task."""
    given = task.parameters
    found: Dict[str, Any] = {}
    if "iterations" in given:
        found["num_iter"] = int(given["iterations"])
    if "blocks" in given:
        count = len(task.angles)
        blocks = min(int(given["blocks"]), count)
        found["num_block"] = blocks
        # Each block has angles from all around, far from those of the block before; TomoPy's own
        # are neighbours. Where they cannot all be alike, it takes the longer ones first.
        order = sorted(spread(blocks), key=lambda block: block >= count % blocks)
        found["ind_block"] = np.concatenate([np.arange(k, count, blocks) for k in order])
    if "delta" in given:
        found["reg_par"] = np.array([given["penalty"], given["delta"]], np.float32)
    elif "penalty" in given:
        found["reg_par"] = np.array([given["penalty"], given.get("towards", 0.0)], np.float32)
    if task.method == "tikh":
        shape = (len(task.slices), task.size, task.size)
        found["reg_data"] = np.zeros(shape, np.float32)
    if "filter" in given:
        found["filter_name"] = given["filter"]
        if given["filter"] == "butterworth":
            found["filter_par"] = np.array([given["cutoff"], given["order"]], np.float32)
    return found


def _gridrec(task: Task, first: int, past: int) -> None:
    size, columns = task.size, task.sinograms.shape[2]
    wide = _wide(columns, float(task.centres.mean()))
    wide = max(wide, 1 << (size - 1).bit_length())
    left = (wide - columns) // 2
    radians = np.deg2rad(task.angles)
    # Slices of an even width have the axis between pixels: half a pixel up and to the left.
    half = -0.5 * (np.cos(radians) + np.sin(radians)) if size % 2 == 0 else None
    padded = _scratch("padded", (past - first, len(radians), wide))
    sinograms = without(task, first, past)
    calibrated = bool(task.parameters["calibrated"])
    masses = np.zeros(past - first)

    def prepare(row: int) -> None:
        place = padded[row - first]
        place[:, :left] = 0
        place[:, left + columns :] = 0
        inner = place[:, left : left + columns]
        weigh(sinograms[row - first], task.angles, float(task.centres[row]), inner)
        if task.parameters["edge"] == "taper":
            taper(place, left, left + columns)
        if half is not None:
            place[...] = moved(place, half)
        if calibrated:
            # While it is in the cache.
            masses[row - first] = float(place.sum()) / len(radians)

    # Gridrec cuts the slice out of its grid, with the axis on it only where the width is even.
    grid = size + size % 2

    def finish(row: int) -> None:
        picture = made[row - first, ::-1][grid - size :, grid - size :]
        if gain is None:
            task.slices[row] = picture
            return
        np.add(picture, np.float32(missing * masses[row - first]), out=task.slices[row])
        task.slices[row] *= gain

    with ThreadPoolExecutor(task.cores) as pool:
        list(pool.map(prepare, range(first, past)))
        made = _recon(
            padded,
            task.angles,
            task.centres[first:past] + left,
            "gridrec",
            task.cores,
            num_gridx=grid,
            num_gridy=grid,
            init_recon=_scratch("made", (past - first, grid, grid)),
            **keywords(task),
        )
        gain, missing = None, 0.0
        if task.parameters["calibrated"]:
            factors, missing = _calibration(wide, task.cores)
            corner = wide // 2 - size // 2
            inverse = (1.0 / factors[corner : corner + size]).astype(np.float32)
            gain = inverse[:, None] * inverse[None, :]
        list(pool.map(finish, range(first, past)))


def _scratch(name: str, shape: Tuple[int, int, int]) -> np.ndarray:
    """float32 of a shape with anything in it, in memory that is kept for the next call."""
    count = shape[0] * shape[1] * shape[2]
    kept = _kept.get(name)
    if kept is None or not count <= kept.size <= 2 * count:
        kept = _kept[name] = np.empty(count, np.float32)
    return kept[:count].reshape(shape)


_kept: Dict[str, np.ndarray] = {}


@lru_cache(maxsize=4)
def _calibration(wide: int, cores: int) -> Tuple[np.ndarray, float]:
    """What gridrec does to values, seen on points of height one along a line through the axis.

    Returns
    -------
    gain
        float64 (wide,), for slices whose axis is at ``wide // 2``: a pixel's value is multiplied by
        the gain of its row and that of its column.
    missing
        How much a slice is too low before the gain is taken out, as a part of the sum of a
        projection: gridrec leaves the mean out.
    """
    width = wide / 160
    places = np.round(np.linspace(0.0, 0.3, 7) * wide)
    radians = np.linspace(0.0, math.pi, max(180, wide // 2), endpoint=False)
    middle = (wide - 1) / 2
    columns = np.arange(wide)
    sinogram = np.zeros((len(radians), wide), np.float32)
    for place in places:
        distance = columns[None, :] - (middle + place * np.cos(radians))[:, None]
        sinogram += width * math.sqrt(2 * math.pi) * np.exp(-0.5 * (distance / width) ** 2)
    made = _recon(
        sinogram[None],
        np.rad2deg(radians),
        np.array([middle]),
        "gridrec",
        cores,
        filter_name="ramlak",
    )[0][::-1]
    heights, level = _heights(made, places, wide // 2, width)
    mass = len(places) * 2 * math.pi * width * width
    # The first is on the axis: its column and its row have the same factor.
    factors = heights / math.sqrt(heights[0])
    terms = np.polynomial.polynomial.polyfit((places / wide) ** 2, factors, 3)
    offset = (np.arange(wide) - wide // 2) / wide
    gain: np.ndarray = np.polynomial.polynomial.polyval(np.minimum(offset**2, 0.09), terms)
    return gain, -level / mass


def _heights(
    picture: np.ndarray, places: np.ndarray, axis: int, width: float
) -> Tuple[np.ndarray, float]:
    """Heights of Gaussian points to the right of the axis, and the level around them."""
    reach = int(4 * width)
    strip = (
        slice(axis - reach, axis + reach + 1),
        slice(axis - reach, axis + int(places[-1]) + reach),
    )
    part = picture[strip]
    rows = np.arange(part.shape[0])[None, :, None] - reach
    columns = np.arange(part.shape[1])[None, None, :] - reach
    square = rows**2 + (columns - places[:, None, None]) ** 2
    bells = np.exp(-0.5 * square / width**2).reshape(len(places), -1)
    design = np.concatenate([bells, np.ones((1, part.size))]).T
    terms, *_ = np.linalg.lstsq(design, part.ravel(), rcond=None)
    return terms[:-1], float(terms[-1])


def _recon(
    sinograms: np.ndarray,
    angles: np.ndarray,
    centres: np.ndarray,
    method: str,
    cores: int,
    **keywords: Any,
) -> np.ndarray:
    tomopy = importlib.import_module("tomopy")
    made: np.ndarray = tomopy.recon(
        sinograms,
        np.deg2rad(angles).astype(np.float32),
        center=centres.astype(np.float32),
        sinogram_order=True,
        algorithm=method,
        ncore=cores,
        **keywords,
    )
    return made


def _wide(columns: int, centre: float) -> int:
    """Columns of a padded sinogram: a power of two, with room for all that the axis sees."""
    longer = max(centre, columns - 1 - centre)
    return 1 << (max(int(2 * longer) + 1 + columns // 2, 3 * columns // 2) - 1).bit_length()


def _numbers(version: str) -> Tuple[int, ...]:
    parts = version.split(".")[:2]
    return tuple(int("".join(c for c in part if c.isdigit()) or 0) for part in parts)


__all__ = ["METHODS", "cost", "find_centre", "probe", "reconstruct"]
