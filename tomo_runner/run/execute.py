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
from ..engine import Engine
from ..failures import OutputFailure, RecipeFailure, output_failure
from ..files import clear_parts
from ..pipeline import Pipeline
from ..process import resident_bytes
from ..recipe import Recipe
from ..reconstruct import Reconstructor
from ..regions import Axis, air_region, given_axis, region_of_interest
from ..steps import Chain, Counts, Measures
from ..stopping import Stop
from ..workers import Workers
from .advice import about_edge, advise, is_attenuation
from .journal import Journal
from .monitor import Monitor
from .output import ResultFolder
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


class _Clock:
    """Seconds a stage."""

    def __init__(self, monitor: Monitor) -> None:
        self.seconds: Dict[str, float] = {}
        self._monitor = monitor

    @contextmanager
    def stage(self, name: str, total: int = 1) -> Iterator[None]:
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
        The record, as ``result.json`` has it.

    Raises
    ------
    Failure
        Of the kind that ended the run. Finished slices and the journal stay.
    """
    clock = _Clock(monitor)
    with clock.stage("open"):
        dataset = Dataset(request.recipe, request.base)
        region = wanted_region(request.recipe, dataset, request.rows)
        dataset.require_angles()
        asked = given_axis(request.recipe, dataset)
        check_steps(request.recipe, dataset)
        dataset.acquisition.projections.check(dataset.kept.tolist())
    result = ResultFolder(request.output, _pixel(dataset))
    result.claim(request.identity, str(request.folder))
    clear_parts(request.output)
    monitor.output(str(request.output))
    journal = _journal(request, dataset, region)
    run = _Run(request, dataset, region, result, journal, monitor, stop, clock)
    return run.carry_out(asked)


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


def sizes_of(dataset: Dataset, chain: Chain, region: Window, image: int) -> Sizes:
    """What the memory of a run depends on."""
    found = dataset.acquisition
    sets = [references.series.shape[0] for references in [*found.flats, *found.darks]]
    turned = dataset.rows != found.projections.shape[1] or int(
        dataset.settings.get("rotate", 0)
    ) in (90, 270)
    return Sizes(
        frames=len(dataset.kept),
        columns=region.columns,
        width=dataset.columns,
        pixel_bytes=found.projections.dtype.itemsize,
        batch=found.projections.batch,
        halo=chain.halo[0] + chain.reference_halo[0],
        references=max(sets, default=0),
        reference_sets=len(sets),
        whole_rows=dataset.rows if turned else 0,
        image=image,
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


def _pixel(dataset: Dataset) -> Optional[Tuple[float, str]]:
    size = dataset.pixel_size
    return None if size is None else (size.value, size.unit)


def _journal(request: RunRequest, dataset: Dataset, region: Window) -> Journal:
    """The journal, new or gone on with; a run of something else is refused."""
    what = [request.recipe, dataset.acquisition.path, dataset.frames, list(region)]
    signature = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
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
        clock: _Clock,
    ) -> None:
        self._request = request
        self._dataset = dataset
        self._region = region
        self._result = result
        self._journal = journal
        self._monitor = monitor
        self._stop = stop
        self._clock = clock
        self._warnings: List[str] = []
        self._lock = threading.Lock()
        self._done = 0
        self._looked_at: List[np.ndarray] = []

    def carry_out(self, asked: Optional[Axis]) -> Dict[str, Any]:
        for text in [*self._dataset.warnings, *advise(self._request.recipe, self._dataset)]:
            self._warn(text)
        with Workers(self._request.cores) as workers:
            measures = self._measured(workers)
            axis = asked or self._found_axis(workers, measures)
            reconstructor = Reconstructor(self._request.recipe, self._dataset, self._region, axis)
            size = reconstructor.size(workers.engine())
        plan = self._plan(size)
        missing = self._missing(size)
        self._monitor.slices(self._done, self._region.rows)
        counts = Counts()
        with Workers(plan.threads) as workers:
            pipeline = Pipeline(self._request.recipe, self._dataset, workers, measures)
            self._slabs(plan, missing, pipeline, reconstructor)
            counts.add(pipeline.counts)
        self._count_warnings(counts)
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
        known = self._journal.last("measures")
        if known is not None:
            return Measures.from_json(known)
        with self._clock.stage("measure"):
            pipeline = Pipeline(self._request.recipe, self._dataset, workers)
            measures = pipeline.measures(self._stop)
            self._journal.add("measures", **measures.to_json())
        return measures

    def _found_axis(self, workers: Workers, measures: Measures) -> Axis:
        known = self._journal.last("centre")
        if known is not None:
            return Axis(known["column"], known["row"], known["tilt"])
        with self._clock.stage("centre"):
            pipeline = Pipeline(self._request.recipe, self._dataset, workers, measures)
            centre = find_centre(pipeline, self._stop)
            axis = centre.axis
            for text in centre.warnings:
                self._warn(text)
            self._journal.add("centre", column=axis.column, row=axis.row, tilt=axis.tilt)
        return axis

    def _plan(self, size: int) -> Plan:
        request = self._request
        sizes = sizes_of(self._dataset, Chain(request.recipe), self._region, size)
        rows = (self._region.top, self._region.bottom)
        return make_plan(rows, sizes, request.cores, request.memory, resident_bytes())

    def _missing(self, size: int) -> List[int]:
        finished = set(self._result.finished(size, size))
        rows = range(self._region.top, self._region.bottom)
        missing = [row for row in rows if row not in finished]
        self._done = len(rows) - len(missing)
        return missing

    def _slabs(
        self, plan: Plan, missing: List[int], pipeline: Pipeline, reconstructor: Reconstructor
    ) -> None:
        frames, columns = len(self._dataset.kept), self._region.columns
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
        reconstructor: Reconstructor,
        window: Window,
        sinograms: np.ndarray,
    ) -> None:
        with self._clock.stage("projections", len(self._dataset.kept)):
            pipeline.sinograms(window, self._stop, out=sinograms, progress=self._monitor.progress)

        if is_attenuation(self._request.recipe, self._dataset):
            for row in self._spread():
                if window.top <= row < window.bottom:
                    self._looked_at.append(_thinned(sinograms[row - window.top]))

        def one(engine: Engine, row: int) -> None:
            image = reconstructor.slice(engine, sinograms[row - window.top], row)
            self._result.write(row, image)
            with self._lock:
                self._done += 1
                done = self._done
            self._monitor.slices(done, self._region.rows)
            self._monitor.progress(done)

        with self._clock.stage("slices", self._region.rows):
            pipeline.workers.map(one, range(window.top, window.bottom), self._stop)

    def _spread(self) -> List[int]:
        """A few rows of the region, whose sinograms are looked at."""
        rows = np.linspace(self._region.top, self._region.bottom - 1, _LOOK)
        return sorted(set(rows.round().astype(int).tolist()))

    def _count_warnings(self, counts: Counts) -> None:
        for text in about_edge(self._looked_at):
            self._warn(text)
        if counts.pixels and counts.replaced > 0.02 * counts.pixels:
            share = 100 * counts.replaced / counts.pixels
            self._warn(
                f"Outliers replaced {share:.1f} % of the pixels; a higher threshold may be right."
            )
        if counts.floored > 1e-6 * counts.pixels:
            self._warn(
                f"{counts.floored} of {counts.pixels} pixels were zero, negative or NaN before "
                "the logarithm and became the floor."
            )

    def _warn(self, text: str) -> None:
        if text not in self._warnings:
            self._warnings.append(text)
            self._monitor.warning(text)
