"""A rectangle beside the sample, found in a few projections; proposed only when it is certain."""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple

import numpy as np

from .dataset import Dataset
from .readers import References

_FRAMES = 16
_REFERENCES = 5
_BLOCKS = 8
_CELL = 8
"""Columns of a cell; its rows are a block."""
_SEEN = 0.01
"""A transmission that differs by less is not told from air."""
_SIGMAS = 6.0
"""Of thousands of cells none leaves air by so many by chance."""
_DRIFT = 0.03
"""How far the beam may be from that of the flats, in the middle; three times that in one frame."""
_LEAST = 0.04
"""Columns that must be free, of all; half of them are proposed, so that what enters between two
of the projections looked at stays out."""


def find_air(dataset: Dataset) -> Optional[List[int]]:
    """``[left, top, right, bottom]`` that no projection of the sample enters.

    Returns
    -------
    list or None
        None when the data have no flats, or when nothing beside the sample is surely free.
    """
    if dataset.state != "raw" or not dataset.acquisition.flats:
        return None
    if dataset.rows < _BLOCKS or dataset.columns < 100:
        return None
    cells, noise = _cells(dataset)
    if cells is None or _SIGMAS * noise > 3.0 * _SEEN:
        return None
    tolerance = max(_SEEN, _SIGMAS * noise)
    found: List[Tuple[int, List[int]]] = []
    for mirrored in (False, True):
        side = cells[:, :, ::-1] if mirrored else cells
        rectangle = _beside(side, tolerance, dataset.rows, dataset.columns)
        if rectangle is not None:
            left, top, right, bottom = rectangle
            if mirrored:
                left, right = dataset.columns - right, dataset.columns - left
            found.append(((right - left) * (bottom - top), [left, top, right, bottom]))
    return max(found)[1] if found else None


def _cells(dataset: Dataset) -> Tuple[Optional[np.ndarray], float]:
    """Transmission (frame, block of rows, cell of columns), and the noise of a cell."""
    found = dataset.acquisition
    flat = _mean(dataset, found.flats)
    dark = _mean(dataset, found.darks) if found.darks else np.zeros_like(flat)
    beam = flat - dark
    if not np.median(beam) > 0.0:
        return None, 0.0
    # Outside the beam there is nothing to compare with.
    beam[beam < 0.2 * np.median(beam)] = np.nan
    kept = dataset.kept
    picked = np.unique(np.linspace(0, len(kept) - 1, _FRAMES).round().astype(int))
    rows = np.linspace(0, dataset.rows, _BLOCKS + 1).round().astype(int)
    columns = dataset.columns // _CELL
    cells = np.empty((len(picked), _BLOCKS, columns))
    noises: List[float] = []
    for place, index in enumerate(kept[picked].tolist()):
        raw = dataset.read(found.projections, index, index + 1, dataset.whole)[0]
        image = (raw - dark) / beam
        # Cells are laid from both ends, so that left and right are looked at alike.
        for block, (top, bottom) in enumerate(zip(rows[:-1], rows[1:])):
            cells[place, block] = _laid(image[top:bottom], columns)
        steps = np.abs(np.diff(image[:, : dataset.columns // 8], axis=1))
        noises.append(1.4826 / np.sqrt(2.0) * float(np.nanmedian(steps)))
    size = _CELL * max(1, dataset.rows // _BLOCKS)
    return cells, float(np.median(noises)) / float(np.sqrt(size))


def _laid(image: np.ndarray, columns: int) -> np.ndarray:
    """Medians along the rows, then means of cells: spots do not count, NaN stays."""
    profile = np.median(image, axis=0)
    half = columns // 2
    left = profile[: half * _CELL].reshape(half, _CELL).mean(axis=1)
    rest = columns - half
    right = profile[len(profile) - rest * _CELL :].reshape(rest, _CELL).mean(axis=1)
    return np.concatenate([left, right])


def _mean(dataset: Dataset, sets: Sequence[References]) -> np.ndarray:
    """Median of a few images of all sets, float64 (row, column)."""
    images: List[np.ndarray] = []
    for references in sets:
        count = references.series.shape[0]
        for i in np.unique(np.linspace(0, count - 1, _REFERENCES).round().astype(int)).tolist():
            images.append(dataset.read(references.series, i, i + 1, dataset.whole)[0])
    middle: np.ndarray = np.median(np.stack(images), axis=0).astype(np.float64)
    return middle


def _beside(
    cells: np.ndarray, tolerance: float, rows: int, columns: int
) -> Optional[Tuple[int, int, int, int]]:
    """The largest free rectangle at the left, as (left, top, right, bottom)."""
    inner = cells[:, 1:-1]
    beam = np.nanmedian(inner[:, :, :2], axis=(1, 2)) if np.isfinite(inner).any() else np.zeros(1)
    drift = np.abs(beam - 1.0)
    if not (np.median(drift) <= _DRIFT and drift.max() <= 3.0 * _DRIFT):
        return None
    free: np.ndarray = np.all(np.abs(cells / beam[:, None, None] - 1.0) <= tolerance, axis=0)
    widths = [
        int(np.argmin(row)) if not row.all() else len(row) for row in free[:, : free.shape[1] // 2]
    ]
    edges = np.linspace(0, rows, _BLOCKS + 1).round().astype(int)
    best: Optional[Tuple[int, Tuple[int, int, int, int]]] = None
    # The outermost blocks are left out: there the beam ends, or a table begins.
    for first in range(1, _BLOCKS - 2):
        for last in range(first + 2, _BLOCKS):
            width = min(widths[first:last]) * _CELL
            if width < max(_LEAST * columns, 3 * _CELL):
                continue
            area = width * int(edges[last] - edges[first])
            rectangle = (2, int(edges[first]), width // 2, int(edges[last]))
            if best is None or area > best[0]:
                best = (area, rectangle)
    return best[1] if best else None
