"""ASTRA's filters: each calms noise and keeps the image."""

from __future__ import annotations

import numpy as np
import pytest

from tomo_runner import catalogue
from tomo_runner.toolhost import astra as ours
from tomo_runner.toolhost.astra_filters import OWN, window
from tomo_runner.toolhost.astra_methods import FILTERS
from tomo_runner.toolhost.contract import Task

COLUMNS = 128
ANGLES = np.arange(180.0)
PLACE = np.arange(COLUMNS) - (COLUMNS - 1) / 2
INSIDE = PLACE[:, None] ** 2 + PLACE[None, :] ** 2 < 58.0**2


def blob():
    """A Gaussian of height 0.1 and width 15, off the axis: nothing in it is fine."""
    radians = np.deg2rad(ANGLES)[:, None]
    distance = PLACE[None, :] - 7 * np.cos(radians) - 4 * np.sin(radians)
    sinogram = 0.1 * np.sqrt(2 * np.pi) * 15 * np.exp(-0.5 * (distance / 15) ** 2)
    return sinogram.astype(np.float32)


def fbp(sinogram, **parameters):
    pytest.importorskip("astra")
    schema = catalogue.method("astra", "FBP")["schema"]
    slices = np.zeros((1, COLUMNS, COLUMNS), np.float32)
    ours.reconstruct(
        Task(
            "FBP",
            {**catalogue.defaults(schema), **parameters},
            sinogram[None],
            ANGLES,
            np.array([(COLUMNS - 1) / 2]),
            slices,
            1,
            lambda row: None,
            lambda text: None,
        )
    )
    return slices[0].astype(float)


@pytest.mark.parametrize("cutoff", [1.0, 0.5])
@pytest.mark.parametrize("name", FILTERS)
def test_smooth_things_stay_and_noise_goes(name, cutoff):
    expected = 0.1 * np.exp(-0.5 * ((PLACE[None, :] - 7) ** 2 + (PLACE[:, None] - 4) ** 2) / 15**2)
    found = fbp(blob(), filter=name, cutoff=cutoff)
    x, y = expected[INSIDE], found[INSIDE]
    (slope, offset), *_ = np.linalg.lstsq(np.stack([x, np.ones_like(x)], 1), y, rcond=None)
    # The kink of triangular at frequency 0 costs it most.
    limit = 0.06 if name == "triangular" else 0.03
    assert abs(slope - 1) < limit
    assert abs(offset) < limit * 0.1

    noise = np.random.default_rng(3).standard_normal(blob().shape).astype(np.float32)
    sharp = fbp(noise)[INSIDE].std()
    calm = fbp(noise, filter=name, cutoff=cutoff)[INSIDE].std()
    assert calm <= sharp * 1.0001 if (name, cutoff) == ("ram-lak", 1.0) else calm < 0.95 * sharp


def test_our_ramp_is_astras():
    noise = np.random.default_rng(5).standard_normal(blob().shape).astype(np.float32)
    flat = fbp(noise, filter="tukey", shape=1.0, cutoff=0.6)
    ramp = fbp(noise, filter="ram-lak", cutoff=0.6)
    np.testing.assert_allclose(flat, ramp, atol=1e-5 * np.abs(ramp).max())


@pytest.mark.parametrize("name", [name for name in FILTERS if name not in OWN])
def test_windows_fall_from_one(name):
    part = np.linspace(0, 1, 201)
    for shape in (None, 0.0, 1.0) if name in ("tukey", "gaussian", "blackman") else (None,):
        values = window(name, part, shape)
        assert values[0] == pytest.approx(1.0, abs=1e-6)
        # Blackman's is one of cosines, whose sides swing below zero at its largest alpha.
        assert values.max() <= 1.0 + 1e-9 and np.isfinite(values).all()
        if shape is None:
            assert (np.diff(values) < 1e-9).all() or name == "flat-top"
