"""Each way to find the axis of rotation, where the angles allow it and where they do not."""

from __future__ import annotations

import json
import shutil

import h5py
import numpy as np
import phantom
import pytest
import tifffile

from tomo_runner.centre.methods import METHODS

STEPS = [{"name": "normalise"}, {"name": "minus-log"}]


@pytest.fixture
def find(cli, tmp_path):
    """Write a scan and find its axis: exit code and reply."""

    def run(made, counts, *arguments, **centre):
        # A file that was open in this process cannot be written again.
        number = len(list(tmp_path.iterdir()))
        path = phantom.write_nxtomo(tmp_path / f"scan-{number}.nxs", counts, made.angles)
        recipe = tmp_path / "scan.tomo.json"
        settings = {"version": 1, "dataset": {"path": str(path)}, "filters": STEPS}
        if centre:
            settings["regions"] = {"centre": centre}
        recipe.write_text(json.dumps(settings))
        code, reply, _ = cli("centre", recipe, *arguments)
        return code, reply

    return run


@pytest.mark.parametrize("method", ["auto", "pairs", "opposite", "mass", "sharpness"])
@pytest.mark.parametrize("span, centre", [(180, 132.4), (360, 124.7)])
def test_every_method(find, method, span, centre):
    made = phantom.scan(256, 40, 241, span, True, centre)
    code, found = find(made, phantom.counts(made, 0.01, 0.005), "--method", method)
    assert code == 0
    assert found["column"] == pytest.approx(centre, abs=0.25)
    assert found["confidence"]["level"] == "good"
    assert found["method"] == ("pairs" if method == "auto" else method)
    picture = found["picture"]
    assert len(picture["points"]) > 20
    if method != "mass":
        # The answer stands where the curve has its highest (or lowest) point.
        pick = min if method == "sharpness" else max
        best = pick(picture["points"], key=lambda point: point[1])
        assert best[0] == pytest.approx(centre, abs=1.0)
        assert picture["best"] == pytest.approx(centre, abs=0.51)
    else:
        assert len(picture["line"]) == len(picture["points"])


@pytest.mark.parametrize("method", ["mass", "sharpness"])
def test_the_logarithm_is_taken_for_it_where_the_recipe_takes_none(find, monkeypatch, method):
    monkeypatch.setitem(globals(), "STEPS", [{"name": "normalise"}])
    made = phantom.scan(256, 40, 241, 360, True, 124.7)
    code, found = find(made, phantom.counts(made, 0.01, 0.005), "--method", method)
    assert code == 0
    assert found["column"] == pytest.approx(124.7, abs=0.25)


def test_all_agree(find):
    made = phantom.scan(256, 40, 241, 360, True, 131.3)
    code, found = find(made, phantom.counts(made, 0.01, 0.005), "--method", "all")
    assert code == 0 and found["confidence"]["level"] == "good"
    assert [one["name"] for one in found["tried"]] == ["pairs", "opposite", "mass", "sharpness"]
    for one in found["tried"]:
        assert one["why"] == "" and one["column"] == pytest.approx(131.3, abs=0.25)
    assert found["column"] == pytest.approx(131.3, abs=0.1)


def test_golden_angle(find):
    """No two projections stand opposite each other exactly."""
    made = phantom.scan(256, 24, 300, 180, False, 121.8)
    order = np.argsort(np.mod(np.arange(300) * 111.2461, 180.0))
    shuffled = phantom.Scan(made.attenuation[order], made.angles[order], made.centre)
    counts = phantom.counts(shuffled, 0.01)
    for method in ("mass", "sharpness"):
        code, found = find(shuffled, counts, "--method", method)
        assert code == 0 and found["column"] == pytest.approx(121.8, abs=0.25)


@pytest.mark.parametrize("centre", [470.3, 40.6])
def test_half_acquisition(find, centre):
    """The axis stands so near a side that opposite images share a sixth of their columns."""
    made = phantom.scan(512, 24, 361, 360, False, centre)
    counts = phantom.counts(made, 0.01, 0.01)
    for method in ("auto", "overlap"):
        code, found = find(made, counts, "--method", method)
        assert code == 0 and found["method"] == "overlap"
        assert found["column"] == pytest.approx(centre, abs=0.25)
        assert found["confidence"]["level"] == "good"
    code, found = find(made, counts, "--method", "all")
    assert found["column"] == pytest.approx(centre, abs=0.25)
    assert [one["column"] is None for one in found["tried"]] == [False, True, True, True]
    code, found = find(made, counts, "--method", "mass")
    assert code == 3 and found["error"]["code"] == "truncated"


