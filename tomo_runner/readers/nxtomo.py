"""NXtomo files, read leniently: real ones leave things out and put them elsewhere."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from ..failures import DataFailure
from .acquisition import Acquisition, Angles, Group, PixelSize, References
from .folder import _named

SUFFIXES = (".nxs", ".h5", ".hdf5", ".hdf", ".nx")
_ROLES = {0: "projection", 1: "flat", 2: "dark", 3: "ignore"}
_NAMES = {0: "projections", 1: "flats", 2: "darks", 3: "invalid"}
_TO_MICROMETRE = {
    "um": 1.0, "µm": 1.0, "micron": 1.0, "microns": 1.0, "micrometer": 1.0, "micrometre": 1.0,
    "mm": 1e3, "millimeter": 1e3, "millimetre": 1e3, "cm": 1e4, "m": 1e6, "nm": 1e-3,
}  # fmt: skip


class HdfSeries:
    """Some frames of an HDF5 data set (frame, row, column)."""

    def __init__(self, dataset: Any, frames: Sequence[int], path: Path, lock: Any) -> None:
        self._dataset = dataset
        self._frames = [int(frame) for frame in frames]
        self._path = path
        self._lock = lock

    @property
    def shape(self) -> Tuple[int, int, int]:
        _, rows, columns = self._dataset.shape
        return (len(self._frames), int(rows), int(columns))

    @property
    def dtype(self) -> np.dtype[Any]:
        found: np.dtype[Any] = self._dataset.dtype.newbyteorder("=")
        return found

    def name(self, index: int) -> str:
        return f"{self._path}, frame {self._frames[index]}"

    @property
    def batch(self) -> int:
        chunks = self._dataset.chunks
        return max(4, min(64, int(chunks[0]))) if chunks else 4

    def read(
        self, start: int, stop: int, top: int, bottom: int, left: int, right: int
    ) -> np.ndarray:
        frames = self._frames[start:stop]
        first, last = frames[0], frames[-1] + 1
        try:
            with self._lock:
                if last - first == len(frames):
                    images: np.ndarray = self._dataset[first:last, top:bottom, left:right]
                else:
                    images = self._dataset[frames, top:bottom, left:right]
        except (OSError, RuntimeError, ValueError) as error:
            raise DataFailure(
                "file-broken",
                f"{self.name(start)} cannot be read ({error}).",
                str(self._path),
                "Copy the file again.",
            ) from None
        return images

    def check(self, indices: Sequence[int]) -> None:
        """Frames of one data set have one size: nothing to look at."""


def open_nxtomo(path: Path, dataset: Mapping[str, Any], base: Path) -> Acquisition:
    """Open an NXtomo (or ``/exchange``) file; it stays open as long as the acquisition lives.

    Raises
    ------
    DataFailure
        When it is no HDF5 file, or has no three-dimensional data.
    """
    try:
        import h5py
    except ImportError:
        raise DataFailure(
            "h5py-missing",
            f"{path.name} is an HDF5 file, and this Python has no h5py.",
            "dataset.path",
            "Install h5py in the environment of the kernel.",
        ) from None
    try:
        # Facility files lie on read-only disks and may still be open for writing elsewhere.
        file = h5py.File(path, "r", locking=False)
    except OSError as error:
        raise DataFailure(
            "file-broken",
            f"{path} is not a readable HDF5 file ({error}).",
            str(path),
            "Copy the file again.",
        ) from None
    entry = _entry(file, h5py)
    if entry is None:
        raise DataFailure(
            "no-tomography",
            f"{path} has no NXtomo entry with three-dimensional data.",
            "dataset.path",
            "Choose a file with instrument/detector/data, or /exchange/data; when the data are "
            "in another file that it links to, bring that file along.",
        )
    return _read(file, entry, path, dataset, base, h5py)


def _entry(file: Any, h5py: Any) -> Optional[Any]:
    """The first group that is defined as NXtomo, else the first that looks like one."""
    groups: List[Any] = []

    def visit(_: str, item: Any) -> None:
        if isinstance(item, h5py.Group):
            groups.append(item)

    file.visititems(visit)
    defined = [g for g in groups if _text(g, "definition").lower() == "nxtomo"]
    for group in [*defined, *groups, file]:
        if _data(group) is not None:
            return group
    return None


def _data(group: Any) -> Optional[Any]:
    for place in ("instrument/detector/data", "data/data", "exchange/data"):
        found = _get(group, place)
        if found is not None and getattr(found, "ndim", 0) == 3:
            return found
    return None


def _read(
    file: Any, entry: Any, path: Path, recipe: Mapping[str, Any], base: Path, h5py: Any
) -> Acquisition:
    data = _data(entry)
    if data is None:
        raise TypeError("the entry was chosen because it has data")
    count = int(data.shape[0])
    lock = threading.Lock()
    warnings: List[str] = []
    notes: List[str] = []
    key = _image_key(entry, count, warnings)
    roles = dict(recipe.get("roles", {}))
    groups: List[Group] = []
    for value in sorted(set(key.tolist())):
        proposed = _ROLES.get(value, "ignore")
        name = _NAMES.get(value, f"image key {value}")
        series = HdfSeries(data, np.flatnonzero(key == value).tolist(), path, lock)
        groups.append(Group(name, series, roles.pop(name, proposed), proposed))
    if roles:
        raise DataFailure(
            "unknown-group",
            f'There is no group "{sorted(roles)[0]}" in {path}.',
            f"dataset.roles.{sorted(roles)[0]}",
            f"The groups are {', '.join(group.name for group in groups)}.",
        )
    chosen = np.array([_role(groups, value) for value in key.tolist()])
    frames = np.flatnonzero(chosen == "projection")
    if not len(frames):
        raise DataFailure(
            "no-projections",
            f"No frame of {path} is a projection.",
            str(path),
            "Check the file's image key.",
        )
    flats = _runs(chosen, frames, "flat", data, path, lock)
    darks = _runs(chosen, frames, "dark", data, path, lock)
    flats += _separate(entry, ("exchange/data_white", "instrument/detector/flatfield"), path, lock)
    darks += _separate(entry, ("exchange/data_dark", "instrument/detector/darkfield"), path, lock)
    flats = _named(recipe.get("flats"), "flats", base, float(len(frames))) or flats
    darks = _named(recipe.get("darks"), "darks", base, float(len(frames))) or darks
    return Acquisition(
        path=str(path),
        kind="nxtomo",
        projections=HdfSeries(data, frames.tolist(), path, lock),
        flats=flats,
        darks=darks,
        opposite=None,
        angles=_angles(entry, frames, count, notes, warnings),
        groups=groups,
        pixel_size=_pixel_size(entry),
        warnings=warnings,
    )


def _role(groups: List[Group], value: int) -> str:
    name = _NAMES.get(value, f"image key {value}")
    return next(group.role for group in groups if group.name == name)


def _image_key(entry: Any, count: int, warnings: List[str]) -> np.ndarray:
    for place in (
        "instrument/detector/image_key",
        "image_key",
        "data/image_key",
        "instrument/imaging/image_key",
        "../instrument/imaging/image_key",
    ):
        found = _get(entry, place)
        if found is not None:
            key = np.asarray(found[()]).ravel()
            if len(key) == count:
                whole: np.ndarray = np.rint(key).astype(np.int64)
                return whole
            raise DataFailure(
                "image-key",
                f"The image key has {len(key)} values for {count} frames.",
                str(entry.file.filename),
                "The file is not consistent; write it again.",
            )
    if _get(entry, "exchange/data") is None:
        warnings.append("The file has no image key: every frame is taken as a projection.")
    return np.zeros(count, dtype=np.int64)


def _runs(
    chosen: np.ndarray, frames: np.ndarray, role: str, data: Any, path: Path, lock: Any
) -> List[References]:
    """References in runs of neighbouring frames; each stands where it was measured."""
    references: List[References] = []
    indices = np.flatnonzero(np.isin(chosen, [role, f"{role}-after"]))
    if not len(indices):
        return references
    cuts = np.searchsorted(frames, indices)
    for position in sorted(set(cuts.tolist())):
        run = indices[cuts == position]
        series = HdfSeries(data, run.tolist(), path, lock)
        references.append(References(float(position), series, f"{role}s at {position}"))
    return references


def _separate(entry: Any, places: Sequence[str], path: Path, lock: Any) -> List[References]:
    """References in a data set of their own, as older files have them."""
    for place in places:
        found = _get(entry, place)
        if found is not None and getattr(found, "ndim", 0) == 3:
            series = HdfSeries(found, range(int(found.shape[0])), path, lock)
            return [References(0.0, series, place)]
    return []


def _angles(
    entry: Any, frames: np.ndarray, count: int, notes: List[str], warnings: List[str]
) -> Angles:
    for place in (
        "sample/rotation_angle",
        "data/rotation_angle",
        "rotation_angle",
        "exchange/theta",
    ):
        found = _get(entry, place)
        if found is None:
            continue
        values = np.asarray(found[()], dtype=np.float64).ravel()
        if len(values) == count:
            values = values[frames]
        elif len(values) != len(frames):
            warnings.append(f"{place} has {len(values)} values for {count} frames: it is not used.")
            continue
        if not np.isfinite(values).all():
            warnings.append(f"{place} has values that are not numbers: it is not used.")
            continue
        return _degrees(values, _unit(found))
    return Angles(None, "unknown")


def _degrees(values: np.ndarray, unit: str) -> Angles:
    if unit.lower().startswith("rad"):
        return Angles(np.rad2deg(values), "file", "converted from radians, the unit in the file")
    if unit:
        return Angles(values, "file")
    span = float(np.ptp(values))
    # A scan of less than seven degrees is nobody's tomogram, half or a full turn in radians is.
    if len(values) > 10 and 0.9 * np.pi <= span <= 2.1 * np.pi:
        return Angles(
            np.rad2deg(values),
            "file",
            f"the file gives no unit; a span of {span:.3f} can only be radians",
        )
    return Angles(values, "file", "the file gives no unit; taken as degrees")


def _pixel_size(entry: Any) -> Optional[PixelSize]:
    for place in (
        "instrument/detector/x_pixel_size",
        "instrument/detector/real_x_pixel_size",
        "sample/x_pixel_size",
    ):
        found = _get(entry, place)
        if found is None:
            continue
        factor = _TO_MICROMETRE.get(_unit(found))
        value = float(np.asarray(found[()]).ravel()[0])
        if factor is not None and np.isfinite(value) and value > 0:
            return PixelSize(value * factor, "um", "file")
    return None


def _get(group: Any, place: str) -> Optional[Any]:
    """An item, or None when it is not there or is a link into nothing."""
    if place.startswith("../"):
        group, place = group.parent, place[3:]
    try:
        return group[place]
    except (KeyError, OSError, RuntimeError):
        return None


def _text(group: Any, key: str) -> str:
    found = _get(group, key)
    if found is None or not hasattr(found, "shape"):
        return ""
    return _decode(np.asarray(found[()]).ravel()[:1].tolist())


def _unit(item: Any) -> str:
    units = item.attrs.get("units", "")
    return _decode(np.asarray(units).ravel()[:1].tolist())


def _decode(values: List[Any]) -> str:
    if not values:
        return ""
    value = values[0]
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text.strip()
