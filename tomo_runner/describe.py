"""A data set in words and numbers, and what the recipe should say about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from .air import find_air
from .centre import described as centre_methods
from .dataset import Dataset
from .readers import Group
from .recipe import Recipe


def describe(recipe: Recipe, base: Path) -> Dict[str, Any]:
    """Describe what ``dataset`` of a recipe names, as the api's ``Description``.

    Raises
    ------
    Failure
        When there is no usable data set.
    """
    dataset = Dataset(recipe, base)
    return description(dataset, recipe)


def description(dataset: Dataset, recipe: Recipe) -> Dict[str, Any]:
    """The same of an open data set."""
    found = dataset.acquisition
    values = dataset.angles.values
    angles: Dict[str, Any] = {
        "first": None if values is None else float(values[0]),
        "last": None if values is None else float(values[-1]),
        "count": 0 if values is None else len(values),
        "unit": "degree",
        "source": dataset.angles.source,
    }
    if dataset.angles.note:
        angles["note"] = dataset.angles.note
    warnings = list(dataset.warnings)
    if not found.flats and dataset.state == "raw":
        warnings.append("There are no flats (open beam images).")
    if not found.darks and dataset.state == "raw":
        warnings.append("There are no darks.")
    proposed, notes = _propose(dataset, recipe)
    if values is None:
        warnings.append(notes or "The angles of the projections are not known.")
    described: Dict[str, Any] = {
        "path": found.path,
        "kind": found.kind,
        "frames": dataset.frames,
        "rows": dataset.rows,
        "columns": dataset.columns,
        "dtype": str(found.projections.dtype),
        "flats": sum(references.series.shape[0] for references in found.flats),
        "darks": sum(references.series.shape[0] for references in found.darks),
        "angles": angles,
        "groups": [_group(group) for group in found.groups],
        "centreMethods": centre_methods(dataset),
        "proposed": proposed,
        "warnings": warnings,
    }
    if dataset.pixel_size is not None:
        size = dataset.pixel_size
        described["pixelSize"] = {"value": size.value, "unit": size.unit, "source": size.source}
    return described


def _group(group: Group) -> Dict[str, Any]:
    count, rows, columns = group.series.shape
    shown = {
        "name": group.name,
        "count": count,
        "role": group.role,
        "proposed": group.proposed,
        "rows": rows,
        "columns": columns,
    }
    return {**shown, "note": group.note} if group.note else shown


def _propose(dataset: Dataset, recipe: Recipe) -> Tuple[Dict[str, Any], str]:
    """What the recipe lacks and the images suggest; and a sentence about the angles."""
    proposed: Dict[str, Any] = {}
    if dataset.frames < 8:
        return proposed, ""
    if recipe.get("regions", {}).get("air") is None:
        air = find_air(dataset)
        if air is not None:
            proposed["regions"] = {"air": air}
    likeness = _turn(dataset) if dataset.angles.values is None else None
    if likeness is None:
        return proposed, ""
    last, endpoint, note = likeness
    proposed["dataset"] = {"angles": {"first": 0, "last": last, "endpoint": endpoint}}
    return proposed, note


def _turn(dataset: Dataset) -> Optional[Tuple[int, bool, str]]:
    """Whether the last projection looks like the first (a full turn) or its mirror (half one).

    The projections are compared without what stands still (their mean over the scan), so that
    the beam's own shape does not make them alike.
    """
    count = dataset.frames
    picked = sorted({0, count - 1, *np.linspace(0, count - 1, 16).round().astype(int).tolist()})
    whole = dataset.whole
    step = max(1, dataset.rows // 64)
    images: List[np.ndarray] = []
    for index in picked:
        raw = dataset.read(dataset.acquisition.projections, index, index + 1, whole)[0]
        images.append(_robust(raw[::step]))
    still = np.mean(images, axis=0)
    first, last = images[0] - still, images[-1] - still
    others = [_alike(first, image - still) for image in images[2:-2]]
    same, usual = _alike(first, last), float(np.quantile(others, 0.75))
    mirrored = _mirrored(first, last)
    if same > 0.5 and same > usual + 0.2 and same > mirrored:
        return (
            360,
            True,
            (
                "The angles are not known; the last projection looks like the first, which "
                "suggests a full turn from 0 to 360 degrees with both ends measured."
            ),
        )
    if mirrored > 0.5 and mirrored > same + 0.2:
        return (
            180,
            True,
            (
                "The angles are not known; the last projection looks like the mirror image of the "
                "first, which suggests half a turn from 0 to 180 degrees with both ends measured."
            ),
        )
    return None


def _robust(image: np.ndarray) -> np.ndarray:
    """A profile a row block, without spots: float64 (rows, columns) blurred by three columns."""
    values = np.log(np.maximum(image.astype(np.float64), 1.0))
    padded = np.pad(values, ((0, 0), (1, 1)), mode="edge")
    middle: np.ndarray = np.median(
        np.stack([padded[:, :-2], padded[:, 1:-1], padded[:, 2:]]), axis=0
    )
    return middle


def _alike(a: np.ndarray, b: np.ndarray) -> float:
    """Correlation, between -1 and 1."""
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size > 0 else 0.0


def _mirrored(first: np.ndarray, last: np.ndarray) -> float:
    """The best correlation with the mirror image over all positions of the axis."""
    columns = first.shape[1]
    a = first - first.mean()
    b = last[:, ::-1] - last.mean()
    length = 1 << (2 * columns - 1).bit_length()
    spectrum = np.fft.rfft(a, length) * np.conj(np.fft.rfft(b, length))
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float(np.fft.irfft(spectrum, length).sum(axis=0).max()) / size if size > 0 else 0.0
