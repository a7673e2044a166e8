"""Hints about a data set and a recipe: nothing is wrong, but somebody should know."""

from __future__ import annotations

import math
from typing import List, Sequence, Tuple

import numpy as np

from ..dataset import Dataset
from ..recipe import Recipe
from ..regions import air_region, given_axis
from ..steps import active_steps

_EDGE = 4
"""Columns that are the edge."""
_SEEN = 0.01
"""Attenuation that counts as none."""


def advise(recipe: Recipe, dataset: Dataset) -> List[str]:
    """What a run with this recipe should be told about, one sentence each."""
    found = dataset.acquisition
    on = {step.name for step in active_steps(recipe, "projection")}
    advice: List[str] = []
    if "air" in on and air_region(recipe, dataset) is None:
        advice.append("No air region is drawn: its step is skipped.")
    if dataset.state == "raw" and "normalise" not in on:
        advice.append("The data are raw and the step normalise is off: flats are not used.")
    if "normalise" in on and not found.darks:
        advice.append("There are no darks: zero is taken.")
    if dataset.angles.note:
        advice.append(f"Angles: {dataset.angles.note}.")
    if dataset.angles.values is not None:
        advice += _about_angles(dataset)
    axis = given_axis(recipe, dataset)
    if axis is not None:
        error = dataset.columns / 2 * math.sin(math.radians(abs(axis.tilt)))
        if error > 0.5:
            advice.append(
                f"The tilt shifts the edge of the sample by {error:.1f} rows; only the column of "
                "the axis follows it, the rows do not."
            )
    return advice


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


def is_attenuation(recipe: Recipe, dataset: Dataset) -> bool:
    """Whether the sinograms are attenuation, not transmission."""
    steps = active_steps(recipe, "projection")
    return dataset.state == "attenuation" or any(step.name == "minus-log" for step in steps)


def _about_angles(dataset: Dataset) -> List[str]:
    angles = dataset.require_angles()
    span = float(angles.max() - angles.min())
    count = len(angles)
    step = span / max(count - 1, 1)
    advice: List[str] = []
    if span + step < 179.0:
        advice.append(f"The angles span only {span:.1f} degrees: expect streaks.")
    if span > 361.0:
        advice.append(f"The angles span {span:.1f} degrees, more than a full turn.")
    useful = math.pi / 2 * dataset.columns * (2 if span > 270 else 1)
    if count < useful / 2:
        advice.append(
            f"{count} projections are few for {dataset.columns} columns "
            f"(full resolution needs about {round(useful)})."
        )
    return advice
