"""From the files to attenuation: the one way that run, preview and centre finder share."""

from __future__ import annotations

import threading
import time
from typing import Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np

from .dataset import Dataset, Window
from .engine import Engine
from .failures import DataFailure
from .readers import References
from .recipe import Recipe
from .regions import air_region
from .steps import Chain, Counts, Frame, Measures
from .steps.frame import DARK, FLAT, PROJECTION
from .stopping import Stop
from .tilt import Tilt
from .workers import Workers

_NOISE_FRAMES = 5
_INTEGER_NOISE = 0.2887
"""Standard deviation of rounding to whole counts: no camera is quieter."""

Progress = Callable[[int], None]


class Pipeline:
    """The projection steps of one recipe on one data set.

    Parameters
    ----------
    recipe
        A checked recipe.
    dataset
        What it names.
    workers
        Where the work is done.
    measures
        Noise and dose, when they are known from before.
    """

    def __init__(
        self,
        recipe: Recipe,
        dataset: Dataset,
        workers: Workers,
        measures: Optional[Measures] = None,
    ) -> None:
        self.recipe = recipe
        self.dataset = dataset
        self.chain = Chain(recipe, dataset.pixel_centimetres)
        self.air = air_region(recipe, dataset) if self.chain.air else None
        self.workers = workers
        self.counts = Counts()
        self._measures = measures
        self.measuring = 0.0
        """Seconds that noise and dose took; 0 until they are measured here."""
        self._lock = threading.Lock()
        self._measuring = threading.Lock()
        dataset.check_references(self.chain.average is not None)

    # --- measured once a data set ---------------------------------------------------------

    def measures(self, stop: Stop) -> Measures:
        """Noise of each kind of image, then the dose of each projection."""
        if self._measures is not None:
            return self._measures
        while not self._measuring.acquire(timeout=0.05):
            stop.check()
        try:
            if self._measures is None:
                start = time.perf_counter()
                measured = Measures(self._noise(stop))
                if self.air is not None:
                    measured.dose = self._dose(self.air, measured, stop)
                self._measures = measured
                self.measuring = time.perf_counter() - start
            return self._measures
        finally:
            self._measuring.release()

    def _noise(self, stop: Stop) -> Dict[str, float]:
        size = self.chain.noise_size
        if size is None:
            return {}
        found = self.dataset.acquisition
        asked: List[Tuple[str, References]] = []
        kept = self.dataset.kept
        spread = np.unique(np.linspace(0, len(kept) - 1, _NOISE_FRAMES).round().astype(int))
        frames = [(PROJECTION, found.projections, int(kept[i])) for i in spread]
        if self.chain.average is not None:
            asked += [(FLAT, references) for references in found.flats]
            asked += [(DARK, references) for references in found.darks]
        for kind, references in asked:
            count = references.series.shape[0]
            for i in np.unique(np.linspace(0, count - 1, _NOISE_FRAMES).round().astype(int)):
                frames.append((kind, references.series, int(i)))

        def one(engine: Engine, item: int) -> float:
            _, series, index = frames[item]
            raw = self.dataset.read(series, index, index + 1, self.dataset.whole)[0]
            return engine.noise(_float(raw), size)

        sigmas = self.workers.map(one, range(len(frames)), stop)
        noise: Dict[str, float] = {}
        for kind in {kind for kind, _, _ in frames}:
            of_kind = [sigma for sigma, frame in zip(sigmas, frames) if frame[0] == kind]
            series = next(frame[1] for frame in frames if frame[0] == kind)
            least = _INTEGER_NOISE if series.dtype.kind in "ui" else 0.0
            noise[kind] = max(least, float(np.median(of_kind)))
        return noise

    def _dose(self, air: Window, measures: Measures, stop: Stop) -> np.ndarray:
        rows, columns = self.chain.reference_halo
        padded = air.grown(rows, columns, self.dataset.rows, self.dataset.columns)
        cut = air.inside(padded)
        references = self._references(padded, measures, stop)
        dose = np.full(self.dataset.frames, np.nan)

        def one(engine: Engine, item: Tuple[int, int]) -> None:
            images = self.dataset.read(self.dataset.acquisition.projections, *item, padded)
            for index, raw in zip(range(*item), images):
                frame = Frame(engine, PROJECTION, index, measures, Counts())
                image = self.chain.clean(_float(raw), frame)[cut].astype(np.float64)
                dark, flat = references.at(index)
                if dark is not None:
                    image = image - dark[cut]
                if flat is not None:
                    image = image / (flat[cut] - (0.0 if dark is None else dark[cut]))
                usable = image[np.isfinite(image)]
                mean = float(usable.mean()) if usable.size else 0.0
                if not mean > 0.0:
                    raise DataFailure(
                        "air-empty",
                        f"The air region is dark in {self._name(index)}.",
                        "regions.air",
                        "Draw it where no projection of the sample enters, or leave that "
                        "projection out with dataset.exclude.",
                    )
                dose[index] = 1.0 / mean

        self.workers.map(one, self._batches(self.dataset.kept), stop)
        return dose

    def _name(self, index: int) -> str:
        return self.dataset.acquisition.projections.name(index)

    # --- windows ---------------------------------------------------------------------------

    def sinograms(
        self,
        window: Window,
        stop: Stop,
        frames: Optional[np.ndarray] = None,
        out: Optional[np.ndarray] = None,
        progress: Optional[Progress] = None,
        tilt: Optional[Tilt] = None,
        through: Optional[Callable[[Engine, np.ndarray], np.ndarray]] = None,
    ) -> np.ndarray:
        """All projection steps on a window.

        Parameters
        ----------
        window
            Rows and columns of the full image.
        frames
            Acquisition indices, ascending; all kept ones when left out.
        out
            float32 (row, frame, column) to write into.
        progress
            Called with the number of projections done, now and then.
        tilt
            Rotate projections by it after all steps: the window is one of rotated projections.
        through
            Called with each image at the end; ``out`` is as large as what it makes of the window.

        Returns
        -------
        numpy.ndarray
            float32 (row, frame, column), frames in acquisition order.
        """
        measures = self.measures(stop)
        wanted = self.dataset.kept if frames is None else frames
        if out is None:
            out = np.empty((window.rows, len(wanted), window.columns), np.float32)
        rows, columns = self.chain.halo
        source = window if tilt is None else tilt.source(window)
        padded = source.grown(rows, columns, self.dataset.rows, self.dataset.columns)
        cut = source.inside(padded)
        references = self._references(padded, measures, stop)
        place = np.full(self.dataset.frames, -1)
        place[wanted] = np.arange(len(wanted))
        series = self.dataset.acquisition.projections
        done = 0

        def one(engine: Engine, item: Tuple[int, int]) -> None:
            nonlocal done
            counts = Counts()
            images = self.dataset.read(series, *item, padded)
            for index, raw in zip(range(*item), images):
                stop.check()
                dark, flat = references.at(index)
                frame = Frame(engine, PROJECTION, index, measures, counts, dark, flat)
                image = self.chain.apply(_float(raw), frame, cut)
                if tilt is not None:
                    image = tilt.apply(engine, image, source, window)
                if through is not None:
                    image = through(engine, image)
                out[:, place[index], :] = image
            with self._lock:
                self.counts.add(counts)
                done += item[1] - item[0]
                now = done
            if progress is not None:
                progress(now)

        self.workers.map(one, self._batches(wanted), stop)
        return out

    def opposite(self, window: Window, stop: Stop) -> Optional[np.ndarray]:
        """The image at 180 degrees to the first projection, through all steps; float32."""
        series = self.dataset.acquisition.opposite
        if series is None:
            return None
        measures = self.measures(stop)
        rows, columns = self.chain.halo
        padded = window.grown(rows, columns, self.dataset.rows, self.dataset.columns)
        dark, flat = self._references(padded, measures, stop).at(self.dataset.frames - 1)
        raw = self.dataset.read(series, 0, 1, padded)[0]
        # Its own dose is not known: the first projection's stands for it.
        index = int(self.dataset.kept[0])
        frame = Frame(self.workers.engine(), PROJECTION, index, measures, Counts(), dark, flat)
        return self.chain.apply(_float(raw), frame, window.inside(padded))

    def projection(self, index: int, window: Window, stop: Stop) -> np.ndarray:
        """One projection after all projection steps, float32 (row, column)."""
        return self.sinograms(window, stop, np.array([index]))[:, 0, :]

    def _batches(self, frames: np.ndarray) -> List[Tuple[int, int]]:
        """Runs [start, stop) of neighbouring frames, each small enough to be read at once."""
        batch = self.dataset.acquisition.projections.batch
        batches: List[Tuple[int, int]] = []
        for index in frames.tolist():
            if batches and batches[-1][1] == index and index - batches[-1][0] < batch:
                batches[-1] = (batches[-1][0], index + 1)
            else:
                batches.append((index, index + 1))
        return batches

    # --- flats and darks -------------------------------------------------------------------

    def _references(self, window: Window, measures: Measures, stop: Stop) -> WindowReferences:
        if self.chain.average is None:
            return WindowReferences([], None)
        found = self.dataset.acquisition
        rows, columns = self.chain.reference_halo
        padded = window.grown(rows, columns, self.dataset.rows, self.dataset.columns)
        cut = window.inside(padded)

        def average(kind: str, sets: Sequence[References]) -> np.ndarray:
            items = [(s, i) for s in sets for i in range(s.series.shape[0])]

            def one(engine: Engine, item: Tuple[References, int]) -> np.ndarray:
                references, index = item
                raw = self.dataset.read(references.series, index, index + 1, padded)[0]
                frame = Frame(engine, kind, 0, measures, Counts())
                cleaned: np.ndarray = self.chain.clean(_float(raw), frame)[cut].copy()
                return cleaned

            return _average(self.workers.map(one, items, stop), str(self.chain.average))

        dark = average(DARK, found.darks) if found.darks else None
        positions = sorted({references.position for references in found.flats})
        flats = [(p, average(FLAT, [s for s in found.flats if s.position == p])) for p in positions]
        return WindowReferences(flats, dark)


