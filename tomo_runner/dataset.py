"""A data set as a recipe sees it: rotated, flipped, with angles, without excluded frames."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

import numpy as np

from .failures import DataFailure, RecipeFailure
from .readers import Acquisition, Angles, PixelSize, Series, open_acquisition
from .recipe import Recipe

_CENTIMETRES = {"um": 1e-4, "mm": 0.1, "cm": 1.0}


class Window(NamedTuple):
    """Pixels [top, bottom) x [left, right) of the full image after rotate and flip."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def rows(self) -> int:
        return self.bottom - self.top

    @property
    def columns(self) -> int:
        return self.right - self.left

    def grown(self, rows: int, columns: int, height: int, width: int) -> Window:
        """With a halo, as far as the image of ``height`` x ``width`` goes."""
        return Window(
            max(0, self.top - rows),
            min(height, self.bottom + rows),
            max(0, self.left - columns),
            min(width, self.right + columns),
        )

    def inside(self, outer: Window) -> Tuple[slice, slice]:
        """Slices that cut this window out of an image of the outer one."""
        return (
            slice(self.top - outer.top, self.bottom - outer.top),
            slice(self.left - outer.left, self.right - outer.left),
        )


class Dataset:
    """What ``dataset`` of a recipe names, ready to be read.

    Parameters
    ----------
    recipe
        A checked recipe.
    base
        Folder that relative paths in it start from.

    Attributes
    ----------
    rows, columns
        Size of the full image after rotate and flip.
    kept
        Indices of the projections that are used, in acquisition order.
    angles
        Degrees, one for each projection (excluded ones too); ``values`` is None when unknown.
    """

    def __init__(self, recipe: Recipe, base: Path) -> None:
        self.settings: Mapping[str, Any] = recipe.get("dataset", {})
        self.acquisition: Acquisition = open_acquisition(self.settings, base)
        self.state: str = self.settings.get("state", "raw")
        self._turns = int(self.settings.get("rotate", 0)) // 90
        self._flip = bool(self.settings.get("flip", False))
        self.frames, height, width = self.acquisition.projections.shape
        turned = self._turns % 2 == 1
        self.rows, self.columns = (width, height) if turned else (height, width)
        self.kept = self._kept()
        self.angles = self._angles()
        self.pixel_size = self._pixel_size()
        self.warnings: List[str] = list(self.acquisition.warnings)

    @property
    def whole(self) -> Window:
        """The full image."""
        return Window(0, self.rows, 0, self.columns)

    @property
    def pixel_centimetres(self) -> Optional[float]:
        """Width of a pixel, or None when it is not known."""
        if self.pixel_size is None:
            return None
        return self.pixel_size.value * _CENTIMETRES[self.pixel_size.unit]

    def read(self, series: Series, start: int, stop: int, window: Window) -> np.ndarray:
        """Images [start, stop) of a series as (image, row, column), rotated and flipped.

        The pixels have the type they have on disk.
        """
        _, height, width = series.shape
        if (height, width) != self.acquisition.projections.shape[1:]:
            raise DataFailure(
                "sizes-differ",
                f"{series.name(0)} has {height} x {width} pixels, the projections have "
                f"{self.acquisition.projections.shape[1]} x "
                f"{self.acquisition.projections.shape[2]}.",
                series.name(0),
                "Choose flats and darks that were measured with the same camera settings.",
            )
        top, bottom, left, right = window
        if self._flip:
            left, right = self.columns - right, self.columns - left
        if self._turns == 1:
            raw = (self.columns - right, self.columns - left, top, bottom)
        elif self._turns == 2:
            raw = (self.rows - bottom, self.rows - top, self.columns - right, self.columns - left)
        elif self._turns == 3:
            raw = (left, right, self.rows - bottom, self.rows - top)
        else:
            raw = (top, bottom, left, right)
        images = series.read(start, stop, *raw)
        if self._turns:
            images = np.rot90(images, -self._turns, axes=(1, 2))
        return images[:, :, ::-1] if self._flip else images

    def require_angles(self) -> np.ndarray:
        """Degrees of the kept projections, float64 in acquisition order.

        Raises
        ------
        DataFailure
            When nothing tells the angles, or files are missing from an evenly spaced scan.
        """
        if self.angles.values is None:
            raise DataFailure(
                "no-angles",
                "The angles of the projections are not known.",
                "dataset.angles",
                "Set dataset.angles to first and last, or to one value a projection.",
            )
        evenly = "first" in self.settings.get("angles", {})
        if evenly and self.acquisition.gaps:
            gap = self.acquisition.gaps[0]
            raise DataFailure(
                "file-missing",
                f"A file is missing after {gap} in {self.acquisition.path}, so evenly spaced "
                "angles would be wrong.",
                self.acquisition.path,
                "Restore the file, or give dataset.angles.values for the files that are there.",
            )
        kept: np.ndarray = self.angles.values[self.kept]
        return kept

    def check_references(self, normalise: bool) -> None:
        """Refuse raw data without flats; the choice is the user's, not a guess.

        Parameters
        ----------
        normalise
            Whether the step that needs them is on.
        """
        if normalise and self.state == "raw" and not self.acquisition.flats:
            raise DataFailure(
                "no-flats",
                "There are no flats (open beam images) for raw projections.",
                "dataset.flats",
                "Name their folder in dataset.flats.before, give a group the role flat, or set "
                "dataset.state to transmission or attenuation.",
            )

    def _kept(self) -> np.ndarray:
        exclude = self.settings.get("exclude", [])
        beyond = [index for index in exclude if index >= self.frames]
        if beyond:
            raise RecipeFailure(
                "outside",
                f"dataset.exclude names projection {beyond[0]}, but there are only "
                f"{self.frames} (counted from 0).",
                "dataset.exclude",
                "Remove it.",
            )
        kept = np.setdiff1d(np.arange(self.frames), np.array(exclude, dtype=np.int64))
        if not len(kept):
            raise RecipeFailure(
                "nothing-left",
                "dataset.exclude leaves no projection.",
                "dataset.exclude",
                "Keep some.",
            )
        return kept

    def _angles(self) -> Angles:
        settings = self.settings.get("angles")
        if settings is None:
            return self.acquisition.angles
        if "values" in settings:
            values = np.array(settings["values"], dtype=np.float64)
            if len(values) != self.frames:
                raise DataFailure(
                    "angles-count",
                    f"dataset.angles.values has {len(values)} angles for {self.frames} "
                    "projections.",
                    "dataset.angles.values",
                    "Give one angle a projection, excluded ones too.",
                )
            return Angles(values, "recipe")
        endpoint = bool(settings.get("endpoint", True))
        spaced = np.linspace(
            float(settings["first"]), float(settings["last"]), self.frames, endpoint=endpoint
        )
        return Angles(spaced, "recipe")

    def _pixel_size(self) -> Optional[PixelSize]:
        settings: Optional[Dict[str, Any]] = self.settings.get("pixelSize")
        if settings is None:
            return self.acquisition.pixel_size
        return PixelSize(float(settings["value"]), settings["unit"], "recipe")
