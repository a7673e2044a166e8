"""Carry out a run, and go on with one that was interrupted."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

import numpy as np

from ..centre import find_centre
from ..dataset import Dataset, Window
from ..external import Place, ToolHosts, check_approved, check_command, command_of, cost_of
from ..failures import OutputFailure, RecipeFailure, output_failure
from ..pipeline import Pipeline
from ..process import resident_bytes
from ..recipe import Recipe
from ..reconstruct import AnyReconstructor, is_hosted, make_reconstructor, tool_of
from ..regions import Axis, air_region, centre_method, given_axis, region_of_interest
from ..savu.process_list import ListRun, is_list_run, run_list
from ..selection import not_said, used_projections
from ..steps import Chain, Counts, Measures
from ..stopping import Stop
from ..workers import Workers
from .advice import about_axis, about_levels, advise, edge_levels, is_attenuation
from .journal import Journal
from .monitor import Monitor
from .output import ResultFolder, format_of
from .parts import Shared, Whole
from .plan import Plan, Sizes, make_plan
from .record import write_record

_LOOK = 8
"""Rows whose sinograms are looked at for warnings."""


@dataclass(frozen=True)
class RunRequest:
    """What to run and with how much.

    Attributes
    ----------
    recipe
        A checked recipe.
    base
        Folder that relative paths in it start from.
    name
        Name of the result.
    output
        Absolute result folder.
    folder
        Where journal and lease are.
    identity
        Id of the run; the same one goes on with an interrupted run.
    rows
        First row and one past the last in the full image; the region of interest when left out.
    whole
        The run that this one is a part of; then ``rows`` are its own.
    approved
        Hash of the custom command that the user has approved for this run.
    """

    recipe: Recipe
    base: Path
    name: str
    output: Path
    folder: Path
    identity: str
    cores: int
    memory: int
    rows: Optional[Tuple[int, int]] = None
    whole: Optional[Whole] = None
    approved: Optional[str] = None


class Clock:
    """Seconds a stage."""

    def __init__(self, monitor: Monitor) -> None:
        self.seconds: Dict[str, float] = {}
        self._monitor = monitor

    @contextmanager
    def stage(self, name: str, total: int = 1) -> Iterator[None]:
        """Count what is done in the ``with`` as this stage, and tell the monitor."""
        self._monitor.stage(name, total)
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - start
            self.seconds[name] = self.seconds.get(name, 0.0) + spent


def execute(request: RunRequest, monitor: Monitor, stop: Stop) -> Dict[str, Any]:
    """Reconstruct all rows asked for; finished ones of an earlier attempt are kept.

    Returns
    -------
    dict
        The record, as ``result.json`` has it; of a part only what ``remember`` wants.

    Raises
    ------
    Failure
        Of the kind that ended the run. Finished slices and the journal stay.
    """
    clock = Clock(monitor)
    with clock.stage("open"):
        if command_of(request.recipe) is not None:
            check_command(request.recipe)
            check_approved(request.recipe, request.approved)
        dataset = Dataset(request.recipe, request.base)
        region = wanted_region(request.recipe, dataset, request.rows)
        used_projections(request.recipe, dataset)
        asked = given_axis(request.recipe, dataset)
        by_list = is_list_run(request.recipe)
        if by_list and request.whole is not None:
            raise RecipeFailure(
                "not-divided",
                "A process list of Savu is run as a whole, not in tasks.",
                "reconstruction.method",
                "Submit it as one task.",
            )
        if by_list:
            for setting, sentence in not_said(request.recipe):
                raise RecipeFailure(
                    "list-takes-all",
                    f"{setting} is set, but a process list of Savu decides itself: "
                    f"{sentence[0].lower()}{sentence[1:]}",
                    setting,
                    "Remove it, or choose another method.",
                )
        else:
            check_steps(request.recipe, dataset)
        dataset.acquisition.projections.check(dataset.kept.tolist())
    result = ResultFolder(request.output, pixel_of(dataset), format_of(request.recipe))
    if request.whole is None:
        result.claim(request.identity, str(request.folder))
        result.clear_parts()
    else:
        result.join(request.identity, request.whole.folder)
        # Only its own: the other tasks are writing.
        result.clear_parts((region.top, region.bottom))
    monitor.output(str(request.output))
    journal = _journal(request, dataset, region)
    if by_list:
        return _by_list(request, dataset, region, result, monitor, stop, clock, asked)
    with ToolHosts(request.memory) as hosts:
        run = _Run(request, dataset, region, result, journal, monitor, stop, clock, hosts)
        return run.carry_out(asked)


def _by_list(
    request: RunRequest,
    dataset: Dataset,
    region: Window,
    result: ResultFolder,
    monitor: Monitor,
    stop: Stop,
    clock: Clock,
    asked: Optional[Axis],
) -> Dict[str, Any]:
    """Give everything to a process list of Savu."""
    if request.whole is not None:
        raise RecipeFailure(
            "list-in-parts",
            "A process list cannot be shared by several tasks.",
            "reconstruction.method",
            "Run it as one task.",
        )
    warnings: List[str] = []
    done = 0

    def warn(text: str) -> None:
        warnings.append(text)
        monitor.warning(text)

    def write(row: int, image: np.ndarray) -> None:
        nonlocal done
        keep(row, image)
        done += 1
        monitor.slices(done, region.rows)

    for text in dataset.warnings:
        warn(text)
    # A list decides itself which rows it keeps.
    with result.slab(0, dataset.rows) as keep:
        made = run_list(
            ListRun(
                request.recipe,
                request.base,
                dataset,
                region,
                request.folder,
                request.output,
                request.memory,
                clock.stage,
                monitor.progress,
                warn,
                write,
            ),
            stop,
        )
    if made.centre is not None:
        used = Axis(made.centre, 0.0, 0.0)
    else:
        used = asked or Axis((region.left + region.right - 1) / 2, 0.0, 0.0)
        warn("Savu does not tell the axis that it used.")
    with clock.stage("record"):
        return write_record(
            result,
            request.recipe,
            request.name,
            made.rows,
            made.size,
            "1/pixel",
            dataset,
            asked,
            used,
            clock.seconds,
            warnings,
        )


def wanted_region(
    recipe: Recipe, dataset: Dataset, rows: Optional[Tuple[int, int]] = None
) -> Window:
    """The region of interest, or other rows of it.

    Raises
    ------
    RecipeFailure
        When the rows leave the image or there are none.
    """
    region = region_of_interest(recipe, dataset)
    if rows is None:
        return region
    if not 0 <= rows[0] < rows[1] <= dataset.rows:
        raise RecipeFailure(
            "outside",
            f"Rows {rows[0]}:{rows[1]} are not in the image of {dataset.rows} rows.",
            "--rows",
            f"Give A:B with 0 <= A < B <= {dataset.rows}.",
        )
    return region._replace(top=rows[0], bottom=rows[1])


def sizes_of(dataset: Dataset, recipe: Recipe, region: Window, image: int) -> Sizes:
    """What the memory of a run depends on."""
    chain = Chain(recipe)
    frames = len(used_projections(recipe, dataset).frames)
    cost = cost_of(recipe, frames, region.columns, image)
    found = dataset.acquisition
    sets = [references.series.shape[0] for references in [*found.flats, *found.darks]]
    turned = dataset.rows != found.projections.shape[1] or int(
        dataset.settings.get("rotate", 0)
    ) in (90, 270)
    return Sizes(
        frames=frames,
        columns=region.columns,
        width=dataset.columns,
        pixel_bytes=found.projections.dtype.itemsize,
        batch=found.projections.batch,
        halo=chain.halo[0] + chain.reference_halo[0],
        references=max(sets, default=0),
        reference_sets=len(sets),
        whole_rows=dataset.rows if turned else 0,
        image=image,
        tool_thread=cost.thread,
        tool_row=cost.row,
        tool_fixed=cost.fixed,
    )


def check_steps(recipe: Recipe, dataset: Dataset) -> None:
    """Refuse a recipe whose steps or regions do not fit the data set."""
    chain = Chain(recipe)
    dataset.check_references(chain.average is not None)
    if chain.air:
        air_region(recipe, dataset)


def _runs(rows: List[int], longest: int) -> List[Tuple[int, int]]:
    """Runs [first, past last) of neighbouring rows, none longer than ``longest``."""
    runs: List[Tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row and row - runs[-1][0] < longest:
            runs[-1] = (runs[-1][0], row + 1)
        else:
            runs.append((row, row + 1))
    return runs


def pixel_of(dataset: Dataset) -> Optional[Tuple[float, str]]:
    """Width of a pixel and its unit; None when it is not known."""
    size = dataset.pixel_size
    return None if size is None else (size.value, size.unit)


def _journal(request: RunRequest, dataset: Dataset, region: Window) -> Journal:
    """The journal, new or gone on with; a run of something else is refused."""
    signature = signature_of(request.recipe, dataset, region)
    try:
        request.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise output_failure(error, request.folder) from None
    journal = Journal(request.folder / Journal.NAME)
    begun = journal.last("begin")
    if begun is None:
        journal.add("begin", signature=signature)
    elif begun["signature"] != signature:
        raise OutputFailure(
            "journal-differs",
            f"The journal in {request.folder} belongs to another recipe or data set.",
            str(request.folder),
            "Start a new run.",
        )
    return journal


def signature_of(recipe: Recipe, dataset: Dataset, region: Optional[Window] = None) -> str:
    """Hash over what must be the same when something is gone on with."""
    what = [recipe, dataset.acquisition.path, dataset.frames, region and list(region)]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def spread_rows(region: Window) -> List[int]:
    """A few rows of a whole run, whose sinograms are looked at."""
    rows = np.linspace(region.top, region.bottom - 1, _LOOK)
    return sorted(set(rows.round().astype(int).tolist()))


def count_warnings(counts: Counts) -> List[str]:
    """Sentences about pixels that were changed, when there were many."""
    warnings: List[str] = []
    if counts.pixels and counts.replaced > 0.02 * counts.pixels:
        share = 100 * counts.replaced / counts.pixels
        warnings.append(
            f"Outliers replaced {share:.1f} % of the pixels; a higher threshold may be right."
        )
    if counts.floored > 1e-6 * counts.pixels:
        warnings.append(
            f"{counts.floored} of {counts.pixels} pixels were zero, negative or NaN before "
            "the logarithm and became the floor."
        )
    return warnings


def _thinned(sinogram: np.ndarray) -> np.ndarray:
    """A copy with fewer projections: enough to see what is at its edge."""
    thinned: np.ndarray = sinogram[:: -(-len(sinogram) // 128)].copy()
    return thinned


class _Run:
    """The state of one run while it goes on."""

    def __init__(
        self,
        request: RunRequest,
        dataset: Dataset,
        region: Window,
        result: ResultFolder,
        journal: Journal,
        monitor: Monitor,
        stop: Stop,
        clock: Clock,
        hosts: ToolHosts,
    ) -> None:
        self._request = request
        self._hosts = hosts
        self._dataset = dataset
        self._region = region
        self._used = used_projections(request.recipe, dataset).frames
        self._result = result
        self._journal = journal
        self._monitor = monitor
        self._stop = stop
        self._clock = clock
        self._warnings: List[str] = []
        self._lock = threading.Lock()
        self._done = 0
        self._looked_at: List[np.ndarray] = []
        whole = request.whole
        if whole is None:
            self._shared = None
            self._watched = spread_rows(region)
        else:
            signature = signature_of(request.recipe, dataset)
            self._shared = Shared(whole.folder, signature)
            self._watched = spread_rows(wanted_region(request.recipe, dataset, whole.rows))

    def carry_out(self, asked: Optional[Axis]) -> Dict[str, Any]:
        if is_hosted(self._request.recipe):
            # The tool is loaded while the projections are read.
            self._hosts.warm(*tool_of(self._request.recipe))
        for text in [*self._dataset.warnings, *advise(self._request.recipe, self._dataset)]:
            self._warn(text)
        with Workers(self._request.cores) as workers:
            measures = self._measured(workers)
            axis = asked or self._found_axis(workers, measures)
            for text in about_axis(self._request.recipe, self._dataset, axis):
                self._warn(text)
            reconstructor = make_reconstructor(
                self._request.recipe,
                self._dataset,
                self._region,
                axis,
                self._hosts,
                place=Place(self._request.folder, self._request.memory),
            )
            size = reconstructor.size(workers.engine())
        if self._request.whole is not None:
            self._journal.add("slices", size=size, unit=reconstructor.unit)
        plan = self._plan(size)
        missing = self._missing(size)
        self._monitor.slices(self._done, self._region.rows)
        with Workers(plan.threads) as workers:
            pipeline = Pipeline(self._request.recipe, self._dataset, workers, measures)
            try:
                self._slabs(plan, missing, pipeline, reconstructor)
            finally:
                if self._request.whole is not None:
                    self._leave_behind(pipeline.counts)
        if self._request.whole is not None:
            return self._part(len(missing), size)
        for text in [
            *about_levels(*edge_levels(self._looked_at)),
            *count_warnings(pipeline.counts),
        ]:
            self._warn(text)
        with self._clock.stage("record"):
            return write_record(
                self._result,
                self._request.recipe,
                self._request.name,
                (self._region.top, self._region.bottom),
                size,
                reconstructor.unit,
                self._dataset,
                asked,
                axis,
                self._clock.seconds,
                self._warnings,
            )

    def _measured(self, workers: Workers) -> Measures:
        known = self._known("measures")
        if known is not None:
            return Measures.from_json(known)
        with self._clock.stage("measure"):
            pipeline = Pipeline(self._request.recipe, self._dataset, workers)
            measures = pipeline.measures(self._stop)
            if self._shared is not None:
                measures = Measures.from_json(self._shared.offer("measures", measures.to_json()))
            self._journal.add("measures", **measures.to_json())
        return measures

    def _found_axis(self, workers: Workers, measures: Measures) -> Axis:
        known = self._known("centre")
        if known is not None:
            for text in known.get("warnings", []):
                self._warn(text)
            return Axis(known["column"], known["row"], known["tilt"])
        with self._clock.stage("centre"):
            pipeline = Pipeline(self._request.recipe, self._dataset, workers, measures)
            method = centre_method(self._request.recipe)
            centre = find_centre(pipeline, self._stop, method=method, hosts=self._hosts)
            found = {**vars(centre.axis), "warnings": list(centre.warnings)}
            if self._shared is not None:
                found = self._shared.offer("centre", found)
            for text in found["warnings"]:
                self._warn(text)
            self._journal.add("centre", **found)
        return Axis(found["column"], found["row"], found["tilt"])

    def _known(self, kind: str) -> Optional[Dict[str, Any]]:
        """What this run, or another part of the whole, has measured before."""
        known = self._journal.last(kind)
        if known is None and self._shared is not None:
            known = self._shared.get(kind)
        return known

    def _plan(self, size: int) -> Plan:
        request = self._request
        sizes = sizes_of(self._dataset, request.recipe, self._region, size)
        rows = (self._region.top, self._region.bottom)
        return make_plan(rows, sizes, request.cores, request.memory, resident_bytes())

    def _missing(self, size: int) -> List[int]:
        finished = set(self._result.finished(size, size))
        rows = range(self._region.top, self._region.bottom)
        missing = [row for row in rows if row not in finished]
        self._done = len(rows) - len(missing)
        return missing

    def _slabs(
        self, plan: Plan, missing: List[int], pipeline: Pipeline, reconstructor: AnyReconstructor
    ) -> None:
        frames, columns = len(self._used), self._region.columns
        memory = np.empty((min(plan.slab_rows, len(missing)), frames, columns), np.float32)
        for first, last in plan.slabs:
            rows = [row for row in missing if first <= row < last]
            for start, stop in _runs(rows, len(memory)):
                window = self._region._replace(top=start, bottom=stop)
                self._slab(pipeline, reconstructor, window, memory[: stop - start])
            if rows:
                self._journal.add("slab", rows=[first, last])

    def _slab(
        self,
        pipeline: Pipeline,
        reconstructor: AnyReconstructor,
        window: Window,
        sinograms: np.ndarray,
    ) -> None:
        with self._clock.stage("projections", len(self._used)):
            pipeline.sinograms(
                window, self._stop, self._used, out=sinograms, progress=self._monitor.progress
            )

        if is_attenuation(self._request.recipe, self._dataset):
            for row in self._watched:
                if window.top <= row < window.bottom:
                    self._looked_at.append(_thinned(sinograms[row - window.top]))

        def write(row: int, image: np.ndarray) -> None:
            keep(row, image)
            with self._lock:
                self._done += 1
                done = self._done
            self._monitor.slices(done, self._region.rows)
            self._monitor.progress(done)

        slices = self._clock.stage("slices", self._region.rows)
        with slices, self._result.slab(window.top, window.bottom) as keep:
            reconstructor.slab(
                pipeline.workers, sinograms, window.top, self._stop, write, self._warn
            )

    def _leave_behind(self, counts: Counts) -> None:
        """What the finishing step adds up, also of a part that is stopped."""
        edge, largest = edge_levels(self._looked_at)
        self._journal.add(
            "part",
            counts=vars(counts),
            edge=[edge, largest],
            seconds={stage: round(spent, 4) for stage, spent in self._clock.seconds.items()},
            warnings=self._warnings,
        )

    def _part(self, made: int, size: int) -> Dict[str, Any]:
        return {
            "rows": [self._region.bottom - made, self._region.bottom],
            "frames": len(self._used),
            "columns": self._dataset.columns,
            "width": size,
            "seconds": dict(self._clock.seconds),
        }

    def _warn(self, text: str) -> None:
        if text not in self._warnings:
            self._warnings.append(text)
            self._monitor.warning(text)
