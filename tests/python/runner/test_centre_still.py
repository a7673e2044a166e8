"""What does not turn with the sample, as dead columns and a beam that changed, is no axis."""

from __future__ import annotations

import json

import h5py
import numpy as np
import phantom
import pytest
import tifffile

from tomo_runner.centre.alive import Alive
from tomo_runner.centre.bridges import bridge
from tomo_runner.dataset import Dataset
from tomo_runner.failures import DataFailure
from tomo_runner.pipeline import Pipeline
from tomo_runner.stopping import Stop
from tomo_runner.workers import Workers

STEPS = [{"name": "outliers"}, {"name": "normalise"}, {"name": "minus-log"}]
CENTRE = 140.3


@pytest.fixture
def find(cli, tmp_path):
    """Write a scan, spoil all its images, flats and darks too, and find its axis."""

    def run(made, counts, spoil=None):
        path = phantom.write_nxtomo(tmp_path / "scan.nxs", counts, made.angles)
        if spoil is not None:
            with h5py.File(path, "a") as file:
                data = file["entry/instrument/detector/data"]
                images = data[...]
                spoil(images)
                data[...] = images
        recipe = tmp_path / "scan.tomo.json"
        settings = {"version": 1, "dataset": {"path": str(path)}, "filters": STEPS}
        recipe.write_text(json.dumps(settings))

        def by(method):
            code, reply, _ = cli("centre", recipe, "--method", method)
            assert code in (0, 3), reply
            return reply if code == 0 else None

        return by

    return run


def scan(angles):
    """A scan of half a turn, of a whole one, or of half a turn in the order of golden angles."""
    if angles == "golden":
        made = phantom.scan(256, 3, 150, 180, False, CENTRE)
        order = np.argsort(np.argsort(np.mod(np.arange(150) * 111.2461, 180.0)))
        return phantom.Scan(made.attenuation[order], made.angles[order], CENTRE)
    return phantom.scan(256, 3, 181, angles, True, CENTRE)


def columns(first, count, value):
    def spoil(images):
        images[:, :, first : first + count] = value

    return spoil


def noisy(first, count):
    """No light: what the camera reads without any."""

    def spoil(images):
        seen = images[:, :, first : first + count]
        seen[...] = np.rint(phantom.DARK + 5 * np.random.default_rng(7).standard_normal(seen.shape))

    return spoil


DEFECTS = {
    "a dead column": columns(60, 1, 0),
    "two dead columns": columns(60, 2, 0),
    "a gap of four": columns(126, 4, 0),
    "ten dead columns": columns(60, 10, 0),
    "ten dead columns at the rim of the sample": columns(40, 10, 0),
    "a stuck column": columns(60, 1, 65535),
    "a column of noise": noisy(60, 1),
    "a gap of noise": noisy(126, 4),
    "a dead side": columns(0, 12, 0),
}


@pytest.mark.parametrize("defect", DEFECTS)
@pytest.mark.parametrize("angles", [180, 360, "golden"])
def test_dead_columns_are_no_sample(find, angles, defect):
    made = scan(angles)
    by = find(made, phantom.counts(made, 0.01, 0.01), DEFECTS[defect])
    found = by("auto")
    assert found["confidence"]["level"] == "good"
    assert found["column"] == pytest.approx(CENTRE, abs=0.25)
    for method in ("mass", "sharpness"):
        found = by(method)
        # A bridge over ten columns moves the mass, and this is seen.
        if method == "sharpness" or not defect.startswith("ten"):
            assert found["confidence"]["level"] == "good", method
        if found["confidence"]["level"] == "good":
            assert found["column"] == pytest.approx(CENTRE, abs=0.5), method


@pytest.mark.parametrize("angles", [180, 360])
def test_methods_do_not_agree_on_a_gap(find, angles):
    made = scan(angles)
    by = find(made, phantom.counts(made, 0.01, 0.005), DEFECTS["a gap of four"])
    found = by("all")
    assert found["confidence"]["level"] == "good"
    for one in found["tried"]:
        assert one["column"] is None or one["column"] == pytest.approx(CENTRE, abs=0.5), one


@pytest.mark.parametrize("angles", [180, 360, "golden"])
def test_columns_that_are_no_number(find, angles):
    made = scan(angles)
    counts = phantom.counts(made, 0.01, 0.01).astype(np.float32)
    counts[:, :, 60] = np.nan
    counts[:, :, 150] = 0
    by = find(made, counts)
    for method in ("auto", "mass", "sharpness"):
        found = by(method)
        assert found["column"] == pytest.approx(CENTRE, abs=0.5), method
    assert by("auto")["confidence"]["level"] == "good"


