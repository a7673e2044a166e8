"""What a run will take: memory, disk, and time from the runs before it on this machine."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from .dataset import Dataset
from .external import cost_of
from .failures import Failure, ToolFailure
from .files import replace_json
from .recipe import Recipe, check_tool
from .regions import given_axis
from .run.advice import about_axis
from .run.output import expand_output
from .run.plan import make_plan
from .run.request import sizes_of, wanted_region, worked_rows
from .selection import used_projections
from .steps import Chain
from .tilt import tilt_of

_KEPT = 20
_RESIDENT = 120 << 20
"""Bytes that a run holds when it plans: interpreter, numpy, engine. What this process holds of its
caches says nothing about that."""


def estimate(
    recipe: Recipe,
    dataset: Dataset,
    base: Path,
    name: str,
    cores: int,
    memory: Optional[int],
    image: int,
    python: Optional[str] = None,
) -> Dict[str, Any]:
    """The api's ``Estimate``.

    Parameters
    ----------
    memory
        Limit in bytes for the run; None when only the price of a slice is asked, whatever a run
        of its size would need.
    image
        Width of a slice.
    python
        The chosen kernel's interpreter; this one when left out.
    """
    absent = _absent(recipe, python)
    if absent:
        # It may be where the run goes; what the engine's part takes is known all the same.
        settings = {k: v for k, v in recipe["reconstruction"].items() if k not in _OF_THE_TOOL}
        without = {**recipe, "reconstruction": settings}
        part = estimate(without, dataset, base, name, cores, memory, image)
        return {
            **part,
            "output": str(_output(recipe, base, name)),
            "seconds": None,
            "basis": "Nobody can tell how long a tool takes that is not there.",
            "warnings": [*part["warnings"], absent],
        }
    region = wanted_region(recipe, dataset)
    axis = given_axis(recipe, dataset)
    output = _output(recipe, base, name)
    sizes = sizes_of(dataset, recipe, region, image, axis, python)
    limit = sys.maxsize if memory is None else memory
    plan = make_plan((region.top, region.bottom), sizes, cores, limit, _RESIDENT)
    frames = len(used_projections(recipe, dataset).frames)
    made, measured = _tool_work(recipe, region.rows, frames, region.columns, image, cores, python)
    work = made
    if work is not None and (sizes.phase or sizes.tilt):
        # Each slab does so with its halo, too.
        slabs = [region._replace(top=first, bottom=last) for first, last in plan.slabs]
        chain, tilt = Chain(recipe, dataset.pixel_centimetres), tilt_of(axis, dataset)
        rows = [worked_rows(slab, chain, tilt, dataset) for slab in slabs]
        filtered, rotated = (sum(each) for each in zip(*rows))
        work += _phase_work(recipe, filtered, frames, dataset.columns, cores)
        work += _tilt_work(recipe, rotated, frames, dataset.columns, cores)
    tool = _tool(recipe)
    known = [entry for entry in _speeds(tool) if entry["cores"] == cores]
    here = [entry for entry in known if entry["host"] == platform.node()]
    # The nodes of a cluster share a home: what one has measured holds for the next.
    rates = [entry["rate"] for entry in here or known]
    seconds: Optional[float] = None
    basis = "Nothing has been measured on this machine yet."
    if work is None:
        basis = "Nobody can tell how long a custom command takes."
    elif tool != _ENGINE and not rates and not measured:
        basis = "How long it takes on this graphics card is known once it has run."
    elif tool != _ENGINE and not rates:
        seconds = round(work, 1)
        basis = "From the tool's usual speed; it has not been measured here yet."
    elif rates:
        rate = sorted(rates)[len(rates) // 2]
        seconds = round(work / rate, 1)
        runs = "1 earlier run" if len(rates) == 1 else f"{len(rates)} earlier runs"
        where = "on this machine" if here else "on other hosts"
        basis = f"From {runs} {where} with {cores} {'core' if cores == 1 else 'cores'}."
    each: Optional[float] = None
    if made is not None and tool != _ENGINE and (measured or rates):
        each = made * cores / region.rows
    if each is not None and rates:
        each /= sorted(rates)[len(rates) // 2]
    return {
        "slice": None if each is None else round(each, 2),
        "slices": region.rows,
        "memory": min(plan.memory, limit),
        "outputBytes": region.rows * (image * image * 4 + 512),
        "freeBytes": _free(output),
        "output": str(output),
        "seconds": seconds,
        "basis": basis,
        "warnings": [] if axis is None else about_axis(recipe, dataset, axis),
    }


def _output(recipe: Recipe, base: Path, name: str) -> Path:
    """Where a run goes; the time at which it starts is not known yet."""
    return expand_output(recipe, base, name, "{date}")


def remember(record: Dict[str, Any], cores: int, recipe: Optional[Recipe] = None) -> None:
    """Keep how fast a finished run was, for the next estimate; a courtesy, so it never fails.

    Parameters
    ----------
    recipe
        What was run; left out: one with the engine.
    """
    rows = record["rows"][1] - record["rows"][0]
    seconds = sum(record["seconds"].values())
    frames, columns = record.get("frames", 0), record.get("columns", 0)
    if rows < 4 or seconds <= 0 or not frames:
        return
    try:
        work, _ = _tool_work(recipe or {}, rows, frames, columns, record["width"], cores)
        if not work:
            return
        work += _phase_work(recipe or {}, record.get("filtered", 0), frames, columns, cores)
        work += _tilt_work(recipe or {}, record.get("rotated", 0), frames, columns, cores)
        entry = {"host": platform.node(), "cores": cores, "rate": work / seconds}
        entries = [*_remembered(), {**entry, "tool": _tool(recipe or {})}]
        _path().parent.mkdir(parents=True, exist_ok=True)
        replace_json(_path(), entries[-_KEPT:])
    except (OSError, Failure):
        # A read-only home: the next estimate says that nothing is known.
        return


_ENGINE = "builtin"
_OF_THE_TOOL = ("tool", "method", "parameters")
_PHASE = 3.0
"""What a pixel of phase retrieval counts beside one that is read; measured with the benches."""
_PHASE_SECONDS = 3e-8
"""The same for tools whose work is in seconds, on one core."""
_TILT = 1.5
_TILT_SECONDS = 1.2e-8
"""Both for the rotation of projections."""


def _absent(recipe: Recipe, python: Optional[str]) -> str:
    """Why the recipe's tool is not there; empty when it is."""
    try:
        check_tool(recipe, python)
    except ToolFailure as failure:
        return failure.sentence()
    return ""


