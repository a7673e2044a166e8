"""A leaning axis: projections are rotated, with the same bits everywhere, and it helps."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import phantom
import pytest
import tifffile

from tomo_runner.dataset import Dataset, Window
from tomo_runner.estimate import estimate, remember
from tomo_runner.failures import Stopped
from tomo_runner.pipeline import Pipeline
from tomo_runner.preview import preview_row
from tomo_runner.reconstruct import Reconstructor
from tomo_runner.regions import Axis
from tomo_runner.run.plan import Sizes, make_plan
from tomo_runner.stopping import Stop
from tomo_runner.tilt import Tilt, is_rotated, tilt_of
from tomo_runner.workers import Workers

COLUMNS, ROWS, FRAMES = 256, 120, 200
CENTRE, PIVOT = 131.3, 40.0
RULE = json.loads((Path(__file__).parents[2] / "fixtures" / "tilts.json").read_text())


@pytest.mark.parametrize("case", RULE, ids=lambda case: case["name"])
def test_the_rule(case):
    columns, rows = case["columns"], case["rows"]
    axis = Axis(*case["axis"])
    assert is_rotated(axis.tilt, columns) is case["rotated"]
    if case["rotated"]:
        tilt = Tilt(axis.tilt, rows, columns)
        window = Window(case["row"], case["row"] + 1, 0, columns)
        assert tilt.beyond(window) == pytest.approx(case["beyond"], abs=1e-6)
        stands = tilt.upright(axis)
        assert stands.tilt == 0 and stands.column == pytest.approx(case["column"], abs=1e-9)


# --- that it is right -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    """Makes the data of blobs about a leaning axis, and of the same ones about an upright one."""
    base = tmp_path_factory.mktemp("blobs")

    def write(name, tilt, centre, pivot):
        path = base / f"{name}.nxs"
        if not path.exists():
            blobs = phantom.blobs(COLUMNS, ROWS)
            made = phantom.leaning(COLUMNS, ROWS, FRAMES, centre, pivot, tilt, blobs)
            phantom.write_nxtomo(path, phantom.counts(made), made.angles)
        return path

    return write


def recipe_of(path, **centre):
    return {
        "version": 1,
        "dataset": {"path": str(path)},
        "regions": {"centre": centre},
        "filters": [{"name": "normalise"}, {"name": "minus-log"}],
    }


def slice_of(recipe, row):
    with Workers(1) as workers:
        pipeline = Pipeline(recipe, Dataset(recipe, Path.cwd()), workers)
        return preview_row(recipe, pipeline, row, "slice", Stop()).image.astype(np.float64)


def unrotated(recipe, row, axis):
    """With the column of the axis alone following it."""
    with Workers(1) as workers:
        dataset = Dataset(recipe, Path.cwd())
        window = dataset.whole._replace(top=row, bottom=row + 1)
        sinogram = Pipeline(recipe, dataset, workers).sinograms(window, Stop())[0]
        engine = workers.engine()
        return np.array(
            Reconstructor(recipe, dataset, dataset.whole, axis).slice(engine, sinogram, row),
            np.float64,
        )


def place_of(image, x, y):
    """Where a blob is, from the middle of the slice."""
    middle = (len(image) - 1) / 2
    left, top = round(middle + x) - 8, round(middle + y) - 8
    part = image[top : top + 17, left : left + 17]
    part = np.where(part > 0.3 * part.max(), part, 0)
    rows, columns = np.mgrid[top : top + 17, left : left + 17] - middle
    return (part * columns).sum() / part.sum(), (part * rows).sum() / part.sum()


@pytest.mark.parametrize("tilt", [1.0, -2.0])
def test_slices_are_those_of_an_upright_axis(scans, tilt):
    pivot = (ROWS - 1) / 2
    leaning = recipe_of(
        scans(f"tilt {tilt}", tilt, CENTRE, pivot), column=CENTRE, row=pivot, tilt=tilt
    )
    axis = Axis(CENTRE, pivot, tilt)
    stands = Tilt(tilt, ROWS, COLUMNS).upright(axis).column
    # The axis leans about its own point, projections turn about the middle of the image.
    level = pivot + (CENTRE - (COLUMNS - 1) / 2) * math.sin(math.radians(tilt))
    upright = recipe_of(scans(f"no {tilt}", 0.0, stands, level), column=stands)
    for x, y, z, _ in phantom.blobs(COLUMNS, ROWS):
        row = round(level + z)
        truth, found = slice_of(upright, row), slice_of(leaning, row)
        without = unrotated(leaning, row, axis)
        middle = (COLUMNS - 1) / 2
        left, top = round(middle + x) - 8, round(middle + y) - 8
        near = (slice(top, top + 17), slice(left, left + 17))
        off, wrong = (np.sqrt(np.mean((each - truth)[near] ** 2)) for each in (found, without))
        assert off < 0.005 * truth[near].max()
        assert wrong > 8 * off
        assert np.hypot(*np.subtract(place_of(found, x, y), place_of(truth, x, y))) < 0.02
        assert np.sqrt(np.mean((found - truth) ** 2)) < 0.15 * np.sqrt(
            np.mean((without - truth) ** 2)
        )


def test_an_axis_that_is_found_is_made_upright(scans, cli, save, tmp_path):
    """The finder looks at projections as they are; its line is where the axis is in them."""
    path = scans("tilt 1.0", 1.0, CENTRE, (ROWS - 1) / 2)
    asked = recipe_of(path)
    del asked["regions"]
    found = cli("centre", save(asked))[1]
    assert found["tilt"] == pytest.approx(1.0, abs=0.1)
    # What the recipe has of an axis makes no difference to what is found.
    leaning = recipe_of(path, column=100.0, row=3.0, tilt=-3.0)
    assert cli("centre", save(leaning))[1] == found
    row = 60
    assert cli("preview", save(asked), "--row", row, "--output", tmp_path / "a.tif")[0] == 0
    given = {key: found[key] for key in ("column", "row", "tilt")}
    assert cli("preview", save(recipe_of(path, **given)), "--row", row, "--output",
               tmp_path / "b.tif")[0] == 0  # fmt: skip
    a, b = (tifffile.imread(tmp_path / name) for name in ("a.tif", "b.tif"))
    # What is told of it has fewer digits.
    assert np.abs(a - b).max() < 2e-3 * np.abs(b).max()
    code, record, _ = cli("run", save(asked), "--output", tmp_path / "run", "--rows", "60:61")
    assert code == 0 and record["centre"]["asked"] is None
    assert record["centre"]["used"]["tilt"] == pytest.approx(found["tilt"], abs=1e-5)
    assert np.array_equal(tifffile.imread(tmp_path / "run" / "slice_00060.tif"), a)


# --- the same bits ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tall(tmp_path_factory):
    """Odd sizes, noise: 97 columns, 75 rows, 24 projections."""
    made = phantom.scan(columns=97, rows=75, frames=24)
    return phantom.write_folder(
        tmp_path_factory.mktemp("tall") / "data", phantom.counts(made, noise=0.02)
    )


@pytest.fixture
def leaning(recipe):
    def make(path, tilt=3.0, **dataset):
        made = recipe(path, **dataset)
        made["regions"]["centre"].update(row=20.5, tilt=tilt)
        return made

    return make


def volume(folder):
    return np.stack([tifffile.imread(path) for path in sorted(folder.glob("slice_*.tif"))])


@pytest.mark.parametrize("phase", [False, True], ids=["alone", "after phase retrieval"])
def test_slabs_rows_and_preview_equal_the_single_run(
    cli, tall, leaning, save, tmp_path, same_by_every_way, phase
):
    asked = leaning(tall, -4.0)
    asked["regions"].update(air=[0, 1, 6, 70], roi=[11, 2, 86, 75])
    asked["filters"].insert(2, {"name": "air"})
    asked["filters"][0].update(size=5, threshold=2, kind="both")
    if phase:
        asked["dataset"]["pixelSize"] = {"value": 2, "unit": "um"}
        asked["filters"].insert(3, {"name": "phase", "energy": 20, "distance": 50, "ratio": 20})
    path = save(asked)
    whole = same_by_every_way(path)
    # And it does something.
    asked["regions"]["centre"]["tilt"] = 0
    assert cli("run", save(asked), "--output", tmp_path / "off", "--rows", "30:33")[0] == 0
    assert not np.allclose(volume(tmp_path / "off"), whole[28:31], atol=1e-3)


def test_any_window_is_cut_out_of_the_whole(tall, leaning, tmp_path):
    asked = leaning(tall)
    asked["filters"][0].update(size=5, threshold=2, kind="both")
    with Workers(2) as workers:
        dataset = Dataset(asked, tmp_path)
        pipeline = Pipeline(asked, dataset, workers)
        frames = np.array([0, 7])
        for degrees in (-10.0, 0.7, 3.0):
            tilt = Tilt(degrees, 75, 97)
            whole = pipeline.sinograms(dataset.whole, Stop(), frames, tilt=tilt)
            for window in (Window(40, 41, 96, 97), Window(0, 3, 10, 51), Window(60, 75, 0, 97)):
                source = tilt.source(window)
                assert source.rows <= window.rows + 2 * tilt.halo(window.columns)
                part = pipeline.sinograms(window, Stop(), frames, tilt=tilt)
                top, bottom, left, right = window
                assert np.array_equal(part, whole[top:bottom, :, left:right])
        # A narrow region reads no more of the rows than it needs.
        narrow = Tilt(3.0, 75, 97).source(Window(40, 41, 40, 50))
        assert narrow.rows < 8 and narrow.columns < 18


def test_rotated_and_flipped_files_give_the_same_slices(cli, leaning, save, tmp_path):
    images = phantom.counts(phantom.scan(columns=80, rows=50, frames=12), noise=0.02)
    folder = phantom.write_folder(tmp_path / "upright", images)
    turned = phantom.write_folder(tmp_path / "turned", np.rot90(images[:, :, ::-1], 1, axes=(1, 2)))
    rows = ("--rows", "20:24")
    assert cli("run", save(leaning(folder)), "--output", tmp_path / "a", *rows)[0] == 0
    asked = leaning(turned, rotate=90, flip=True)
    assert cli("run", save(asked), "--output", tmp_path / "b", *rows)[0] == 0
    assert np.array_equal(volume(tmp_path / "a"), volume(tmp_path / "b"))


def test_a_single_row_and_few_columns(cli, save, tmp_path):
    for rows, columns in ((1, 60), (60, 8)):
        folder = tmp_path / f"{rows}x{columns}"
        folder.mkdir()
        for index in range(8):
            tifffile.imwrite(folder / f"t_{index}.tif", np.full((rows, columns), 0.5, np.float32))
        asked = {
            "version": 1,
            "dataset": {
                "path": str(folder), "state": "transmission", "angles": {"first": 0, "last": 180},
            },
            "regions": {"centre": {"column": (columns - 1) / 2, "row": 29, "tilt": 8.0}},
        }  # fmt: skip
        code, reply, _ = cli("preview", save(asked), "--row", rows - 1, "--output",
                             tmp_path / "p.tif")  # fmt: skip
        assert code == 0, reply
        assert np.isfinite(tifffile.imread(tmp_path / "p.tif")).all()


# --- requests of the browser --------------------------------------------------------------------


def asked_row(service, recipe, base, row=30, product="attenuation"):
    request = {"op": "preview", "base": str(base), "recipe": recipe, "row": row}
    answer, image = service.answer({**request, "product": product}, Stop())
    return answer["about"], image


def test_a_row_is_rotated_by_the_tilt_it_is_asked_with(service, tall, leaning, tmp_path):
    asked = leaning(tall, 3.0)
    about, first = asked_row(service, asked, tmp_path)
    live = about["live"]
    assert (live["rotated"], live["rows"], live["columns"]) == (3.0, 75, 97)
    assert live["axis"] == {"column": asked["regions"]["centre"]["column"], "row": 20.5, "tilt": 3}
    # Column and pivot move the axis only: the row has the same bits, whatever was kept.
    asked["regions"]["centre"].update(column=40.0, row=70)
    moved, again = asked_row(service, asked, tmp_path)
    assert np.array_equal(again, first) and moved["live"]["axis"]["column"] == 40.0
    asked["regions"]["centre"].update(tilt=-3.0)
    other, third = asked_row(service, asked, tmp_path)
    assert other["live"]["rotated"] == -3.0 and not np.allclose(third, first, atol=1e-3)
    # Below the rule nothing is rotated.
    asked["regions"]["centre"].update(tilt=0.5)
    little, fourth = asked_row(service, asked, tmp_path)
    asked["regions"]["centre"].update(tilt=0)
    none, fifth = asked_row(service, asked, tmp_path)
    assert little["live"]["rotated"] == 0 == none["live"]["rotated"]
    assert np.array_equal(fourth, fifth)


def test_what_is_told_of_the_centre(service, tall, leaning, tmp_path):
    asked = leaning(tall, 3.0)
    column = asked["regions"]["centre"]["column"]
    at_row = column + (30 - 20.5) * math.tan(math.radians(3.0))
    in_middle = column + (37 - 20.5) * math.tan(math.radians(3.0))
    for product in ("slice", "sinogram"):
        centre = asked_row(service, asked, tmp_path, product=product)[0]["centre"]
        assert centre["tilt"] == 3.0 and centre["row"] == 20.5
        # Where it is in projections as they are shown, and in those that the slice is made of.
        assert centre["column"] == pytest.approx(at_row)
        stands = 48 + (in_middle - 48) * math.cos(math.radians(3.0))
        assert centre["stands"] == pytest.approx(stands)
    asked["regions"]["centre"]["tilt"] = 0.5
    centre = asked_row(service, asked, tmp_path, product="sinogram")[0]["centre"]
    assert centre["stands"] == centre["column"]


def test_projections_are_shown_as_they_are(service, tall, leaning, tmp_path):
    images = []
    for tilt in (0.0, 5.0):
        request = {"op": "projection", "base": str(tmp_path), "recipe": leaning(tall, tilt)}
        images.append(service.answer({**request, "index": 3, "stage": "processed"}, Stop())[1])
    assert np.array_equal(*images)


def test_a_row_that_is_cancelled_stops(tall, leaning, tmp_path, monkeypatch):
    asked = leaning(tall)
    stop, done = Stop(), []
    apply = Tilt.apply

    def counted(self, *arguments):
        done.append(None)
        if len(done) == 3:
            stop.request("cancelled")
        return apply(self, *arguments)

    monkeypatch.setattr(Tilt, "apply", counted)
    with Workers(1) as workers:
        pipeline = Pipeline(asked, Dataset(asked, tmp_path), workers)
        with pytest.raises(Stopped):
            preview_row(asked, pipeline, 30, "attenuation", stop)
    assert len(done) == 3


# --- what is said, and what it costs ------------------------------------------------------------


def test_rows_beyond_the_image_are_told(cli, tall, leaning, save, tmp_path):
    def told(row, tilt):
        code, reply, _ = cli("preview", save(leaning(tall, tilt)), "--row", row)
        assert code == 0
        return [text for text in reply["warnings"] if "above or below" in text]

    # Half of 96 columns times the sine of 5 degrees.
    assert told(0, 5.0) and "4 rows" in told(0, 5.0)[0]
    assert told(74, -5.0) and not told(37, 5.0) and not told(0, 2.0)
    code, reply, _ = cli(
        "run", save(leaning(tall, 5.0)), "--output", tmp_path / "out", "--rows", "20:24"
    )
    assert code == 0 and not any("above or below" in text for text in reply["warnings"])
    assert any("4.2 rows at the edge" in text for text in reply["warnings"])
    readme = (tmp_path / "out" / "0.README_reconstruction.txt").read_text()
    assert "tilt 5.0000 degrees" in readme and "rotated about their middle" in readme
    record = json.loads((tmp_path / "out" / "result.json").read_text())
    assert record["centre"]["used"] == {
        "column": leaning(tall)["regions"]["centre"]["column"], "row": 20.5, "tilt": 5.0,
    }  # fmt: skip


def test_the_plan_knows_its_memory():
    plain = {
        "frames": 1500, "columns": 2048, "width": 2048, "pixel_bytes": 2, "batch": 4,
        "references": 20, "reference_sets": 2, "whole_rows": 0, "image": 2048,
    }  # fmt: skip
    without = make_plan((0, 2048), Sizes(halo=2, **plain), 4, 4 << 30, 100 << 20)
    with_it = make_plan((0, 2048), Sizes(halo=182, tilt=180, **plain), 4, 4 << 30, 100 << 20)
    assert with_it.memory <= 4 << 30 and with_it.slabs[-1][1] == 2048
    assert with_it.slab_rows < without.slab_rows
    # Reading rows again costs less than threads that stand still.
    assert with_it.threads == 4


def test_its_time_is_estimated_and_remembered(tall, recipe, leaning, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "jupyterlab-tomo").mkdir()
    record = {"rows": [0, 75], "frames": 24, "columns": 97, "width": 97, "seconds": {"all": 1.0}}
    remember(record, 1, recipe(tall))

    def seconds(made):
        return estimate(made, Dataset(made, tall), tall, "r", 1, 1 << 30, 97)["seconds"]

    before, after = seconds(recipe(tall)), seconds(leaning(tall))
    assert before == pytest.approx(1.0, abs=0.11) and after > before
    remember({**record, "rotated": 75, "seconds": {"all": after}}, 1, leaning(tall))
    first, second = json.loads((tmp_path / "jupyterlab-tomo/speed.json").read_text())
    assert second["rate"] == pytest.approx(first["rate"], rel=0.12)
    assert tilt_of(Axis(40, 0, 0.1), Dataset(leaning(tall), tall)) is None


def test_a_tilt_without_a_column_is_told(cli, scans, save, tmp_path):
    """The search takes no part of an axis from the recipe."""
    path = scans("tilt 1.0", 1.0, CENTRE, (ROWS - 1) / 2)

    def told(reply):
        return [text for text in reply["warnings"] if "is not used" in text]

    for command, more in [("preview", ["--row", 60]), ("run", ["--rows", "60:61"])]:
        for index, centre in enumerate([{"tilt": 5.0}, {}, {"column": CENTRE, "tilt": 1.0}]):
            output = [] if command == "preview" else ["--output", tmp_path / f"out {index}"]
            code, reply, _ = cli(command, save(recipe_of(path, **centre)), *more, *output)
            assert code == 0
            assert [text[:31] for text in told(reply)] == (
                ["The tilt of 5° is not used: the"] if index == 0 else []
            )
