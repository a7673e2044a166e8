"""Bad input: one sentence that names the file or field, and nothing half-written."""

from __future__ import annotations

import json
import os
import resource
import shutil

import numpy as np
import phantom
import pytest
import tifffile


@pytest.fixture
def data(small, tmp_path):
    return phantom.write_folder(tmp_path / "data", phantom.counts(small, noise=0.002))


def refused(cli, path, out, code, *words, options=()):
    status, reply, err = cli("run", path, "--output", out, *options)
    error = reply["error"]
    assert status == code, error
    assert set(error) == {"code", "message", "where", "hint"}
    for word in words:
        assert word in error["message"] + error["where"] + error["hint"]
    assert error["hint"] and error["message"].endswith(".")
    assert err.strip().endswith(f"{error['message']} {error['hint']}")
    assert not list(out.glob("slice_*")) if out.is_dir() else True
    return error


def test_missing_file_in_the_middle(cli, data, recipe, save, tmp_path):
    (data / "tomo_0040.tif").unlink()
    path = save(recipe(data))
    refused(cli, path, tmp_path / "o", 3, "tomo_0039", "missing", "dataset.angles.values")
    code, found, _ = cli("describe", data)
    assert code == 0 and found["frames"] == 89
    assert any("tomo_0039" in text for text in found["warnings"])


def test_truncated_file_in_the_middle(cli, data, recipe, save, tmp_path):
    bad = data / "tomo_0041.tif"
    bad.write_bytes(bad.read_bytes()[:-100])
    refused(cli, save(recipe(data)), tmp_path / "o", 3, "tomo_0041.tif", "cut short")


def test_sizes_that_differ(cli, data, recipe, save, tmp_path):
    tifffile.imwrite(data / "tomo_0042.tif", np.ones((12, 95), np.uint16))
    refused(cli, save(recipe(data)), tmp_path / "o", 3, "tomo_0042.tif", "12 x 95", "12 x 96")


def test_flats_of_another_size(cli, data, recipe, save, tmp_path):
    for path in data.glob("ob_*"):
        tifffile.imwrite(path, np.ones((10, 96), np.uint16))
    refused(cli, save(recipe(data)), tmp_path / "o", 3, "ob_00.tif", "10 x 96")


def test_no_flats_names_the_choice(cli, data, recipe, save, tmp_path):
    for path in data.glob("ob_*"):
        path.unlink()
    refused(cli, save(recipe(data)), tmp_path / "o", 3, "flats", "dataset.flats", "transmission")


def test_no_darks_is_a_warning(cli, data, recipe, save, tmp_path):
    for path in data.glob("dc_*"):
        path.unlink()
    code, reply, _ = cli("run", save(recipe(data)), "--output", tmp_path / "o", "--rows", "0:1")
    assert code == 0 and any("no darks" in text for text in reply["warnings"])


def test_unknown_angles_are_never_invented(cli, data, recipe, save, tmp_path):
    asked = recipe(data)
    del asked["dataset"]["angles"]
    refused(cli, save(asked), tmp_path / "o", 3, "angles", "dataset.angles")


def test_wrong_number_of_angles(cli, data, recipe, save, tmp_path):
    asked = recipe(data, angles={"values": [0, 1, 2]})
    refused(cli, save(asked), tmp_path / "o", 3, "3 angles for 90", "dataset.angles.values")


@pytest.mark.parametrize(
    "regions, where",
    [
        ({"roi": [0, 0, 97, 12]}, "regions.roi"),
        ({"roi": [5, 5, 5, 9]}, "regions.roi"),
        ({"air": [0, 0, 5, 13]}, "regions.air"),
        ({"centre": {"column": 96}}, "regions.centre.column"),
        ({"centre": {"column": -1}}, "regions.centre.column"),
    ],
)
def test_regions_outside_the_image(cli, data, recipe, save, tmp_path, regions, where):
    asked = {**recipe(data), "regions": regions}
    asked["filters"].append({"name": "air"})
    refused(cli, save(asked), tmp_path / "o", 2, where)


def test_rows_outside_the_image(cli, data, recipe, save, tmp_path):
    path = save(recipe(data))
    refused(cli, path, tmp_path / "o", 2, "10:13", "--rows", options=("--rows", "10:13"))


