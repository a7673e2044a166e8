"""The files that Savu reads and writes: process lists, NXtomo, results.

Needs numpy and h5py; both the tool's process and the runner use it.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple

import numpy as np

from .contiguous import create_contiguous, write_at
from .contract import ToolError

VERSION = "4.2"
"""The Savu that lists are written for."""
ENTRY = "entry1/tomo_entry"
"""Where NxtomoLoader looks by default."""
_BLOCK = 64 << 20

PROJECTION, FLAT, DARK = 0, 1, 2
"""Image keys of NXtomo."""


@dataclass(frozen=True)
class Plugin:
    """One line of a process list.

    Attributes
    ----------
    name, id
        Class and module.
    data
        All parameters: Savu 4.2 takes some of those left out as the word "None" and fails.
    """

    name: str
    id: str
    data: Dict[str, Any]
    active: bool = True


@dataclass(frozen=True)
class ProcessList:
    """Plugins in the order in which they run; loops are (start, end, iterations), from 1."""

    plugins: Sequence[Plugin]
    loops: Sequence[Tuple[int, int, int]] = field(default=())
    version: str = VERSION


def write_list(path: Path, process_list: ProcessList) -> None:
    """Write a process list as Savu 4 reads it."""
    import h5py

    with h5py.File(path, "w", libver=("earliest", "v110")) as file:
        entry = _group(file, "entry", "NXentry")
        notes = _group(entry, "savu_notes", "NXnote")
        if process_list.version:
            notes["version"] = process_list.version
        plugins = _group(entry, "plugin", "NXprocess")
        for number, plugin in enumerate(process_list.plugins, 1):
            group = _group(plugins, str(number), "NXnote")
            for key, text in (
                ("name", plugin.name),
                ("id", plugin.id),
                ("data", json.dumps(plugin.data)),
            ):
                # Savu decodes bytes: strings of a fixed length, in lists of one.
                group[key] = np.array([text.encode()])
            group["active"] = np.array([plugin.active], np.int8)
        loops = _group(entry, "iterate_plugin_groups", "NXnote")
        for number, loop in enumerate(process_list.loops, 1):
            group = _group(loops, str(number), "NXnote")
            for key, value in zip(("start", "end", "iterations"), loop):
                group[key] = np.int32(value)


def read_list(path: Path) -> ProcessList:
    """Read a process list that Savu or this project has saved.

    Raises
    ------
    ToolError
        When the file is damaged, holds something else, or a plugin cannot be read.
    """
    import h5py

    try:
        with h5py.File(path, "r") as file:
            plugins = file.get("entry/plugin")
            if not isinstance(plugins, h5py.Group):
                raise _bad(path, "holds no process list: it has no group entry/plugin")
            keys = sorted(plugins, key=lambda key: (len(key.strip()), key.strip()))
            loops = file.get("entry/iterate_plugin_groups")
            return ProcessList(
                [_plugin(path, key, plugins[key]) for key in keys],
                [_loop(loops[key]) for key in sorted(loops)] if loops else [],
                _text(file["entry/savu_notes/version"][()])
                if "entry/savu_notes/version" in file
                else "",
            )
    except FileNotFoundError:
        raise _bad(path, "is not there") from None
    except (OSError, KeyError, RuntimeError, ValueError, TypeError) as error:
        raise _bad(path, f"is damaged or no process list ({error})") from None


def _plugin(path: Path, key: str, group: Any) -> Plugin:
    name, module = _text(group["name"][0]), _text(group["id"][0])
    try:
        data = json.loads(_text(group["data"][0]))
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise _bad(path, f"is damaged: the parameters of plugin {key.strip()} ({name}) are no JSON")
    active = bool(group["active"][0]) if "active" in group else True
    return Plugin(name, module, data, active)


def _loop(group: Any) -> Tuple[int, int, int]:
    start, end, iterations = (int(group[key][()]) for key in ("start", "end", "iterations"))
    return start, end, iterations


def _bad(path: Path, what: str) -> ToolError:
    return ToolError(
        "savu-list",
        f"The process list {path} {what}.",
        str(path),
        "Choose a list that Savu or the editor of process lists has saved.",
    )


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _group(parent: Any, name: str, kind: str) -> Any:
    group = parent.create_group(name)
    group.attrs["NX_class"] = np.bytes_(kind)
    return group


# --- NXtomo -------------------------------------------------------------------------------------


class NxtomoWriter:
    """Writes an NXtomo file image by image, at the speed of the disk.

    Parameters
    ----------
    path
        The file.
    keys
        Image key of each image, in acquisition order: 0 projection, 1 flat, 2 dark.
    angles
        Degrees, one for each image; those of flats and darks are not used.
    shape
        (row, column) of an image.
    dtype
        Of the pixels.
    name
        Of the sample.
    pixel
        Width of a pixel in micrometres, when it is known.
    """

    def __init__(
        self,
        path: Path,
        keys: Sequence[int],
        angles: Sequence[float],
        shape: Tuple[int, int],
        dtype: Any,
        name: str = "sample",
        pixel: Optional[float] = None,
    ) -> None:
        import h5py

        self._shape = (len(keys), *shape)
        self._dtype = np.dtype(dtype)
        with h5py.File(path, "w", libver=("earliest", "v110")) as file:
            offset = self._layout(file, keys, angles, name, pixel)
        # Past the library: the pixels lie in one piece.
        self._file = os.open(path, os.O_WRONLY)
        self._offset = offset
        self.path = path

    def _layout(
        self,
        file: Any,
        keys: Sequence[int],
        angles: Sequence[float],
        name: str,
        pixel: Optional[float],
    ) -> int:
        file.attrs["default"] = "entry1"
        outer = _group(file, "entry1", "NXentry")
        entry = _group(outer, "tomo_entry", "NXsubentry")
        entry["definition"] = "NXtomo"
        detector = _group(_group(entry, "instrument", "NXinstrument"), "detector", "NXdetector")
        offset = create_contiguous(detector, "data", self._shape, self._dtype)
        detector["image_key"] = np.asarray(keys, np.int32)
        if pixel is not None:
            for key in ("x_pixel_size", "y_pixel_size"):
                detector[key] = pixel
                detector[key].attrs["units"] = "um"
        sample = _group(entry, "sample", "NXsample")
        sample["name"] = name
        sample["rotation_angle"] = np.asarray(angles, np.float64)
        sample["rotation_angle"].attrs["units"] = "degrees"
        data = _group(entry, "data", "NXdata")
        data.attrs["signal"] = "data"
        data["data"] = detector["data"]
        data["rotation_angle"] = sample["rotation_angle"]
        data["image_key"] = detector["image_key"]
        return offset

    def write(self, first: int, images: np.ndarray) -> None:
        """Write neighbouring images (image, row, column) from the index ``first`` on."""
        count = self._dtype.itemsize * int(np.prod(self._shape[1:]))
        data = np.ascontiguousarray(images, self._dtype)
        write_at(self._file, self._offset + first * count, data)

    def close(self) -> None:
        """Give the file up; all images must be written."""
        os.close(self._file)

    def __enter__(self) -> NxtomoWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


# --- results ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Volume:
    """A reconstructed volume that Savu has written.

    Attributes
    ----------
    path, dataset
        File, and data set in it.
    shape
        Of the data; axes beyond the third are of tuned parameters.
    axis
        The one that counts slices: the middle one, (x, slice, z).
    centre
        Axis of rotation that Savu used, in columns of the cropped image; None when not written.
    """

    path: Path
    dataset: str
    shape: Tuple[int, ...]
    axis: int
    centre: Optional[float] = None

    @property
    def count(self) -> int:
        """Number of slices."""
        return self.shape[self.axis]

    @property
    def size(self) -> Tuple[int, int]:
        """Height and width of a slice."""
        height, width = (n for axis, n in enumerate(self.shape[:3]) if axis != self.axis)
        return height, width

    @property
    def versions(self) -> int:
        """Volumes side by side, as tuned parameters make them; the first one is read."""
        return int(np.prod(self.shape[3:], dtype=int))

    def slices(self, indices: Iterable[int]) -> Iterable[np.ndarray]:
        """float32 slices (y, x), y downwards as everywhere here: Savu's are upside down.

        Neighbouring slices are read together, as they are chunked on the disk.
        """
        import h5py

        wanted: List[int] = list(indices)
        height, width = self.size
        count = max(1, _BLOCK // (4 * height * width))
        with h5py.File(self.path, "r", locking=False) as file:
            data = file[self.dataset]
            for start in range(0, len(wanted), count):
                block = wanted[start : start + count]
                first, last = min(block), max(block) + 1
                if last - first != len(block):
                    raise ValueError("the slices are not neighbours")
                cut: List[Any] = [slice(None)] * 3 + [0] * (len(self.shape) - 3)
                cut[self.axis] = slice(first, last)
                read = np.moveaxis(np.asarray(data[tuple(cut)], np.float32), self.axis, 0)
                for index in block:
                    yield read[index - first, ::-1]


def find_volume(folder: Path) -> Volume:
    """The reconstructed volume in Savu's output folder.

    Raises
    ------
    ToolError
        When there is no result, or none that is reconstructed.
    """
    import h5py

    found = sorted(folder.glob("*_processed.nxs"))
    if not found:
        raise _no_result(folder, "Savu wrote no *_processed.nxs")
    path = found[0]
    try:
        with h5py.File(path, "r", locking=False) as file:
            names = [name for name in file["entry"] if name.startswith("final_result_")]
            if not names:
                raise _no_result(folder, "Savu did not finish: its file has no final result")
            for name in names:
                group = file["entry"][name]
                axes = [_text(axis) for axis in np.atleast_1d(group.attrs.get("axes", []))]
                if "voxel_y" in axes and "data" in group and group["data"].ndim >= 3:
                    inside = f"entry/{name}/data"
                    shape = tuple(int(n) for n in group["data"].shape)
                    return Volume(path, inside, shape, axes.index("voxel_y"), _centre(group))
    except (OSError, KeyError, RuntimeError) as error:
        raise _no_result(folder, f"Savu's result cannot be read ({error})") from None
    raise _no_result(folder, "Savu's result has no reconstructed volume")


def _centre(group: Any) -> Optional[float]:
    place = "meta_data/centre_of_rotation/centre_of_rotation"
    if place not in group:
        return None
    values = np.asarray(group[place], np.float64)
    values = values[np.isfinite(values)]
    return float(np.median(values)) if values.size else None


def _no_result(folder: Path, what: str) -> ToolError:
    return ToolError(
        "savu-no-result",
        f"{what}.",
        str(folder),
        "The log of Savu in run_log/user.log says how far it came; a list needs a reconstruction.",
    )
