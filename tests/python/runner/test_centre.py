"""The axis of rotation, against scans whose axis is known."""

from __future__ import annotations

import numpy as np
import phantom
import pytest

from tomo_runner.centre import opposite_pairs
from tomo_runner.centre.pairs import partner


@pytest.mark.parametrize(
    "span, endpoint, centre",
    [(180, True, 131.37), (180, False, 124.1), (360, True, 127.9), (360, False, 140.25)],
)
def test_within_a_quarter_pixel(cli, save, tmp_path, span, endpoint, centre):
    made = phantom.scan(256, 24, 181, span, endpoint, centre)
    images = phantom.counts(made, noise=0.02, stripes=0.02)
    images[::7, 5, 100] = 60000
    data = phantom.write_folder(tmp_path / "data", images)
    angles = {"first": 0, "last": span, "endpoint": endpoint}
    recipe = {
        "version": 1,
        "dataset": {"path": str(data), "angles": angles},
        "filters": [{"name": "outliers"}, {"name": "normalise"}, {"name": "minus-log"}],
    }
    code, found, _ = cli("centre", save(recipe))
    assert code == 0
    assert found["column"] == pytest.approx(centre, abs=0.25)
    assert abs(found["tilt"]) < 1.0
    assert found["confidence"]["level"] == "good"
    assert len(found["rows"]) >= 6


def test_tilt(cli, save, tmp_path):
    made = phantom.scan(192, 120, 121, 360, True, 100.0, tilt=1.5)
    data = phantom.write_folder(tmp_path / "data", phantom.counts(made, noise=0.005))
    recipe = {
        "version": 1,
        "dataset": {"path": str(data), "angles": {"first": 0, "last": 360}},
        "filters": [{"name": "normalise"}, {"name": "minus-log"}],
    }
    code, found, _ = cli("centre", save(recipe))
    assert code == 0 and found["row"] == 59.5
    assert found["tilt"] == pytest.approx(1.5, abs=0.1)
    assert found["column"] == pytest.approx(100.0, abs=0.25)
    code, rows, _ = cli("centre", save(recipe), "--rows", "10,60,110")
    for row, column in rows["rows"]:
        expected = 100 + (row - 59.5) * np.tan(np.deg2rad(1.5))
        assert column == pytest.approx(expected, abs=0.25)


def test_no_pairs_is_said(cli, save, recipe, folder):
    asked = recipe(folder, angles={"first": 0, "last": 120})
    del asked["regions"]
    code, reply, _ = cli("centre", save(asked))
    assert code == 3 and reply["error"]["where"] == "regions.centre.column"


def test_pairs_look_at_the_angles():
    pairs = opposite_pairs(np.linspace(0, 360, 376))
    assert len(pairs) == 24 and pairs[0].first == 0
    assert [i for i, _ in pairs[0].opposite] == [187, 188]
    assert pairs[0].opposite[0][1] == pytest.approx(0.5)
    assert len(opposite_pairs(np.linspace(0, 180, 91))) == 1
    assert opposite_pairs(np.linspace(0, 120, 91)) == []
    golden = np.mod(np.arange(300) * 137.50776, 360)
    assert len(opposite_pairs(golden)) == 24
    assert max(half_turn_misses(golden)) < 1e-6


def half_turn_misses(angles):
    """For each pair: degrees by which it is no half turn, and how far its neighbours are apart."""
    for pair in opposite_pairs(angles):
        beyond = [
            (w, np.mod(angles[i] - angles[pair.first], 360.0) - 180.0) for i, w in pair.opposite
        ]
        assert all(abs(off) < 4.0 for _, off in beyond)
        yield abs(sum(w * off for w, off in beyond))


GOLDEN = 137.50776


@pytest.mark.parametrize(
    "angles",
    [
        # Turns that go on counting, as encoders do.
        np.arange(300) * GOLDEN,
        -np.arange(300) * GOLDEN,
        1000 + np.linspace(0, 1080, 900, endpoint=False),
        # A half turn across the mark at 360 degrees, in degrees that start anew there.
        np.mod(270 + np.linspace(0, 180, 181), 360),
        np.mod(170 + np.linspace(0, 360, 376, endpoint=False), 360),
        # A full turn whose ends nearly meet.
        np.append(np.arange(0, 360, 1.0), 360.0 - 1e-9),
    ],
)
def test_pairs_are_directions_whatever_turn_they_are_counted_in(angles):
    misses = list(half_turn_misses(angles))
    assert len(misses) >= 1 and max(misses) < 1e-6
    turns = 360.0 * np.arange(len(angles))[::-1]
    elsewhere = list(half_turn_misses(angles + turns))
    assert len(elsewhere) == len(misses)


def test_an_axis_is_found_in_a_scan_that_counts_its_turns_on(cli, save, recipe, tmp_path):
    made = phantom.scan(192, 12, 120, 360.0, centre=101.3)
    counted = made.angles + 360.0 * (np.arange(120) % 5)
    data = phantom.write_folder(tmp_path / "counted", phantom.counts(made, noise=0.002))
    asked = recipe(data, angles={"values": counted.tolist()})
    asked["regions"] = {"centre": {"method": "pairs"}}
    code, reply, _ = cli("centre", save(asked))
    assert code == 0 and reply["column"] == pytest.approx(101.3, abs=0.25)


@pytest.mark.parametrize(
    "angles",
    [
        np.mod(350 + np.arange(360), 360),
        np.mod(50 + np.arange(300) * 137.50776, 360),
        np.linspace(0, 360, 361),
        -np.linspace(0, 360, 361),
    ],
)
def test_the_first_projection_has_its_partner_wherever_the_turn_begins(angles):
    pair = partner(angles)
    assert pair is not None and pair.first == 0
    stands = sum(w * angles[i] for i, w in pair.opposite)
    assert abs(stands - angles[0]) == pytest.approx(180, abs=1e-6)
