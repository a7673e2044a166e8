"""Runs: values, slabs, resume, records."""

from __future__ import annotations

import json

import numpy as np
import phantom
import pytest
import tifffile

from tomo_runner.run.output import write_slice
from tomo_runner.run.plan import Sizes, make_plan


def volume(folder, rows=12):
    return np.stack([tifffile.imread(folder / f"slice_{r:05d}.tif") for r in range(rows)])


def truth(columns, row, size):
    """Density per pixel on the slice's grid, axis in the middle."""
    grid = np.arange(size) - (size - 1) / 2
    x, y = grid[None, :], grid[:, None]
    image = np.zeros((size, size))
    for cx, cy, a, b, turn, density in phantom.ellipses(columns, row):
        t = np.deg2rad(turn)
        u = (x - cx) * np.cos(t) + (y - cy) * np.sin(t)
        v = -(x - cx) * np.sin(t) + (y - cy) * np.cos(t)
        image[(u / a) ** 2 + (v / b) ** 2 <= 1] += density
    return image


def test_values_are_attenuation_per_pixel(cli, folder, recipe, save, tmp_path):
    out = tmp_path / "out"
    code, reply, _ = cli("run", save(recipe(folder)), "--output", out, "--cores", 2)
    assert code == 0 and reply["output"] == str(out) and len(reply["files"]) == 12
    image = volume(out)[5]
    expected = truth(96, 5 / 12, 96)
    inside = np.hypot(*np.meshgrid(*[np.arange(96) - 47.5] * 2)) < 40
    slope, offset = np.polyfit(expected[inside], image[inside], 1)
    assert slope == pytest.approx(1.0, abs=0.04)
    assert abs(offset) < 0.03 * expected.max()
    # The other hand would put the dense ellipse elsewhere.
    assert np.corrcoef(expected[inside], image[inside])[0, 1] > 0.95
    assert np.corrcoef(expected[::-1][inside], image[inside])[0, 1] < 0.9
    record = json.loads((out / "result.json").read_text())
    assert record["rows"] == [0, 12] and record["width"] == 96 and record["unit"] == "1/pixel"
    assert record["centre"]["used"]["column"] == record["centre"]["asked"]["column"]
    low, high = record["range"]
    assert low < 0.02 and high == pytest.approx(image.max(), rel=0.3)
    assert sum(record["histogram"]["counts"]) > 50000
    assert set(record["seconds"]) >= {"open", "projections", "slices", "record"}
    assert not (out / ".tomo-job.json").exists() and not (out / ".tomo-run").exists()
    readme = (out / "0.README_reconstruction.txt").read_text()
    assert str(folder) in readme and "column 49.8" in readme
    assert "(found" not in readme and "attenuation, 1/pixel" in readme


def test_the_record_says_what_was_done(cli, folder, recipe, save, tmp_path):
    asked = recipe(folder)
    asked["regions"] = {"centre": {"method": "sharpness"}}
    asked["filters"] = [{"name": "normalise"}]
    asked["reconstruction"] = {"tool": "builtin"}
    assert cli("run", save(asked), "--output", tmp_path / "o", "--rows", "4:6")[0] == 0
    readme = (tmp_path / "o" / "0.README_reconstruction.txt").read_text()
    assert "(found, method sharpness)" in readme
    assert "not attenuation: the step minus-log was off" in readme
    assert "method          builtin gridding" in readme


def test_the_record_names_the_method_of_the_tool():
    from tomo_runner.run import record

    assert record.method_of({"reconstruction": {"tool": "astra"}}) == ("astra", "FBP")
    assert record.method_of({}) == ("builtin", "gridding")


def test_nxtomo_equals_tiff_and_scales_by_the_pixel(cli, folder, nxtomo, recipe, save, tmp_path):
    tiff, per_cm = recipe(folder), recipe(nxtomo)
    del per_cm["dataset"]["angles"]
    assert cli("run", save(tiff), "--output", tmp_path / "a")[0] == 0
    assert cli("run", save(per_cm), "--output", tmp_path / "b")[0] == 0
    a, b = volume(tmp_path / "a"), volume(tmp_path / "b")
    np.testing.assert_allclose(b, a / 0.0055, rtol=2e-4, atol=1e-4)
    assert json.loads((tmp_path / "b" / "result.json").read_text())["unit"] == "1/cm"
    with tifffile.TiffFile(tmp_path / "b" / "slice_00000.tif") as tiff_file:
        meta = tiff_file.imagej_metadata
        assert meta["unit"] == "um" and meta["spacing"] == pytest.approx(55.0)
        top, bottom = tiff_file.pages[0].tags["XResolution"].value
        assert bottom / top == pytest.approx(55.0, rel=1e-3)


