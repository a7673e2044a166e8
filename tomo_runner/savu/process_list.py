"""Runs of whole process lists: Savu does everything, from the data as measured."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Callable, List, Optional, Tuple

import numpy as np

from ..dataset import Dataset, Window
from ..external.child import group_bytes
from ..external.host import silence
from ..failures import RecipeFailure, ToolFailure, output_failure
from ..recipe import Recipe
from ..stopping import Stop
from ..toolhost import ToolError
from ..toolhost.savu import LIST_METHOD, failed
from ..toolhost.savu_files import Plugin, ProcessList, Volume, find_volume, read_list, write_list
from ..toolhost.savu_process import Processes, Progress, require_command, run
from .convert import Place, preview
from .nxtomo import place_in, write_nxtomo
from .plugins import kind_of

FOLDER = "savu"
"""Where in the result folder Savu's own files are."""
_NXTOMO = "savu.plugins.loaders.full_field_loaders.nxtomo_loader"
_CHANGES = ("rotate", "flip", "exclude", "angles", "roles", "flats", "darks")
"""Keys of ``dataset`` that an NXtomo file does not know of."""
_KEPT = 50
_PARTS = 1000
_GRACE = 60.0
"""Seconds that the plugin in hand may take after the kill file is written."""
_MEASURE = 1.0

Stage = Callable[[str, int], "AbstractContextManager[None]"]


@dataclass(frozen=True)
class ListRun:
    """What a run of a list needs.

    Attributes
    ----------
    folder
        For files that are gone in the end.
    output
        Result folder.
    memory
        Bytes that Savu may take; 0: no limit.
    stage
        Begins a stage of so many pieces.
    progress
        Called with the pieces of the stage that are done.
    warn
        Called with what the user should know.
    write
        Called with row and slice, float32 (y, x).
    """

    recipe: Recipe
    base: Path
    dataset: Dataset
    region: Window
    folder: Path
    output: Path
    memory: int
    stage: Stage
    progress: Callable[[int], None]
    warn: Callable[[str], None]
    write: Callable[[int, np.ndarray], None]


@dataclass(frozen=True)
class Made:
    """What came out: rows [first, past last), width of a slice, column of the axis if known."""

    rows: Tuple[int, int]
    size: int
    centre: Optional[float]


def is_list_run(recipe: Recipe) -> bool:
    """Whether the recipe gives everything to a process list."""
    wanted = recipe.get("reconstruction", {})
    return bool(wanted.get("tool") == "savu" and wanted.get("method") == LIST_METHOD)


def run_list(wanted: ListRun, stop: Stop) -> Made:
    """Run the list, and write the slices.

    Raises
    ------
    RecipeFailure
        When the list is no list, or is in the wrong order.
    ToolFailure
        When Savu is missing, fails, hangs, takes too much memory or makes no volume.
    """
    try:
        return _run_list(wanted, stop)
    except ToolError as error:
        kind = RecipeFailure if error.code == "savu-list" else ToolFailure
        raise kind(error.code, error.message, error.where, error.hint) from None


def _run_list(wanted: ListRun, stop: Stop) -> Made:
    require_command()
    source = _list_path(wanted.recipe, wanted.base)
    given = read_list(source)
    check(given, source)
    work, own = wanted.folder / "savu-input", wanted.output / FOLDER
    try:
        for folder in (work, own):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
    except OSError as error:
        raise output_failure(error, own) from None
    try:
        data, place = _data(wanted, given, work, stop)
        adapted, first = _adapted(wanted, given, place)
        write_list(work / source.name, adapted)
        active = [p for p in adapted.plugins if p.active and kind_of(p.id) != "loader"]
        with wanted.stage("savu", _PARTS):
            completed = _savu(wanted, data, work / source.name, active, stop)
        stop.check()
        return _slices(wanted, find_volume(own), first, completed, stop)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _list_path(recipe: Recipe, base: Path) -> Path:
    path = recipe["reconstruction"].get("parameters", {}).get("list")
    if not path:
        raise RecipeFailure(
            "no-list",
            "The recipe names no process list.",
            "reconstruction.parameters.list",
            "Choose a list that Savu or the editor of process lists has saved.",
        )
    return Path(base, path)


