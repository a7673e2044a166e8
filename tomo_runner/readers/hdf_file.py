"""An HDF5 file that something may write anew, in its place, while it is open here.

The library knows a file by its place on the disk: while one handle is open, another one gets the
headers that the first has read, so sizes of the old file and of the new one would be mixed. So a
process opens each file once, and closes it before it is opened again.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, Optional, Tuple, TypeVar
from weakref import WeakValueDictionary

import numpy as np

from ..failures import DataFailure

T = TypeVar("T")

_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds after each look at a file that changes while it is looked at."""
_RECENT = 60.0
"""Seconds: what was written so lately and cannot be read is not complete yet."""
ERRORS = (OSError, RuntimeError, ValueError, KeyError)
"""What the library says of a file whose parts do not belong together. What reads values raises
none of these: an odd one is told in words."""


class HdfFile:
    """A file, for all data sets of this process that are in it; :func:`hdf_file` gives it.

    Attributes
    ----------
    path
        Where it is.
    opened
        How many times it was opened: another number means that it was written since.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.opened = 0
        self._lock = threading.RLock()
        self._file: Any = None
        self._written: Optional[Tuple[int, int]] = None
        self._datasets: Dict[str, Any] = {}

    def steady(self, look: Callable[[Any], T]) -> T:
        """What ``look`` finds in the open file while nobody writes to it.

        Raises
        ------
        DataFailure
            What ``look`` says, or that this is no HDF5 file, or is being written.
        """

        def quietly(file: Any) -> T:
            found = look(file)
            if self._now() != self._written:
                raise OSError("it was written meanwhile")
            return found

        return self._tried(quietly, f"{self.path} is not a readable HDF5 file")

    def read(
        self,
        place: str,
        stands: Callable[[Any], None],
        selection: Tuple[Any, ...],
        name: str,
    ) -> np.ndarray:
        """Pixels of a data set; ``stands`` refuses a file that is another one than before.

        It is asked again when the file was written meanwhile. Growing at its end, or a word that
        is added to it, is no harm to the frames that are there.
        """

        def pixels(file: Any) -> np.ndarray:
            stands(file)
            if place not in self._datasets:
                self._datasets[place] = file[place]
            images: np.ndarray = self._datasets[place][selection]
            stands(self._current())
            return images

        return self._tried(pixels, f"{name} cannot be read")

    def _tried(self, look: Callable[[Any], T], failed: str) -> T:
        for pause in _PAUSES:
            with self._lock:
                try:
                    return look(self._current())
                except PermissionError as error:
                    # Flats that a recipe names may lie elsewhere.
                    raise unreadable(error.filename or self.path) from None
                except FileNotFoundError as error:
                    raise _broken(self.path, f"{failed} ({error}).") from None
                except ERRORS as error:
                    if not self._unsettled():
                        raise _broken(self.path, f"{failed} ({error}).") from None
                except DataFailure:
                    # A file that is being written says many things of itself.
                    if self._file is not None and self._now() == self._written:
                        raise
            time.sleep(pause)
        raise _being_written(self.path)

    def _current(self) -> Any:
        """The file as it is now, opened again when it was written since."""
        if self._file is None or self._now() != self._written:
            self._close()
            import h5py

            # Before its headers, so that what is written meanwhile is seen.
            self._written = _written(self.path.stat())
            # Facility files lie on read-only disks and may be open for writing elsewhere.
            self._file = h5py.File(self.path, "r", locking=False)
            self.opened += 1
        return self._file

    def _now(self) -> Tuple[int, int]:
        """When the file that is open was written, and its size; not of one that took its name."""
        return _written(os.fstat(self._file.id.get_vfd_handle()))

    def _unsettled(self) -> bool:
        """Whether somebody is writing to it, as far as its times tell."""
        try:
            status = self.path.stat()
        except OSError:
            return False
        recent = abs(time.time() - status.st_mtime) < _RECENT
        return recent or _written(status) != self._written

    def _close(self) -> None:
        """Everything of it, also what a link leads to in another file."""
        for dataset in self._datasets.values():
            if dataset.id.valid:
                dataset.file.close()
        self._datasets.clear()
        if self._file is not None:
            self._file.close()
        self._file = None


_FILES: WeakValueDictionary[Tuple[int, int], HdfFile] = WeakValueDictionary()
_FILES_LOCK = threading.Lock()


def hdf_file(path: Path) -> HdfFile:
    """The one of this process for what lies at a path; the library tells files apart alike."""
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise _broken(path, f"{path} is not a readable HDF5 file ({error}).") from None
    with _FILES_LOCK:
        file = _FILES.setdefault((status.st_dev, status.st_ino), HdfFile(path))
        # It may have been moved since.
        file.path = path
        return file


def _written(status: os.stat_result) -> Tuple[int, int]:
    return status.st_mtime_ns, status.st_size


def unreadable(path: object) -> DataFailure:
    """What is said of data that are not for everybody."""
    return DataFailure(
        "data-unreadable",
        f"{path} cannot be read: permission denied.",
        "dataset.path",
        "Ask for read permission.",
    )


def _broken(path: Path, message: str) -> DataFailure:
    return DataFailure("file-broken", message, str(path), "Copy the file again.")


def _being_written(path: Path) -> DataFailure:
    return DataFailure(
        "data-being-written",
        f"{path} is being written, and is not complete yet.",
        str(path),
        "Wait until it is; when nothing writes it any more, copy it again.",
    )
