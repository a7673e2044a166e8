"""Folders of TIFF files: one folder with many prefixes, or a sub-folder for each kind of image."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

import numpy as np

from ..failures import DataFailure
from .acquisition import Acquisition, Angles, Group, References
from .names import acquired, angle_of, missing_numbers, natural, prefix_of, role_of
from .tiff import EXTENSIONS, TiffSeries

_SAMPLE = re.compile(r"^(gr)?tomo$|^(data|sample|proj|tiffs?)", re.IGNORECASE)
_BESIDE = re.compile(r"^(gr)?tomo$|^data", re.IGNORECASE)
"""A folder of projections alone, whose references lie beside it."""
_KNOWN = re.compile(r"^(gr)?tomo$|^(data|flat|dark|ob$|dc$|180)", re.IGNORECASE)
_QUIET = {".txt", ".csv", ".log", ".json", ".md", ".xml", ".nxs", ".pdf", ""}


def open_folder(folder: Path, dataset: Mapping[str, Any], base: Path) -> Acquisition:
    """Look at a folder (a sample folder, its ``Tomo`` folder, or one with many prefixes).

    Parameters
    ----------
    folder
        Where the images are.
    dataset
        ``dataset`` of the recipe: its roles, flats and darks come before what is proposed.
    base
        Folder that relative paths in the recipe start from.

    Raises
    ------
    DataFailure
        When there are no projections.
    """
    warnings: List[str] = []
    found = _find(folder, warnings)
    roles = dict(dataset.get("roles", {}))
    unknown = sorted(set(roles) - {name for name, _ in found})
    if unknown:
        raise DataFailure(
            "unknown-group",
            f'There is no group "{unknown[0]}" in {folder}.',
            f"dataset.roles.{unknown[0]}",
            f"The groups are {', '.join(name for name, _ in found) or 'none'}.",
        )
    proposals = _propose(found)
    groups = [
        Group(name, TiffSeries(files), roles.get(name, role), role, note)
        for (name, files), (role, note) in zip(found, proposals)
    ]
    projections = _projections(folder, groups, bool(roles))
    stems = [path.stem for path in projections.files]
    after = float(len(stems))
    flats = _references(groups, {"flat": 0.0, "flat-after": after})
    darks = _references(groups, {"dark": 0.0, "dark-after": after})
    flats = _named(dataset.get("flats"), "flats", base, after) or flats
    darks = _named(dataset.get("darks"), "darks", base, after) or darks
    opposite = next((group.series for group in groups if group.role == "180"), None)
    angles = _golden(stems)
    gaps: List[str] = []
    if angles.values is None:
        for stem, count in missing_numbers(stems).items():
            gaps.append(stem)
            files = "file is" if count == 1 else "files are"
            warnings.append(f"After {stem} {count} {files} missing from the numbering.")
    return Acquisition(
        path=str(folder),
        kind="tiff",
        projections=projections,
        flats=flats,
        darks=darks,
        opposite=opposite,
        angles=angles,
        groups=groups,
        warnings=warnings,
        gaps=gaps,
    )


def looked_at(folder: Path) -> List[Path]:
    """The folders in which ``open_folder`` looks for images."""
    around = [folder, folder.parent] if _BESIDE.match(folder.name) else [folder]
    # A folder has others in it when its own time of change is another.
    inner = [Path(each) for top in around for each in _inside(str(top), changed(top))]
    return [*around, *inner]


@lru_cache(maxsize=64)
def _inside(folder: str, since: int) -> Tuple[str, ...]:
    try:
        return tuple(str(child) for child in _folders(Path(folder)))
    except OSError:
        return ()


def changed(path: Path) -> int:
    """When a folder got or lost a file, or a file was written, in ns; 0 when it is not there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


Found = List[Tuple[str, List[Path]]]


def _find(folder: Path, warnings: List[str]) -> Found:
    """Groups of files by prefix in the folder itself, and one for each sub-folder."""
    if _BESIDE.match(folder.name):
        try:
            kinds = [child for child in _folders(folder.parent) if role_of(child.name)]
        except PermissionError:
            # What lies beside the data is not for everybody: they stand for themselves.
            kinds = []
        if kinds:
            chosen = [child for child in [folder, *kinds] if child.is_dir()]
            return [(child.name, files) for child in chosen if (files := _images(child, warnings))]
    groups: Dict[str, List[Path]] = {}
    for path in _images(folder, warnings):
        groups.setdefault(prefix_of(path.stem), []).append(path)
    found: Found = sorted(groups.items())
    for child in _folders(folder):
        files = _images(child, warnings if _KNOWN.match(child.name) else [])
        if files:
            found.append((child.name, files))
    return found


