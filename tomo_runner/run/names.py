"""What the files of a result folder are called, and which rows are in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import List, Optional, Tuple

_SLICE = re.compile(r"^slice_(\d{5,})\.tif$")
_SLAB = re.compile(r"^slab_(\d{5,})_(\d{5,})\.h5$")
VOLUME = "volume.h5"
"""All slabs of an HDF5 result as one array."""


def slice_name(row: int) -> str:
    """File of a slice; the number is its row in the full image."""
    return f"slice_{row:05d}.tif"


def slab_name(first: int, stop: int) -> str:
    """File of the rows from ``first`` up to, not with, ``stop``; both ends are in its name."""
    return f"slab_{first:05d}_{stop - 1:05d}.h5"


def rows_of(name: str) -> Optional[Tuple[int, int]]:
    """First row and one past the last in a file of slices; None when it is none."""
    match = _SLICE.match(name)
    if match:
        return int(match.group(1)), int(match.group(1)) + 1
    match = _SLAB.match(name)
    return (int(match.group(1)), int(match.group(2)) + 1) if match else None


def slices(folder: Path) -> List[Tuple[int, Path]]:
    """Rows of a folder and the file that each is in, ascending."""
    found: List[Tuple[int, Path]] = []
    for path in folder.iterdir():
        rows = rows_of(path.name)
        if rows is not None:
            found.extend((row, path) for row in range(*rows))
    return sorted(found)


def file_of(folder: Path, row: int) -> Optional[Path]:
    """The file that a row is in; None when it has not been written."""
    single = folder / slice_name(row)
    if single.exists() or not folder.is_dir():
        return single if single.exists() else None
    for path in folder.glob("slab_*.h5"):
        rows = rows_of(path.name)
        if rows is not None and rows[0] <= row < rows[1]:
            return path
    return None
