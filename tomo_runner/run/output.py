"""The result folder: who may write into it, its slices, and the record that completes it."""

from __future__ import annotations

import io
import json
import re
import time
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import numpy as np
import tifffile

from ..failures import OutputFailure, RecipeFailure, output_failure
from ..files import clear_parts, is_part, replace_file, replace_json
from ..recipe import Recipe
from .names import rows_of, slice_name, slices
from .parts import finishing, until_ours
from .slabs import SlabWriter, require_h5py, write_volume

LOCK = ".tomo-job.json"
RECORD = "result.json"
RECIPE = "recipe.tomo.json"
README = "0.README_reconstruction.txt"
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def expand_output(recipe: Recipe, base: Path, name: str, date: Optional[str] = None) -> Path:
    """The absolute result folder of a recipe, with {name}, {tool} and {date} filled in.

    Parameters
    ----------
    date
        What stands for {date}; now when left out.

    Raises
    ------
    RecipeFailure
        When the template asks for something else.
    """
    template = recipe.get("output", {}).get("folder", "processed/{name}_{tool}_{date}")
    values = {
        "name": re.sub(r"[/\\\0]", "_", name),
        "tool": recipe.get("reconstruction", {}).get("tool", "builtin"),
        "date": date or time.strftime("%Y-%m-%d_%H%M%S"),
    }
    unknown = [key for key in _PLACEHOLDER.findall(template) if key not in values]
    if unknown:
        raise RecipeFailure(
            "unknown-placeholder",
            f"output.folder has the unknown placeholder {{{unknown[0]}}}.",
            "output.folder",
            "Allowed are {name}, {tool} and {date}.",
        )
    filled = _PLACEHOLDER.sub(lambda match: values[match.group(1)], template)
    return Path(base, filled).absolute()


def format_of(recipe: Recipe) -> str:
    """How a recipe wants its slices: ``tiff`` or ``hdf5``."""
    return str(recipe.get("output", {}).get("format", "tiff"))


