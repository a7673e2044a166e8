"""How far the axis leans, of samples whose outline changes along it."""

from __future__ import annotations

import json

import h5py
import numpy as np
import phantom
import pytest

COLUMNS, ROWS, CENTRE = 256, 128, 131.4
STEPS = [{"name": "normalise"}, {"name": "minus-log"}]


@pytest.fixture
def find(cli, tmp_path):
    """Write a scan, which may be spoiled, and find its axis."""

    def run(made, method="auto", noisy=slice(0), steps=STEPS):
        counts = phantom.counts(made, 0.01, 0.01)
        path = phantom.write_nxtomo(tmp_path / "scan.nxs", counts, made.angles)
        with h5py.File(path, "a") as file:
            # Columns without light, of flats and darks, too: what the camera reads is noise.
            data = file["entry/instrument/detector/data"]
            dark = phantom.DARK + 5 * np.random.default_rng(7).standard_normal(data.shape)
            data[:, :, noisy] = np.rint(dark[:, :, noisy])
        recipe = tmp_path / "scan.tomo.json"
        settings = {"version": 1, "dataset": {"path": str(path)}, "filters": steps}
        recipe.write_text(json.dumps(settings))
        code, reply, _ = cli("centre", recipe, "--method", method)
        assert code == 0, reply
        return reply

    return run


def stones(tilt, span=360.0, frames=61):
    """Balls in a wide, flat stone: rows on their own see another lean in it, even the other way."""
    angles = np.linspace(0.0, span, frames)
    cosine, sine = np.cos(np.deg2rad(tilt)), np.sin(np.deg2rad(tilt))
    y, x = np.mgrid[:ROWS, :COLUMNS].astype(np.float64)
    right, down = x - CENTRE, y - (ROWS - 1) / 2
    along, across = right * sine + down * cosine, right * cosine - down * sine
    # Half width, half height, place, density.
    dice = np.random.default_rng(3)
    made = [(85.0, 60.0, 0.0, 0.0, 0.0, 0.006)]
    for _ in range(30):
        size, far, turn = dice.uniform(4, 12), dice.uniform(0, 60), dice.uniform(0, 2 * np.pi)
        at = far * np.cos(turn), far * np.sin(turn), dice.uniform(-40, 40)
        made.append((size, size, *at, dice.uniform(-0.01, 0.02)))
    seen = np.zeros((frames, ROWS, COLUMNS))
    for frame, theta in enumerate(np.deg2rad(angles)):
        for half, height, at_x, at_y, z, density in made:
            off = (across - at_x * np.cos(theta) - at_y * np.sin(theta)) / half
            inside = 1.0 - off**2 - ((along - z) / height) ** 2
            seen[frame] += 2 * density * half * np.sqrt(np.maximum(inside, 0.0))
    return phantom.Scan(seen, angles, CENTRE)


@pytest.mark.parametrize("tilt", [1.0, -0.4, 3.0, 6.0])
@pytest.mark.parametrize("span", [180, 360])
def test_whole_images_tell_how_an_axis_leans(find, span, tilt):
    found = find(stones(tilt, span))
    assert found["confidence"]["level"] == "good" and not found["warnings"]
    assert found["tilt"] == pytest.approx(tilt, abs=0.04 if span == 180 else 0.02)
    assert found["column"] == pytest.approx(CENTRE, abs=0.1)
    # What the rows say lies about the line.
    slope = np.tan(np.deg2rad(tilt))
    for row, column in found["rows"]:
        assert column == pytest.approx(CENTRE + (row - (ROWS - 1) / 2) * slope, abs=0.5)


@pytest.mark.parametrize("method", ["opposite", "mass", "sharpness"])
def test_other_methods_look_at_upright_images(find, method):
    found = find(stones(2.0, 180), method)
    assert found["tilt"] == pytest.approx(2.0, abs=0.1)
    assert found["column"] == pytest.approx(CENTRE, abs=0.2)


@pytest.mark.parametrize("noisy", [slice(60, 61), slice(126, 130)])
@pytest.mark.parametrize("steps", [STEPS, STEPS[:1]])
def test_columns_of_noise_are_no_sample(find, noisy, steps):
    """Few projections tell the lean, and in few of them noise may go along with its neighbours."""
    made = phantom.scan(256, 100, 150, 360, False, 133.0, tilt=1.5)
    found = find(made, noisy=noisy, steps=[{"name": "outliers"}, *steps])
    assert found["confidence"]["level"] == "good"
    assert found["tilt"] == pytest.approx(1.5, abs=0.05)
    assert found["column"] == pytest.approx(133.0, abs=0.05)


def test_an_upright_axis_stays_upright(find):
    found = find(stones(0.0))
    assert found["tilt"] == 0.0 and found["confidence"]["level"] == "good"
    assert found["column"] == pytest.approx(CENTRE, abs=0.1)


def test_a_stage_that_rises_is_no_lean(find):
    """By three rows over the turn, so that opposite images stand one and a half apart."""
    made = stones(1.0)
    for frame, image in enumerate(made.attenuation):
        rise = 3.0 * frame / (len(made.angles) - 1)
        at = np.clip(np.arange(ROWS) - rise, 0, ROWS - 1)
        low = np.minimum(at.astype(int), ROWS - 2)
        part = (at - low)[:, None]
        image[...] = (1 - part) * image[low] + part * image[low + 1]
    found = find(made)
    assert found["tilt"] == pytest.approx(1.0, abs=0.1)
    assert found["column"] == pytest.approx(CENTRE, abs=0.2)


def test_rows_that_are_bent_are_no_lean_to_rely_on(find):
    """A camera that looks askew moves rows by the column, and no column by the row."""
    made = stones(0.0)
    for image in made.attenuation:
        for column in range(COLUMNS):
            at = np.arange(ROWS) - 0.02 * (column - CENTRE)
            image[:, column] = np.interp(at, np.arange(ROWS), image[:, column].copy())
    found = find(made)
    assert found["confidence"]["level"] == "uncertain"
    assert any("whole projections" in warning for warning in found["warnings"])
    assert found["column"] == pytest.approx(CENTRE, abs=0.2)
