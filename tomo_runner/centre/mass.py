"""The axis of rotation by the centre of mass.

The centre of mass of a projection moves as ``axis + a cos(angle) + b sin(angle)``, whatever the
angles are, as long as the whole sample is in the image.
"""

from __future__ import annotations

import math
from typing import List, Tuple

import numpy as np

from ..dataset import Window
from ..failures import DataFailure
from ..stopping import Stop
from .alive import Alive
from .answer import Estimates, Picture
from .sample import attenuation_of, without_air

_ROUNDS = 5


def from_mass(alive: Alive, angles: np.ndarray, windows: List[Window], stop: Stop) -> Estimates:
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
        profile = attenuation_of(alive, window, stop).mean(axis=0, dtype=np.float64)
        found = without_air(profile)
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