@pytest.mark.parametrize("code", ["nothing-to-register", "data-changed"])
def test_opposite_projections_that_are_asked_may_be_silent_but_not_broken(find, monkeypatch, code):
    made = scan(180)
    by = find(made, phantom.counts(made, 0.01))
    assert by("mass")["confidence"]["level"] == "good"

    def refuse(*_):
        raise DataFailure(code, "No.", "a.nxs", "Start again.")

    monkeypatch.setattr("tomo_runner.centre.find.from_pairs", refuse)
    assert (by("mass") is None) == (code == "data-changed")


def test_dead_columns_of_an_image_at_180_degrees(cli, tmp_path):
    made = phantom.scan(256, 12, 181, 180, True, CENTRE)
    images = phantom.counts(made, 0.01)
    shape = (3, 12, 256)
    groups = {
        "Tomo": images[:150],
        "180deg": images[180:],
        "Flat": np.full(shape, phantom.FLAT, np.uint16),
        "Dark": np.full(shape, phantom.DARK, np.uint16),
    }
    for name, frames in groups.items():
        folder = tmp_path / "scan" / name
        folder.mkdir(parents=True)
        frames[:, :, 126:130] = 0
        for index, frame in enumerate(frames):
            tifffile.imwrite(folder / f"{name}_{index:04d}.tif", frame)
    dataset = {"path": str(tmp_path / "scan"), "angles": {"first": 0, "last": 149}}
    recipe = tmp_path / "scan.tomo.json"
    recipe.write_text(json.dumps({"version": 1, "dataset": dataset, "filters": STEPS}))
    code, found, _ = cli("centre", recipe)
    assert code == 0 and found["method"] == "opposite"
    assert found["confidence"]["level"] == "good"
    assert found["column"] == pytest.approx(CENTRE, abs=0.25)


def test_what_is_not_known_is_said(find):
    made = scan(180)
    counts = phantom.counts(made, 0.01, 0.01)
    by = find(made, counts, columns(60, 24, 0))
    # Opposite projections leave out what they do not see.
    found = by("auto")
    assert found["confidence"]["level"] == "good"
    assert found["column"] == pytest.approx(CENTRE, abs=0.25)
    for method in ("mass", "sharpness"):
        found = by(method)
        assert found["confidence"]["level"] == "uncertain", method
        assert any("24 columns side by side" in text for text in found["warnings"])
    found = find(made, counts, columns(60, 60, 0))("auto")
    assert found["confidence"]["level"] == "uncertain"
    assert any("60 of 256 columns" in text for text in found["warnings"])


@pytest.mark.parametrize("angles", [180, 360])
def test_a_dense_sample_is_not_dead(find, angles):
    """Behind it there is no light in any projection, and noise at its rim."""
    made = scan(angles)
    made.attenuation[...] *= 12.0
    counts = np.clip(
        phantom.counts(made) + 5 * np.random.default_rng(2).standard_normal(made.attenuation.shape),
        0,
        65535,
    )
    found = find(made, counts.astype(np.uint16))("auto")
    assert found["confidence"]["level"] == "good" and not found["warnings"]
    assert found["column"] == pytest.approx(CENTRE, abs=0.25)


ORDERS = {
    "golden over 180": np.mod(np.arange(150) * 111.2461, 180.0),
    "golden over 360": np.mod(np.arange(150) * 111.2461, 360.0),
    "half a turn": np.linspace(0.0, 180.0, 151),
    "a whole turn": np.linspace(0.0, 360.0, 151),
    "shuffled": np.random.default_rng(5).permutation(np.linspace(0.0, 360.0, 151)),
}


def rod(angles, distance, radius, density):
    """One with sharp edges, in air, that turns at a distance from the axis."""
    along = np.arange(256)[None] - CENTRE - distance * np.cos(np.deg2rad(angles))[:, None]
    chord = 2 * density * np.sqrt(np.maximum(radius**2 - along**2, 0.0))
    return phantom.Scan(np.repeat(chord[:, None], 3, axis=1), angles, CENTRE)


