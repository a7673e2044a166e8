"""TIFF files: headers once, then only the rows that are asked for."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, List, Optional, Sequence, Tuple

import numpy as np
import tifffile

from ..failures import DataFailure

EXTENSIONS = (".tif", ".tiff")


@dataclass(frozen=True)
class Layout:
    """Where the pixels of one TIFF file lie.

    ``offset`` is None when they cannot be read in place (compressed, tiled): then the whole image
    is decoded. ``written`` is when the file was written (ns) and its size.
    """

    rows: int
    columns: int
    dtype: np.dtype[Any]
    offset: Optional[int]
    written: Tuple[int, int]


def layout(path: Path) -> Layout:
    """Read a file's header.

    Raises
    ------
    DataFailure
        When the file is missing, no grey image, or shorter than its header says.
    """
    try:
        # Before the header, so that a file that is written meanwhile is looked at again.
        status = path.stat()
        with tifffile.TiffFile(path) as tiff:
            page = tiff.pages[0]
            if len(page.shape) != 2 or page.dtype is None or page.dtype.kind not in "uif":
                raise _broken(path, "is not a grey image of numbers")
            dtype = page.dtype.newbyteorder(tiff.byteorder)
            rows, columns = int(page.shape[0]), int(page.shape[1])
            offset = page.dataoffsets[0] if page.is_contiguous else None
            ends = [a + b for a, b in zip(page.dataoffsets, page.databytecounts)]
        needed = max(ends)
        if offset is not None:
            needed = offset + rows * columns * dtype.itemsize
        if path.stat().st_size < needed:
            raise _broken(path, "is cut short")
    except FileNotFoundError:
        raise DataFailure(
            "file-missing", f"{path} is missing.", str(path), "Restore the file."
        ) from None
    except (OSError, tifffile.TiffFileError, ValueError, IndexError, KeyError) as error:
        raise _broken(path, f"cannot be read as TIFF ({error})") from None
    return Layout(rows, columns, dtype, offset, _written(status))


def _written(status: os.stat_result) -> Tuple[int, int]:
    return status.st_mtime_ns, status.st_size


def _broken(path: Path, what: str) -> DataFailure:
    return DataFailure(
        "file-broken",
        f"{path} {what}.",
        str(path),
        "Copy the file again, or leave its projection out with dataset.exclude.",
    )


class TiffSeries:
    """A stack of TIFF files, one image each, in the order given."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = list(files)
        self._layouts: List[Optional[Layout]] = [None] * len(self._files)
        first = self._layout(0)
        self._first = first
        self._decoded = threading.local()

    @property
    def shape(self) -> Tuple[int, int, int]:
        return (len(self._files), self._first.rows, self._first.columns)

    @property
    def dtype(self) -> np.dtype[Any]:
        found: np.dtype[Any] = self._first.dtype.newbyteorder("=")
        return found

    @property
    def files(self) -> List[Path]:
        """The files, in order."""
        return list(self._files)

    def name(self, index: int) -> str:
        return str(self._files[index])

    @property
    def batch(self) -> int:
        return 4

    def read(
        self, start: int, stop: int, top: int, bottom: int, left: int, right: int
    ) -> np.ndarray:
        if stop - start == 1:
            return self._read(start, top, bottom, left, right)[np.newaxis]
        images = np.empty((stop - start, bottom - top, right - left), self.dtype)
        for index in range(start, stop):
            images[index - start] = self._read(index, top, bottom, left, right)
        return images

    def _read(self, index: int, top: int, bottom: int, left: int, right: int) -> np.ndarray:
        found = self._checked(index)
        if found.offset is None:
            return self._decode(index)[top:bottom, left:right]
        stride = found.columns * found.dtype.itemsize
        count = (bottom - top) * stride
        path = self._files[index]
        try:
            descriptor = os.open(path, os.O_RDONLY)
            try:
                data = os.pread(descriptor, count, found.offset + top * stride)
            finally:
                os.close(descriptor)
        except FileNotFoundError:
            raise DataFailure(
                "file-missing", f"{path} is missing.", str(path), "Restore the file."
            ) from None
        except OSError as error:
            raise _broken(path, f"cannot be read ({error.strerror})") from None
        if len(data) != count:
            raise _broken(path, "is cut short")
        image = np.frombuffer(data, found.dtype).reshape(bottom - top, found.columns)
        return image[:, left:right]

    def check(self, indices: Sequence[int]) -> None:
        for index in indices:
            self._checked(index)

    def _layout(self, index: int) -> Layout:
        known = self._layouts[index]
        # A file may be written anew, with another header, while the series is open.
        if known is None or known.written != self._written(index):
            known = layout(self._files[index])
            self._layouts[index] = known
        return known

    def _written(self, index: int) -> Optional[Tuple[int, int]]:
        try:
            return _written(self._files[index].stat())
        except OSError:
            # Reading it says what is wrong.
            return None

    def _checked(self, index: int) -> Layout:
        found = self._layout(index)
        if (found.rows, found.columns) != (self._first.rows, self._first.columns):
            raise DataFailure(
                "sizes-differ",
                f"{self._files[index]} has {found.rows} x {found.columns} pixels, "
                f"but {self._files[0].name} has {self._first.rows} x {self._first.columns}.",
                str(self._files[index]),
                "Give the group of other images the role ignore, or leave the frame out "
                "with dataset.exclude.",
            )
        return found

    def _decode(self, index: int) -> np.ndarray:
        """A whole compressed image; the last one of each thread is kept."""
        wanted = (index, self._layouts[index])
        if getattr(self._decoded, "kept", None) != wanted:
            path = self._files[index]
            try:
                self._decoded.image = tifffile.imread(path, key=0)
            except (OSError, ValueError, tifffile.TiffFileError) as error:
                raise _broken(path, f"cannot be decoded ({error})") from None
            self._decoded.kept = wanted
        image: np.ndarray = self._decoded.image
        return image
