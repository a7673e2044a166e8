"""What is asked of a run, and what that comes to on its data set."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Tuple

from ..dataset import Dataset, Window
from ..external import cost_of
from ..failures import RecipeFailure
from ..recipe import Recipe
from ..regions import Axis, air_region, region_of_interest
from ..selection import used_projections
from ..steps import Chain
from ..tilt import Tilt, tilt_of
from .parts import Whole
from .plan import Sizes


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


def check_steps(recipe: Recipe, dataset: Dataset) -> None:
    """Refuse a recipe whose steps or regions do not fit the data set."""
    chain = Chain(recipe, dataset.pixel_centimetres)
    dataset.check_references(chain.average is not None)
    if chain.air:
        air_region(recipe, dataset)


def worked_rows(
    window: Window, chain: Chain, tilt: Optional[Tilt], dataset: Dataset
) -> Tuple[int, int]:
    """Rows that phase retrieval filters, and that a rotation looks at, for those of a slab."""
    source = window if tilt is None else tilt.source(window)
    around = source.grown(chain.phase, 0, dataset.rows, 0)
    return around.rows if chain.phase else 0, 0 if tilt is None else source.rows


def sizes_of(
    dataset: Dataset,
    recipe: Recipe,
    region: Window,
    image: int,
    axis: Optional[Axis],
    python: Optional[str] = None,
) -> Sizes:
    """What the memory of a run depends on.

    Parameters
    ----------
    image
        Width of a slice.
    axis
        The axis of rotation; None while it is not known.
    python
        As of ``cost_of``.
    """
    chain = Chain(recipe, dataset.pixel_centimetres)
    tilt = tilt_of(axis, dataset)
    leaning = 0 if tilt is None else min(dataset.rows, tilt.halo(region.columns))
    frames = len(used_projections(recipe, dataset).frames)
    cost = cost_of(recipe, frames, region.columns, image, python)
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
        halo=min(dataset.rows, chain.halo[0] + chain.reference_halo[0] + leaning),
        references=max(sets, default=0),
        reference_sets=len(sets),
        whole_rows=dataset.rows if turned else 0,
        image=image,
        tool_thread=cost.thread,
        tool_row=cost.row,
        tool_fixed=cost.fixed,
        phase=min(dataset.rows, chain.phase),
        tilt=leaning,
    )


def pixel_of(dataset: Dataset) -> Optional[Tuple[float, str]]:
    """Width of a pixel and its unit; None when it is not known."""
    size = dataset.pixel_size
    return None if size is None else (size.value, size.unit)


def signature_of(recipe: Recipe, dataset: Dataset, region: Optional[Window] = None) -> str:
    """Hash over what must be the same when something is gone on with."""
    what = [recipe, dataset.acquisition.path, dataset.frames, region and list(region)]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