def test_zero_negative_and_nan_are_counted(cli, small, recipe, save, tmp_path):
    images = phantom.counts(small).astype(np.float32)
    images[3, 5, 10:20] = 0
    images[4, 5, 7] = np.nan
    images[5, 5, 8] = -1000
    data = phantom.write_folder(tmp_path / "data", images)
    asked = recipe(data)
    asked["filters"] = [{"name": "normalise"}, {"name": "minus-log"}]
    code, reply, _ = cli("run", save(asked), "--output", tmp_path / "o", "--rows", "5:6")
    assert code == 0
    assert any(text.startswith("12 of 8640 pixels") for text in reply["warnings"])
    assert np.isfinite(tifffile.imread(tmp_path / "o" / "slice_00005.tif")).all()


def test_output_that_exists_is_left_alone(cli, data, recipe, save, tmp_path):
    out = tmp_path / "o"
    out.mkdir()
    (out / "mine.txt").write_text("keep")
    refused(cli, save(recipe(data)), out, 5, str(out), "not empty")
    assert os.listdir(out) == ["mine.txt"]


def test_finished_output_is_left_alone(cli, data, recipe, save, tmp_path):
    path, out = save(recipe(data)), tmp_path / "o"
    assert cli("run", path, "--output", out, "--rows", "0:1")[0] == 0
    before = sorted(os.listdir(out))
    code, reply, _ = cli("run", path, "--output", out, "--rows", "0:1")
    assert code == 5 and "finished result" in reply["error"]["message"]
    assert sorted(os.listdir(out)) == before


def test_output_that_cannot_be_made(cli, data, recipe, save, tmp_path):
    (tmp_path / "file").write_text("")
    refused(cli, save(recipe(data)), tmp_path / "file" / "o", 5, "folder")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_output(cli, data, recipe, save, tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    refused(cli, save(recipe(data)), folder / "o", 5, "permission", str(folder))


def test_full_disk_leaves_nothing_half_written(child, data, recipe, save, tmp_path):
    """A limit on the size of files stands for the full disk: writing fails in the middle."""
    out = tmp_path / "o"
    process = child(
        "run", save(recipe(data)), "--output", out, "--json",
        stdout=-1, stderr=-1,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000)),
    )  # fmt: skip
    stdout, stderr = process.communicate(timeout=60)
    error = json.loads(stdout)["error"]
    assert process.returncode == 5, stderr
    assert error["code"] == "disk-full" and "slice_" in error["where"]
    assert not list(out.rglob("*.part")) and not list(out.rglob("slice_*"))


@pytest.mark.parametrize("name", ["empty", "nothing.nxs"])
def test_no_data(cli, recipe, save, tmp_path, name):
    path = tmp_path / name
    if name == "empty":
        path.mkdir()
    else:
        path.write_bytes(b"not HDF5")
    refused(cli, save(recipe(path)), tmp_path / "o", 3, name)
    shutil.rmtree(path, ignore_errors=True)


def test_a_folder_without_images_asks_for_another(cli, recipe, save, tmp_path):
    path = tmp_path / "empty"
    path.mkdir()
    code, reply, _ = cli("describe", str(path))
    error = reply["error"]
    assert code == 3 and error["code"] == "no-images" and error["where"] == str(path)
    assert error["hint"].startswith("Choose the folder") and "role" not in error["hint"]
    # Where there are some, none of which is one, they are named.
    tifffile.imwrite(path / "flat_0001.tif", np.ones((4, 6), np.uint16))
    code, reply, _ = cli("describe", str(path))
    error = reply["error"]
    assert code == 3 and error["code"] == "no-projections"
    assert "dataset.roles" in error["hint"] and ": flat." in error["hint"]


def test_recipe_of_a_newer_version(cli, save):
    code, reply, _ = cli("run", save({"version": 2}))
    assert code == 2 and "newer version" in reply["error"]["message"]


@pytest.mark.parametrize("call", [["run", "--rows", "x"], ["fly"], ["preview"], []])
def test_wrong_calls(cli, call):
    code, reply, _ = cli(*call)
    assert code == 2 and reply["error"]["code"] == "wrong-call"
