"""The record that completes a result: what was done, and how its values are spread."""

from __future__ import annotations

import platform
import time
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from ..catalogue import first_method
from ..dataset import Dataset
from ..files import replace_json, replace_text
from ..recipe import Recipe
from ..regions import Axis, centre_method
from ..savu.process_list import is_list_run
from ..selection import used_projections
from ..steps.active import is_attenuation
from ..tilt import tilt_of
from ..version import VERSION
from .output import README, RECIPE, ResultFolder
from .read import read_image

_SPREAD = 10
_VALUES = 1 << 22
_BINS = 256
_TAIL = 0.01
"""Percent of the values that the range leaves out on each side."""


def write_record(
    result: ResultFolder,
    recipe: Recipe,
    name: str,
    rows: Tuple[int, int],
    size: int,
    unit: str,
    dataset: Dataset,
    asked: Optional[Axis],
    used: Axis,
    seconds: Dict[str, float],
    warnings: List[str],
) -> Dict[str, Any]:
    """Write recipe copy, read-me and, last of all, ``result.json``; returns the record."""
    start = time.perf_counter()
    reconstruction = recipe.get("reconstruction", {})
    tool, method = method_of(recipe)
    value_range, histogram = spread(result, rows, float(reconstruction.get("mask", 1.0)))
    replace_json(result.path / RECIPE, recipe)
    pixel = dataset.pixel_size
    record: Dict[str, Any] = {
        "version": 1,
        "name": name,
        "rows": list(rows),
        "height": size,
        "width": size,
        "frames": len(used_projections(recipe, dataset).frames),
        "columns": dataset.columns,
        "unit": unit,
        "pixelSize": None if pixel is None else {"value": pixel.value, "unit": pixel.unit},
        "range": value_range,
        "histogram": histogram,
        "centre": {"asked": _axis(asked), "used": _axis(used)},
        "format": result.format,
        "files": result.files(rows, size, unit),
        "seconds": {},
        "warnings": list(warnings),
        "tool": tool,
        "method": method,
        "runner": VERSION,
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    replace_text(result.path / README, _readme(record, recipe, dataset))
    timed = {**seconds, "record": time.perf_counter() - start}
    record["seconds"] = {stage: round(value, 4) for stage, value in timed.items()}
    result.complete(record)
    return record


def spread(
    result: ResultFolder, rows: Tuple[int, int], mask: float
) -> Tuple[Optional[List[float]], Optional[Dict[str, Any]]]:
    """Range (0.01 to 99.99 %) and histogram of about ten spread slices inside the mask."""
    chosen = np.unique(np.linspace(rows[0], rows[1] - 1, _SPREAD).round().astype(int))
    parts: List[np.ndarray] = []
    for row in chosen.tolist():
        image = read_image(result.path, row)
        step = max(1, -(-image.size * len(chosen) // _VALUES))
        inside = kept_by_mask(image.shape[0], mask)
        values = image[inside] if inside is not None else image.ravel()
        # A copy, so that the whole image can go.
        parts.append(values[::step].copy())
    values = np.concatenate(parts)
    values = values[np.isfinite(values)]
    if not values.size:
        return None, None
    low, high = (float(v) for v in np.percentile(values, (_TAIL, 100 - _TAIL)))
    wide = high if high > low else low + 1.0
    counts, edges = np.histogram(values, _BINS, (low, wide))
    return [low, high], {
        "edges": [float(edge) for edge in edges],
        "counts": [int(count) for count in counts],
    }


def kept_by_mask(size: int, mask: float) -> Optional[np.ndarray]:
    """Which pixels of a slice lie in the disc that the mask keeps; None when all do."""
    if mask <= 0.0:
        return None
    offset = np.arange(size) - (size - 1) / 2
    inside: np.ndarray = offset[:, None] ** 2 + offset[None, :] ** 2 <= (mask * size / 2) ** 2
    return inside


def method_of(recipe: Recipe) -> Tuple[str, str]:
    """Tool and method that made the slices; what a recipe leaves out is filled in."""
    reconstruction = recipe.get("reconstruction", {})
    tool = str(reconstruction.get("tool", "builtin"))
    return tool, str(reconstruction.get("method", first_method(tool)))


def _axis(axis: Optional[Axis]) -> Optional[Dict[str, float]]:
    if axis is None:
        return None
    return {"column": axis.column, "row": axis.row, "tilt": axis.tilt}


def _readme(record: Dict[str, Any], recipe: Recipe, dataset: Dataset) -> str:
    """All of it in words, for somebody who finds the folder years later."""
    found = dataset.acquisition
    used = record["centre"]["used"]
    rotated = not is_list_run(recipe) and tilt_of(Axis(**used), dataset) is not None
    angles = used_projections(recipe, dataset).angles
    rotation = float(recipe.get("reconstruction", {}).get("rotation", 0.0))
    rows = record["rows"]
    pixel = record["pixelSize"]
    lines = [
        "Tomographic reconstruction",
        "",
        f"name            {record['name']}",
        f"made            {record['created']} by tomo_runner {record['runner']}"
        f" on {platform.node()}",
        f"data            {found.path}",
        f"projections     {len(angles)} used of {dataset.frames},"
        f" {dataset.rows} rows x {dataset.columns} columns",
        f"flats           {sum(r.series.shape[0] for r in found.flats)}",
        f"darks           {sum(r.series.shape[0] for r in found.darks)}",
        f"angles          {angles.min():.4f} to {angles.max():.4f} degrees,"
        f" from the {dataset.angles.source}",
        f"axis            column {used['column']:.4f} at row {used['row']:g},"
        f" tilt {used['tilt']:.4f} degrees"
        + ("" if record["centre"]["asked"] else f" (found, method {centre_method(recipe)})"),
        *(
            ["                projections rotated about their middle, so that it stands upright"]
            if rotated
            else []
        ),
        f"method          {record['tool']} {record['method']}",
        f"slices          {rows[1] - rows[0]} of {record['height']} x {record['width']},"
        f" rows {rows[0]} to {rows[1] - 1}; "
        + (
            "the numbers in a file's name are its rows, volume.h5 shows all as one array"
            if record["format"] == "hdf5"
            else "the number in a file's name is its row"
        ),
        *([f"turned          {rotation:g} degrees clockwise"] if rotation else []),
        "values          "
        + (
            f"attenuation, {record['unit']}"
            if is_attenuation(recipe, dataset)
            else "not attenuation: the step minus-log was off"
        ),
        "pixel size      "
        + ("unknown" if pixel is None else f"{pixel['value']:g} {pixel['unit']}"),
        "",
        "All settings are in recipe.tomo.json; to repeat the run:",
        "jupyter tomo run recipe.tomo.json --data DATA --output FOLDER",
        "",
    ]
    return "\n".join(lines + [f"Warning: {text}" for text in record["warnings"]]) + "\n"
