"""Carry out a run, and go on with one that was interrupted."""

from __future__ import annotations

import threading
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from .. import catalogue
from ..centre import find_centre
from ..dataset import Dataset, Window
from ..external import Place, ToolHosts, check_approved, check_command, command_of
from ..failures import OutputFailure, output_failure
from ..pipeline import Pipeline
from ..process import resident_bytes
from ..recipe import check_tool
from ..reconstruct import AnyReconstructor, is_hosted, make_reconstructor, tool_of
from ..regions import Axis, centre_method, given_axis
from ..savu.process_list import is_list_run
from ..selection import used_projections
from ..steps import Counts, Measures
from ..steps.active import is_attenuation
from ..stopping import Stop
from ..tilt import Tilt, tilt_of
from ..workers import Workers
from .advice import (
    about_axis,
    about_levels,
    about_pixels,
    about_search,
    advise,
    edge_levels,
)
from .by_list import check_list, execute_list
from .clock import Clock
from .journal import Journal
from .monitor import Monitor
from .output import ResultFolder, format_of
from .parts import Shared
from .plan import Plan, make_plan
from .record import write_record
from .request import (
    RunRequest,
    check_steps,
    pixel_of,
    signature_of,
    sizes_of,
    wanted_region,
    worked_rows,
)

_LOOK = 8
"""Rows whose sinograms are looked at for warnings."""


def execute(request: RunRequest, monitor: Monitor, stop: Stop) -> Dict[str, Any]:
    """Reconstruct all rows asked for; finished ones of an earlier attempt are kept.

    Returns
    -------
    dict
        The record, as ``result.json`` has it, and as ``filtered`` and ``rotated`` the rows that
        phase retrieval and a leaning axis took, halos too; of a part only what ``remember`` wants.

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
        # This Python has to have the tool of another package.
        check_tool(request.recipe)
        dataset = Dataset(request.recipe, request.base)
        region = wanted_region(request.recipe, dataset, request.rows)
        used_projections(request.recipe, dataset)
        asked = given_axis(request.recipe, dataset)
        by_list = is_list_run(request.recipe)
        if by_list:
            check_list(request)
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
        return execute_list(request, dataset, region, result, monitor, stop, clock, asked)
    with ToolHosts(request.memory) as hosts:
        run = _Run(request, dataset, region, result, journal, monitor, stop, clock, hosts)
        return run.carry_out(asked)


def _runs(rows: List[int], longest: int) -> List[Tuple[int, int]]:
    """Runs [first, past last) of neighbouring rows, none longer than ``longest``."""
    runs: List[Tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row and row - runs[-1][0] < longest:
            runs[-1] = (runs[-1][0], row + 1)
        else:
            runs.append((row, row + 1))
    return runs


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


def spread_rows(region: Window) -> List[int]:
    """A few rows of a whole run, whose sinograms are looked at."""
    rows = np.linspace(region.top, region.bottom - 1, _LOOK)
    return sorted(set(rows.round().astype(int).tolist()))


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
        self._filtered = 0
        self._rotated = 0
        self._tilt: Optional[Tilt] = None
        self._looked_at: List[np.ndarray] = []
        whole = request.whole
        if whole is None:
            self._shared = None
            self._all = region
        else:
            signature = signature_of(request.recipe, dataset)
            self._shared = Shared(whole.folder, signature)
            self._all = wanted_region(request.recipe, dataset, whole.rows)
        self._watched = spread_rows(self._all)

    def carry_out(self, asked: Optional[Axis]) -> Dict[str, Any]:
        if is_hosted(self._request.recipe):
            # The tool is loaded while the projections are read.
            tool = tool_of(self._request.recipe)
            self._hosts.warm(tool, catalogue.title(tool))
        for text in [*self._dataset.warnings, *advise(self._request.recipe, self._dataset)]:
            self._warn(text)
        with Workers(self._request.cores) as workers:
            measures = self._measured(workers)
            axis = asked or self._found_axis(workers, measures)
            for text in about_axis(self._request.recipe, self._dataset, axis, self._all):
                self._warn(text)
            self._tilt = tilt_of(axis, self._dataset)
            reconstructor = make_reconstructor(
                self._request.recipe,
                self._dataset,
                self._region,
                axis if self._tilt is None else self._tilt.upright(axis),
                self._hosts,
                place=Place(self._request.folder, self._request.memory),
            )
            size = reconstructor.size(workers.engine())
        if self._request.whole is not None:
            self._journal.add("slices", size=size, unit=reconstructor.unit)
        plan = self._plan(size, axis)
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
            *about_pixels(pipeline.counts),
        ]:
            self._warn(text)
        with self._clock.stage("record"):
            record = write_record(
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
        return {**record, "filtered": self._filtered, "rotated": self._rotated}

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
            warnings = [*about_search(self._request.recipe), *centre.warnings]
            found = {**vars(centre.axis), "warnings": warnings}
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

    def _plan(self, size: int, axis: Axis) -> Plan:
        request = self._request
        sizes = sizes_of(self._dataset, request.recipe, self._region, size, axis)
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
                window,
                self._stop,
                self._used,
                out=sinograms,
                progress=self._monitor.progress,
                tilt=self._tilt,
            )

        filtered, rotated = worked_rows(window, pipeline.chain, self._tilt, self._dataset)
        self._filtered += filtered
        self._rotated += rotated
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
            "filtered": self._filtered,
            "rotated": self._rotated,
            "columns": self._dataset.columns,
            "width": size,
            "seconds": dict(self._clock.seconds),
        }

    def _warn(self, text: str) -> None:
        if text not in self._warnings:
            self._warnings.append(text)
            self._monitor.warning(text)
