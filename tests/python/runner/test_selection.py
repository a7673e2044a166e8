"""Slices of some of the projections, and slices that are turned."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import phantom
import pytest
import tifffile

from tomo_runner.dataset import Dataset
from tomo_runner.estimate import estimate
from tomo_runner.pipeline import Pipeline
from tomo_runner.preview import preview_row
from tomo_runner.run.advice import about_angles, about_tilt, part_of_turn
from tomo_runner.selection import selected
from tomo_runner.stopping import Stop
from tomo_runner.workers import Workers

CASES = json.loads((Path(__file__).parents[2] / "fixtures" / "angles.json").read_text())
ROW = 6


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_selected(case):
    asked = case["asked"]
    recipe = {} if asked is None else {"reconstruction": {"angles": asked}}
    assert selected(recipe, np.array(case["angles"], float)).tolist() == case["places"]


@pytest.fixture
def made(cli, save, tmp_path):
    """Runs a recipe on one row: its slice and record."""

    def run(recipe, name):
        output = tmp_path / name
        file = save({**recipe, "output": {"folder": str(output)}}, f"{name}.tomo.json")
        code, _, _ = cli("run", file, "--rows", f"{ROW}:{ROW + 1}", "--cores", "1")
        assert code == 0
        record = json.loads((output / "result.json").read_text())
        image = tifffile.imread(output / f"slice_{ROW:05d}.tif")
        return image, record, (output / "0.README_reconstruction.txt").read_text()

    return run


def with_reconstruction(recipe, **settings):
    return {**recipe, "reconstruction": {**recipe["reconstruction"], **settings}}


def test_some_angles_are_those_projections_alone(recipe, folder, made):
    """As if the others were not there; noise and dose are of all, so only of a recipe without."""
    plain = recipe(folder)
    plain["filters"] = plain["filters"][1:]
    asked = {"from": 20, "to": 160, "every": 3}
    image, record, words = made(with_reconstruction(plain, angles=asked), "some")
    # Angles are 0, 2, 4 ...: 20 is number 10, 160 is number 80.
    others = [index for index in range(90) if index not in range(10, 81, 3)]
    alone, _, _ = made(recipe(folder, exclude=others) | {"filters": plain["filters"]}, "alone")
    assert np.array_equal(image, alone)
    assert record["frames"] == 24
    assert "projections     24 used of 90" in words
    assert "20.0000 to 158.0000 degrees" in words
    whole, record, _ = made(plain, "whole")
    assert record["frames"] == 90
    assert not np.array_equal(image, whole)


def test_noise_is_measured_with_all(recipe, folder, made):
    """What the browser has of a row does not depend on which projections it uses."""
    asked = {"every": 2}
    every = made(with_reconstruction(recipe(folder), angles=asked), "every")[0]
    odd = list(range(1, 90, 2))
    less = made(recipe(folder, exclude=odd), "less")[0]
    assert every.shape == less.shape
    assert np.sqrt(np.mean((every - less) ** 2)) < 0.02 * np.sqrt(np.mean(less**2))


def test_no_projection_is_left(recipe, folder, cli, save):
    file = save(with_reconstruction(recipe(folder), angles={"from": 178.5}))
    code, answer, _ = cli("preview", file, "--row", "3")
    assert code != 0
    answer = answer["error"]
    assert answer["code"] == "nothing-left"
    assert answer["where"] == "reconstruction.angles"
    assert answer["message"] == (
        "reconstruction.angles leaves no projection: they stand from 0 to 178 degrees."
    )


def test_a_quarter_turn_is_clockwise(recipe, folder, made):
    plain = recipe(folder)
    straight = made(plain, "straight")[0]
    turned, _, words = made(with_reconstruction(plain, rotation=90), "turned")
    clockwise = np.rot90(straight, -1)
    assert np.abs(turned - clockwise).max() < 2e-3 * np.abs(straight).max()
    assert np.abs(turned - straight).max() > 0.2 * np.abs(straight).max()
    assert "turned          90 degrees clockwise" in words


def test_any_angle_moves_things_about_the_axis(recipe, folder, small, made):
    """The dense ellipse, 0.3 r to the right and 0.2 r up, and turned by 30 degrees."""
    image = made(with_reconstruction(recipe(folder), rotation=30), "turned")[0]
    x, y, *_ = phantom.ellipses(96, ROW / 12)[1]
    turn = np.deg2rad(30)
    expected = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    offset = np.arange(96) - 95 / 2
    near = np.hypot(offset[None] - expected[0], offset[:, None] - expected[1]) < 14
    # It has 1.5 / r on a ground of 0.6 / r.
    inside = near & (image > 1.05 / 48)
    found = np.average(np.argwhere(inside) - 95 / 2, axis=0)[::-1]
    assert np.hypot(*(found - expected)) < 0.3


def test_a_full_turn_back_changes_nothing(recipe, folder, made):
    plain = recipe(folder)
    again = made(with_reconstruction(plain, rotation=360), "again")[0]
    straight = made(plain, "straight")[0]
    assert np.abs(again - straight).max() < 1e-5 * np.abs(straight).max()


PART_TURNS = json.loads((Path(__file__).parents[2] / "fixtures" / "part-turns.json").read_text())


@pytest.mark.parametrize("case", PART_TURNS, ids=lambda case: case["name"])
def test_part_of_a_turn_in_words(case):
    told = part_of_turn(np.linspace(*case["angles"]), case["column"], case["columns"])
    assert (told and told.split(":")[0]) == case["said"]


ADVICE = json.loads((Path(__file__).parents[2] / "fixtures" / "advice.json").read_text())


@pytest.mark.parametrize("case", ADVICE, ids=lambda case: case["name"])
def test_angles_and_tilt_in_words(case):
    columns = case["columns"]
    told = about_angles(np.linspace(*case["angles"]), columns) + about_tilt(case["tilt"], columns)
    assert told == case["said"]


def test_a_row_for_another_place_is_told_of_nothing_that_changes_there(recipe, folder, tmp_path):
    asked = with_reconstruction(recipe(folder), angles={"to": 90})
    asked["regions"]["centre"]["tilt"] = 2.0
    said = {}
    with Workers(1) as workers:
        for product in ("slice", "attenuation"):
            pipeline = Pipeline(asked, Dataset(asked, tmp_path), workers)
            about = preview_row(asked, pipeline, 3, product, Stop()).about
            said[product] = about["warnings"]
            live = about.get("live", {})
    assert live["columns"] == 96
    alone = [text for text in said["slice"] if text not in said["attenuation"]]
    assert [text.split(" ")[1] for text in alone] == ["angles", "projections", "tilt"]
    assert set(said["attenuation"]) <= set(said["slice"])


@pytest.mark.parametrize("span", [180, 270, 360])
def test_part_of_a_turn_off_the_middle_is_told(cli, save, tmp_path, span):
    made = phantom.scan(96, 4, 91, span, True, 30.0)
    data = phantom.write_nxtomo(tmp_path / "off.nxs", phantom.counts(made), made.angles)
    recipe = {
        "version": 1,
        "dataset": {"path": str(data)},
        "regions": {"centre": {"column": 30.0}},
        "filters": [{"name": "normalise"}, {"name": "minus-log"}],
        "output": {"folder": str(tmp_path / "out")},
    }
    said = "neither half a turn nor a full one, and the axis is 18 columns off the middle"
    for command in (["preview", save(recipe), "--row", "1"], ["run", save(recipe)]):
        code, answer, _ = cli(*command)
        assert code == 0
        assert any(said in text for text in answer["warnings"]) == (span == 270)
    # The panel says it before.
    dataset = Dataset(recipe, tmp_path)
    told = estimate(recipe, dataset, tmp_path, "x", 1, 1 << 30, 96)["warnings"]
    assert [said in text for text in told] == [True] * (span == 270)
    # Half a turn of it is as good, and says so by its edge.
    half = with_reconstruction({**recipe, "reconstruction": {}}, angles={"to": 180})
    _, answer, _ = cli("preview", save(half), "--row", "1")
    assert not any(said in text for text in answer["warnings"])