class ResultFolder:
    """A folder that one run fills with slices.

    Parameters
    ----------
    path
        Absolute folder.
    pixel
        Width of a pixel and its unit, or None; written so that ImageJ shows it.
    format
        ``tiff``: a file a slice. ``hdf5``: a file a slab, and a virtual dataset over them.

    Raises
    ------
    RecipeFailure
        ``h5py-missing`` when the format needs it.
    """

    def __init__(
        self, path: Path, pixel: Optional[Tuple[float, str]] = None, format: str = "tiff"
    ) -> None:
        if format == "hdf5":
            require_h5py()
        self.path = path
        self.format = format
        self._pixel = pixel

    def claim(self, identity: str, folder: str) -> None:
        """Make the folder this run's own.

        Parameters
        ----------
        identity
            Id of the run; a folder with the same id in its lock is gone on with.
        folder
            Where the run's journal is.

        Raises
        ------
        OutputFailure
            When it holds something else, or cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            holds = sorted(c.name for c in self.path.iterdir() if not is_part(c.name))
        except (FileExistsError, NotADirectoryError):
            raise OutputFailure(
                "output-no-folder",
                f"{self.path} is not a folder.",
                str(self.path),
                "Choose another output folder.",
            ) from None
        except OSError as error:
            raise output_failure(error, self.path) from None
        if holds and self.owner().get("id") != identity:
            done = RECORD in holds
            raise OutputFailure(
                "output-exists",
                f"The output folder {self.path} exists and "
                + ("holds a finished result." if done else "is not empty."),
                str(self.path),
                "Choose another folder, or remove this one.",
            )
        replace_json(self.path / LOCK, {"id": identity, "folder": folder})

    def join(self, identity: str, whole: Path) -> None:
        """Make the folder that of a run which several tasks share, or find it so.

        Parameters
        ----------
        identity
            Id of the whole run.
        whole
            Its job folder.

        Raises
        ------
        OutputFailure
            As ``claim`` does.
        """
        if (self.path / RECORD).exists() and finishing(whole) is not None:
            # A task that is run again when all is done: it finds its slices and ends.
            return
        if self.owner().get("id") != identity:
            until_ours(lambda: self.claim(identity, str(whole)))

    def owner(self) -> Dict[str, Any]:
        """What the lock says; empty without one."""
        try:
            lock = json.loads((self.path / LOCK).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return lock if isinstance(lock, dict) else {}

    @contextmanager
    def slab(self, first: int, stop: int) -> Iterator[Callable[[int, np.ndarray], None]]:
        """Write rows from ``first`` up to, not with, ``stop``: a function of row and slice (y, x).

        Slices are float32, in any order and from any thread. What was written when the
        ``with`` ends stays, however it ends.
        """
        if self.format == "tiff":
            yield self._write
            return
        writer = SlabWriter(self.path, first, stop, self._pixel)
        try:
            yield writer.write
        finally:
            writer.keep()

    def finished(self, height: int, width: int) -> List[int]:
        """Rows whose slice is there with all its pixels, ascending."""
        found = slices(self.path)
        rows: Dict[Path, int] = {}
        for _, path in found:
            rows[path] = rows.get(path, 0) + 1
        whole = {p for p, count in rows.items() if p.stat().st_size >= count * height * width * 4}
        return [row for row, path in found if path in whole]

    def files(self, rows: Tuple[int, int], size: int, unit: str) -> List[str]:
        """Names of the files of all slices, which are written by now; completes the volume."""
        if self.format == "hdf5":
            return write_volume(self.path, rows, size, unit, self._pixel)
        return [slice_name(row) for row in range(*rows)]

    def clear_parts(self, rows: Optional[Tuple[int, int]] = None) -> None:
        """Remove what a killed process left half-written, of all rows or of some."""
        if rows is None:
            clear_parts(self.path)
            return
        top, bottom = rows

        def within(name: str) -> bool:
            own = rows_of(name)
            return own is not None and top <= own[0] and own[1] <= bottom

        clear_parts(self.path, within)

    def _write(self, row: int, image: np.ndarray) -> None:
        replace_file(
            self.path / slice_name(row), lambda part: _write_tiff(part, image, self._pixel)
        )

    def complete(self, record: Dict[str, Any]) -> None:
        """Write the record, last of all, and give the folder up."""
        replace_json(self.path / RECORD, record)
        try:
            (self.path / LOCK).unlink()
        except OSError as error:
            raise output_failure(error, self.path / LOCK) from None


def write_slice(path: Path, image: np.ndarray, pixel: Optional[Tuple[float, str]]) -> None:
    """Write one image to any place, as slices of a run are written."""
    folder = path.parent
    if not folder.is_dir():
        raise OutputFailure(
            "output-missing",
            f"The folder {folder} does not exist.",
            str(folder),
            "Make it, or choose another.",
        )
    replace_file(path, lambda part: _write_tiff(part, image, pixel))


def remove_run_folder(output: Path, folder: Path) -> None:
    """Remove journal and lock of a command's run when it is complete or made nothing.

    What an interrupted run has made stays, with its journal, so that the same command goes on.
    """
    complete = (output / RECORD).exists()
    if not complete and slices(output):
        return
    try:
        for child in folder.iterdir() if folder.is_dir() else []:
            child.unlink()
        if folder.is_dir():
            folder.rmdir()
        if not complete:
            (output / LOCK).unlink()
            output.rmdir()
    except OSError:
        # Something else is in the folder: it is not ours to remove.
        return


def _write_tiff(path: Path, image: np.ndarray, pixel: Optional[Tuple[float, str]]) -> None:
    """Write an image as TIFF; its pixels go from where they are to the file."""
    data = np.ascontiguousarray(image)
    head = _head(data.shape, data.dtype.str, pixel)
    with open(path, "wb") as file:
        file.write(head)
        file.write(data.data)


@lru_cache(maxsize=4)
def _head(shape: Tuple[int, ...], dtype: str, pixel: Optional[Tuple[float, str]]) -> bytes:
    """What stands before the pixels of a TIFF file, which are its end: the same for all slices."""
    file = io.BytesIO()
    blank = np.zeros(shape, dtype)
    tifffile.imwrite(file, blank, photometric="minisblack", metadata=None, **_tags(pixel))
    return file.getvalue()[: -blank.nbytes]


def _tags(pixel: Optional[Tuple[float, str]]) -> Dict[str, Any]:
    """Resolution as ImageJ reads it: pixels a unit, and the unit in the description."""
    if pixel is None:
        return {"description": "ImageJ=1.53k\nimages=1\n"}
    value, unit = pixel
    description = f"ImageJ=1.53k\nimages=1\nunit={unit}\nspacing={value!r}\n"
    return {
        "description": description,
        "resolution": (1.0 / value, 1.0 / value),
        "resolutionunit": "NONE",
    }
