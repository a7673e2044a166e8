"""Hints about a data set and a recipe: nothing is wrong, but somebody should know."""

from __future__ import annotations

import math
from typing import List

from ..dataset import Dataset
from ..recipe import Recipe
from ..regions import air_region, given_axis
from ..steps import active_steps


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
    if count < useful / 4:
        advice.append(
            f"{count} projections are few for {dataset.columns} columns "
            f"(full resolution needs about {round(useful)})."
        )
    return advice
