"""What a method finds, and the one line that its estimates agree on."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from ..dataset import Window
from ..failures import DataFailure
from ..regions import Axis
from ..tilt import Tilt
from .line import level_line, median, robust_line

UNCERTAIN = 1.0
"""Spread in pixels beyond which the answer is called uncertain."""


@dataclass(frozen=True)
class Picture:
    """Why: what was measured as points, and a line through them where there is one."""

    title: str
    x: str
    y: str
    points: List[Tuple[float, float]]
    line: List[Tuple[float, float]] = field(default_factory=list)
    best: Optional[float] = None
    """Where on x the answer stands."""

    def to_json(self) -> Dict[str, Any]:
        """As the api shows it."""
        return {
            "title": self.title,
            "x": self.x,
            "y": self.y,
            "points": [[_digits(x), _digits(y)] for x, y in self.points],
            "line": [[_digits(x), _digits(y)] for x, y in self.line],
            "best": None if self.best is None else _digits(self.best),
        }


@dataclass(frozen=True)
class Estimates:
    """Columns of the axis, each with a weight (0: nothing seen): (estimate, band).

    ``errors`` are what a band is uncertain by on its own, in pixels; NaN where it is not known.
    """

    columns: np.ndarray
    weights: np.ndarray
    windows: List[Window]
    picture: Picture
    errors: Optional[np.ndarray] = None
    doubt: str = ""
    """Why the answer may be wrong by more than it scatters, as a sentence."""


@dataclass(frozen=True)
class Tried:
    """One of several methods: its answer, or why there is none."""

    name: str
    column: Optional[float]
    tilt: Optional[float]
    spread: Optional[float]
    why: str = ""

    def to_json(self) -> Dict[str, Any]:
        """As the api shows it."""
        return {
            "name": self.name,
            "column": None if self.column is None else round(self.column, 4),
            "tilt": None if self.tilt is None else round(self.tilt, 5),
            "spread": None if self.spread is None else round(self.spread, 4),
            "why": self.why,
        }


@dataclass(frozen=True)
class Centre:
    """The axis found, with the column of each band of rows."""

    axis: Axis
    rows: List[Tuple[float, float]]
    spread: float
    warnings: List[str]
    method: str = ""
    picture: Optional[Picture] = None
    tried: List[Tried] = field(default_factory=list)
    doubted: bool = False
    """Whether it may be wrong by more than it scatters."""

    @property
    def level(self) -> str:
        """``good`` or ``uncertain``."""
        return "good" if self.spread <= UNCERTAIN and not self.doubted else "uncertain"

    @property
    def of_steps(self) -> bool:
        """Whether steps on sinograms had a part in it: sharpness alone looks at what they leave."""
        # One that found nothing may find something after other steps.
        return "sharpness" in (self.method, *(one.name for one in self.tried))

    def with_warning(self, text: str) -> Centre:
        """The same, and a sentence more."""
        return replace(self, warnings=[*self.warnings, text])

    def to_json(self) -> Dict[str, Any]:
        """As the api and ``jupyter tomo centre --json`` show it."""
        shown: Dict[str, Any] = {
            "column": round(self.axis.column, 4),
            "row": self.axis.row,
            "tilt": round(self.axis.tilt, 5),
            "confidence": {"level": self.level, "spread": round(self.spread, 4)},
            "rows": [[row, round(column, 4)] for row, column in self.rows],
            "warnings": self.warnings,
            "method": self.method,
        }
        if self.picture is not None:
            shown["picture"] = self.picture.to_json()
        if self.tried:
            shown["tried"] = [one.to_json() for one in self.tried]
        return shown


def agree(found: Estimates, height: int, method: str, tilt: Optional[Tilt] = None) -> Centre:
    """One line through the estimates.

    Parameters
    ----------
    tilt
        By how much the images were rotated: the line leans by that. Left out: by what rows say.

    Raises
    ------
    DataFailure
        When no band showed anything.
    """
    columns, weights = found.columns, found.weights
    usable = (weights > 0.0) & np.isfinite(columns)
    if not usable.any():
        raise nothing_seen()
    at = middles(found.windows)
    by_band = np.full(len(at), np.nan)
    band_weight = np.zeros(len(at))
    count = usable.sum(axis=0)
    within: List[float] = []
    for band in range(len(at)):
        chosen = usable[:, band]
        if chosen.any():
            by_band[band] = median(columns[chosen, band], weights[chosen, band])
            band_weight[band] = float(weights[chosen, band].sum())
            if chosen.sum() > 2:
                deviations = np.abs(columns[chosen, band] - by_band[band])
                within.append(1.4826 * median(deviations, weights[chosen, band]))
    seen = np.isfinite(by_band) & (band_weight >= 0.02 * band_weight.max())
    scatter = float(np.median(within)) if within else 0.0
    known = 0.0
    if found.errors is not None:
        told = seen & np.isfinite(found.errors)
        if told.any():
            scatter = max(scatter, float(np.median(found.errors[told])))
            known = float(np.median(found.errors[told] / np.sqrt(count[told])))
    if tilt is None:
        pivot = (height - 1) / 2
        y, weight = by_band[seen], band_weight[seen]
        offset, slope, residual = robust_line(at[seen] - pivot, y, weight, known)
        axis = Axis(float(offset), pivot, math.degrees(math.atan(slope)))
    else:
        offset, residual = level_line(by_band[seen], band_weight[seen])
        axis = tilt.leaning(offset)
        by_band += np.array([axis.at(row) for row in at]) - offset
    spread = max(residual, scatter)
    warnings = [found.doubt] if found.doubt else []
    if spread > UNCERTAIN:
        warnings.append(
            f"The centre of rotation is uncertain: rows, pairs or parts of the image differ by "
            f"{spread:.1f} pixels."
        )
    rows = [(float(row), float(c)) for row, c in zip(at[seen], by_band[seen])]
    return Centre(
        axis, rows, float(spread), warnings, method, found.picture, doubted=bool(found.doubt)
    )


def middles(windows: Sequence[Window]) -> np.ndarray:
    """Rows in the middle of bands."""
    return np.array([(window.top + window.bottom - 1) / 2 for window in windows])


def nothing_seen() -> DataFailure:
    """Flat or empty images."""
    return DataFailure(
        "nothing-to-register",
        "The projections have no structure in common, so the centre of rotation cannot be found.",
        "regions.centre.column",
        "Set regions.centre.column, or look at rows that the sample crosses.",
    )


def bands(height: int, width: int, rows: Optional[Sequence[int]], count: int) -> List[Window]:
    """Rows that are looked at: the given ones with two neighbours, or ``count`` over the height.

    Raises
    ------
    DataFailure
        When a row lies outside the image.
    """
    if rows:
        wrong = [row for row in rows if not 0 <= row < height]
        if wrong:
            raise DataFailure(
                "outside",
                f"Row {wrong[0]} lies outside the image of {height} rows.",
                "--rows",
                f"Give rows from 0 to {height - 1}.",
            )
        # The same on both sides, so that the band's middle is the row itself.
        windows: List[Window] = []
        for row in sorted(set(rows)):
            reach = min(2, row, height - 1 - row)
            windows.append(Window(row - reach, row + reach + 1, 0, width))
        return windows
    count = min(count, height)
    edges = np.linspace(0, height, count + 1).round().astype(int)
    # A band of many rows would blur a tilted axis: its middle is enough.
    windows = []
    for top, bottom in zip(edges[:-1].tolist(), edges[1:].tolist()):
        middle, half = (top + bottom) // 2, min(bottom - top, 16) // 2
        windows.append(Window(max(top, middle - half), max(middle + half, middle + 1), 0, width))
    return windows


def _digits(value: float) -> float:
    return float(f"{value:.6g}")
