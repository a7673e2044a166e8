"""Questions about a data set that need no recipe."""

from __future__ import annotations

from pathlib import Path

from .recipe import Centre, Description, Recipe


def describe(data: Recipe | Path | str) -> Description:
    """What a data set holds.

    Parameters
    ----------
    data
        A recipe, a folder of TIFF images or an NXtomo file.
    """
    return _recipe(data).describe()


def centre(data: Recipe | Path | str, rows: list[int] | None = None) -> Centre:
    """Find the centre of rotation.

    Parameters
    ----------
    data
        A recipe, a folder of TIFF images or an NXtomo file that states its angles.
    rows
        Rows to look at; some spread ones by default.
    """
    return _recipe(data).centre(rows)


def _recipe(data: Recipe | Path | str) -> Recipe:
    return data if isinstance(data, Recipe) else Recipe.default(data)
