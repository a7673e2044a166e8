"""The example data: the same bytes every time, and what they claim to be."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import pytest

CHECKOUT = Path(__file__).resolve().parents[3]


def load():
    path = CHECKOUT / "examples" / "make_data.py"
    spec = importlib.util.spec_from_file_location("make_data", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_data"] = module
    spec.loader.exec_module(module)
    return module


make_data = load()


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    make_data.make(folder, 64)
    return folder


def test_same_bytes_every_time(small, tmp_path):
    # Formats that store the time do so in seconds.
    time.sleep(1.1)
    make_data.make(tmp_path, 64)
    first, second = digests(small), digests(tmp_path)
    assert first == second
    assert len(first) == 10 + 10 + 10 + 61 + 3


def test_sizes_scale_with_the_columns():
    full = make_data.Geometry()
    assert (full.columns, full.rows, full.projections) == (256, 96, 241)
    assert full.centre == pytest.approx(131.3)
    half = make_data.Geometry(128)
    assert (half.rows, half.projections) == (48, 121)
    # The same point of the field of view: column edges scale, not column centres.
    assert half.centre == pytest.approx((131.3 + 0.5) / 2 - 0.5)


def test_nxtomo_has_what_the_standard_asks_for(small):
    h5py = pytest.importorskip("h5py")
    with h5py.File(small / "phantom_nxtomo.nxs") as file:
        entry = file["entry"]
        assert entry["definition"][()] == b"NXtomo"
        keys = entry["instrument/detector/image_key"][()]
        assert [int((keys == key).sum()) for key in (0, 1, 2)] == [61, 20, 10]
        assert entry["instrument/detector/data"].shape == (91, 24, 64)
        angles = entry["sample/rotation_angle"]
        assert angles.attrs["units"] == "degree"
        assert angles[()][keys == 0][[0, -1]].tolist() == [0.0, 180.0]
        assert entry["data/data"] == entry["instrument/detector/data"]
        assert entry["instrument/detector/x_pixel_size"][()] == pytest.approx(0.4)


def test_tiffs_are_the_frames_of_the_nxtomo_file(small):
    h5py = pytest.importorskip("h5py")
    tifffile = pytest.importorskip("tifffile")
    with h5py.File(small / "phantom_nxtomo.nxs") as file:
        frames = file["entry/instrument/detector/data"][()]
    order = ("Dark_Before", "Flat_Before", "Tomo", "Flat_After")
    files = [path for name in order for path in sorted((small / "phantom_tiff" / name).iterdir())]
    assert len(files) == len(frames)
    for path, frame in zip(files, frames):
        np.testing.assert_array_equal(tifffile.imread(path), frame)


def test_recipes_are_valid(small):
    from tomo_runner.recipe import load_recipe

    for name in ("phantom", "phantom_tiff"):
        recipe = load_recipe(small / f"{name}.tomo.json")
        assert recipe["regions"]["air"] == [1, 2, 7, 22]
    assert json.loads((small / "phantom_tiff.tomo.json").read_text())["dataset"]["angles"] == {
        "first": 0,
        "last": 180,
        "endpoint": True,
    }


def test_the_air_region_is_air():
    geometry = make_data.Geometry(64)
    left, top, right, bottom = geometry.air
    assert make_data.attenuation(geometry)[top:bottom, :, left:right].max() == 0.0


@pytest.mark.parametrize("angle", [0.0, 30.0, 90.0, 137.5])
def test_a_disc_is_seen_where_the_convention_says(angle):
    disc = make_data.Disc(7.0, 3.0, 2.5, 1.5)
    columns = np.arange(-20, 21).astype(float)
    profile = disc.sinogram(np.array([angle]), columns)[0]
    assert profile.sum() == pytest.approx(1.5 * math.pi * 2.5**2, rel=1e-9)
    middle = (profile * columns).sum() / profile.sum()
    theta = math.radians(angle)
    assert middle == pytest.approx(7 * math.cos(theta) + 3 * math.sin(theta), abs=0.02)


@pytest.mark.parametrize("angle", [0.0, 10.0, 45.0, 90.0, 163.0])
def test_a_bar_has_the_line_integrals_of_its_image(angle):
    bar = make_data.Bar(4.0, -6.0, 12.0, 5.0, 25.0, 2.0)
    columns = np.arange(-20, 21).astype(float)
    profile = bar.sinogram(np.array([angle]), columns)[0]
    grid = (np.arange(41 * 16) + 0.5) / 16 - 20.5
    x, y = np.meshgrid(grid, grid)
    theta = math.radians(angle)
    seen = np.rint(x * math.cos(theta) + y * math.sin(theta)) + 20
    inside = (seen >= 0) & (seen < 41)
    counted = np.bincount(seen[inside].astype(int), bar.image(x, y)[inside], 41) / 256
    np.testing.assert_allclose(profile, counted, atol=0.4)
    assert profile.sum() == pytest.approx(120.0, rel=1e-6)


def test_the_helix_is_right_handed():
    first, later = make_data.helix(1.0, 0.0), make_data.helix(1.0, 0.05)
    # x right, y down, rows down is right-handed: a right-handed screw turns from x to y.
    assert first.x * later.y - first.y * later.x > 0


def test_bad_size_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        make_data.main([str(tmp_path), "--size", "16"])
    assert ended.value.code == 2
    assert "32 or more" in capsys.readouterr().err


def test_reconstruction_is_the_sample_and_not_its_mirror(tmp_path):
    pytest.importorskip("wasmtime")
    import jupyterlab_tomo as tomo

    geometry = make_data.make(tmp_path, 128)
    recipe = tomo.Recipe.load(tmp_path / "phantom.tomo.json")
    recipe.set("regions.centre.column", geometry.centre)
    # Wide as the bars of the letters are at this size, the stripe filter would soften them.
    recipe.set("filters.stripes-sorting.enabled", False)
    row = geometry.rows // 2
    image = recipe.preview(row).array
    size = image.shape[0]
    truth = make_data.truth(geometry, row, size)
    grid = np.arange(size) - (size - 1) / 2
    disc = np.hypot(*np.meshgrid(grid, grid)) < 50
    likeness = {
        name: np.corrcoef(turned[disc], truth[disc])[0, 1]
        for name, turned in {
            "as it is": image,
            "left-right": image[:, ::-1],
            "up-down": image[::-1],
            "half turn": image[::-1, ::-1],
        }.items()
    }
    assert likeness["as it is"] > 0.97, likeness
    assert max(value for name, value in likeness.items() if name != "as it is") < 0.7, likeness
    # Values per cm: the letters are 2 above the filling of 0.2; edges are softened by the pixels.
    slope, offset = np.polyfit(truth[disc], image[disc], 1)
    assert slope == pytest.approx(0.956, abs=0.02)
    assert offset == pytest.approx(0.02, abs=0.02)
    assert image[disc].sum() / truth[disc].sum() == pytest.approx(1.0, abs=0.01)


def test_the_stripe_filter_of_the_recipe_spares_the_sample(tmp_path):
    pytest.importorskip("wasmtime")
    import jupyterlab_tomo as tomo

    geometry = make_data.make(tmp_path)
    recipe = tomo.Recipe.load(tmp_path / "phantom.tomo.json")
    recipe.set("regions.centre.column", geometry.centre)
    row = geometry.rows // 2
    truth = make_data.truth(geometry, row)
    grid = np.arange(geometry.columns) - (geometry.columns - 1) / 2
    disc = np.hypot(*np.meshgrid(grid, grid)) < 120

    def error() -> float:
        return float(np.sqrt(np.mean((recipe.preview(row).array - truth)[disc] ** 2)))

    filtered = error()
    recipe.set("filters.stripes-sorting.enabled", False)
    # Twice the error, as with a window of 11, is letters that are smeared and a wall that is gone.
    assert filtered < 1.4 * error()
