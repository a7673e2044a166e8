"""Rotation of projections: against the formula in float64, to the bit in windows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tomo_runner.engine import Engine


def taps(fraction: np.ndarray) -> list[np.ndarray]:
    """Weights of Keys' cubic convolution with a = -1/2, by the distance of each tap."""
    found = []
    for tap in (-1, 0, 1, 2):
        d = np.abs(fraction - tap)
        near = 1.5 * d**3 - 2.5 * d**2 + 1
        far = -0.5 * d**3 + 2.5 * d**2 - 4 * d + 2
        found.append(np.where(d <= 1, near, np.where(d < 2, far, 0.0)))
    return found


def places(shape: tuple[int, int], degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """Column and row that each pixel comes from."""
    rows, columns = shape
    y, x = np.mgrid[:rows, :columns]
    across, down = x - (columns - 1) / 2, y - (rows - 1) / 2
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return (columns - 1) / 2 + across * c + down * s, (rows - 1) / 2 - across * s + down * c


def reference(image: np.ndarray, degrees: float) -> np.ndarray:
    x, y = places(image.shape, degrees)
    column, row = np.floor(x).astype(int), np.floor(y).astype(int)
    out = np.zeros(image.shape)
    for j, down in enumerate(taps(y - row)):
        for i, across in enumerate(taps(x - column)):
            at_row = np.clip(row + j - 1, 0, image.shape[0] - 1)
            at_column = np.clip(column + i - 1, 0, image.shape[1] - 1)
            out += down * across * image[at_row, at_column]
    return out


def rotated(engine: Engine, image: np.ndarray, degrees: float) -> np.ndarray:
    whole = (0, image.shape[0], 0, image.shape[1])
    return engine.straighten(image, whole, whole, image.shape, degrees)


@pytest.mark.parametrize("shape", [(101, 97), (64, 130), (1, 40), (40, 1), (1, 1), (3, 5)])
@pytest.mark.parametrize("degrees", [0.3, -1.0, 2.0, -10.0])
def test_the_interpolation(engine: Engine, shape: Any, degrees: float) -> None:
    image = np.random.default_rng(4).uniform(-1, 1, shape).astype(np.float32)
    out = rotated(engine, image, degrees)
    assert out.shape == shape and out.dtype == np.float32
    # Where a point falls between pixels, float32 knows to a few parts in ten million.
    assert np.abs(out - reference(image, degrees)).max() < 2e-6


def test_no_tilt_is_no_change(engine: Engine) -> None:
    image = np.random.default_rng(5).uniform(-1, 1, (30, 41)).astype(np.float32)
    assert np.array_equal(rotated(engine, image, 0.0), image)


def test_a_line_that_leans_stands_upright(engine: Engine) -> None:
    """Positive: towards larger columns with increasing row."""
    rows, columns = 121, 90
    y, x = np.mgrid[:rows, :columns]
    for degrees in (3.0, -5.0):
        line = 52.0 + (y - 60) * math.tan(math.radians(degrees))
        distance = (x - line) * math.cos(math.radians(degrees))
        out = rotated(engine, np.exp(-0.5 * (distance / 2) ** 2).astype(np.float32), degrees)
        inside = out[20:100].astype(np.float64)
        found = (inside * np.arange(columns)).sum(1) / inside.sum(1)
        expected = 44.5 + (52.0 - 44.5) * math.cos(math.radians(degrees))
        assert np.abs(found - expected).max() < 0.01


def test_a_parabola_is_exact(engine: Engine) -> None:
    y, x = np.mgrid[:60, :70]
    image = (0.002 * x**2 - 0.001 * x * y + 0.0015 * y**2 + 0.1 * x).astype(np.float32)
    out = rotated(engine, image, 4.0)
    at_x, at_y = places(image.shape, 4.0)
    expected = 0.002 * at_x**2 - 0.001 * at_x * at_y + 0.0015 * at_y**2 + 0.1 * at_x
    inside = (slice(8, -8), slice(8, -8))
    assert np.abs(out - expected)[inside].max() < 1e-5


@pytest.mark.parametrize("degrees", [0.4, -2.0, 7.5])
def test_pixels_have_the_same_bits_in_every_window(engine: Engine, degrees: float) -> None:
    shape = (131, 87)
    image = np.random.default_rng(6).uniform(0, 1, shape).astype(np.float32)
    whole = rotated(engine, image, degrees)
    x, y = places(shape, degrees)
    for top, bottom, left, right in (
        (0, 1, 0, 87), (130, 131, 3, 4), (40, 43, 10, 81), (7, 60, 80, 87), (64, 65, 0, 3),
    ):  # fmt: skip
        part = (slice(top, bottom), slice(left, right))
        # The pixels about each point, and at least the edge of the image.
        source = (
            min(max(0, math.floor(y[part].min()) - 1), shape[0] - 1),
            max(min(shape[0], math.floor(y[part].max()) + 3), 1),
            min(max(0, math.floor(x[part].min()) - 1), shape[1] - 1),
            max(min(shape[1], math.floor(x[part].max()) + 3), 1),
        )
        there = image[source[0] : source[1], source[2] : source[3]]
        out = engine.straighten(there, source, (top, bottom, left, right), shape, degrees)
        assert np.array_equal(out, whole[part])


def test_what_is_no_number_stays_where_it_is(engine: Engine) -> None:
    image = np.random.default_rng(7).uniform(0, 1, (50, 60)).astype(np.float32)
    whole = rotated(engine, image, 1.5)
    image[20, 30] = np.nan
    image[40, 10] = np.inf
    out = rotated(engine, image, 1.5)
    x, y = places(image.shape, 1.5)
    near = (np.abs(x - 30) <= 2) & (np.abs(y - 20) <= 2)
    near |= (np.abs(x - 10) <= 2) & (np.abs(y - 40) <= 2)
    assert not np.isfinite(out[near]).any() or np.isnan(out[near]).sum() >= 16
    assert np.array_equal(out[~near], whole[~near])


def test_a_window_that_is_too_small_is_not_read_beyond(engine: Engine) -> None:
    """A host that brings too little gets wrong values, and nothing of other memory."""
    image = np.full((3, 5), 2.0, np.float32)
    out = engine.straighten(image, (10, 13, 4, 9), (0, 40, 0, 30), (40, 30), 5.0)
    assert np.allclose(out, 2.0, atol=1e-5)