def check(given: ProcessList, source: Path) -> None:
    """Refuse a list at which Savu would stop after a while.

    Raises
    ------
    RecipeFailure
        When nothing is on, or loaders are not first.
    """
    active = [plugin for plugin in given.plugins if plugin.active]
    kinds = ["loader" if ".loaders." in p.id else kind_of(p.id) for p in active]

    def refused(message: str, hint: str) -> RecipeFailure:
        return RecipeFailure("savu-list", message, str(source), hint)

    if not active:
        raise refused("No plugin of the process list is on.", "Switch some on.")
    if kinds[0] != "loader":
        raise refused(
            f"The process list begins with {active[0].name} instead of a loader.",
            "Put a loader first, such as NxtomoLoader.",
        )
    loaders = kinds.count("loader")
    if "loader" in kinds[loaders:]:
        late = active[loaders + kinds[loaders:].index("loader")].name
        raise refused(f"The loader {late} stands after other plugins.", "Put all loaders first.")


# --- what goes in -------------------------------------------------------------------------------


def _data(
    wanted: ListRun, given: ProcessList, work: Path, stop: Stop
) -> Tuple[Path, Optional[Place]]:
    """The file that Savu reads, written as NXtomo when the data are not; and where they lie."""
    dataset = wanted.dataset
    path = Path(dataset.acquisition.path)
    if not any(p.id == _NXTOMO and p.active for p in given.plugins):
        return path, None
    place = place_in(path)
    if place is not None and not any(dataset.settings.get(key) for key in _CHANGES):
        return path, place
    data = work / f"{path.stem}.nxs"
    with wanted.stage("nxtomo", dataset.frames):
        write_nxtomo(dataset, data, stop, lambda done, _total: wanted.progress(done))
    return data, place_in(data)


def _adapted(
    wanted: ListRun, given: ProcessList, place: Optional[Place]
) -> Tuple[ProcessList, Optional[int]]:
    """The list on these data and rows; and the row of its first slice, None when not known."""
    plugins: List[Plugin] = []
    first: Optional[int] = None
    for plugin in given.plugins:
        if plugin.id == _NXTOMO and plugin.active and place is not None:
            data = dict(plugin.data)
            data["data_path"], data["image_key_path"] = place.data, place.image_key
            for key in ("dark", "flat"):
                # Left out, Savu 4.2 takes the word "None" and fails.
                data.setdefault(key, [None, None, 1])
            if not data.get("preview"):
                data["preview"] = preview(wanted.region, wanted.dataset)
            first = _first_row(data["preview"], wanted.dataset.rows)
            plugin = replace(plugin, data=data)
        plugins.append(plugin)
    return replace(given, plugins=plugins), first


def _first_row(cut: Any, rows: int) -> Optional[int]:
    """Row with which a preview begins; None when it skips some or cannot be read."""
    if not cut:
        return 0
    entry = str(cut[1]).strip() if isinstance(cut, list) and len(cut) > 1 else ""
    if entry == ":":
        return 0
    if entry == "mid":
        return rows // 2
    found = re.fullmatch(r"(\d+):(\d+|end)(:1)?(:1)?", entry)
    return int(found.group(1)) if found else None


# --- the run ------------------------------------------------------------------------------------


def processes_of(recipe: Recipe) -> Processes:
    """How many processes the recipe asks for.

    Raises
    ------
    RecipeFailure
        When these are more machines than this run has, or one process on each of several.
    """
    parameters = recipe["reconstruction"].get("parameters", {})
    each, gpus = int(parameters.get("processes", 1)), int(parameters.get("gpus", 0))
    nodes, here = int(parameters.get("nodes", 1)), int(os.environ.get("SLURM_JOB_NUM_NODES", 1))
    if nodes != here and nodes > 1:
        raise RecipeFailure(
            "savu-nodes",
            f"The recipe wants {nodes} machines, and the run has {here}.",
            "reconstruction.parameters.nodes",
            "Run it on a cluster, or set nodes to 1.",
        )
    if nodes > 1 and each < 2:
        raise RecipeFailure(
            "savu-alone",
            f"Savu shares its work among {nodes} machines only when it is two processes or more on "
            "each; with one, each does all of it into the same files.",
            "reconstruction.parameters.processes",
            "Set processes to 2 or more, or nodes to 1.",
        )
    return Processes(nodes, max(each, 1), gpus)


