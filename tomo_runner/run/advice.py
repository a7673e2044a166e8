"""Hints about a data set and a recipe: nothing is wrong, but somebody should know."""

from __future__ import annotations

import math
from typing import List, Optional, Sequence, Tuple

import numpy as np

from ..catalogue import document
from ..dataset import Dataset, Window
from ..recipe import Recipe
from ..regions import Axis, air_region, region_of_interest
from ..selection import used_projections
from ..steps import Counts, active_steps
from ..steps.phase import spread_of
from ..tilt import is_rotated, rows_off, tilt_of
from ..toolhost.geometry import is_full_turn

_EDGE = 4
"""Columns that are the edge."""
_SHORT = 0.1
"""Pixels over which phase retrieval acts that make no difference."""
_SEEN = 0.01
"""Attenuation that counts as none."""
_GAPS = 1e-3
"""Share of the pixels of a row that may be missing without a word."""


def advise(recipe: Recipe, dataset: Dataset) -> List[str]:
    """What a run with this recipe should be told about, one sentence each."""
    advice = about_steps(recipe, dataset)
    if dataset.angles.values is not None:
        advice += about_angles(used_projections(recipe, dataset).angles, dataset.columns)
    return advice


def about_steps(recipe: Recipe, dataset: Dataset) -> List[str]:
    """The part of it that angles used and the axis do not change."""
    found = dataset.acquisition
    steps = {step.name: step for step in active_steps(recipe, "projection")}
    on = set(steps)
    advice: List[str] = []
    if "air" in on and air_region(recipe, dataset) is None:
        advice.append("No air region is drawn: its step is skipped.")
    if dataset.state == "raw" and "normalise" not in on:
        advice.append("The data are raw and the step normalise is off: flats are not used.")
    if "normalise" in on and not found.darks:
        advice.append("There are no darks: zero is taken.")
    if "phase" in on and dataset.pixel_centimetres is not None:
        length = math.sqrt(spread_of(steps["phase"].parameters, dataset.pixel_centimetres))
        if length < _SHORT:
            advice.append(
                f"Phase retrieval does next to nothing with these numbers: it acts over "
                f"{length:.2g} pixels."
            )
    if dataset.angles.note:
        advice.append(f"Angles: {dataset.angles.note}.")
    return advice


def about_angles(angles: np.ndarray, columns: int) -> List[str]:
    """What to say of the angles of the projections that are used.

    Parameters
    ----------
    angles
        Degrees, in any order.
    columns
        Width of the image.
    """
    rule = document("advice.json")["angles"]
    span, count = float(angles.max() - angles.min()), len(angles)
    advice: List[str] = []
    if span + span / max(count - 1, 1) < rule["least"]:
        advice.append(rule["short"].format(span=f"{span:.1f}"))
    if span > rule["most"]:
        advice.append(rule["long"].format(span=f"{span:.1f}"))
    useful = math.pi / 2 * columns * (2 if span > 270 else 1)
    if count < useful / 2:
        advice.append(rule["few"].format(count=count, columns=columns, useful=round(useful)))
    return advice


def about_search(recipe: Recipe) -> List[str]:
    """What to say of a recipe whose axis is searched for."""
    tilt = recipe.get("regions", {}).get("centre", {}).get("tilt")
    if not tilt:
        return []
    return [
        f"The tilt of {tilt:g}° is not used: the recipe states no column, so the whole axis is "
        "searched for. State a column, or remove the tilt."
    ]


def about_tilt(tilt: float, columns: int) -> List[str]:
    """What to say of an axis that leans by ``tilt`` degrees in an image of so many columns.

    ``src/tuning/advice.ts`` says the same, and the same of angles;
    ``tests/fixtures/advice.json`` holds both to the same answers.
    """
    if not is_rotated(tilt, columns):
        return []
    words: str = document("advice.json")["tilt"]["words"]
    return [words.format(rows=f"{rows_off(tilt, columns):.1f}")]


def about_rows(beyond: float) -> List[str]:
    """What to say when rotated projections would need so many rows more than there are."""
    rule = document("advice.json")["tilt"]
    if beyond <= rule["beyond"]:
        return []
    return [rule["outside"].format(rows=math.floor(beyond + 0.5))]


