"""The methods, and where each can be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Optional

import numpy as np

from ..dataset import Dataset
from .pairs import opposite_pairs, partner

AUTOMATIC, ALL = "auto", "all"
LEAST = 8
"""Projections that are too few for any method but the 180-degree image."""
NARROWEST = 5
"""Columns in which a shift of a profile can be told: its ends are left out."""


@dataclass(frozen=True)
class Method:
    """A way to find the axis; ``name`` is what recipes and the command line say.

    ``tool`` is the external tool that does it, and ``finder`` what that one calls it.
    """

    name: str
    title: str
    help: str
    tool: str = ""
    finder: str = ""


METHODS = (
    Method(
        AUTOMATIC,
        "Automatic",
        "The first that the angles allow: opposite projections, the 180° image, centre of mass, "
        "sharpness.",
    ),
    Method(
        "pairs",
        "Opposite projections",
        "Registers each projection with the mirror image of the one half a turn later.",
    ),
    Method(
        "opposite",
        "180° image",
        "Registers the first projection with the mirror image of the one at 180° to it.",
    ),
    Method(
        "mass",
        "Centre of mass",
        "Fits a sinusoid to the centre of mass; the whole sample must be in the image.",
    ),
    Method(
        "sharpness",
        "Sharpness of slices",
        "Reconstructs slices about many axes and takes the one with the fewest arcs beside edges.",
    ),
    Method(
        "overlap",
        "Overlap (half acquisition)",
        "For a full turn with the axis near a side of the image: registers what opposite "
        "projections have in common.",
    ),
    Method(
        ALL,
        "All, compared",
        "All methods that the angles allow; how well they agree is the confidence.",
    ),
    Method(
        "tomopy-vo",
        "TomoPy: Vo",
        "TomoPy's find_center_vo: sinogram and mirror image together, in Fourier space.",
        "tomopy",
        "vo",
    ),
    Method(
        "tomopy-pc",
        "TomoPy: phase correlation",
        "TomoPy's find_center_pc: the first projection with the mirror image of the last.",
        "tomopy",
        "pc",
    ),
    Method(
        "tomopy-entropy",
        "TomoPy: entropy",
        "TomoPy's find_center: the slice whose histogram is least spread, slow.",
        "tomopy",
        "entropy",
    ),
)
"""Of the tools' own ones, ``all`` and ``auto`` use none."""


def tool_of_method(name: str) -> str:
    """The external tool whose finder a method is; empty when it is ours."""
    return next((method.tool for method in METHODS if method.name == name), "")


def why_not(name: str, angles: Optional[np.ndarray], image: bool, columns: int) -> str:
    """Why a method cannot be used, one sentence; empty when it can.

    Parameters
    ----------
    angles
        Degrees of the kept projections, or None when they are not known.
    image
        Whether there is an image at 180 degrees to the first projection.
    columns
        Width of the image.
    """
    if columns < NARROWEST:
        wide = "only one column" if columns == 1 else f"only {columns} columns"
        return f"The image has {wide}; it needs {NARROWEST} or more."
    if angles is None:
        return "The angles of the projections are not known."
    if name == "opposite":
        if image or partner(angles) is not None:
            return ""
        return "Nothing was measured at 180° to the first projection."
    if name in (AUTOMATIC, ALL):
        names = ("pairs", "opposite", "mass", "sharpness")
        none = all(why_not(one, angles, image, columns) for one in names)
        return _no_pairs(angles) if none else ""
    if len(angles) < LEAST and name != "pairs":
        return f"There are only {len(angles)} projections; it needs {LEAST} or more."
    if name in ("pairs", "overlap") and not opposite_pairs(angles):
        return _no_pairs(angles)
    if any(method.name == name and method.tool for method in METHODS):
        return _no_half_turn(angles)
    if name == "overlap" and widest_gap(angles, 360.0) > 20.0:
        return "It needs a full turn, and the scan is not one."
    gap = widest_gap(angles, 180.0)
    most = {"mass": 45.0, "sharpness": _bearable(angles)}.get(name, 180.0)
    if gap > most:
        return f"The angles leave out a wedge of {gap:.0f}°, more than the {most:.0f}° it can bear."
    if name == "sharpness" and widest_gap(_first_half(angles), 180.0) > most:
        return "It needs half a turn without gaps."
    return ""


def described(dataset: Dataset) -> List[Dict[str, str]]:
    """All methods as the api shows them, with ``why`` where the angles do not allow one."""
    values = dataset.angles.values
    angles = None if values is None else values[dataset.kept]
    image = dataset.acquisition.opposite is not None
    shown: List[Dict[str, str]] = []
    for method in METHODS:
        entry = {"name": method.name, "title": method.title, "help": method.help}
        if method.tool:
            entry["tool"] = method.tool
        why = why_not(method.name, angles, image, dataset.columns)
        shown.append({**entry, "why": why} if why else entry)
    return shown


def widest_gap(angles: np.ndarray, period: float) -> float:
    """Degrees between neighbouring directions that are furthest apart, modulo a period."""
    if not len(angles):
        return period
    turned = np.sort(np.mod(angles, period))
    return float(np.max(np.diff(np.append(turned, turned[0] + period))))


def _bearable(angles: np.ndarray) -> float:
    """Widest gap between directions for the sharpness: steps may be coarse, a wedge moves it."""
    turned = np.sort(np.mod(angles, 180.0))
    gaps = np.diff(turned)
    steps = gaps[gaps > 1e-6]
    return float(np.clip(2.5 * np.median(steps), 5.0, 20.0)) if len(steps) else 5.0


def _first_half(angles: np.ndarray) -> np.ndarray:
    turned: np.ndarray = np.mod(angles - angles.min(), 360.0)
    return turned[turned < 180.0 - 1e-6]


def _no_half_turn(angles: np.ndarray) -> str:
    """Why finders for scans from 0 to 180 degrees cannot be used; empty when they can."""
    gaps = np.diff(np.sort(angles))
    steps = gaps[gaps > 1e-6]
    step = float(np.median(steps)) if len(steps) else 180.0
    span = float(np.ptp(angles))
    if abs(span - 180.0) > 1.5 * step + 1e-6 or step > 20.0:
        return f"It takes half a turn, from 0 to 180°, and the angles span {span:.0f}°."
    if float(steps.max()) > 3.0 * step:
        return f"It takes even steps, and the angles leave out {float(steps.max()):.0f}°."
    return ""


def _no_pairs(angles: np.ndarray) -> str:
    if len(angles) < 2:
        return "There is only one projection."
    return (
        f"The angles span {float(np.ptp(angles)):.0f}°, and no two projections are half a turn "
        "apart."
    )