def test_one_row_of_a_wide_scan(find):
    """The size that the bars are about: 2048 columns, 1500 angles, noise and stripes."""
    for span, centre in [(180, 1060.4), (360, 1002.9)]:
        made = phantom.scan(2048, 5, 1500, span, True, centre)
        counts = phantom.counts(made, 0.02, 0.02)
        code, found = find(made, counts, "--rows", "2")
        assert code == 0 and len(found["rows"]) == 1
        assert found["column"] == pytest.approx(centre, abs=0.25)


def test_column_and_tilt_of_a_wide_scan(find):
    """0.3 degrees at 2048 columns: to 0.1 pixels and 0.02 degrees."""
    made = phantom.scan(2048, 320, 73, 360, True, 1031.7, tilt=0.3)
    code, found = find(made, phantom.counts(made, 0.02, 0.01))
    assert code == 0 and found["row"] == 159.5
    assert found["column"] == pytest.approx(1031.7, abs=0.1)
    assert found["tilt"] == pytest.approx(0.3, abs=0.02)


def test_sharpness_is_of_slices_as_the_recipe_makes_them(cli, tmp_path):
    """Columns that drift over the scan: its mean does not show them, a filter removes them."""
    made = phantom.scan(256, 12, 361, 180, True, 121.4)
    dice = np.random.default_rng(4)
    drift = np.sin(np.linspace(0, np.pi * 3, 361))[:, None, None]
    gain = np.exp(0.25 * drift * (dice.random(256) < 0.25) * dice.choice([-1, 1], 256))
    counts = np.clip(phantom.counts(made) * gain, 0, 65535).astype(np.uint16)
    path = phantom.write_nxtomo(tmp_path / "drift.nxs", counts, made.angles)
    found = {}
    for name, steps in {
        "without": STEPS,
        "with": [*STEPS, {"name": "stripes-sorting", "size": 21}],
    }.items():
        recipe = tmp_path / f"{name}.tomo.json"
        settings = {"version": 1, "dataset": {"path": str(path)}, "filters": steps}
        recipe.write_text(json.dumps(settings))
        code, found[name], _ = cli("centre", recipe, "--method", "sharpness")
        assert code == 0
    assert abs(found["without"]["column"] - 121.4) > 1.0
    assert abs(found["with"]["column"] - 121.4) < 0.5
    assert found["with"]["confidence"]["level"] == "good"


def test_the_recipe_says_how(find):
    made = phantom.scan(128, 12, 121, 180, True, 66.2)
    code, found = find(made, phantom.counts(made), method="mass")
    assert code == 0 and found["method"] == "mass"
    assert found["column"] == pytest.approx(66.2, abs=0.25)


# --- what cannot be -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "span, frames, method, words",
    [
        (120, 90, "auto", "span 119°"),
        (120, 90, "pairs", "no two projections are half a turn apart"),
        (120, 90, "opposite", "Nothing was measured at 180°"),
        (120, 90, "mass", "wedge of 61°"),
        (120, 90, "sharpness", "wedge of 61°"),
        (180, 90, "overlap", "not one"),
        (180, 6, "mass", "only 6 projections"),
        (180, 1, "auto", "only one projection"),
    ],
)
def test_why_not(find, span, frames, method, words):
    made = phantom.scan(64, 4, frames, span, method == "overlap", 31.5)
    code, reply = find(made, phantom.counts(made), "--method", method)
    assert code == 3
    assert words in reply["error"]["message"] and reply["error"]["message"].count(". ") == 0
    assert reply["error"]["where"].startswith("regions.centre.")
    assert reply["error"]["hint"]


@pytest.mark.parametrize("method", [method.name for method in METHODS])
def test_too_narrow(find, method):
    """Slits of one to four columns: a sentence, whatever is asked."""
    for columns in (1, 4):
        made = phantom.scan(columns, 4, 37, 180, True, (columns - 1) / 2)
        code, reply = find(made, phantom.counts(made), "--method", method)
        assert code == 3
        assert f"only {'one' if columns == 1 else columns} column" in reply["error"]["message"]
        assert reply["error"]["where"].startswith("regions.centre.")


