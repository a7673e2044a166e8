"""One row, by the same way as the run: its slice is equal to the run's file to the bit."""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from .centre import find_centre
from .dataset import Dataset
from .external import ToolHosts
from .failures import RecipeFailure
from .pipeline import Pipeline
from .process import machine_bytes
from .recipe import Recipe, check_tool
from .reconstruct import AnyReconstructor, Reconstructor, make_reconstructor
from .regions import Axis, centre_method, given_axis, region_of_interest
from .run.advice import (
    about_axis,
    about_edge,
    about_gaps,
    about_search,
    about_steps,
    advise,
)
from .selection import used_projections
from .steps.active import is_attenuation
from .stopping import Stop
from .tilt import tilt_of


@dataclass(frozen=True)
class Preview:
    """An image and what belongs to it; ``about`` is shown as JSON."""

    image: np.ndarray
    about: Dict[str, Any]


class UsedAxis(NamedTuple):
    """The axis that slices stand about, and how it came about.

    ``of_steps``: steps on sinograms had a part in the search, so that other ones may find
    another axis.
    """

    axis: Axis
    searched: bool = False
    of_steps: bool = False
    warnings: Tuple[str, ...] = ()


def find_axis(
    recipe: Recipe,
    pipeline: Pipeline,
    stop: Stop,
    hosts: Optional[ToolHosts] = None,
    python: Optional[str] = None,
) -> UsedAxis:
    """The axis that the recipe states, else the one found."""
    given = given_axis(recipe, pipeline.dataset)
    if given is not None:
        return UsedAxis(given)
    centre = find_centre(pipeline, stop, method=centre_method(recipe), hosts=hosts, python=python)
    warnings = (*about_search(recipe), *centre.warnings)
    return UsedAxis(centre.axis, True, centre.of_steps, warnings)


def preview_row(
    recipe: Recipe,
    pipeline: Pipeline,
    row: int,
    product: str,
    stop: Stop,
    axis: Optional[UsedAxis] = None,
    hosts: Optional[ToolHosts] = None,
    python: Optional[str] = None,
) -> Preview:
    """Reconstruct one row, or show its sinogram.

    Parameters
    ----------
    row
        Row of the full image.
    product
        ``slice``, ``sinogram`` (after all steps, sorted by angle), or ``attenuation`` (before the
        sinogram steps, in acquisition order: what the engine is given, of all projections).
    axis
        When it is known already.
    hosts
        Where external tools are kept between previews; left out: started for this one.
    python
        Interpreter for external tools; this one when left out.

    Raises
    ------
    RecipeFailure
        When the row lies outside the image.
    ToolFailure
        When a slice needs a tool that its Python does not have.
    """
    dataset: Dataset = pipeline.dataset
    check_row(row, dataset)
    if product == "slice":
        # Before an axis is looked for, which takes time.
        check_tool(recipe, python)
    region = region_of_interest(recipe, dataset)
    attenuation = product == "attenuation"
    if attenuation:
        # Which projections are used is chosen where the slice is made, and told there.
        recipe = _of_all_projections(recipe)
    advice = about_steps(recipe, dataset) if attenuation else advise(recipe, dataset)
    warnings = [*dataset.warnings, *advice]
    # Once for all rows: they are no part of what one of them takes.
    start = time.perf_counter()
    pipeline.measures(stop)
    measured = time.perf_counter()
    found = axis or find_axis(recipe, pipeline, stop, hosts, python)
    used = found.axis
    window = region._replace(top=row, bottom=row + 1)
    if not attenuation:
        warnings += [*found.warnings, *about_axis(recipe, dataset, used, window)]
    tilt = tilt_of(used, dataset)
    stands = used if tilt is None else tilt.upright(used)
    read = time.perf_counter()
    frames = used_projections(recipe, dataset).frames
    sinogram = pipeline.sinograms(window, stop, frames, tilt=tilt)[0]
    # First, as a viewer shows one sentence: a slice of what is no number shows no sample.
    warnings[:0] = about_gaps(recipe, sinogram)
    if is_attenuation(recipe, dataset):
        warnings += about_edge([sinogram])
    stop.check()
    loaded = time.perf_counter()
    place: Dict[str, Any] = {}
    if attenuation:
        engine = Reconstructor(recipe, dataset, region, stands)
        # What a search says is of no interest once the recipe has an axis, and the row the same.
        search = {"ofSteps": found.of_steps, "warnings": list(found.warnings)}
        live = {**engine.live(used, tilt), "search": search if found.searched else None}
        image, unit, place = sinogram, engine.unit, {"live": live}
    elif product == "sinogram":
        engine = Reconstructor(recipe, dataset, region, stands)
        image = engine.sinogram(pipeline.workers.engine(), sinogram).copy()
        unit, place = engine.unit, {"left": region.left}
    else:
        with nullcontext(hosts) if hosts else ToolHosts(machine_bytes() // 2) as kept:
            reconstructor = make_reconstructor(recipe, dataset, region, stands, kept, python)
            image = _one_slice(reconstructor, pipeline, sinogram, row, stop, warnings)
            unit = reconstructor.unit
    done = time.perf_counter()
    about = {
        "row": row,
        "product": product,
        "centre": {
            "column": used.at(row),
            "row": used.row,
            "tilt": used.tilt,
            "stands": stands.at(row),
        },
        "projections": {"used": len(frames), "of": len(dataset.kept)},
        **place,
        "unit": unit,
        "seconds": {
            "measures": round(measured - start, 4),
            "centre": round(read - measured, 4),
            "projections": round(loaded - read, 4),
            "slice": round(done - loaded, 4),
        },
        # Other steps on projections take it again, whoever measured these.
        "measuring": round(pipeline.measuring, 4),
        "warnings": warnings,
    }
    return Preview(image, about)


def _of_all_projections(recipe: Recipe) -> Recipe:
    settings = {k: v for k, v in recipe.get("reconstruction", {}).items() if k != "angles"}
    return {**recipe, "reconstruction": settings}


def _one_slice(
    reconstructor: AnyReconstructor,
    pipeline: Pipeline,
    sinogram: np.ndarray,
    row: int,
    stop: Stop,
    warnings: List[str],
) -> np.ndarray:
    """A slice by the way that slabs take in a run."""
    images: List[np.ndarray] = []
    reconstructor.slab(
        pipeline.workers,
        sinogram[None],
        row,
        stop,
        lambda _, image: images.append(image.copy()),
        warnings.append,
    )
    return images[0]


def check_row(row: int, dataset: Dataset) -> None:
    """Refuse a row that the image does not have."""
    if not 0 <= row < dataset.rows:
        raise RecipeFailure(
            "outside",
            f"Row {row} lies outside the image of {dataset.rows} rows.",
            "row",
            f"Give a row from 0 to {dataset.rows - 1}.",
        )