def about_axis(
    recipe: Recipe, dataset: Dataset, axis: Axis, window: Optional[Window] = None
) -> List[str]:
    """Sentences about an axis that leans, or is off the middle in a part of a turn.

    Parameters
    ----------
    window
        Rows and columns that are reconstructed; the region of interest when left out.
    """
    region = window or region_of_interest(recipe, dataset)
    advice: List[str] = []
    tilt, column = tilt_of(axis, dataset), axis.column
    if tilt is not None:
        advice += about_tilt(axis.tilt, dataset.columns) + about_rows(tilt.beyond(region))
        column = tilt.upright(axis).column
    said = part_of_turn(
        used_projections(recipe, dataset).angles, column - region.left, region.columns
    )
    return advice if said is None else [*advice, said]


def part_of_turn(angles: np.ndarray, column: float, columns: int) -> Optional[str]:
    """What to say of an axis off the middle in more than half a turn and less than a full one.

    ``src/tuning/advice.ts`` says the same of slices in the browser;
    ``tests/fixtures/part-turns.json`` holds both to the same answers.

    Parameters
    ----------
    angles
        Degrees, of the projections that are used.
    column
        The axis, in columns of the region.
    columns
        Width of the region.

    Returns
    -------
    str or None
        A sentence; None when all is well.
    """
    rule = document("advice.json")["partOfTurn"]
    span = float(angles.max() - angles.min())
    off = abs(column - (columns - 1) / 2)
    if not rule["span"][0] < span < rule["span"][1] or is_full_turn(angles):
        return None
    if off <= rule["offCentre"] * columns:
        return None
    words: str = rule["words"]
    return words.format(span=math.floor(span + 0.5), off=math.floor(off + 0.5))


def edge_levels(sinograms: Sequence[np.ndarray]) -> Tuple[float, float]:
    """The largest mean attenuation at the edge, and the largest anywhere.

    Parameters
    ----------
    sinograms
        float32 (frame, column) of attenuation, of a few rows.

    Returns
    -------
    tuple
        (edge, largest); those of several sets of rows together are the largest of each.
    """
    edge, largest = 0.0, 0.0
    for sinogram in sinograms:
        largest = max(largest, float(np.quantile(sinogram, 0.999)))
        for side in (sinogram[:, :_EDGE], sinogram[:, -_EDGE:]):
            # Means over neighbouring projections: the sample may reach it from some angles only.
            for part in np.array_split(side, min(16, len(side))):
                edge = max(edge, abs(float(np.mean(part, dtype=np.float64))))
    return edge, largest


def about_edge(sinograms: Sequence[np.ndarray]) -> List[str]:
    """A sentence when the sinograms do not end in air."""
    return about_levels(*edge_levels(sinograms))


def about_levels(edge: float, largest: float) -> List[str]:
    """The same from ``edge_levels``; nothing when the edge does not differ from noise."""
    share = edge / largest if edge > _SEEN and largest > 0.0 else 0.0
    if share <= 0.05:
        return []
    return [
        f"The attenuation at the edge reaches {min(100 * share, 999):.0f} % of the largest: the "
        "sample leaves the field of view or the flats do not fit, so values are off near the rim."
    ]


def about_gaps(recipe: Recipe, sinogram: np.ndarray) -> List[str]:
    """A sentence when many pixels of a row say nothing of the sample; before the sinogram steps."""
    floors = [
        float(step.parameters["floor"])
        for step in active_steps(recipe, "projection")
        if step.name == "minus-log"
    ]
    size = sinogram.size
    missing = size - int(np.count_nonzero(np.isfinite(sinogram)))
    if missing > _GAPS * size:
        return [f"{missing} of {size} pixels of this row are not numbers, and count as zero."]
    if not floors:
        return []
    most = -math.log(floors[0])
    floored = int(np.count_nonzero(sinogram >= most - 1e-5 * abs(most)))
    if floored <= _GAPS * size:
        return []
    return [
        f"{floored} of {size} pixels of this row let nothing through (zero, negative or NaN before "
        "the logarithm) and became the floor."
    ]


def about_pixels(counts: Counts) -> List[str]:
    """Sentences about pixels that were changed, when there were many."""
    warnings: List[str] = []
    if counts.pixels and counts.replaced > 0.02 * counts.pixels:
        share = 100 * counts.replaced / counts.pixels
        warnings.append(
            f"Outliers replaced {share:.1f} % of the pixels; a higher threshold may be right."
        )
    if counts.gaps:
        warnings.append(
            f"{counts.gaps} pixels had no transmission: phase retrieval took what is between "
            "their neighbours in the row."
        )
    if counts.floored > 1e-6 * counts.logged:
        warnings.append(
            f"{counts.floored} of {counts.logged} pixels were zero, negative or NaN before "
            "the logarithm and became the floor."
        )
    return warnings