def test_slabs_rows_and_preview_equal_the_single_run(
    cli, folder, recipe, save, tmp_path, monkeypatch
):
    from tomo_runner.run import execute

    asked = recipe(folder)
    asked["regions"]["air"] = [0, 1, 6, 11]
    asked["regions"]["roi"] = [3, 0, 95, 12]
    asked["filters"].insert(2, {"name": "air"})
    asked["filters"][0].update(size=5, threshold=2, kind="both")
    path = save(asked)
    assert cli("run", path, "--output", tmp_path / "one")[0] == 0
    whole = volume(tmp_path / "one")
    plans = []

    def five(*arguments):
        plan = make_plan(*arguments)
        slabs = [(0, 5), (5, 10), (10, 12)]
        plans.append(slabs)
        return plan.__class__(slabs, 2, 5, plan.memory)

    monkeypatch.setattr(__import__(execute.__module__, fromlist=["x"]), "make_plan", five)
    assert cli("run", path, "--output", tmp_path / "slabs")[0] == 0
    assert plans
    np.testing.assert_array_equal(volume(tmp_path / "slabs"), whole)
    monkeypatch.undo()
    assert cli("run", path, "--output", tmp_path / "rows", "--rows", "4:6")[0] == 0
    for row in (4, 5):
        part = tifffile.imread(tmp_path / "rows" / f"slice_{row:05d}.tif")
        np.testing.assert_array_equal(part, whole[row])
    assert not (tmp_path / "rows" / "slice_00006.tif").exists()
    code, reply, _ = cli("preview", path, "--row", 7, "--output", tmp_path / "p.tif")
    assert code == 0 and reply["row"] == 7
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "p.tif"), whole[7])


def test_rotated_and_flipped_files_give_the_same_slices(cli, small, folder, recipe, save, tmp_path):
    images = phantom.counts(small, noise=0.002)
    assert cli("run", save(recipe(folder)), "--output", tmp_path / "a")[0] == 0
    # On disk the columns run the other way and the camera stands on its side.
    turned = np.rot90(images[:, :, ::-1], 1, axes=(1, 2))
    other = phantom.write_folder(tmp_path / "turned", turned)
    asked = recipe(other, rotate=90, flip=True)
    assert cli("run", save(asked), "--output", tmp_path / "b")[0] == 0
    np.testing.assert_array_equal(volume(tmp_path / "b"), volume(tmp_path / "a"))


def test_excluding_a_spoilt_frame(cli, small, recipe, save, tmp_path):
    images = phantom.counts(small)
    images[17] = 0
    data = phantom.write_folder(tmp_path / "data", images)
    (data / "tomo_0017.tif").write_bytes(b"")
    code, reply, _ = cli("run", save(recipe(data)), "--output", tmp_path / "a")
    assert code == 3 and "tomo_0017.tif" in reply["error"]["message"]
    good = recipe(data, exclude=[17])
    code, reply, _ = cli("run", save(good), "--output", tmp_path / "b", "--rows", "5:6")
    assert code == 0, reply
    image = tifffile.imread(tmp_path / "b" / "slice_00005.tif")
    assert image[48, 48] == pytest.approx(truth(96, 5 / 12, 96)[48, 48], rel=0.1)


def test_plan_is_arithmetic():
    sizes = Sizes(
        frames=1500, columns=2048, width=2048, pixel_bytes=2, batch=4, halo=2, references=20,
        reference_sets=2, whole_rows=0, image=2048,
    )  # fmt: skip
    plan = make_plan((0, 2048), sizes, 4, 4 << 30, 100 << 20)
    assert plan.slabs[0][0] == 0 and plan.slabs[-1][1] == 2048
    assert all(a[1] == b[0] for a, b in zip(plan.slabs, plan.slabs[1:]))
    assert plan.memory <= 4 << 30 and plan.threads == 4
    # A slab holds its sinograms, and those fill most of what is given.
    assert 0.4 * (4 << 30) < plan.slab_rows * 1500 * 2048 * 4 < 4 << 30
    from tomo_runner.failures import RecipeFailure

    with pytest.raises(RecipeFailure) as failed:
        make_plan((0, 2048), sizes, 4, 100 << 20, 90 << 20)
    assert failed.value.code == "memory-too-small"


@pytest.mark.parametrize("pixel", [None, (0.65, "um")])
def test_slices_are_the_tiff_files_of_tifffile(tmp_path, pixel):
    tags = {"description": "ImageJ=1.53k\nimages=1\n"}
    if pixel is not None:
        tags = {
            "description": "ImageJ=1.53k\nimages=1\nunit=um\nspacing=0.65\n",
            "resolution": (1 / 0.65, 1 / 0.65),
            "resolutionunit": "NONE",
        }
    for number, shape in enumerate([(7, 7), (12, 5), (7, 7)]):
        image = np.random.default_rng(number).random(shape, np.float32)
        written, expected = tmp_path / f"{number}.tif", tmp_path / f"{number}-expected.tif"
        # A view that is not contiguous, too.
        write_slice(written, image if number else np.asfortranarray(image), pixel)
        tifffile.imwrite(expected, image, photometric="minisblack", metadata=None, **tags)
        assert written.read_bytes() == expected.read_bytes()