def _savu(
    wanted: ListRun, data: Path, process_list: Path, plugins: List[Plugin], stop: Stop
) -> bool:
    """Run it; whether it ended well. An end after all results is told as a warning only."""
    processes = processes_of(wanted.recipe)
    last: List[str] = []
    heard = [time.monotonic(), 0.0]
    limit = silence()
    progress = Progress(len(plugins), lambda _name, part: wanted.progress(int(part * _PARTS)))
    complete = False

    def line(text: str) -> None:
        nonlocal complete
        heard[0] = time.monotonic()
        print(f"Savu: {text}", file=sys.stderr, flush=True)
        last.append(text)
        del last[:-_KEPT]
        progress.line(text)
        complete = complete or "Processing Complete" in text

    def look(group: int) -> None:
        moment = time.monotonic()
        if limit and moment - heard[0] > limit:
            raise _failure(
                "tool-hangs",
                f"Savu gave no sign of progress for {limit:g} s and was ended.",
                "Choose a smaller region, or allow it more time with JUPYTER_TOMO_TOOL_LIMIT "
                "(seconds).",
                last,
            )
        if wanted.memory and moment - heard[1] > _MEASURE:
            heard[1] = moment
            taken = group_bytes(group)
            if taken > wanted.memory:
                raise _failure(
                    "tool-memory",
                    f"Savu took {taken >> 20} MiB of memory; {wanted.memory >> 20} MiB were "
                    "left to it, so it was ended.",
                    "Give the run more memory, or a smaller region.",
                    last,
                )

    code = run(
        data,
        process_list,
        wanted.output,
        FOLDER,
        line,
        stopping=lambda: stop.reason is not None,
        grace=_GRACE,
        look=look,
        processes=processes,
    )
    stop.check()
    if code and not complete:
        error = failed(code, progress.error, [plugin.id for plugin in plugins])
        raise ToolFailure(error.code, error.message, error.where, error.hint, last)
    return code == 0


def _failure(code: str, message: str, hint: str, last: List[str]) -> ToolFailure:
    return ToolFailure(code, message, "reconstruction.tool", hint, last)


def _slices(
    wanted: ListRun, volume: Volume, first: Optional[int], completed: bool, stop: Stop
) -> Made:
    height, width = volume.size
    if height != width:
        raise ToolFailure(
            "savu-shape",
            f"Savu made slices of {height} x {width} pixels; square ones are expected.",
            str(volume.path),
            "Leave vol_shape at fixed, or open Savu's file itself.",
        )
    if not completed:
        wanted.warn("Savu ended with an error after all results were written.")
    if volume.versions > 1:
        wanted.warn(
            f"Tuned parameters made {volume.versions} volumes; the slices are those of the first. "
            f"All are in {volume.path}."
        )
    if first is None:
        wanted.warn("The list leaves out rows, so the slices are numbered from 0.")
    start = first or 0
    with wanted.stage("slices", volume.count):
        bad = 0
        for index, image in enumerate(volume.slices(range(volume.count))):
            stop.check()
            bad += int(np.count_nonzero(~np.isfinite(image)))
            wanted.write(start + index, image)
            wanted.progress(index + 1)
    if bad:
        raise ToolFailure(
            "tool-nan",
            f"Savu left {bad} values that are no numbers.",
            "reconstruction",
            "Check the list: its masks and filters before all.",
        )
    centre = None if volume.centre is None else volume.centre + wanted.region.left
    return Made((start, start + volume.count), height, centre)
