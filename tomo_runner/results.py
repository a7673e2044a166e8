"""Result folders, finished or still growing, for whoever looks at them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from .failures import DataFailure
from .run.names import slices
from .run.output import LOCK, RECIPE, RECORD
from .run.read import read_image
from .toolhost import ToolError
from .toolhost.savu_files import Volume, find_volume

_LOOKED_AT = 5
"""Slices of which the range of a volume is taken."""
_TAILS = (0.01, 99.99)


def describe_result(folder: Path) -> Dict[str, Any]:
    """The api's ``ResultDescription``.

    Raises
    ------
    DataFailure
        When the folder holds no result.
    """
    try:
        found = slices(folder)
    except OSError:
        raise DataFailure(
            "no-result", f"The folder {folder} is not there.", str(folder), "Run it again."
        ) from None
    record = _json(folder / RECORD)
    if not record and not found:
        volume = _savu_volume(folder)
        if volume is not None:
            return _described(folder, volume)
    if not record and not found and not (folder / LOCK).exists():
        raise DataFailure(
            "no-result", f"{folder} holds no result.", str(folder), "Choose a result folder."
        )
    finished = _runs([row for row, _ in found])
    described: Dict[str, Any] = {
        "folder": str(folder),
        "name": record.get("name", folder.name),
        "complete": bool(record),
        "rows": record.get("rows") or ([finished[0][0], finished[-1][1]] if finished else [0, 0]),
        "finished": finished,
        "height": record.get("height", 0),
        "width": record.get("width", 0),
        "range": record.get("range"),
        "histogram": record.get("histogram"),
        "unit": record.get("unit", ""),
    }
    if not record and found:
        image = read_slice(folder, found[0][0])
        described["height"], described["width"] = image.shape
    if record.get("pixelSize"):
        described["pixelSize"] = record["pixelSize"]
    if record:
        described["record"] = record
    recipe = _json(folder / RECIPE)
    if recipe:
        described["recipe"] = recipe
    return described


def read_slice(folder: Path, row: int) -> np.ndarray:
    """One slice (y, x), float32.

    Raises
    ------
    DataFailure
        When it is not there (yet) or cannot be read.
    """
    try:
        return read_image(folder, row)
    except DataFailure as failure:
        volume = _savu_volume(folder) if failure.code == "no-slice" else None
        if volume is not None and 0 <= row < volume.count:
            return next(iter(volume.slices([row])))
        raise


def _savu_volume(folder: Path) -> Optional[Volume]:
    """The volume that Savu has left in a folder of its own; None when there is none."""
    if not any(folder.glob("*_processed.nxs")):
        return None
    try:
        return find_volume(folder)
    except ToolError as error:
        raise DataFailure(error.code, error.message, error.where, error.hint) from None


def _described(folder: Path, volume: Volume) -> Dict[str, Any]:
    """A volume of Savu as a result: the numbers of its slices begin with 0."""
    height, width = volume.size
    spread = np.unique(np.linspace(0, volume.count - 1, _LOOKED_AT).round().astype(int))
    values = np.concatenate([next(iter(volume.slices([int(row)]))).ravel() for row in spread])
    values = values[np.isfinite(values)]
    low, high = (float(v) for v in np.percentile(values, _TAILS)) if values.size else (0.0, 1.0)
    return {
        "folder": str(folder),
        "name": volume.path.name.replace("_processed.nxs", ""),
        "complete": True,
        "rows": [0, volume.count],
        "finished": [(0, volume.count)],
        "height": height,
        "width": width,
        "range": [low, high if high > low else low + 1.0],
        "histogram": None,
        "unit": "",
    }


def _runs(rows: List[int]) -> List[Tuple[int, int]]:
    runs: List[Tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row:
            runs[-1] = (runs[-1][0], row + 1)
        else:
            runs.append((row, row + 1))
    return runs


def _json(path: Path) -> Dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
