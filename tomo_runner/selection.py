"""Which projections slices are made of: ``reconstruction.angles`` of a recipe.

The same selection stands in ``src/tuning/selection.ts``; ``tests/fixtures/angles.json`` holds both
to the same answers.
"""

from __future__ import annotations

from typing import List, NamedTuple, Tuple

import numpy as np

from .dataset import Dataset
from .failures import RecipeFailure
from .recipe import Recipe

_NEAR = 1e-6
"""Degrees by which an angle may miss the ends: they come from divisions."""


class Used(NamedTuple):
    """The projections that slices are made of, in acquisition order.

    Attributes
    ----------
    frames
        Their indices, counted over all projections.
    angles
        Degrees, float64.
    """

    frames: np.ndarray
    angles: np.ndarray


def used_projections(recipe: Recipe, dataset: Dataset) -> Used:
    """Those of the kept projections that the recipe asks for.

    Raises
    ------
    DataFailure
        When the angles are not known.
    RecipeFailure
        When none is left.
    """
    angles = dataset.require_angles()
    chosen = selected(recipe, angles)
    if not len(chosen):
        raise RecipeFailure(
            "nothing-left",
            "reconstruction.angles leaves no projection: they stand from "
            f"{angles.min():g} to {angles.max():g} degrees.",
            "reconstruction.angles",
            "Choose a range in which there are some.",
        )
    return Used(dataset.kept[chosen], angles[chosen])


def selected(recipe: Recipe, angles: np.ndarray) -> np.ndarray:
    """Places of the projections that the recipe asks for, among these.

    Parameters
    ----------
    angles
        Degrees, in acquisition order.
    """
    asked = recipe.get("reconstruction", {}).get("angles", {})
    inside = np.ones(len(angles), bool)
    if "from" in asked:
        inside &= angles >= asked["from"] - _NEAR
    if "to" in asked:
        inside &= angles <= asked["to"] + _NEAR
    chosen: np.ndarray = np.flatnonzero(inside)[:: int(asked.get("every", 1))]
    return chosen


def not_said(recipe: Recipe) -> List[Tuple[str, str]]:
    """What a program that reads the data itself does not know: the setting, and a sentence."""
    reconstruction = recipe.get("reconstruction", {})
    asked = reconstruction.get("angles", {})
    found = []
    if "from" in asked or "to" in asked or int(asked.get("every", 1)) > 1:
        found.append(("reconstruction.angles", "It takes all projections, not only some angles."))
    if float(reconstruction.get("rotation", 0.0)) % 360.0:
        found.append(("reconstruction.rotation", "It does not turn the slices."))
    return found
