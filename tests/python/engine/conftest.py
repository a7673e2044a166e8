"""The analytic phantom, a direct back-projection, and one engine for all tests."""

from __future__ import annotations

from typing import Any, Callable

import numpy as np
import pytest

from tomo_runner.engine import Engine, compile_plan

Ellipse = tuple[float, float, float, float, float, float]

# Contrast, half axes, centre (y up) and tilt in degrees, in units of half the width.
SHEPP_LOGAN: list[Ellipse] = [
    (1.0, 0.69, 0.92, 0.0, 0.0, 0.0),
    (-0.8, 0.6624, 0.874, 0.0, -0.0184, 0.0),
    (-0.2, 0.11, 0.31, 0.22, 0.0, -18.0),
    (-0.2, 0.16, 0.41, -0.22, 0.0, 18.0),
    (0.1, 0.21, 0.25, 0.0, 0.35, 0.0),
    (0.1, 0.046, 0.046, 0.0, 0.1, 0.0),
    (0.1, 0.046, 0.046, 0.0, -0.1, 0.0),
    (0.1, 0.046, 0.023, -0.08, -0.605, 0.0),
    (0.1, 0.023, 0.023, 0.0, -0.606, 0.0),
    (0.1, 0.023, 0.046, 0.06, -0.605, 0.0),
]


def project(
    columns: int,
    degrees: np.ndarray,
    centre: float,
    ellipses: list[Ellipse] | None = None,
    half: float | None = None,
) -> np.ndarray:
    """Line integrals in pixels, float32 (angle, column), averaged over 4 parts of each column."""
    half = columns / 2 if half is None else half
    theta = np.deg2rad(np.asarray(degrees))[:, None]
    out = np.zeros((theta.shape[0], columns))
    for part in range(4):
        position = (np.arange(columns) + (part + 0.5) / 4 - 0.5 - centre)[None] / half
        for value, a, b, x, y, tilt in ellipses or SHEPP_LOGAN:
            along = theta + np.deg2rad(tilt)
            width = a * a * np.cos(along) ** 2 + b * b * np.sin(along) ** 2
            distance = position - (x * np.cos(theta) - y * np.sin(theta))
            inside = np.maximum(width - distance**2, 0)
            out += value * a * b * np.sqrt(inside) / width * half / 2
    return out.astype(np.float32)


def distance(ellipse: Ellipse, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """From the centre of an ellipse, which ends at 1."""
    _, a, b, x0, y0, tilt = ellipse
    t = np.deg2rad(tilt)
    along = (x - x0) * np.cos(t) + (y - y0) * np.sin(t)
    across = (y - y0) * np.cos(t) - (x - x0) * np.sin(t)
    return np.hypot(along / a, across / b)


def picture(
    size: int, ellipses: list[Ellipse] | None = None, half: float | None = None, parts: int = 4
) -> np.ndarray:
    """The phantom, centred, float64 (y, x), averaged over ``parts`` x ``parts`` of each pixel."""
    half = size / 2 if half is None else half
    out = np.zeros((size, size))
    place = (np.arange(size) - (size - 1) / 2) / half
    shifts = ((np.arange(parts) + 0.5) / parts - 0.5) / half
    for ellipse in ellipses or SHEPP_LOGAN:
        value, a, b, *_ = ellipse
        middle = distance(ellipse, place[None], -place[:, None])
        cover = (middle <= 1).astype(float)
        # Only pixels near the edge have parts on both sides of it.
        edge = np.nonzero(np.abs(middle - 1) <= 1 / half / min(a, b))
        x, y = place[edge[1]], -place[edge[0]]
        inside = sum(distance(ellipse, x + i, y - j) <= 1 for i in shifts for j in shifts)
        cover[edge] = inside / parts**2
        out += value * cover
    return out


def disc(size: int, radius: float) -> np.ndarray:
    """True inside a centred disc."""
    x = np.arange(size) - (size - 1) / 2
    return x[None] ** 2 + x[:, None] ** 2 <= radius**2


def agreement(
    image: np.ndarray, truth: np.ndarray, inside: np.ndarray
) -> tuple[float, float, float]:
    """Root mean square difference, slope and offset of image against truth."""
    slope, offset = np.polyfit(truth[inside], image[inside], 1)
    return float(np.sqrt(np.mean((image - truth)[inside] ** 2))), float(slope), float(offset)


def ramp_plan(count: int, columns: int, centre: float, **others: Any) -> np.ndarray:
    """A plan with the plain ramp and no mask."""
    recipe = {
        "version": 1,
        "filters": others.pop("filters", []),
        "reconstruction": {
            "mask": others.pop("mask", 0),
            "parameters": {"filter": "ramp", **others.pop("parameters", {})},
        },
    }
    return compile_plan(recipe, count=count, columns=columns, centre=centre, **others)


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine()


@pytest.fixture(scope="session")
def reconstruct(engine: Engine) -> Callable[..., np.ndarray]:
    """Sinogram, degrees and centre to a slice (a copy)."""

    def run(sinogram: np.ndarray, degrees: np.ndarray, centre: float, **others: Any) -> np.ndarray:
        engine.configure(ramp_plan(*sinogram.shape, centre, **others), np.asarray(degrees))
        engine.sinogram()[...] = sinogram
        engine.process()
        return engine.image().copy()

    return run