def test_nothing_to_see(find):
    """Flat images, NaN, and rows that the sample does not cross."""
    made = phantom.scan(128, 8, 91, 180, True)
    flat = np.full((91, 8, 128), 20000, np.uint16)
    bad = np.full((91, 8, 128), np.nan, np.float32)
    for counts in (flat, bad):
        for method in ("auto", "mass", "sharpness", "all"):
            code, reply = find(made, counts, "--method", method)
            assert code == 3 and reply["error"]["code"] == "nothing-to-register", method
    half = phantom.counts(made)
    half[:, :4] = 20000
    code, reply = find(made, half, "--rows", "1")
    assert code == 3 and reply["error"]["code"] == "nothing-to-register"
    code, reply = find(made, half, "--rows", "9")
    assert code == 3 and "outside" in reply["error"]["message"]
    code, reply = find(made, half, "--method", "guess")
    assert code == 2


def test_described(cli, save, folder):
    recipe = {
        "version": 1,
        "dataset": {"path": str(folder), "angles": {"first": 0, "last": 120}},
    }
    code, found, _ = cli("describe", save(recipe))
    assert code == 0
    why = {method["name"]: method.get("why", "") for method in found["centreMethods"]}
    own = ["auto", "pairs", "opposite", "mass", "sharpness", "overlap", "all"]
    theirs = ["tomopy-vo", "tomopy-pc", "tomopy-entropy"]
    assert list(why) == own + theirs
    assert all("°" in why[name] for name in ("auto", "pairs", "mass", "sharpness", *theirs))


def test_an_image_at_180_degrees_beside_a_scan_that_stops_short(cli, tmp_path):
    """As IMAT makes it: a folder of its own, found by its name; the scan has no opposite pairs."""
    made = phantom.scan(256, 24, 181, 180, True, 121.4)
    images = phantom.counts(made, 0.01)
    groups = {
        "Tomo": images[:150],
        "180deg": images[180:],
        "Flat": np.full((3, 24, 256), phantom.FLAT, np.uint16),
        "Dark": np.full((3, 24, 256), phantom.DARK, np.uint16),
    }
    for name, frames in groups.items():
        folder = tmp_path / "scan" / name
        folder.mkdir(parents=True)
        for index, frame in enumerate(frames):
            tifffile.imwrite(folder / f"{name}_{index:04d}.tif", frame)
    dataset = {"path": str(tmp_path / "scan"), "angles": {"first": 0, "last": 149}}
    recipe = tmp_path / "scan.tomo.json"
    recipe.write_text(json.dumps({"version": 1, "dataset": dataset, "filters": STEPS}))
    code, told, _ = cli("describe", recipe)
    assert code == 0 and told["frames"] == 150
    for method in ("auto", "opposite"):
        code, found, _ = cli("centre", recipe, "--method", method)
        assert code == 0, found
        assert found["method"] == "opposite"
        assert found["column"] == pytest.approx(121.4, abs=0.25)
    # Without it there is nothing to compare with.
    shutil.rmtree(tmp_path / "scan" / "180deg")
    code, failure, _ = cli("centre", recipe, "--method", "opposite")
    assert code != 0 and "Nothing was measured at 180" in str(failure)


def test_the_image_at_180_degrees_of_an_nxtomo_file_is_the_group_with_that_role(cli, tmp_path):
    made, half = (phantom.scan(160, 24, n, span, True, 82.6) for n, span in ((41, 120), (2, 180)))
    images = np.concatenate([phantom.counts(made, 0.003), phantom.counts(half, 0.003)[1:]])
    angles = np.append(made.angles, 180.0)
    path = phantom.write_nxtomo(tmp_path / "scan.nxs", images, angles)
    with h5py.File(path, "a") as file:
        # As scans mark what is no projection of theirs.
        file["entry/instrument/detector/image_key"][-1] = 3
    recipe = tmp_path / "scan.tomo.json"

    def found(**roles):
        settings = {"version": 1, "dataset": {"path": "scan.nxs", "roles": roles}, "filters": STEPS}
        recipe.write_text(json.dumps(settings))
        return cli("centre", recipe, "--method", "opposite")[:2]

    code, reply = found()
    assert code == 3 and reply["error"]["code"] == "method-impossible"
    code, reply = found(invalid="180")
    assert code == 0 and reply["column"] == pytest.approx(82.6, abs=0.25)
    assert reply["confidence"]["level"] == "good"
