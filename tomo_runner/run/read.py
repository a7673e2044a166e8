"""One slice of a result, whatever its format."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tifffile

from ..failures import DataFailure
from .names import file_of, slice_name
from .slabs import read_from_slab


def read_image(folder: Path, row: int) -> np.ndarray:
    """One slice (y, x), float32.

    Raises
    ------
    DataFailure
        ``no-slice`` when it is not there (yet), ``file-broken`` when it cannot be read.
    """
    path = file_of(folder, row)
    try:
        if path is not None and path.suffix == ".h5":
            return read_from_slab(path, row)
        if path is not None:
            return np.asarray(tifffile.imread(path), np.float32)
    except FileNotFoundError:
        # It was removed just now.
        path = None
    except (OSError, KeyError, ValueError, tifffile.TiffFileError) as error:
        raise DataFailure(
            "file-broken", f"{path} cannot be read ({error}).", str(path), "Run it again."
        ) from None
    raise DataFailure(
        "no-slice",
        f"The slice of row {row} is not there.",
        str(folder / slice_name(row)),
        "Choose another row.",
    )
