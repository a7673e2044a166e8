"""From attenuation to slices: the engine, one row at a time."""

from __future__ import annotations

import numpy as np

from .dataset import Dataset, Window
from .engine import Engine, compile_plan
from .failures import ToolFailure
from .recipe import Recipe
from .regions import Axis


class Reconstructor:
    """Reconstructs rows of one region with one recipe.

    Parameters
    ----------
    recipe
        A checked recipe.
    dataset
        What it names; its angles must be known.
    region
        Columns that the sinograms have.
    axis
        The axis of rotation.
    """

    def __init__(self, recipe: Recipe, dataset: Dataset, region: Window, axis: Axis) -> None:
        self._angles = dataset.require_angles()
        self._region = region
        self._axis = axis
        size = dataset.pixel_centimetres
        self.unit = "1/pixel" if size is None else "1/cm"
        self._plan = compile_plan(
            recipe,
            count=len(self._angles),
            columns=region.columns,
            centre=axis.column,
            left=region.left,
            scale=1.0 if size is None else 1.0 / size,
        )

    def slice(self, engine: Engine, sinogram: np.ndarray, row: int) -> np.ndarray:
        """One slice.

        Parameters
        ----------
        engine
            The calling thread's engine.
        sinogram
            float32 (frame, column) of attenuation, in acquisition order.
        row
            Row of the full image, which decides where the axis is.

        Returns
        -------
        numpy.ndarray
            float32 (y, x); a view that holds until the engine's next call.
        """
        self._load(engine, sinogram)
        return engine.image(self._axis.at(row) - self._region.left)

    def sinogram(self, engine: Engine, sinogram: np.ndarray) -> np.ndarray:
        """The sinogram as it is reconstructed: after the stripe filters, sorted by angle."""
        self._load(engine, sinogram)
        return engine.processed()

    def size(self, engine: Engine) -> int:
        """Width and height of a slice."""
        engine.configure(self._plan, self._angles)
        return engine.image_size()

    def _load(self, engine: Engine, sinogram: np.ndarray) -> None:
        if sinogram.shape != (len(self._angles), self._region.columns):
            raise ToolFailure(
                "shape",
                f"The sinogram has shape {sinogram.shape}, expected "
                f"{(len(self._angles), self._region.columns)}.",
            )
        engine.configure(self._plan, self._angles)
        engine.sinogram()[...] = sinogram
        engine.process()