@pytest.mark.parametrize("made", [(6, 4, 0.2), (15, 8, 0.2), (30, 12, 0.2), (2, 3, 50.0)])
@pytest.mark.parametrize("order", ORDERS)
def test_a_thin_rod_is_not_dead(find, tmp_path, order, made):
    """From one image to the next it jumps, and the air beside it never changes."""
    turning = rod(ORDERS[order], *made)
    found = find(turning, phantom.counts(turning, 0.01))("auto")
    assert found["confidence"]["level"] == "good" and not found["warnings"]
    assert found["column"] == pytest.approx(CENTRE, abs=0.5)
    recipe = json.loads((tmp_path / "scan.tomo.json").read_text())
    with Workers(1) as workers:
        alive = Alive(Pipeline(recipe, Dataset(recipe, tmp_path), workers))
        for frames in (None, np.arange(0, 150, 3)):
            alive.sinograms(alive.pipeline.dataset.whole, Stop(), frames)
            assert alive.columns(alive.pipeline.dataset.whole).all()


def test_rows_that_the_beam_does_not_reach_do_not_count(find):
    made = phantom.scan(256, 24, 181, 180, True, CENTRE)

    def spoil(images):
        above = images[:, :12]
        above[...] = np.rint(300 + 5 * np.random.default_rng(3).standard_normal(above.shape))

    found = find(made, phantom.counts(made, 0.01, 0.01), spoil)("auto")
    assert found["confidence"]["level"] == "good" and found["method"] == "pairs"
    assert found["column"] == pytest.approx(CENTRE, abs=0.25)
    assert all(row >= 12 for row, _ in found["rows"])


def test_a_bridge_is_a_line_between_the_living():
    rows = np.arange(10, dtype=np.float32) * np.array([[1.0], [2.0]], np.float32)
    right = rows.copy()
    dead = np.zeros(10, bool)
    dead[[0, 3, 4, 5, 9]] = True
    rows[:, dead] = 99.0
    bridge(rows, dead)
    assert rows[:, 1:9] == pytest.approx(right[:, 1:9])
    # There is nothing beyond the sides: the nearest goes on.
    assert rows[:, 0] == pytest.approx(right[:, 1]) and rows[:, 9] == pytest.approx(right[:, 8])
    none = np.full((2, 10), 99.0, np.float32)
    bridge(none, np.ones(10, bool))
    assert (none == 0.0).all()


# --- a beam that is not that of the flats -----------------------------------------------------


def beam(shape, much):
    x = np.linspace(0.0, 1.0, 256)
    return (
        much
        * {
            "leans": x,
            "bends": (2 * x - 1) ** 3,
            "waves": np.sin(12 * x),
            "has a hump": np.exp(-0.5 * ((256 * x - 60) / 20) ** 2),
            "has a broad hump": np.exp(-0.5 * ((256 * x - 60) / 40) ** 2),
        }[shape]
    )


@pytest.mark.parametrize("much", [0.02, 0.05, 0.1, 0.3])
@pytest.mark.parametrize("shape", ["leans", "bends", "waves", "has a hump", "has a broad hump"])
def test_half_a_turn_knows_how_far_a_beam_may_move_it(find, shape, much):
    """One pair of projections, with a part that stands still in both."""
    made = scan(180)
    made.attenuation[...] += beam(shape, much)
    found = find(made, phantom.counts(made, 0.01, 0.01))("auto")
    if shape == "leans" or much <= 0.05:
        assert found["confidence"]["level"] == "good"
    if found is not None and found["confidence"]["level"] == "good":
        off = abs(found["column"] - CENTRE)
        assert off <= 2.0 * found["confidence"]["spread"]
        if shape == "leans":
            assert off < 0.25


@pytest.mark.parametrize("much", [0.02, 0.05, 0.5])
@pytest.mark.parametrize("shape", ["leans", "has a hump", "has a broad hump"])
def test_a_whole_turn_sees_what_stands_still(find, shape, much):
    made = scan(360)
    made.attenuation[...] += beam(shape, much)
    by = find(made, phantom.counts(made, 0.01, 0.01))
    found = by("auto")
    assert found["confidence"]["level"] == "good"
    assert found["column"] == pytest.approx(CENTRE, abs=0.1)
    found = by("mass")
    if shape == "leans" and much <= 0.05:
        assert found["confidence"]["level"] == "good"
        assert found["column"] == pytest.approx(CENTRE, abs=0.5)
    else:
        assert found is None or found["confidence"]["level"] == "uncertain"


@pytest.mark.parametrize("angles", [180, 360])
def test_methods_do_not_agree_on_a_hump(find, angles):
    made = scan(angles)
    made.attenuation[...] += beam("has a hump", 0.3)
    by = find(made, phantom.counts(made, 0.01, 0.005))
    for method in ("all", "mass", "sharpness"):
        found = by(method)
        assert found["confidence"]["level"] == "uncertain", method
        assert found["warnings"], method
