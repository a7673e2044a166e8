"""A run whose reconstruction is a process list of Savu."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

import numpy as np

from ..dataset import Dataset, Window
from ..failures import RecipeFailure
from ..regions import Axis
from ..savu.process_list import ListRun, run_list
from ..selection import not_said
from ..stopping import Stop
from .clock import Clock
from .monitor import Monitor
from .output import ResultFolder
from .record import write_record
from .request import RunRequest


def check_list(request: RunRequest) -> None:
    """Refuse what a process list cannot be asked for.

    Raises
    ------
    RecipeFailure
        When the run is a part of another, or the recipe sets what the list decides itself.
    """
    if request.whole is not None:
        raise RecipeFailure(
            "not-divided",
            "A process list of Savu is run as a whole, not in tasks.",
            "reconstruction.method",
            "Submit it as one task.",
        )
    for setting, sentence in not_said(request.recipe):
        raise RecipeFailure(
            "list-takes-all",
            f"{setting} is set, but a process list of Savu decides itself: "
            f"{sentence[0].lower()}{sentence[1:]}",
            setting,
            "Remove it, or choose another method.",
        )


def execute_list(
    request: RunRequest,
    dataset: Dataset,
    region: Window,
    result: ResultFolder,
    monitor: Monitor,
    stop: Stop,
    clock: Clock,
    asked: Optional[Axis],
) -> Dict[str, Any]:
    """Give everything to the process list; returns the record, as ``result.json`` has it."""
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