class WindowReferences:
    """Averaged references of one window."""

    def __init__(self, flats: List[Tuple[float, np.ndarray]], dark: Optional[np.ndarray]) -> None:
        self._flats = flats
        self._dark = dark

    def at(self, index: int) -> Tuple[Optional[np.ndarray], Optional[np.ndarray]]:
        """Dark and flat for a projection; flats are interpolated by acquisition order."""
        if not self._flats:
            return self._dark, None
        positions = [position for position, _ in self._flats]
        after = int(np.searchsorted(positions, index, side="right"))
        if after == 0 or after == len(positions):
            return self._dark, self._flats[min(after, len(positions) - 1)][1]
        (start, first), (end, last) = self._flats[after - 1 : after + 1]
        weight = np.float32((index - start) / (end - start))
        return self._dark, first + weight * (last - first)


def _average(images: Sequence[np.ndarray], kind: str) -> np.ndarray:
    """Mean or median of images, the same bits for every window."""
    if kind == "median":
        middle: np.ndarray = np.median(np.stack(images), axis=0).astype(np.float32)
        return middle
    total = np.zeros(images[0].shape, np.float64)
    for image in images:
        total += image
    mean: np.ndarray = (total / len(images)).astype(np.float32)
    return mean


def _float(image: np.ndarray) -> np.ndarray:
    """Any pixels as float32 in C order."""
    return np.ascontiguousarray(image, dtype=np.float32)
