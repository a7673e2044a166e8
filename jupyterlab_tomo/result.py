"""Results in a notebook: the slices of a run, finished or going on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .agent_client import agent
from .display import Slice


class Result:
    """A folder of slices.

    Parameters
    ----------
    folder
        The result folder.

    Raises
    ------
    TomoError
        When it is not one.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder).resolve()
        self._description: dict[str, Any] = self._describe()

    def _describe(self) -> dict[str, Any]:
        description: dict[str, Any] = agent().ask("result", folder=str(self.folder))
        return description

    @property
    def rows(self) -> tuple[int, int]:
        """First row and one past the last, in rows of the full image."""
        first, end = self._description["rows"]
        return int(first), int(end)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(row, y, x)."""
        first, end = self.rows
        return end - first, int(self._description["height"]), int(self._description["width"])

    @property
    def complete(self) -> bool:
        """Whether all slices are written."""
        if not self._description["complete"]:
            self._description = self._describe()
        return bool(self._description["complete"])

    @property
    def record(self) -> dict[str, Any]:
        """``result.json``: the centre used, seconds a stage, warnings, versions."""
        return dict(self._description.get("record") or {})

    def slice(self, row: int | None = None) -> Slice:
        """One slice as it is in its file.

        Parameters
        ----------
        row
            Row of the full image; the middle by default.
        """
        first, end = self.rows
        row = (first + end) // 2 if row is None else int(row)
        array, about = agent().image("slice", folder=str(self.folder), row=row)
        about = {"centre": self.record.get("centre"), **about}
        name = str(self._description.get("name") or self.folder.name)
        return Slice(array, row, name, str(self._description["unit"]), about)

    def volume(self) -> NDArray[np.float32]:
        """All slices, float32 (row, y, x)."""
        first, end = self.rows
        out = np.empty(self.shape, np.float32)
        for row in range(first, end):
            out[row - first] = self.slice(row).array
        return out

    def __repr__(self) -> str:
        count, height, width = self.shape
        state = "" if self.complete else ", not complete"
        return f"<Result {self.folder}: {count} slices of {height} x {width}{state}>"


def open_result(folder: Path | str) -> Result:
    """Open a result folder."""
    return Result(folder)
