"""Recipes in a notebook: load one, change it, look at a slice, run it."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from .agent_client import agent
from .display import Slice
from .failure import TomoError
from .result import Result


class Recipe:
    """A recipe, and the folder that its relative paths start from.

    Parameters
    ----------
    data
        The recipe as plain JSON data.
    base
        Folder of the recipe file; the current folder by default.
    name
        Name without its ending, ``{name}`` in output folders.

    Raises
    ------
    TomoError
        When it is not a valid recipe; the sentence names the key and what is allowed.
    """

    def __init__(
        self, data: dict[str, Any], base: Path | str | None = None, name: str = "reconstruction"
    ) -> None:
        self._data = _plain(data, "the recipe")
        self.base = Path.cwd() if base is None else Path(base).absolute()
        self.name = name
        self._path: Path | None = None
        _check(self._data)

    @classmethod
    def load(cls, path: Path | str) -> Recipe:
        """Read a ``*.tomo.json`` file."""
        from tomo_runner.failures import Failure
        from tomo_runner.recipe import load_recipe, recipe_name

        path = Path(path)
        try:
            recipe = cls(load_recipe(path), path.absolute().parent, recipe_name(path))
        except Failure as failure:
            raise TomoError.from_json(failure.to_json()) from None
        recipe._path = path.absolute()
        return recipe

    @classmethod
    def default(cls, data: Path | str | None = None) -> Recipe:
        """Make the recipe that is used when there is none.

        Parameters
        ----------
        data
            The data set: a folder of TIFF images or an NXtomo file.
        """
        from tomo_runner.recipe import default_recipe

        if data is None:
            return cls(default_recipe())
        recipe = cls(default_recipe(), name=Path(data).stem)
        return recipe.set("dataset.path", str(data))

    @property
    def data(self) -> dict[str, Any]:
        """The recipe as plain JSON data; a copy."""
        return copy.deepcopy(self._data)

    def set(self, path: str, value: Any) -> Recipe:
        """Change one value, and give the recipe back.

        Parameters
        ----------
        path
            Dotted, as ``regions.centre.column``. A filter is named: ``filters.outliers.size``; one
            that is not there is added.
        value
            What JSON can say; None takes the key away.

        Raises
        ------
        TomoError
            When the value is not allowed; the recipe is then as before.
        """
        from tomo_runner.failures import Failure
        from tomo_runner.recipe import assign

        changed = copy.deepcopy(self._data)
        try:
            if value is None:
                _remove(changed, path.split("."))
            else:
                assign(changed, f"{path}={json.dumps(_plain(value, path))}")
        except Failure as failure:
            raise TomoError.from_json(failure.to_json()) from None
        _check(changed)
        self._data = changed
        return self

    def save(self, path: Path | str | None = None) -> Path:
        """Write the recipe to a file; where that is open in JupyterLab, it is shown there.

        Parameters
        ----------
        path
            The file; by default the one that it was loaded from or saved to.

        Raises
        ------
        TomoError
            When there is no such file yet, or when the new folder is another one and the recipe has
            relative paths.
        """
        target = self._path if path is None else Path(path).absolute()
        if target is None:
            raise TomoError(
                "no-file",
                "The recipe was not loaded from a file.",
                "path",
                'Give a name, as recipe.save("scan.tomo.json").',
            )
        if target.parent != self.base and _has_relative_paths(self._data):
            raise TomoError(
                "recipe-moved",
                f"The recipe's paths are relative to {self.base}, not to {target.parent}.",
                str(target),
                "Save it there, or set absolute paths first.",
            )
        target.write_text(json.dumps(self._data, indent=2) + "\n", encoding="utf-8")
        self._path = target
        return target

    def describe(self) -> Description:
        """What the data set holds: sizes, groups, angles and where they come from, warnings."""
        return Description(agent().ask("describe", **self._keys()))

    def centre(self, rows: list[int] | None = None) -> Centre:
        """Find the centre of rotation by registration of opposite projections.

        Parameters
        ----------
        rows
            Rows to look at; some spread ones by default.
        """
        asked = {} if rows is None else {"rows": [int(row) for row in rows]}
        return Centre(agent().ask("centre", **self._keys(), **asked))

    def preview(self, row: int | None = None) -> Slice:
        """Reconstruct one row, exactly as a run does.

        Parameters
        ----------
        row
            Row of the full image; the middle by default.
        """
        if row is None:
            row = self._middle()
        array, about = agent().image("preview", **self._keys(), row=int(row), product="slice")
        return Slice(array, row, self.name, str(about.get("unit", "")), about)

    def run(
        self,
        output: Path | str | None = None,
        rows: tuple[int, int] | None = None,
        cores: int | None = None,
        memory: int | None = None,
    ) -> Result:
        """Reconstruct the volume; progress is shown while it goes on.

        Parameters
        ----------
        output
            Result folder; the recipe's by default.
        rows
            First row and one past the last; the region of interest by default.
        cores
            Threads; all cores by default.
        memory
            Limit in bytes; half of the free memory by default.

        Raises
        ------
        TomoError
            When it fails. What was written stays.
        KeyboardInterrupt
            When the cell is interrupted; the run stops at the next slice.
        """
        from .running import run

        return run(self._data, self.base, self.name, output, rows, cores, memory)

    def _keys(self) -> dict[str, Any]:
        return {"base": str(self.base), "recipe": self._data}

    def _middle(self) -> int:
        roi = self._data.get("regions", {}).get("roi")
        top, bottom = (roi[1], roi[3]) if roi else (0, self.describe()["rows"])
        return int(top + bottom) // 2

    def __repr__(self) -> str:
        return f"Recipe {self.name!r} in {self.base}\n{json.dumps(self._data, indent=2)}"


class Description(dict):  # type: ignore[type-arg]
    """A data set as the runner describes it: the keys of ``jupyter tomo describe --json``."""

    def __repr__(self) -> str:
        angles = self["angles"]
        if angles["first"] is None:
            turn = "angles unknown"
        else:
            turn = f"{angles['first']:g} to {angles['last']:g} degrees (from {angles['source']})"
        size = f"{self['frames']} projections of {self['rows']} x {self['columns']}"
        lines = [f"{size}, {turn}", f"{self['flats']} flats, {self['darks']} darks"]
        if "pixelSize" in self:
            lines.append(f"pixel size {self['pixelSize']['value']:g} {self['pixelSize']['unit']}")
        return "\n".join([*lines, *self["warnings"]])


class Centre(dict):  # type: ignore[type-arg]
    """A centre of rotation as found: the keys of ``jupyter tomo centre --json``."""

    @property
    def column(self) -> float:
        """Column of the full image, 0-based, at the pivot row."""
        return float(self["column"])

    @property
    def tilt(self) -> float:
        """Degrees; positive: the axis leans towards larger columns with increasing row."""
        return float(self["tilt"])

    def __repr__(self) -> str:
        confidence = self["confidence"]
        # Nobody measures an axis to less than a hundredth of a pixel.
        said = f"{confidence['level']}, within {max(confidence['spread'], 0.01):.2f} px"
        text = f"centre {self.column:.2f} at row {self['row']:g}, tilt {self.tilt:.3f} degrees"
        return "\n".join([f"{text} ({said})", *self["warnings"]])


def _plain(value: Any, where: str) -> Any:
    """A copy as plain JSON data; numbers and arrays of NumPy become those of Python."""

    def converted(item: Any) -> Any:
        if isinstance(item, (np.generic, np.ndarray)):
            return item.tolist()
        if isinstance(item, os.PathLike):
            return os.fspath(item)
        raise TypeError(f"{type(item).__name__} is nothing that JSON can say")

    try:
        return json.loads(json.dumps(value, default=converted, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise TomoError(
            "not-json",
            f"A value for {where} cannot be kept: {error}.",
            where,
            "Give finite numbers, text, True or False, lists, or dictionaries of them.",
        ) from None


def _check(data: dict[str, Any]) -> None:
    from tomo_runner.failures import Failure
    from tomo_runner.recipe import validate

    try:
        validate(data)
    except Failure as failure:
        raise TomoError.from_json(failure.to_json()) from None


def _remove(data: Any, keys: list[str]) -> None:
    """Take a key away; one that is not there is gone already."""
    for key in keys[:-1]:
        data = _child(data, key)
    last = keys[-1]
    if isinstance(data, dict):
        data.pop(last, None)
    elif isinstance(data, list):
        data[:] = [item for i, item in enumerate(data) if last not in (str(i), _name(item))]


def _child(data: Any, key: str) -> Any:
    if isinstance(data, dict):
        return data.get(key)
    if isinstance(data, list):
        named = (item for i, item in enumerate(data) if key in (str(i), _name(item)))
        return next(named, None)
    return None


def _name(item: Any) -> Any:
    return item.get("name") if isinstance(item, dict) else None


def _has_relative_paths(data: dict[str, Any]) -> bool:
    dataset = data.get("dataset", {})
    paths = [dataset.get("path"), data.get("output", {}).get("folder")]
    for kind in ("flats", "darks"):
        paths += dataset.get(kind, {}).values()
    return any(path and not Path(path).is_absolute() for path in paths)
