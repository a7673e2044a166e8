"""One door to every kind of data set."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any, List, Mapping

from ..failures import DataFailure, RecipeFailure
from .acquisition import Acquisition
from .folder import looked_at, open_folder
from .freshness import Looks
from .hdf_file import unreadable
from .nxtomo import SUFFIXES, open_nxtomo
from .tiff import EXTENSIONS


def stamp(dataset: Mapping[str, Any], base: Path) -> List[List[Any]]:
    """What tells that data came, went or were written anew.

    These are the places where they lie, each with its time and size, and of a folder a word of
    what its images look like from outside.

    Parameters
    ----------
    dataset
        ``dataset`` of the recipe.
    base
        Folder that relative paths start from.
    """
    path = Path(base, dataset.get("path", "."))
    if path.is_dir():
        places = looked_at(path)
    else:
        images = path.suffix.lower() in EXTENSIONS
        places = [path, *(looked_at(path.parent) if images else [])]
    for key in ("flats", "darks"):
        places += [Path(base, text) for text in dataset.get(key, {}).values()]
    return [_state(place) for place in places]


_LOOKS = Looks()


def _state(place: Path) -> List[Any]:
    try:
        status = place.stat()
    except OSError:
        return [str(place), 0]
    inner = _LOOKS.of(place, status.st_mtime_ns) if stat.S_ISDIR(status.st_mode) else ""
    return [str(place), status.st_mtime_ns, status.st_size, inner]


def open_acquisition(dataset: Mapping[str, Any], base: Path) -> Acquisition:
    """Open what ``dataset.path`` of a recipe names.

    Parameters
    ----------
    dataset
        ``dataset`` of the recipe.
    base
        Folder that relative paths start from.

    Raises
    ------
    RecipeFailure
        When no path is given.
    DataFailure
        When nothing usable is there.
    """
    text = dataset.get("path")
    if not text:
        raise RecipeFailure(
            "no-data",
            "The recipe has no data set.",
            "dataset.path",
            "Set dataset.path or give --data.",
        )
    path = Path(base, text)
    try:
        if path.is_dir():
            return open_folder(path, dataset, base)
        if path.suffix.lower() in EXTENSIONS and path.is_file():
            return open_folder(path.parent, dataset, base)
        if path.suffix.lower() in SUFFIXES and path.is_file():
            return open_nxtomo(path, dataset, base)
    except PermissionError as error:
        raise unreadable(error.filename) from None
    if not path.exists():
        raise DataFailure(
            "data-missing", f"{path} does not exist.", "dataset.path", "Correct dataset.path."
        )
    raise DataFailure(
        "unknown-format",
        f"{path} is neither a folder of TIFF images nor an NXtomo file.",
        "dataset.path",
        f"Choose a folder, or a file that ends in {', '.join(SUFFIXES)}.",
    )
