"""Results as HDF5: slabs of neighbouring rows, and one virtual dataset over them.

A slab has its final name only when every row that the name tells is in it.
The volume is an NXdata group (NeXus), so that silx and NeXpy open it as it is.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any, List, Optional, Set, Tuple

import numpy as np

from ..failures import DataFailure, OutputFailure, RecipeFailure, output_failure
from ..files import part_of, replace_file
from ..toolhost.contiguous import create_contiguous, write_at
from .names import VOLUME, slab_name, slices

_GROUP = "entry/data"
_NAME = "data"
DATASET = f"{_GROUP}/{_NAME}"
_DTYPE = np.dtype("<f4")


def require_h5py() -> None:
    """See that HDF5 can be written.

    Raises
    ------
    RecipeFailure
        When this Python has no h5py.
    """
    try:
        import h5py  # noqa: F401
    except ImportError:
        raise RecipeFailure(
            "h5py-missing",
            "The result is to be HDF5, and this Python has no h5py.",
            "output.format",
            "Install h5py in the environment of the kernel, or choose TIFF.",
        ) from None


class SlabWriter:
    """Writes the slices of neighbouring rows into one file, in any order, from any thread.

    Parameters
    ----------
    folder
        The result folder.
    first, stop
        First row and one past the last.
    pixel
        Width of a pixel and its unit, or None.
    """

    def __init__(
        self, folder: Path, first: int, stop: int, pixel: Optional[Tuple[float, str]]
    ) -> None:
        self._folder = folder
        self._rows = (first, stop)
        self._pixel = pixel
        self._path = folder / slab_name(first, stop)
        self._part = part_of(self._path)
        self._lock = threading.Lock()
        self._file = -1
        self._offset = 0
        self._size = 0
        self._written: Set[int] = set()

    def write(self, row: int, image: np.ndarray) -> None:
        """Write one slice (y, x), float32; all are of one size."""
        data = np.ascontiguousarray(image, _DTYPE)
        try:
            with self._lock:
                if self._file < 0:
                    self._open(len(data))
            write_at(self._file, self._offset + (row - self._rows[0]) * data.nbytes, data)
        except OSError as error:
            raise output_failure(error, self._path) from None
        with self._lock:
            self._written.add(row)

    def keep(self) -> None:
        """Give what was written its final name: the file as it is, or its whole parts."""
        if self._file < 0:
            return
        try:
            os.close(self._file)
            runs = _runs(sorted(self._written))
            if runs == [self._rows]:
                os.replace(self._part, self._path)
            else:
                for first, stop in runs:
                    self._split(first, stop)
        except OSError as error:
            raise output_failure(error, self._path) from None
        finally:
            try:
                self._part.unlink()
            except FileNotFoundError:
                # It has its name.
                pass

    def _open(self, size: int) -> None:
        self._offset = _create(self._part, *self._rows, size, self._pixel)
        self._file = os.open(self._part, os.O_WRONLY)
        self._size = size

    def _split(self, first: int, stop: int) -> None:
        """A run of rows as a slab of its own."""

        def write(path: Path) -> None:
            offset = _create(path, first, stop, self._size, self._pixel)
            row_bytes = self._size * self._size * _DTYPE.itemsize
            with open(self._part, "rb") as source, open(path, "r+b") as target:
                for row in range(first, stop):
                    source.seek(self._offset + (row - self._rows[0]) * row_bytes)
                    image = np.frombuffer(source.read(row_bytes), _DTYPE)
                    write_at(target.fileno(), offset + (row - first) * row_bytes, image)

        replace_file(self._folder / slab_name(first, stop), write)


def read_from_slab(path: Path, row: int) -> np.ndarray:
    """One slice (y, x), float32, of a slab.

    Raises
    ------
    OSError, KeyError, ValueError
        When it cannot be read.
    """
    try:
        import h5py
    except ImportError:
        raise DataFailure(
            "h5py-missing",
            f"{path.name} is an HDF5 file, and this Python has no h5py.",
            str(path),
            "Install h5py in the environment of the kernel.",
        ) from None
    with h5py.File(path, "r", locking=False) as file:
        first = int(file[_GROUP]["row"][0])
        image: np.ndarray = file[DATASET][row - first]
    return image


def write_volume(
    folder: Path,
    rows: Tuple[int, int],
    size: int,
    unit: str,
    pixel: Optional[Tuple[float, str]],
) -> List[str]:
    """Write the virtual dataset (row, y, x) over all slabs; returns the names of all files.

    Raises
    ------
    OutputFailure
        ``slab-broken`` for a slab that is not what its name says: HDF5 itself would
        show zeros in its place.
    """
    import h5py

    there = dict(slices(folder))
    paths = sorted({path for row, path in there.items() if rows[0] <= row < rows[1]})
    layout = h5py.VirtualLayout((rows[1] - rows[0], size, size), _DTYPE)
    for path in paths:
        own = [row for row, of in there.items() if of == path]
        shape = _shape_of(path)
        if shape != (len(own), size, size):
            raise OutputFailure(
                "slab-broken",
                f"{path} does not hold the {len(own)} slices of {size} x {size} pixels that its "
                "name says.",
                str(path),
                "Remove this file and resume the job: its rows are computed again.",
            )
        first, stop = max(own[0], rows[0]), min(own[-1] + 1, rows[1])
        source = h5py.VirtualSource(path.name, DATASET, shape=shape)
        layout[first - rows[0] : stop - rows[0]] = source[first - own[0] : stop - own[0]]

    def write(part: Path) -> None:
        with h5py.File(part, "w", libver=("earliest", "v110")) as file:
            data = _group(file)
            data.create_virtual_dataset(_NAME, layout)
            data[_NAME].attrs["units"] = unit
            data[_NAME].attrs["long_name"] = "attenuation"
            _axes(data, *rows, size, pixel)

    replace_file(folder / VOLUME, write)
    return [VOLUME, *(path.name for path in paths)]


def _shape_of(path: Path) -> Optional[Tuple[int, ...]]:
    """Of the pixels in a slab; None when they cannot all be read."""
    import h5py

    try:
        with h5py.File(path, "r", locking=False) as file:
            data = file[DATASET]
            whole = data.id.get_offset() + data.id.get_storage_size() <= path.stat().st_size
            return tuple(data.shape) if whole and data.dtype == _DTYPE else None
    except (OSError, KeyError, AttributeError, TypeError):
        return None


def _create(
    path: Path, first: int, stop: int, size: int, pixel: Optional[Tuple[float, str]]
) -> int:
    """A slab without its pixels; returns where they begin."""
    import h5py

    with h5py.File(path, "w", libver=("earliest", "v110")) as file:
        data = _group(file)
        offset = create_contiguous(data, _NAME, (stop - first, size, size), _DTYPE)
        _axes(data, first, stop, size, pixel)
    return offset


def _group(file: Any) -> Any:
    file.attrs["default"] = "entry"
    entry = file.create_group("entry")
    entry.attrs["NX_class"] = "NXentry"
    entry.attrs["default"] = "data"
    data = entry.create_group("data")
    data.attrs["NX_class"] = "NXdata"
    data.attrs["signal"] = _NAME
    return data


def _axes(data: Any, first: int, stop: int, size: int, pixel: Optional[Tuple[float, str]]) -> None:
    """Rows as numbers of the full image; y and x from the middle where the pixel is known."""
    data["row"] = np.arange(first, stop, dtype=np.int32)
    if pixel is None:
        data.attrs["axes"] = ["row", ".", "."]
        return
    width, unit = pixel
    data.attrs["axes"] = ["row", "y", "x"]
    for name in ("y", "x"):
        data[name] = (np.arange(size) - (size - 1) / 2) * width
        data[name].attrs["units"] = unit


def _runs(rows: List[int]) -> List[Tuple[int, int]]:
    runs: List[Tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row:
            runs[-1] = (runs[-1][0], row + 1)
        else:
            runs.append((row, row + 1))
    return runs
