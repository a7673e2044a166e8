"""From attenuation to slices: by the engine row by row, or by an external tool slab by slab."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional, Union

import numpy as np

from .dataset import Dataset, Window
from .engine import Engine, compile_plan
from .external import COMMAND, CommandReconstructor, Place, SlabReconstructor, ToolHosts
from .failures import RecipeFailure, ToolFailure
from .recipe import Recipe
from .regions import Axis
from .selection import used_projections
from .stopping import Stop
from .tilt import Tilt
from .workers import Workers


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
        The axis of rotation in its projections, which may have been rotated.
    """

    def __init__(self, recipe: Recipe, dataset: Dataset, region: Window, axis: Axis) -> None:
        self._angles = used_projections(recipe, dataset).angles
        self._dataset = dataset
        self._region = region
        self._axis = axis
        size = dataset.pixel_centimetres
        self.unit = "1/pixel" if size is None else "1/cm"
        self._scale = 1.0 if size is None else 1.0 / size
        self._plan = compile_plan(
            recipe,
            count=len(self._angles),
            columns=region.columns,
            centre=axis.column,
            left=region.left,
            scale=self._scale,
        )

    def live(self, axis: Axis, tilt: Optional[Tilt]) -> Dict[str, Any]:
        """What else than sinogram and recipe makes a slice: for an engine in another place.

        Parameters
        ----------
        axis
            The axis of rotation in projections as they are.
        tilt
            How they have been rotated.

        Returns
        -------
        dict
            ``angles`` (degrees, acquisition order, of all projections: which of them are used is
            for the other place to choose), ``axis`` (column, row, tilt), ``rotated`` (degrees by
            which the projections have been made upright), ``left`` (column of the full image with
            which the sinogram begins), ``columns`` and ``rows`` (of the full image) and ``scale``
            (factor on the values).
        """
        angles = self._dataset.require_angles()
        return {
            "angles": [float(angle) for angle in angles],
            "axis": {"column": axis.column, "row": axis.row, "tilt": axis.tilt},
            "rotated": 0.0 if tilt is None else tilt.degrees,
            "left": self._region.left,
            "columns": self._dataset.columns,
            "rows": self._dataset.rows,
            "scale": self._scale,
        }

    def slice(self, engine: Engine, sinogram: np.ndarray, row: int) -> np.ndarray:
        """One slice.

        Parameters
        ----------
        engine
            The calling thread's engine.
        sinogram
            float32 (frame, column) of attenuation, of the projections used, in acquisition order.
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

    def slab(
        self,
        workers: Workers,
        sinograms: np.ndarray,
        first: int,
        stop: Stop,
        write: Callable[[int, np.ndarray], None],
        say: Callable[[str], None],
    ) -> None:
        """Reconstruct neighbouring rows, see ``SlabReconstructor.slab``."""

        def one(engine: Engine, row: int) -> None:
            write(row, self.slice(engine, sinograms[row - first], row))

        workers.map(one, range(first, first + len(sinograms)), stop)

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


AnyReconstructor = Union[Reconstructor, SlabReconstructor]


def is_external(recipe: Recipe) -> bool:
    """Whether the recipe's tool is another program than the engine."""
    return tool_of(recipe) != "builtin"


def is_hosted(recipe: Recipe) -> bool:
    """Whether the recipe's tool runs in a process that is kept."""
    return tool_of(recipe) not in ("builtin", COMMAND)


def tool_of(recipe: Recipe) -> str:
    """Name of the recipe's tool."""
    return str(recipe.get("reconstruction", {}).get("tool", "builtin"))


def make_reconstructor(
    recipe: Recipe,
    dataset: Dataset,
    region: Window,
    axis: Axis,
    hosts: ToolHosts,
    python: Optional[str] = None,
    place: Optional[Place] = None,
) -> AnyReconstructor:
    """What reconstructs the rows of a region with the recipe's tool.

    Parameters
    ----------
    place
        Where a custom command runs, when its user has approved it; left out: it does not.
    """
    if tool_of(recipe) == COMMAND:
        if place is None:
            raise RecipeFailure(
                "command-preview",
                "A custom command is run by a reconstruction only, never for a preview.",
                "reconstruction.tool",
                "Run it on a few rows, or preview with another tool.",
            )
        return CommandReconstructor(recipe, dataset, region, axis, hosts, place=place)
    if is_external(recipe):
        return SlabReconstructor(recipe, dataset, region, axis, hosts, python)
    return Reconstructor(recipe, dataset, region, axis)
