"""The end of a run that several tasks share: is all there, and what the tasks had to say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Tuple

from ..dataset import Dataset
from ..failures import OutputFailure
from ..lease import NAME, alive, read_lease
from ..regions import Axis, given_axis
from ..steps import Counts
from ..stopping import Stop
from .advice import about_levels, about_pixels, advise
from .clock import Clock
from .journal import Journal
from .monitor import Monitor
from .output import RECORD, ResultFolder, format_of
from .parts import Shared, finishing
from .record import write_record
from .request import RunRequest, pixel_of, signature_of, wanted_region

_NAMED = 4
"""Runs of missing rows that a sentence names."""


def finish(request: RunRequest, tasks: List[Path], monitor: Monitor, stop: Stop) -> Dict[str, Any]:
    """Complete the result that tasks have made; once it is complete, it stays as it is.

    Parameters
    ----------
    request
        Of the whole run.
    tasks
        Their folders.

    Returns
    -------
    dict
        The record, as ``result.json`` has it.

    Raises
    ------
    OutputFailure
        ``slices-missing`` with the rows; ``in-use`` while a task still works.
    """
    clock = Clock(monitor)
    record = _complete(request)
    if record:
        monitor.output(str(request.output))
        count = record["rows"][1] - record["rows"][0]
        monitor.slices(count, count)
        return record
    _check_ended(tasks)
    with clock.stage("finish"):
        dataset = Dataset(request.recipe, request.base)
        region = wanted_region(request.recipe, dataset, request.rows)
        asked = given_axis(request.recipe, dataset)
        known = Shared(request.folder, signature_of(request.recipe, dataset)).get("centre")
        monitor.output(str(request.output))
        axis = asked
        if axis is None and known is not None:
            axis = Axis(known["column"], known["row"], known["tilt"])
        rows = (region.top, region.bottom)
        entries = [Journal(task / Journal.NAME).last("slices") for task in tasks]
        made = next((entry for entry in entries if entry is not None), None)
        if axis is None or made is None or not request.output.is_dir():
            # No task has come as far as its first slice.
            raise _missing(list(range(*rows)), rows, request, tasks)
        size = int(made["size"])
        result = ResultFolder(request.output, pixel_of(dataset), format_of(request.recipe))
        there = set(result.finished(size, size))
        missing = [row for row in range(*rows) if row not in there]
        monitor.slices(region.rows - len(missing), region.rows)
        if missing:
            raise _missing(missing, rows, request, tasks)
        result.join(request.identity, request.folder)
        result.clear_parts()
    stop.check()
    warnings, seconds = _told(tasks)
    about = [
        *dataset.warnings,
        *advise(request.recipe, dataset),
        *(known or {}).get("warnings", []),
    ]
    warnings = list(dict.fromkeys([*about, *warnings]))
    for text in warnings:
        monitor.warning(text)
    with clock.stage("record"):
        Journal(request.folder / Journal.NAME).add("finishing", output=str(request.output))
        return write_record(
            result,
            request.recipe,
            request.name,
            rows,
            size,
            str(made["unit"]),
            dataset,
            asked,
            axis,
            {**seconds, **clock.seconds},
            warnings,
        )


def _complete(request: RunRequest) -> Dict[str, Any]:
    """The record of an earlier finish; empty when there is none."""
    if finishing(request.folder) is None:
        return {}
    result = ResultFolder(request.output)
    if result.owner():
        # The record may be there already, but the folder has not been given up.
        return {}
    try:
        record = json.loads((request.output / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _check_ended(tasks: List[Path]) -> None:
    for task in tasks:
        lease = read_lease(task / NAME)
        if lease is not None and alive(lease, task / NAME):
            raise OutputFailure(
                "in-use",
                f"Task {task.name} still works on this run, on {lease['host']}.",
                str(task),
                "Wait for it, or cancel it first.",
            )


def _told(tasks: List[Path]) -> Tuple[List[str], Dict[str, float]]:
    """Warnings of all tasks as one run would have them, and the seconds of all together."""
    counts, edge, largest = Counts(), 0.0, 0.0
    warnings: List[str] = []
    seconds: Dict[str, float] = {}
    for task in tasks:
        for entry in Journal(task / Journal.NAME).all("part"):
            counts.add(Counts(**entry["counts"]))
            edge, largest = max(edge, entry["edge"][0]), max(largest, entry["edge"][1])
            warnings += entry["warnings"]
            for stage, spent in entry["seconds"].items():
                seconds[stage] = seconds.get(stage, 0.0) + spent
    return [*about_levels(edge, largest), *about_pixels(counts), *warnings], seconds


def _missing(
    rows: List[int], of: Tuple[int, int], request: RunRequest, tasks: List[Path]
) -> OutputFailure:
    """Which slices are missing, and what a task says why."""
    runs: List[Tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    named = [f"{a}" if a == b else f"{a} to {b}" for a, b in runs[:_NAMED]]
    if len(runs) > _NAMED:
        named[-1] = f"{named[-1]}, and more up to {runs[-1][1]}"
    word = "slice is" if len(rows) == 1 else "slices are"
    sentence = f"{len(rows)} of {of[1] - of[0]} {word} missing: row" + (
        f"{'' if len(rows) == 1 else 's'} {', '.join(named)}"
    )
    return OutputFailure(
        "slices-missing",
        f"{sentence}{_reason(tasks)}.",
        str(request.output),
        "Resume the job: only the missing ones are computed.",
    )


def _reason(tasks: List[Path]) -> str:
    """What the first task that failed says."""
    for task in tasks:
        try:
            status = json.loads((task / "status.json").read_text(encoding="utf-8"))
            if status["state"] == "failed":
                return f"; task {task.name} says: {str(status['failure']['message']).rstrip('.')}"
        except (OSError, ValueError, KeyError, TypeError):
            # A task that never came as far as to say something.
            continue
    return ""
