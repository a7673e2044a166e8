"""Recipes for other programs: process lists of Savu, pipelines of HTTomo, NXtomo."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping

from ..dataset import Dataset
from ..failures import RecipeFailure, output_failure
from ..files import replace_file, replace_text
from ..recipe import Recipe
from ..selection import not_said
from ..stopping import Stop
from ..toolhost.savu_files import Plugin, write_list
from .convert import to_list
from .httomo import to_httomo
from .nxtomo import place_in, write_nxtomo


def exported(recipe: Recipe, base: Path, kind: str) -> Dict[str, Any]:
    """A recipe as ``savu`` or ``httomo``, for a client that writes the file itself.

    Returns
    -------
    dict
        ``notes``; and ``list`` (as SavuList of the api) or ``text`` (YAML).
    """
    dataset = _dataset(recipe, base)
    place = place_in(Path(dataset.acquisition.path))
    if kind == "httomo":
        text, notes = to_httomo(recipe, dataset, place)
        return {"text": text, "notes": [*_not_said(recipe), *notes]}
    converted = to_list(recipe, dataset, place)

    def shown(plugin: Plugin) -> Dict[str, Any]:
        return {
            "name": plugin.name,
            "id": plugin.id,
            "active": plugin.active,
            "data": json.dumps(plugin.data),
        }

    return {
        "list": {
            "version": converted.process_list.version,
            "plugins": [shown(plugin) for plugin in converted.process_list.plugins],
            "loops": [],
        },
        "notes": [*_not_said(recipe), *converted.notes],
    }


KINDS = ("savu", "httomo", "nxtomo")


def export(
    recipe: Recipe,
    base: Path,
    stop: Stop,
    wanted: Mapping[str, Path],
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Dict[str, Any]:
    """Write the files asked for.

    Parameters
    ----------
    wanted
        Files by their kind, one of ``KINDS``.
    progress
        Called with the number of images written as NXtomo, and of all.

    Returns
    -------
    dict
        ``files`` by kind, and ``notes``: a sentence for each thing that they do not say.

    Raises
    ------
    Failure
        When nothing is asked for, the recipe cannot be said, or a file cannot be written.
    """
    if not wanted:
        raise RecipeFailure(
            "nothing-asked",
            "Nothing to export was asked for.",
            "",
            "Give --savu FILE, --httomo FILE or --nxtomo FILE.",
        )
    for path in wanted.values():
        _folder(path)
    dataset = _dataset(recipe, base)
    notes = _not_said(recipe)
    if "nxtomo" in wanted:
        write_nxtomo(dataset, wanted["nxtomo"], stop, progress)
        # What the file says already need not be said again.
        recipe = _on_file(recipe, wanted["nxtomo"])
        dataset = _dataset(recipe, base)
    if "savu" in wanted or "httomo" in wanted:
        place = place_in(Path(dataset.acquisition.path))
        if "savu" in wanted:
            converted = to_list(recipe, dataset, place)
            replace_file(wanted["savu"], lambda part: write_list(part, converted.process_list))
            notes += converted.notes
        if "httomo" in wanted:
            text, more = to_httomo(recipe, dataset, place)
            replace_text(wanted["httomo"], text)
            notes += [note for note in more if note not in notes]
    return {"files": {kind: str(path) for kind, path in wanted.items()}, "notes": notes}


def _not_said(recipe: Recipe) -> List[str]:
    return [f"{sentence} ({setting})" for setting, sentence in not_said(recipe)]


def _dataset(recipe: Recipe, base: Path) -> Dataset:
    if not recipe.get("dataset", {}).get("path"):
        raise RecipeFailure(
            "no-data",
            "The recipe names no data set, whose size an export needs.",
            "dataset.path",
            "Give --data, or set dataset.path.",
        )
    return Dataset(recipe, base)


def _on_file(recipe: Recipe, path: Path) -> Recipe:
    """The recipe on the file that was written from its data set."""
    state = recipe.get("dataset", {}).get("state", "raw")
    return {**recipe, "dataset": {"path": str(path.absolute()), "state": state}}


def _folder(path: Path) -> None:
    if not path.absolute().parent.is_dir():
        raise output_failure(FileNotFoundError(2, "No such file or directory"), path)
