"""The regions of a recipe, checked against the image they lie in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Mapping, Optional, Sequence

from .dataset import Dataset, Window
from .failures import RecipeFailure
from .recipe import Recipe


@dataclass(frozen=True)
class Axis:
    """The axis of rotation: a line over the rows of the full image.

    ``tilt`` is in degrees; positive leans towards larger columns with increasing row.
    """

    column: float
    row: float
    tilt: float

    def at(self, row: float) -> float:
        """Column of the axis at a row."""
        return self.column + (row - self.row) * math.tan(math.radians(self.tilt))


def region_of_interest(recipe: Recipe, dataset: Dataset) -> Window:
    """Rows and columns that are reconstructed.

    Raises
    ------
    RecipeFailure
        When the rectangle is empty or leaves the image.
    """
    rectangle = recipe.get("regions", {}).get("roi")
    return dataset.whole if rectangle is None else _window(rectangle, "regions.roi", dataset)


def air_region(recipe: Recipe, dataset: Dataset) -> Optional[Window]:
    """The air region, or None when none is drawn."""
    rectangle = recipe.get("regions", {}).get("air")
    return None if rectangle is None else _window(rectangle, "regions.air", dataset)


def given_axis(recipe: Recipe, dataset: Dataset) -> Optional[Axis]:
    """The axis that the recipe states, or None when it is to be found."""
    centre: Mapping[str, Any] = recipe.get("regions", {}).get("centre", {})
    column = centre.get("column")
    if column is None:
        return None
    if not 0 <= column <= dataset.columns - 1:
        raise RecipeFailure(
            "outside",
            f"The centre of rotation, column {column:g}, lies outside the image of "
            f"{dataset.columns} columns.",
            "regions.centre.column",
            f"Give a column from 0 to {dataset.columns - 1}, or remove it to have it found.",
        )
    return Axis(float(column), float(centre.get("row", 0.0)), float(centre.get("tilt", 0.0)))


def centre_method(recipe: Recipe) -> str:
    """How the axis is to be found where the recipe does not state it."""
    return str(recipe.get("regions", {}).get("centre", {}).get("method", "auto"))


def _window(rectangle: Sequence[int], where: str, dataset: Dataset) -> Window:
    left, top, right, bottom = rectangle
    if left >= right or top >= bottom:
        raise RecipeFailure(
            "empty-region",
            f"{where} is empty: right must be beyond left and bottom beyond top.",
            where,
            "Give [left, top, right, bottom].",
        )
    if right > dataset.columns or bottom > dataset.rows:
        raise RecipeFailure(
            "outside",
            f"{where} reaches to column {right} and row {bottom}, but the image has "
            f"{dataset.columns} columns and {dataset.rows} rows.",
            where,
            f"Keep it inside [0, 0, {dataset.columns}, {dataset.rows}].",
        )
    return Window(top, bottom, left, right)
