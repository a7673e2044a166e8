"""How data sets lie on disk: folders of a beamline, names with angles, units, flats in time."""

from __future__ import annotations

import numpy as np
import phantom
import pytest
import tifffile

GOLDEN = 180 * (np.sqrt(5) - 1)


def stack(folder, prefix, images):
    folder.mkdir(parents=True, exist_ok=True)
    for index, image in enumerate(images):
        tifffile.imwrite(folder / f"{prefix}_{index:04d}.tif", image)


def test_sub_folders_of_a_beamline(cli, small, recipe, save, tmp_path):
    """IMAT's layout, opened by the sample's folder or the Tomo folder, gives the same slices."""
    sample = tmp_path / "Sample"
    images = phantom.counts(small, noise=0.002)
    level = {"Flat_Before": 20000, "Flat_After": 20000, "Dark_Before": 300}
    stack(sample / "Tomo", "IMAT00012345_Sample_000", images)
    for (name, value), count in zip(level.items(), (4, 3, 2)):
        stack(sample / name, name, [np.full((12, 96), value, np.uint16)] * count)
    half_turn = phantom.scan(frames=2, span=180, endpoint=True)
    stack(sample / "180deg", "opposite", phantom.counts(half_turn)[1:])
    tifffile.imwrite(sample / "Tomo" / "IMAT00012345_Sample_SummedImg.tif", images[0])
    code, found, _ = cli("describe", sample)
    assert code == 0
    groups = {g["name"]: (g["count"], g["role"]) for g in found["groups"]}
    assert groups == {
        "Tomo": (90, "projection"), "Flat_Before": (4, "flat"), "Flat_After": (3, "flat-after"),
        "Dark_Before": (2, "dark"), "180deg": (1, "180"),
    }  # fmt: skip
    assert (found["frames"], found["flats"], found["darks"]) == (90, 7, 2)
    assert any("_SummedImg" in text for text in found["warnings"])
    plain = phantom.write_folder(tmp_path / "plain", images)
    for name, data in (("a", sample), ("b", sample / "Tomo"), ("c", plain)):
        code, reply, _ = cli("run", save(recipe(data)), "--output", tmp_path / name)
        assert code == 0, reply
    for row in (0, 7):
        a, b, c = (tifffile.imread(tmp_path / n / f"slice_{row:05d}.tif") for n in "abc")
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a, c)
    # Less than half a turn: the image at 180 degrees shows where the axis is.
    asked = recipe(sample, angles={"first": 0, "last": 120})
    del asked["regions"]
    code, centre, _ = cli("centre", save(asked))
    assert code == 0 and centre["column"] == pytest.approx(small.centre, abs=0.25)


def test_names_that_carry_angles(cli, small, save, tmp_path):
    """Golden angles stand in the names; numbers that are skipped cost nothing but a projection."""
    kept = np.setdiff1d(np.arange(144), [3, 40, 41, 99])
    angles = np.round(np.mod(kept * GOLDEN, 360), 4)
    many = phantom.scan(frames=3600, span=360, rows=2)
    nearest = np.rint(angles * 10).astype(int) % 3600
    made = phantom.Scan(many.attenuation[nearest], angles, many.centre)
    data = phantom.write_folder(tmp_path / "data", phantom.counts(made)[:0], flats=2, darks=2)
    for name in data.glob("*_0*.tif"):
        tifffile.imwrite(name, tifffile.imread(name)[:2])
    for number, angle, image in zip(kept, angles, phantom.counts(made)):
        tifffile.imwrite(data / f"Sample_GRtomo_{angle:.4f}_{number:03d}.tif", image)
    code, found, _ = cli("describe", data)
    assert code == 0 and found["frames"] == 140 and found["angles"]["source"] == "file names"
    assert found["angles"]["first"] == 0.0
    assert found["angles"]["last"] == pytest.approx(np.mod(143 * GOLDEN, 360), abs=1e-4)
    assert not [text for text in found["warnings"] if "missing" in text]
    recipe = {
        "version": 1,
        "dataset": {"path": str(data)},
        "regions": {"centre": {"column": made.centre}},
        "filters": [{"name": "normalise"}, {"name": "minus-log"}],
    }
    assert cli("run", save(recipe), "--output", tmp_path / "o")[0] == 0
    image = tifffile.imread(tmp_path / "o" / "slice_00001.tif")
    # In the large ellipse, between the two small ones.
    assert image[44:52, 44:52].mean() == pytest.approx(0.6 / 48, rel=0.03)
    given = {**recipe, "dataset": {"path": str(data), "angles": {"values": angles.tolist()}}}
    assert cli("run", save(given), "--output", tmp_path / "g")[0] == 0
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "g" / "slice_00001.tif"), image)


def test_angles_in_radians(cli, small, recipe, save, tmp_path):
    images = phantom.counts(small)
    paths = {
        unit: phantom.write_nxtomo(tmp_path / f"{unit}.nxs", images, small.angles, unit)
        for unit in ("degree", "rad")
    }
    code, found, _ = cli("describe", paths["rad"])
    assert code == 0 and found["angles"]["last"] == pytest.approx(178.0, abs=1e-9)
    assert "radians" in found["angles"]["note"]
    slices = []
    for unit, path in paths.items():
        asked = recipe(path)
        del asked["dataset"]["angles"]
        code, reply, _ = cli("run", save(asked), "--output", tmp_path / unit, "--rows", "5:6")
        assert code == 0
        assert any("radians" in text for text in reply["warnings"]) == (unit == "rad")
        slices.append(tifffile.imread(tmp_path / unit / "slice_00005.tif"))
    np.testing.assert_allclose(slices[1], slices[0], atol=1e-6)


def test_flats_before_and_after_are_interpolated(small, tmp_path):
    """A lamp that fades evenly: with flats of both ends it is divided out of each projection."""
    from tomo_runner.dataset import Dataset
    from tomo_runner.pipeline import Pipeline
    from tomo_runner.stopping import Stop
    from tomo_runner.workers import Workers

    fading = 1 - 0.3 * np.arange(90) / 90
    counts = (20000 - 300) * np.exp(-small.attenuation) * fading[:, None, None] + 300
    data = tmp_path / "data"
    stack(data / "tomo", "t", counts.astype(np.float32))
    for name, level in (("Flat_Before", 1.0), ("Flat_After", 0.7)):
        image = np.full((12, 96), (20000 - 300) * level + 300, np.float32)
        stack(data / name, "f", [image] * 3)
    stack(data / "Dark_Before", "d", [np.full((12, 96), 300, np.float32)] * 2)
    filters = [{"name": "normalise"}, {"name": "minus-log"}]
    recipe = {"version": 1, "dataset": {"path": str(data)}, "filters": filters}

    def attenuation():
        with Workers(2) as workers:
            dataset = Dataset(recipe, tmp_path)
            return Pipeline(recipe, dataset, workers).sinograms(dataset.whole, Stop())

    expected = small.attenuation.transpose(1, 0, 2)
    np.testing.assert_allclose(attenuation(), expected, atol=2e-5)
    recipe["dataset"]["roles"] = {"Flat_After": "ignore"}
    # Without the second set the last projection is too dark by the whole fading.
    np.testing.assert_allclose(
        attenuation()[:, -1], expected[:, -1] - np.log(fading[-1]), atol=2e-5
    )
