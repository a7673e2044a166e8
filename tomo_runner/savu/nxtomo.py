"""A data set as an NXtomo file: what Savu and HTTomo read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable, List, Optional, Tuple

import numpy as np

from ..dataset import Dataset
from ..failures import DataFailure, output_failure
from ..readers import Series
from ..stopping import Stop
from ..toolhost.savu_files import DARK, FLAT, PROJECTION, NxtomoWriter
from .convert import Place

_MICROMETRES = {"um": 1.0, "mm": 1e3, "cm": 1e4}


def write_nxtomo(
    dataset: Dataset, path: Path, stop: Stop, progress: Callable[[int, int], None] = lambda *_: None
) -> int:
    """Write the projections that are used, with flats and darks, rotated and flipped.

    The pixels stay as they were measured. The file appears whole or not at all.

    Parameters
    ----------
    progress
        Called with the number of images done, and of all.

    Returns
    -------
    int
        Number of images.

    Raises
    ------
    DataFailure
        When the angles are not known: they are never invented.
    OutputFailure
        When it cannot be written.
    """
    angles = dataset.require_angles()
    order = _order(dataset)
    keys = [key for key, _, _ in order]
    turned = iter(angles)
    spread = [float(next(turned)) if key == PROJECTION else 0.0 for key in keys]
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with NxtomoWriter(
            part,
            keys,
            spread,
            (dataset.rows, dataset.columns),
            _dtype(dataset),
            Path(dataset.acquisition.path).stem,
            _micrometres(dataset),
        ) as writer:
            for start, last in _runs(order):
                stop.check()
                _, series, index = order[start]
                writer.write(
                    start, dataset.read(series, index, index + last - start, dataset.whole)
                )
                progress(last, len(order))
        os.replace(part, path)
    except OSError as error:
        raise output_failure(error, path) from None
    finally:
        if part.exists():
            part.unlink()
    return len(order)


Image = Tuple[int, Series, int]


def _order(dataset: Dataset) -> List[Image]:
    """Key, series and index of each image: darks, flats before, projections, flats after."""
    found = dataset.acquisition
    first = int(dataset.kept[0])
    darks = [(DARK, r.series, i) for r in found.darks for i in range(r.series.shape[0])]
    before: List[Image] = []
    after: List[Image] = []
    for references in found.flats:
        target = before if references.position <= first else after
        target += [(FLAT, references.series, i) for i in range(references.series.shape[0])]
    kept: List[Image] = [(PROJECTION, found.projections, int(i)) for i in dataset.kept]
    return [*darks, *before, *kept, *after]


def _runs(order: List[Image]) -> List[Tuple[int, int]]:
    """Runs [start, past last) of neighbouring images of one series that are read at once."""
    runs: List[Tuple[int, int]] = []
    for at, (_, series, index) in enumerate(order):
        if runs:
            start, last = runs[-1]
            _, of, begun = order[start]
            if of is series and index == begun + at - start and last - start < series.batch:
                runs[-1] = (start, at + 1)
                continue
        runs.append((at, at + 1))
    return runs


def _dtype(dataset: Dataset) -> np.dtype[np.generic]:
    """A type that holds the pixels of all series as they are."""
    found = dataset.acquisition
    series = [found.projections, *(r.series for r in [*found.flats, *found.darks])]
    kind: np.dtype[np.generic] = np.result_type(*(s.dtype for s in series))
    return kind


def _micrometres(dataset: Dataset) -> Optional[float]:
    size = dataset.pixel_size
    return None if size is None else size.value * _MICROMETRES[size.unit]


def place_in(path: Path) -> Optional[Place]:
    """Where the images and the image key of a data set's file lie; None when it is no HDF5 file.

    Raises
    ------
    DataFailure
        When the file has no images.
    """
    if path.is_dir():
        return None
    import h5py

    if not h5py.is_hdf5(path):
        return None
    images: List[str] = []
    keys: List[str] = []

    def visit(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            if name.endswith("image_key"):
                keys.append(name)
            elif item.ndim == 3:
                images.append(name)

    with h5py.File(path, "r", locking=False) as file:
        file.visititems(visit)
        # Links are not visited: the usual places first.
        for name in list(file):
            for inside in (f"{name}/tomo_entry/data/data", f"{name}/data/data"):
                if inside in file and getattr(file[inside], "ndim", 0) == 3:
                    images.insert(0, inside)
            for inside in (
                f"{name}/tomo_entry/instrument/detector/image_key",
                f"{name}/instrument/detector/image_key",
            ):
                if inside in file:
                    keys.insert(0, inside)
    if not images:
        raise DataFailure(
            "no-tomography",
            f"{path} has no three-dimensional data.",
            "dataset.path",
            "Choose an NXtomo file.",
        )
    return Place(images[0], keys[0] if keys else None)
