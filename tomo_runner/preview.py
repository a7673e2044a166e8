"""One row, by the same way as the run: its slice is equal to the run's file to the bit."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Dict, List, Optional

import numpy as np

from .centre import find_centre
from .dataset import Dataset
from .failures import RecipeFailure
from .pipeline import Pipeline
from .recipe import Recipe
from .reconstruct import Reconstructor
from .regions import Axis, given_axis, region_of_interest
from .run.advice import about_edge, advise, is_attenuation
from .stopping import Stop


@dataclass(frozen=True)
class Preview:
    """An image and what belongs to it; ``about`` is shown as JSON."""

    image: np.ndarray
    about: Dict[str, Any]


def find_axis(recipe: Recipe, pipeline: Pipeline, stop: Stop, warnings: List[str]) -> Axis:
    """The axis that the recipe states, else the one found."""
    given = given_axis(recipe, pipeline.dataset)
    if given is not None:
        return given
    centre = find_centre(pipeline, stop)
    warnings.extend(centre.warnings)
    return centre.axis


def preview_row(
    recipe: Recipe,
    pipeline: Pipeline,
    row: int,
    product: str,
    stop: Stop,
    axis: Optional[Axis] = None,
) -> Preview:
    """Reconstruct one row, or show its sinogram.

    Parameters
    ----------
    row
        Row of the full image.
    product
        ``slice`` or ``sinogram`` (after all steps, sorted by angle).
    axis
        The axis when it is known already.

    Raises
    ------
    RecipeFailure
        When the row lies outside the image.
    """
    dataset: Dataset = pipeline.dataset
    check_row(row, dataset)
    region = region_of_interest(recipe, dataset)
    start = time.perf_counter()
    warnings = [*dataset.warnings, *advise(recipe, dataset)]
    used = axis or find_axis(recipe, pipeline, stop, warnings)
    window = region._replace(top=row, bottom=row + 1)
    read = time.perf_counter()
    sinogram = pipeline.sinograms(window, stop)[0]
    if is_attenuation(recipe, dataset):
        warnings += about_edge([sinogram])
    reconstructor = Reconstructor(recipe, dataset, region, used)
    stop.check()
    loaded = time.perf_counter()
    engine = pipeline.workers.engine()
    if product == "sinogram":
        image = reconstructor.sinogram(engine, sinogram).copy()
    else:
        image = reconstructor.slice(engine, sinogram, row).copy()
    done = time.perf_counter()
    about = {
        "row": row,
        "product": product,
        "centre": {"column": used.at(row), "row": used.row, "tilt": used.tilt},
        "unit": reconstructor.unit,
        "seconds": {
            "centre": round(read - start, 4),
            "projections": round(loaded - read, 4),
            "slice": round(done - loaded, 4),
        },
        "warnings": warnings,
    }
    return Preview(image, about)


def check_row(row: int, dataset: Dataset) -> None:
    """Refuse a row that the image does not have."""
    if not 0 <= row < dataset.rows:
        raise RecipeFailure(
            "outside",
            f"Row {row} lies outside the image of {dataset.rows} rows.",
            "row",
            f"Give a row from 0 to {dataset.rows - 1}.",
        )
