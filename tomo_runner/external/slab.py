"""Slabs of slices by an external tool: sinogram steps here, reconstruction there, checks here."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Callable, Dict, List, Optional

import numpy as np

from .. import catalogue
from ..dataset import Dataset, Window
from ..engine import Engine, compile_plan
from ..failures import ToolFailure
from ..recipe import Recipe
from ..regions import Axis
from ..selection import used_projections
from ..stopping import Stop
from ..toolhost.geometry import is_full_turn
from ..workers import Workers
from .hosts import ToolHosts

Write = Callable[[int, np.ndarray], None]
Say = Callable[[str], None]


class SlabReconstructor:
    """Reconstructs rows of one region with a tool that is not the engine.

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
    hosts
        Where the tool runs.
    python
        The chosen kernel's interpreter; this one when left out.
    """

    def __init__(
        self,
        recipe: Recipe,
        dataset: Dataset,
        region: Window,
        axis: Axis,
        hosts: ToolHosts,
        python: Optional[str] = None,
    ) -> None:
        reconstruction = recipe["reconstruction"]
        self.tool = str(reconstruction["tool"])
        self.method = str(reconstruction.get("method", catalogue.first_method(self.tool, python)))
        self.parameters: Dict[str, Any] = {
            **catalogue.defaults(catalogue.method(self.tool, self.method, python)["schema"]),
            **reconstruction.get("parameters", {}),
        }
        self.title = catalogue.title(self.tool, python)
        self._mask = float(reconstruction.get("mask", 1.0))
        self._angles = used_projections(recipe, dataset).angles
        self._rotation = float(reconstruction.get("rotation", 0.0))
        self._region, self._axis = region, axis
        self._hosts, self._python = hosts, python
        size = dataset.pixel_centimetres
        self.unit = "1/pixel" if size is None else "1/cm"
        self._scale = 1.0 if size is None else 1.0 / size
        self._plan = compile_plan(
            recipe,
            count=len(self._angles),
            columns=region.columns,
            centre=axis.column,
            left=region.left,
        )

    def size(self, engine: Engine) -> int:
        """Width and height of a slice."""
        engine.configure(self._plan, self._angles)
        return engine.image_size()

    def warm(self) -> None:
        """Start the tool while other work goes on."""
        self._hosts.warm(self.tool, self.title, self._python)

    def slab(
        self,
        workers: Workers,
        sinograms: np.ndarray,
        first: int,
        stop: Stop,
        write: Write,
        say: Say,
    ) -> None:
        """Reconstruct neighbouring rows.

        Parameters
        ----------
        sinograms
            float32 (row, frame, column) of attenuation, in acquisition order.
        first
            Row of the full image that the first sinogram is of.
        write
            Called with row and slice, float32 (y, x), in any order and from several threads.
        say
            Called with what the user should know.

        Raises
        ------
        ToolFailure
            When the tool fails, or returns values that are no numbers.
        """
        size = self.size(workers.engine())
        mask = self._outside(size)
        rows = range(first, first + len(sinograms))
        with self._hosts.borrow(self.tool, self.title, self._python) as host:
            shared = host.sinograms(sinograms.shape)
            angles = self._processed(workers, sinograms, shared, stop)
            writes: List[Future[None]] = []
            with ThreadPoolExecutor(min(2, workers.count), thread_name_prefix="slices") as pool:

                def finished(index: int, image: np.ndarray) -> None:
                    failed = next((w for w in writes if w.done() and w.exception()), None)
                    if failed is not None:
                        failed.result()
                    writes.append(pool.submit(self._finish, rows[index], image, mask, write))

                host.reconstruct(
                    self.method,
                    self.parameters,
                    angles,
                    np.array([self._axis.at(row) - self._region.left for row in rows]),
                    sinograms.shape,
                    size,
                    workers.count,
                    stop,
                    finished,
                    say,
                )
                for done in writes:
                    done.result()

    def _processed(
        self, workers: Workers, sinograms: np.ndarray, out: np.ndarray, stop: Stop
    ) -> np.ndarray:
        """The sinogram steps; returns the angles as the rows of ``out`` are sorted.

        A slice is turned by turning its projections.
        """
        if sinograms.shape[1:] != (len(self._angles), self._region.columns):
            raise ToolFailure(
                "shape",
                f"The sinograms have shape {sinograms.shape[1:]}, expected "
                f"{(len(self._angles), self._region.columns)}.",
            )

        def one(engine: Engine, index: int) -> np.ndarray:
            engine.configure(self._plan, self._angles)
            engine.sinogram()[...] = sinograms[index]
            engine.process()
            out[index] = engine.processed()
            order: np.ndarray = engine.order().copy()
            return order

        orders = workers.map(one, range(len(sinograms)), stop)
        angles: np.ndarray = self._angles[orders[0]] + self._rotation
        return angles

    def _finish(
        self, row: int, image: np.ndarray, outside: Optional[np.ndarray], write: Write
    ) -> None:
        scaled = np.multiply(image, np.float32(self._scale))
        if outside is not None:
            scaled[outside] = 0
        if not np.isfinite(scaled.sum(dtype=np.float64)):
            bad = int(np.count_nonzero(~np.isfinite(scaled)))
            if bad:
                raise ToolFailure(
                    "tool-nan",
                    f"{self.title} {self.method} gave NaN or infinity in {bad} of "
                    f"{scaled.size} pixels of row {row}.",
                    "reconstruction.method",
                    "Choose other parameters or another method.",
                )
        write(row, scaled)

    def _outside(self, size: int) -> Optional[np.ndarray]:
        """Where the mask makes a slice zero; as the engine does it."""
        if self._mask <= 0:
            return None
        columns = self._region.columns
        centre = self._axis.column - self._region.left
        radius = columns / 2
        if is_full_turn(np.sort(self._angles)) and abs(centre - (columns - 1) / 2) > 0.5:
            radius = min(max(centre, columns - 1 - centre) + 0.5, max(size, columns) / 2)
        offset = np.arange(size) - (size - 1) / 2
        distance: np.ndarray = offset[:, None] ** 2 + offset[None, :] ** 2
        outside: np.ndarray = distance > (self._mask * radius) ** 2
        return outside
