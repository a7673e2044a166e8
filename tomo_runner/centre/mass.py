"""The axis of rotation by the centre of mass.

The centre of mass of a projection moves as ``axis + a cos(angle) + b sin(angle)``, whatever the
angles are, as long as the whole sample is in the image.
"""

from __future__ import annotations

import math
from typing import List, NamedTuple, Optional, Tuple

import numpy as np

from ..dataset import Window
from ..failures import DataFailure
from ..pipeline import Pipeline
from ..stopping import Stop
from .answer import Estimates, Picture

_EDGE = 0.02
"""Share of the columns at each side that must show air."""
_AIR = 0.06
"""What counts as air, relative to the sample."""
_ROUNDS = 5


def from_mass(
    pipeline: Pipeline, angles: np.ndarray, windows: List[Window], stop: Stop
) -> Estimates:
    """Estimates (1, band) by the centre of mass.

    Parameters
    ----------
    angles
        Degrees of the kept projections.

    Raises
    ------
    DataFailure
        When the sample leaves the image at a side.
    """
    theta = np.deg2rad(angles)
    design = np.stack([np.ones_like(theta), np.cos(theta), np.sin(theta)], axis=1)
    columns = np.full((1, len(windows)), np.nan)
    weights, errors = np.zeros((1, len(windows))), np.full(len(windows), np.nan)
    shown, truncated = (-1.0, Picture("", "", "", [])), 0
    for band, window in enumerate(windows):
        rows = pipeline.sinograms(window, stop)
        profile = np.nan_to_num(rows).mean(axis=0, dtype=np.float64)
        found = _without_air(profile)
        if found is None:
            continue
        if not found.whole:
            truncated += 1
            continue
        cleared = found.sample
        mass = cleared.sum(axis=1)
        usable = mass > 0.2 * float(np.median(mass))
        if usable.sum() < 8:
            continue
        x = np.arange(cleared.shape[1], dtype=np.float64)
        middle = (cleared[usable] @ x) / mass[usable]
        fitted, error = _sinusoid(design[usable], middle)
        columns[0, band], errors[band] = fitted[0], math.hypot(error, found.error)
        weights[0, band] = float(np.median(mass)) ** 2
        if weights[0, band] > shown[0]:
            curve = design[usable] @ fitted
            shown = (
                float(weights[0, band]),
                _picture(angles[usable], middle, curve, window),
            )
    if truncated and not weights.any():
        raise DataFailure(
            "truncated",
            "The sample leaves the image at a side, so its centre of mass is not seen.",
            "regions.centre.method",
            "Choose opposite projections or sharpness.",
        )
    return Estimates(columns, weights, windows, shown[1], errors)


class _Cleared(NamedTuple):
    """The sample alone: what stands in the air at both sides is taken off along a line."""

    sample: np.ndarray
    whole: bool
    """Whether all of it is in the image."""
    error: float
    """Pixels by which what stands still may move the centre of mass."""


def _without_air(profile: np.ndarray) -> Optional[_Cleared]:
    """None when there is no sample."""
    columns = profile.shape[1]
    edge = max(2, int(columns * _EDGE))
    left, right = profile[:, :edge].mean(axis=1), profile[:, -edge:].mean(axis=1)
    base = min(float(np.median(left)), float(np.median(right)))
    height = float(np.quantile(profile, 0.99)) - base
    noise = float(np.std(np.diff(profile, axis=1))) / math.sqrt(2.0)
    if not height > max(3.0 * noise / math.sqrt(columns), 1e-9):
        return None
    high = max(float(np.quantile(left, 0.95)), float(np.quantile(right, 0.95)))
    whole = high - min(base, 0.0) <= _AIR * height
    # Where the sample ever is; beyond there is only noise, which has long levers.
    mean = profile.mean(axis=0, dtype=np.float64)
    most = np.quantile(profile, 0.99, axis=0) - base
    inside = np.flatnonzero(most > max(0.05 * height, 4.0 * noise))
    if not len(inside):
        return None
    margin = max(2, columns // 100)
    first = min(max(edge, inside[0] - margin), columns - edge - 1)
    last = max(min(columns - edge, inside[-1] + 1 + margin), first + 1)
    x = np.arange(columns, dtype=np.float64)
    air = np.r_[0:first, last:columns]
    design = np.stack([np.ones(len(air)), x[air] - columns / 2], axis=1)
    line = np.linalg.lstsq(design, profile[:, air].T.astype(np.float64), rcond=None)[0]
    sample: np.ndarray = profile - (line[0][:, None] + np.outer(line[1], x - columns / 2))
    still = float(np.std(mean[air] - design @ line.mean(axis=1)))
    sample[:, air] = 0.0
    mass, width = float(mean[first:last].sum() - base * (last - first)), last - first
    if not mass > 0.0:
        return None
    # Of each column for itself, and of the line through the air.
    moved = still * math.sqrt(width**3 / 12.0 + width**4 / (4.0 * len(air))) / mass
    return _Cleared(sample, whole, moved)


def _sinusoid(design: np.ndarray, middle: np.ndarray) -> Tuple[np.ndarray, float]:
    """A robust fit, and the standard error of the axis."""
    weight = np.ones(len(middle))
    fitted = np.zeros(3)
    for _ in range(_ROUNDS):
        root = np.sqrt(weight)
        fitted = np.linalg.lstsq(design * root[:, None], middle * root, rcond=None)[0]
        residual = middle - design @ fitted
        spread = max(1.4826 * float(np.median(np.abs(residual))), 1e-9)
        weight = 1.0 / np.maximum(1.0, np.abs(residual) / (2.0 * spread)) ** 2
    inverse = np.linalg.inv(design.T @ (design * weight[:, None]))
    return fitted, float(spread * np.sqrt(inverse[0, 0]))


def _picture(angles: np.ndarray, middle: np.ndarray, curve: np.ndarray, window: Window) -> Picture:
    order = np.argsort(angles, kind="stable")
    thin = max(1, len(order) // 200)
    chosen = order[::thin]
    row = (window.top + window.bottom - 1) / 2
    return Picture(
        f"Centre of mass at row {row:g}, and the sinusoid through it",
        "angle (°)",
        "column",
        [(float(angles[i]), float(middle[i])) for i in chosen],
        [(float(angles[i]), float(curve[i])) for i in chosen],
    )