def _folders(folder: Path) -> List[Path]:
    children = [c for c in folder.iterdir() if c.is_dir() and not c.name.startswith(".")]
    return sorted(children, key=lambda child: natural(child.name))


def _images(folder: Path, warnings: List[str]) -> List[Path]:
    """TIFF files of a folder in natural order; what is skipped is said once a reason."""
    images: List[Path] = []
    skipped: Dict[str, int] = {}
    for path in folder.iterdir():
        suffix = path.suffix.lower()
        if path.name.startswith(".") or path.is_dir():
            continue
        if "_SummedImg" in path.name:
            skipped["*_SummedImg*"] = skipped.get("*_SummedImg*", 0) + 1
        elif suffix in EXTENSIONS:
            images.append(path)
        elif suffix not in _QUIET:
            skipped[f"*{suffix}"] = skipped.get(f"*{suffix}", 0) + 1
    for pattern, count in sorted(skipped.items()):
        files = "file" if count == 1 else "files"
        warnings.append(f"{folder.name}: {count} {files} {pattern} skipped.")
    return sorted(images, key=lambda path: acquired(path.stem))


def _propose(found: Found) -> List[Tuple[str, str]]:
    """A role and a note for each group: by name first, then the largest of the others."""
    proposals: List[Optional[Tuple[str, str]]] = []
    for name, _ in found:
        role = role_of(name)
        note = "black-body frames are no flats" if role == "ignore" else ""
        proposals.append((role, note) if role else None)
    unclear = [i for i, proposal in enumerate(proposals) if proposal is None]
    named = [i for i in unclear if _SAMPLE.match(found[i][0])]
    pool = named or unclear
    chosen = max(pool, key=lambda i: len(found[i][1]), default=None)
    return [
        proposal or (("projection", "") if i == chosen else ("ignore", "its name says no role"))
        for i, proposal in enumerate(proposals)
    ]


def _projections(folder: Path, groups: List[Group], chosen: bool) -> TiffSeries:
    samples = [group for group in groups if group.role == "projection"]
    if not groups:
        raise DataFailure(
            "no-images",
            f"There are no TIFF images in {folder}, nor in a folder in it.",
            str(folder),
            "Choose the folder that holds the images of a scan, or an NXtomo file.",
        )
    if not samples:
        raise DataFailure(
            "no-projections",
            f"None of the images in {folder} are projections.",
            "dataset.roles" if chosen else str(folder),
            f"Say in dataset.roles which are: {', '.join(group.name for group in groups)}. "
            "Or choose another folder.",
        )
    if len(samples) > 1:
        raise DataFailure(
            "many-projections",
            f"{len(samples)} groups have the role projection: "
            f"{', '.join(group.name for group in samples)}.",
            "dataset.roles",
            "Give this role to one group only.",
        )
    series = samples[0].series
    if not isinstance(series, TiffSeries):
        raise TypeError("a folder's groups are TIFF series")
    return series


def _references(groups: List[Group], positions: Dict[str, float]) -> List[References]:
    return [
        References(positions[group.role], group.series, group.name)
        for role in positions
        for group in groups
        if group.role == role
    ]


def _named(
    reference: Optional[Mapping[str, str]], key: str, base: Path, after: float
) -> List[References]:
    """Flats or darks that the recipe names itself: folders, or single files."""
    named: List[References] = []
    for moment, position in (("before", 0.0), ("after", after)):
        text = (reference or {}).get(moment)
        if text is None:
            continue
        path = Path(base, text)
        files = [path] if path.is_file() else _images(path, []) if path.is_dir() else []
        if not files:
            raise DataFailure(
                "no-images",
                f"There are no TIFF images in {path}.",
                f"dataset.{key}.{moment}",
                "Correct the folder, or remove the key to use what is found beside the data.",
            )
        named.append(References(position, TiffSeries(files), path.name))
    return named


def _golden(stems: List[str]) -> Angles:
    values = [angle_of(stem) for stem in stems]
    known = [value for value in values if value is not None]
    if len(known) != len(values) or len(set(known)) < max(2, len(known) // 2):
        return Angles(None, "unknown")
    return Angles(np.array(known, dtype=np.float64), "file names")