def _tool(recipe: Recipe) -> str:
    """What speeds are kept for: tool and method, as methods of one tool differ by thousands."""
    reconstruction = recipe.get("reconstruction", {})
    tool = str(reconstruction.get("tool", _ENGINE))
    return tool if tool == _ENGINE else f"{tool} {reconstruction.get('method', '')}".strip()


def _speeds(tool: str) -> List[Dict[str, Any]]:
    return [entry for entry in _remembered() if entry.get("tool", _ENGINE) == tool]


def _tool_work(
    recipe: Recipe,
    rows: int,
    frames: int,
    columns: int,
    image: int,
    cores: int,
    python: Optional[str] = None,
) -> Tuple[Optional[float], bool]:
    """What time is proportional to, and whether it is seconds: external tools' own figures are."""
    if _tool(recipe) == _ENGINE:
        return _work(rows, frames, columns, image), False
    cost = cost_of(recipe, frames, columns, image, python)
    return None if cost.seconds is None else rows * cost.seconds / cores, cost.measured


def _phase_work(recipe: Recipe, rows: int, frames: int, columns: int, cores: int) -> float:
    """The same of phase retrieval."""
    pixels = float(rows) * frames * columns
    return pixels * (_PHASE if _tool(recipe) == _ENGINE else _PHASE_SECONDS / cores)


def _tilt_work(recipe: Recipe, rows: int, frames: int, columns: int, cores: int) -> float:
    """The same of the rotation of projections."""
    pixels = float(rows) * frames * columns
    return pixels * (_TILT if _tool(recipe) == _ENGINE else _TILT_SECONDS / cores)


def _work(rows: int, frames: int, columns: int, image: int) -> float:
    """Something that time is proportional to: pixels read and pixels made."""
    return float(rows) * (frames * columns + 2.0 * image * image)


def _path() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache, "jupyterlab-tomo", "speed.json")


def _remembered() -> List[Dict[str, Any]]:
    try:
        entries = json.loads(_path().read_text(encoding="utf-8"))
        return [e for e in entries if str(e["host"]) and int(e["cores"]) and e["rate"] > 0]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _free(path: Path) -> int:
    """Free bytes where the folder will be."""
    for folder in [path, *path.parents]:
        try:
            return shutil.disk_usage(folder).free
        except OSError:
            # Not made yet: its parent is on the same disk.
            continue
    return 0
