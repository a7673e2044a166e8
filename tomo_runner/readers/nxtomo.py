"""NXtomo files, read leniently: real ones leave things out and put them elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from ..failures import DataFailure
from .acquisition import Acquisition, Angles, Group, PixelSize, References
from .folder import _named
from .hdf_file import HdfFile, hdf_file

SUFFIXES = (".nxs", ".h5", ".hdf5", ".hdf", ".nx")
_ROLES = {0: "projection", 1: "flat", 2: "dark", 3: "ignore"}
_NAMES = {0: "projections", 1: "flats", 2: "darks", 3: "invalid"}
_KEYS = (
    "instrument/detector/image_key",
    "image_key",
    "data/image_key",
    "instrument/imaging/image_key",
    "../instrument/imaging/image_key",
)
_THETAS = ("sample/rotation_angle", "data/rotation_angle", "rotation_angle", "exchange/theta")
_TO_MICROMETRE = {
    "um": 1.0, "µm": 1.0, "micron": 1.0, "microns": 1.0, "micrometer": 1.0, "micrometre": 1.0,
    "mm": 1e3, "millimeter": 1e3, "millimetre": 1e3, "cm": 1e4, "m": 1e6, "nm": 1e-3,
}  # fmt: skip


class HdfSeries:
    """Some frames of an HDF5 data set (frame, row, column)."""

    def __init__(self, scan: Scan, place: str, data: Any, frames: Sequence[int]) -> None:
        self._scan = scan
        self._place = place
        self._frames = [int(frame) for frame in frames]
        self._size = (int(data.shape[1]), int(data.shape[2]))
        self._dtype: np.dtype[Any] = data.dtype.newbyteorder("=")
        self._batch = max(4, min(64, int(data.chunks[0]))) if data.chunks else 4

    @property
    def shape(self) -> Tuple[int, int, int]:
        return (len(self._frames), *self._size)

    @property
    def dtype(self) -> np.dtype[Any]:
        return self._dtype

    def name(self, index: int) -> str:
        return f"{self._scan.file.path}, frame {self._frames[index]}"

    @property
    def batch(self) -> int:
        return self._batch

    def read(
        self, start: int, stop: int, top: int, bottom: int, left: int, right: int
    ) -> np.ndarray:
        frames = self._frames[start:stop]
        first, last = frames[0], frames[-1] + 1
        together = slice(first, last) if last - first == len(frames) else frames
        selection = (together, slice(top, bottom), slice(left, right))
        return self._scan.file.read(self._place, self._scan.check, selection, self.name(start))

    def check(self, indices: Sequence[int]) -> None:
        """Frames of one data set have one size: nothing to look at."""


class Scan:
    """What a file said of itself when it was opened, and whether it says so still."""

    def __init__(self, file: HdfFile, entry: Any, data: Any) -> None:
        self.file = file
        self._opened = file.opened
        self._said = _said(entry, data)
        self._used: Optional[np.ndarray] = None

    def use(self, frames: np.ndarray) -> None:
        """Frames that must stay what they are; all, until it is told."""
        self._used = frames

    def check(self, found: Any) -> None:
        """Refuse a file that was written anew as another scan; one may grow at its end."""
        if self._opened == self.file.opened:
            return
        entry = _entry(found)
        images = None if entry is None else _data(entry)
        if images is None or not _goes_on(self._said, _said(entry, images[1]), self._used):
            raise DataFailure(
                "data-changed",
                f"{self.file.path} was written anew while it was in use, and is another scan now.",
                str(self.file.path),
                "Start again with what is there now.",
            )
        self._opened = self.file.opened


_Said = Tuple[Tuple[Any, ...], np.ndarray, np.ndarray]


def _said(entry: Any, data: Any) -> _Said:
    key, angles = (_values(entry, places) for places in (_KEYS, _THETAS))
    return (entry.name, data.name, *data.shape[1:], str(data.dtype)), key, angles


def _values(entry: Any, places: Sequence[str]) -> np.ndarray:
    found = next((item for place in places if (item := _get(entry, place)) is not None), None)
    values = None if found is None else _numbers(found)
    return np.empty(0) if values is None else values


def _goes_on(before: _Said, now: _Said, used: Optional[np.ndarray]) -> bool:
    """Whether the frames in use are what they were, as far as key and angles tell."""
    if before[0] != now[0]:
        return False
    for old, new in zip(before[1:], now[1:]):
        new = new[: len(old)]
        # Angles may be those of the projections alone.
        if used is not None and len(new) == len(old) > int(used.max()):
            old, new = old[used], new[used]
        if not np.array_equal(old, new, equal_nan=True):
            return False
    return True


def open_nxtomo(path: Path, dataset: Mapping[str, Any], base: Path) -> Acquisition:
    """Open an NXtomo (or ``/exchange``) file; it stays open as long as the acquisition lives.

    Raises
    ------
    DataFailure
        When it is no HDF5 file, is being written, or has no three-dimensional data.
    """
    try:
        import h5py  # noqa: F401 - said here in words
    except ImportError:
        raise DataFailure(
            "h5py-missing",
            f"{path.name} is an HDF5 file, and this Python has no h5py.",
            "dataset.path",
            "Install h5py in the environment of the kernel.",
        ) from None
    file = hdf_file(path)
    return file.steady(lambda opened: _read(file, opened, dataset, base))


def _entry(file: Any) -> Optional[Any]:
    """The first group that is defined as NXtomo, else the first that looks like one."""
    groups: List[Any] = []

    def visit(_: str, item: Any) -> None:
        if isinstance(item, type(file["/"])):
            groups.append(item)

    file.visititems(visit)
    defined = [g for g in groups if _text(g, "definition").lower() == "nxtomo"]
    for group in [*defined, *groups, file]:
        if _data(group) is not None:
            return group
    return None


def _data(group: Any) -> Optional[Tuple[str, Any]]:
    """The images, and where they are: behind a link into another file they know but that one."""
    for place in ("instrument/detector/data", "data/data", "exchange/data"):
        found = _get(group, place)
        if found is not None and getattr(found, "ndim", 0) == 3:
            return f"{group.name}/{place}", found
    return None


def _read(file: HdfFile, opened: Any, recipe: Mapping[str, Any], base: Path) -> Acquisition:
    path = file.path
    entry = _entry(opened)
    images = None if entry is None else _data(entry)
    if images is None:
        raise DataFailure(
            "no-tomography",
            f"{path} has no NXtomo entry with three-dimensional data.",
            "dataset.path",
            "Choose a file with instrument/detector/data, or /exchange/data; when the data are "
            "in another file that it links to, bring that file along.",
        )
    place, data = images
    count = int(data.shape[0])
    warnings: List[str] = []
    notes: List[str] = []
    key = _image_key(entry, count, warnings)
    scan = Scan(file, entry, data)
    roles = dict(recipe.get("roles", {}))
    groups: List[Group] = []
    for value in sorted(set(key.tolist())):
        proposed = _ROLES.get(value, "ignore")
        name = _NAMES.get(value, f"image key {value}")
        series = HdfSeries(scan, place, data, np.flatnonzero(key == value).tolist())
        groups.append(Group(name, series, roles.pop(name, proposed), proposed))
    if roles:
        raise DataFailure(
            "unknown-group",
            f'There is no group "{sorted(roles)[0]}" in {path}.',
            f"dataset.roles.{sorted(roles)[0]}",
            f"The groups are {', '.join(group.name for group in groups)}.",
        )
    chosen = np.array([_role(groups, value) for value in key.tolist()])
    scan.use(np.flatnonzero(chosen != "ignore"))
    frames = np.flatnonzero(chosen == "projection")
    if not len(frames):
        raise DataFailure(
            "no-projections",
            f"No frame of {path} is a projection.",
            str(path),
            "Check the file's image key.",
        )
    flats = _runs(chosen, frames, "flat", scan, place, data)
    darks = _runs(chosen, frames, "dark", scan, place, data)
    flats += _separate(entry, ("exchange/data_white", "instrument/detector/flatfield"), scan)
    darks += _separate(entry, ("exchange/data_dark", "instrument/detector/darkfield"), scan)
    flats = _named(recipe.get("flats"), "flats", base, float(len(frames))) or flats
    darks = _named(recipe.get("darks"), "darks", base, float(len(frames))) or darks
    return Acquisition(
        path=str(path),
        kind="nxtomo",
        projections=HdfSeries(scan, place, data, frames.tolist()),
        flats=flats,
        darks=darks,
        opposite=next((group.series for group in groups if group.role == "180"), None),
        angles=_angles(entry, frames, count, notes, warnings),
        groups=groups,
        pixel_size=_pixel_size(entry),
        warnings=warnings,
    )


def _role(groups: List[Group], value: int) -> str:
    name = _NAMES.get(value, f"image key {value}")
    return next(group.role for group in groups if group.name == name)


def _image_key(entry: Any, count: int, warnings: List[str]) -> np.ndarray:
    for place in _KEYS:
        found = _get(entry, place)
        if found is not None:
            key = _numbers(found)
            if key is None or not np.isfinite(key).all():
                raise DataFailure(
                    "image-key",
                    f"The image key {place} has values that are not numbers.",
                    str(entry.file.filename),
                    "The file is not consistent; write it again.",
                )
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
    chosen: np.ndarray, frames: np.ndarray, role: str, scan: Scan, place: str, data: Any
) -> List[References]:
    """References in runs of neighbouring frames; each stands where it was measured."""
    references: List[References] = []
    indices = np.flatnonzero(np.isin(chosen, [role, f"{role}-after"]))
    if not len(indices):
        return references
    cuts = np.searchsorted(frames, indices)
    for position in sorted(set(cuts.tolist())):
        run = indices[cuts == position]
        series = HdfSeries(scan, place, data, run.tolist())
        references.append(References(float(position), series, f"{role}s at {position}"))
    return references


def _separate(entry: Any, places: Sequence[str], scan: Scan) -> List[References]:
    """References in a data set of their own, as older files have them."""
    for place in places:
        found = _get(entry, place)
        if found is not None and getattr(found, "ndim", 0) == 3:
            series = HdfSeries(scan, f"{entry.name}/{place}", found, range(int(found.shape[0])))
            return [References(0.0, series, place)]
    return []


def _angles(
    entry: Any, frames: np.ndarray, count: int, notes: List[str], warnings: List[str]
) -> Angles:
    for place in _THETAS:
        found = _get(entry, place)
        if found is None:
            continue
        values = _numbers(found)
        if values is None:
            warnings.append(f"{place} has values that are not numbers: it is not used.")
            continue
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
        values = _numbers(found)
        value = float(values[0]) if values is not None and len(values) else 0.0
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


def _numbers(item: Any) -> Optional[np.ndarray]:
    """Values in a row, float64; None when they are not numbers, or it is a group."""
    if not hasattr(item, "shape"):
        return None
    values = np.asarray(item[()]).ravel()
    try:
        return values.astype(np.float64)
    except (TypeError, ValueError):
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
