"""Phase retrieval in runs: the same bits everywhere, the physics, and what is refused."""

from __future__ import annotations

import json
import subprocess

import numpy as np
import phantom
import pytest
import tifffile

from tomo_runner.dataset import Dataset, Window
from tomo_runner.estimate import estimate, remember
from tomo_runner.external import python_of
from tomo_runner.pipeline import Pipeline
from tomo_runner.run.plan import Sizes, make_plan
from tomo_runner.steps.phase import reach_of, spread_of
from tomo_runner.stopping import Stop
from tomo_runner.workers import Workers

NUMBERS = {"energy": 20.0, "distance": 100.0, "ratio": 60.0}
PIXEL = {"value": 2.0, "unit": "um"}
"""A decay length of 2.7 pixels, so 28 rows up and down."""


@pytest.fixture(scope="module")
def tall(tmp_path_factory):
    """Odd sizes and more rows than the filter reaches: 97 columns, 75 rows, 24 projections."""
    made = phantom.scan(columns=97, rows=75, frames=24)
    return phantom.write_folder(
        tmp_path_factory.mktemp("tall") / "data", phantom.counts(made, noise=0.02)
    )


@pytest.fixture
def phase(recipe):
    """The recipe of a folder with phase retrieval."""

    def make(path, **dataset):
        made = recipe(path, pixelSize=dict(PIXEL), **dataset)
        made["filters"].insert(2, {"name": "phase", **NUMBERS})
        return made

    return make


def volume(folder):
    return np.stack([tifffile.imread(path) for path in sorted(folder.glob("slice_*.tif"))])


def projection(recipe, base, index=0):
    with Workers(1) as workers:
        dataset = Dataset(recipe, base)
        return Pipeline(recipe, dataset, workers).projection(index, dataset.whole, Stop())


def test_the_length_is_that_of_the_formula():
    # sqrt(0.6199 Angstrom x 100 mm x 60 / 4 pi) = 5.44 um.
    assert spread_of(NUMBERS, 2e-4) == pytest.approx(7.400, rel=1e-3)
    assert reach_of(NUMBERS, 2e-4) == 28
    assert reach_of({**NUMBERS, "ratio": 0.01}, 2e-4) == 16


def test_slabs_rows_and_preview_equal_the_single_run(
    cli, tall, phase, save, tmp_path, same_by_every_way
):
    asked = phase(tall)
    asked["regions"].update(air=[0, 1, 6, 70], roi=[11, 2, 86, 75])
    asked["filters"].insert(2, {"name": "air"})
    asked["filters"][0].update(size=5, threshold=2, kind="both")
    path = save(asked)
    whole = same_by_every_way(path)
    # And it does something.
    asked["filters"] = [step for step in asked["filters"] if step["name"] != "phase"]
    assert cli("run", save(asked), "--output", tmp_path / "off", "--rows", "30:33")[0] == 0
    assert not np.allclose(volume(tmp_path / "off"), whole[28:31], atol=1e-3)


def test_any_window_is_cut_out_of_the_whole(tall, phase, tmp_path):
    asked = phase(tall)
    asked["filters"][0].update(size=5, threshold=2, kind="both")
    with Workers(2) as workers:
        dataset = Dataset(asked, tmp_path)
        pipeline = Pipeline(asked, dataset, workers)
        frames = np.array([0, 7])
        whole = pipeline.sinograms(dataset.whole, Stop(), frames)
        for window in (Window(40, 41, 96, 97), Window(0, 3, 10, 51), Window(60, 75, 0, 97)):
            top, bottom, left, right = window
            part = pipeline.sinograms(window, Stop(), frames)
            assert np.array_equal(part, whole[top:bottom, :, left:right])


def test_rotated_and_flipped_files_give_the_same_slices(cli, phase, save, tmp_path):
    images = phantom.counts(phantom.scan(columns=80, rows=50, frames=12), noise=0.02)
    folder = phantom.write_folder(tmp_path / "upright", images)
    turned = phantom.write_folder(tmp_path / "turned", np.rot90(images[:, :, ::-1], 1, axes=(1, 2)))
    rows = ("--rows", "20:24")
    assert cli("run", save(phase(folder)), "--output", tmp_path / "a", *rows)[0] == 0
    asked = phase(turned, rotate=90, flip=True)
    assert cli("run", save(asked), "--output", tmp_path / "b", *rows)[0] == 0
    assert np.array_equal(volume(tmp_path / "a"), volume(tmp_path / "b"))


def test_the_opposite_image_goes_through_it(phase, tmp_path):
    made = phantom.scan(columns=64, rows=40, frames=12)
    images = phantom.counts(made, noise=0.02)
    folder = phantom.write_folder(tmp_path / "data", images)
    for index in range(2):
        # What is shown as the image at 180 degrees is a projection that is there, too.
        tifffile.imwrite(folder / f"deg180_{index}.tif", images[3])
    asked = phase(folder, roles={"deg180": "180"})
    with Workers(1) as workers:
        dataset = Dataset(asked, tmp_path)
        pipeline = Pipeline(asked, dataset, workers)
        opposite = pipeline.opposite(dataset.whole, Stop())
        assert np.array_equal(opposite, pipeline.projection(3, dataset.whole, Stop()))


# --- physics --------------------------------------------------------------------------------


def propagated(attenuation, fine, pixel, energy, distance, ratio):
    """Intensity on the detector behind a thin sample of one material, by Fresnel's integral.

    ``attenuation`` (fine pixels) is minus the logarithm of the contact image's intensity; pixels
    and distances are in metres.
    """
    wavelength = 12.398e-10 / energy
    wave = np.exp(-0.5 * attenuation * (1 + 1j * ratio))
    frequencies = np.fft.fftfreq(len(wave), pixel / fine)
    square = np.add.outer(frequencies**2, frequencies**2)
    spectrum = np.fft.fft2(wave) * np.exp(-1j * np.pi * wavelength * distance * square)
    intensity = np.abs(np.fft.ifft2(spectrum)) ** 2
    size = len(wave) // fine
    return intensity.reshape(size, fine, size, fine).mean((1, 3))


def test_attenuation_is_recovered_and_fringes_are_gone(tmp_path, phase):
    size, fine = 192, 6
    at = (np.arange(size * fine) + 0.5) / fine - size / 2
    radius = np.hypot(at[:, None], at[None, :])
    ball = 0.4 * np.sqrt(np.maximum(1 - (radius / 55) ** 2, 0))
    hole = 0.15 * np.sqrt(np.maximum(1 - (np.hypot(at[:, None] - 12, at[None, :]) / 20) ** 2, 0))
    sharp = ball - hole
    # A source that is not a point, so that the phase is sampled finely enough.
    blur = np.exp(-2 * (np.pi * np.fft.fftfreq(size * fine, 1 / fine) * 0.8) ** 2)
    thick = np.fft.ifft2(np.fft.fft2(sharp) * np.multiply.outer(blur, blur)).real
    numbers = {"energy": 20.0, "distance": 60.0, "ratio": 150.0}
    image = propagated(thick, fine, 2e-6, 20.0, 0.06, 150.0)
    tifffile.imwrite(tmp_path / "t_0.tif", image.astype(np.float32))
    tifffile.imwrite(tmp_path / "t_1.tif", image.astype(np.float32))
    asked = phase(tmp_path, state="transmission")
    asked["filters"] = [{"name": "phase", **numbers}, {"name": "minus-log"}]
    found = projection(asked, tmp_path)
    truth = thick.reshape(size, fine, size, fine).mean((1, 3))
    asked["filters"] = asked["filters"][1:]
    fringed = projection(asked, tmp_path)
    assert fringed.min() < -0.25 and np.abs(fringed - truth).max() > 0.25
    assert found.min() > -0.003
    assert np.abs(found - truth).max() < 0.01
    assert np.sqrt(np.mean((found - truth) ** 2)) < 0.0015


def test_it_is_the_filter_of_tomopy(tmp_path, phase):
    python = python_of("tomopy")
    probe = subprocess.run([python, "-c", "import tomopy"], capture_output=True)
    if probe.returncode:
        pytest.skip("TomoPy is not installed; JUPYTER_TOMO_PYTHON_TOMOPY names a Python with it")
    generator = np.random.default_rng(21)
    image = 1 - 0.5 * (generator.uniform(0, 1, (200, 220)) > 0.98)
    image[60:140, 70:150] *= 0.4
    for index in range(2):
        tifffile.imwrite(tmp_path / f"t_{index}.tif", image.astype(np.float32))
    asked = phase(tmp_path, state="transmission")
    asked["filters"] = [{"name": "phase", **NUMBERS}]
    ours = projection(asked, tmp_path)
    # TomoPy counts frequencies in periods, so the ratio hides in alpha = 1 / (4 pi^2 ratio).
    np.save(tmp_path / "ours.npy", image[None].astype(np.float32))
    # TomoPy counts frequencies in periods, so the ratio hides in alpha = 1 / (4 pi^2 ratio).
    code = f"""
import numpy as np, tomopy
alpha = 1 / (4 * np.pi ** 2 * {NUMBERS["ratio"]})
out = tomopy.retrieve_phase(np.load({str(tmp_path / "ours.npy")!r}), pixel_size=2e-4,
    dist={NUMBERS["distance"] / 10}, energy={NUMBERS["energy"]}, alpha=alpha, ncore=1)
np.save({str(tmp_path / "theirs.npy")!r}, out[0])
"""
    subprocess.run([python, "-c", code], check=True, capture_output=True)
    theirs = np.load(tmp_path / "theirs.npy")
    # Its frequencies are half a step off, which its padding makes small.
    inside = (slice(40, -40), slice(40, -40))
    assert np.abs(ours - theirs)[inside].max() < 1e-3
    assert np.std(ours[inside]) > 0.1


# --- what is refused, and what is not there ---------------------------------------------------


def test_without_a_pixel_size_it_is_refused(cli, tall, phase, save, tmp_path):
    asked = phase(tall)
    del asked["dataset"]["pixelSize"]
    path = save(asked)
    for command in (("run", path, "--output", tmp_path / "o"), ("preview", path, "--row", 3)):
        code, reply, _ = cli(*command)
        assert code == 2 and reply["error"]["code"] == "phase-pixel"
        assert reply["error"]["where"] == "dataset.pixelSize"
        assert "pixel size" in reply["error"]["message"] and reply["error"]["hint"]
    assert not (tmp_path / "o").exists() or not list((tmp_path / "o").glob("*.tif"))
    asked["filters"][2]["enabled"] = False
    assert cli("preview", save(asked), "--row", 3)[0] == 0


def test_a_filter_that_reaches_too_far_is_refused(cli, tall, phase, save, tmp_path):
    asked = phase(tall)
    asked["filters"][2]["distance"] = 100000.0
    asked["filters"][2]["ratio"] = 1000.0
    code, reply, _ = cli("run", save(asked), "--output", tmp_path / "o")
    assert code == 2 and reply["error"]["code"] == "phase-reach"
    assert "3512 rows" in reply["error"]["message"] and "1024" in reply["error"]["message"]


def test_a_filter_that_does_nothing_is_told(cli, tall, phase, save):
    asked = phase(tall)
    assert not any("next to nothing" in text for text in _warnings(cli, save(asked)))
    # Millimetres for micrometres.
    asked["dataset"]["pixelSize"]["unit"] = "mm"
    warnings = _warnings(cli, save(asked))
    assert any("next to nothing" in text and "0.0027 pixels" in text for text in warnings)


def _warnings(cli, path):
    code, reply, _ = cli("preview", path, "--row", 3)
    assert code == 0
    return reply["warnings"]


@pytest.mark.parametrize("key", ["energy", "distance", "ratio"])
def test_numbers_that_make_no_sense_are_refused(cli, tall, phase, save, key):
    asked = phase(tall)
    asked["filters"][2][key] = 0
    code, reply, _ = cli("preview", save(asked), "--row", 3)
    assert code == 2 and reply["error"]["where"] == f"filters.2.{key}"


def test_attenuation_is_left_alone(tmp_path, phase):
    image = np.random.default_rng(3).uniform(0, 1, (20, 30)).astype(np.float32)
    for index in range(2):
        tifffile.imwrite(tmp_path / f"a_{index}.tif", image)
    asked = phase(tmp_path, state="attenuation")
    asked["filters"] = [{"name": "phase", **NUMBERS}]
    assert np.array_equal(projection(asked, tmp_path), image)
    # Without a pixel size, too: it is not done.
    del asked["dataset"]["pixelSize"]
    assert np.array_equal(projection(asked, tmp_path), image)


def test_dead_pixels_do_not_spread_and_are_told(cli, tmp_path, phase, save):
    images = phantom.counts(phantom.scan(columns=96, rows=40, frames=16)).astype(np.float32)
    good = phantom.write_folder(tmp_path / "good", images)
    bad = phantom.write_folder(tmp_path / "bad", images)
    for path in (*sorted(bad.glob("ob_*")), *sorted(bad.glob("dc_*"))):
        reference = tifffile.imread(path)
        # No beam: nothing divided by nothing.
        reference[20, 70] = 300
        tifffile.imwrite(path, reference)
    made = {}
    for folder in (good, bad):
        asked = phase(folder)
        del asked["filters"][0]
        code, reply, _ = cli("run", save(asked), "--output", tmp_path / "o" / folder.name)
        assert code == 0
        made[folder.name] = (volume(tmp_path / "o" / folder.name), reply["warnings"])
    assert any("16 pixels had no transmission" in text for text in made["bad"][1])
    assert not any("no transmission" in text for text in made["good"][1])
    difference = np.abs(made["bad"][0] - made["good"][0])
    assert 0 < difference.max() < 0.02 * made["good"][0].max()


def test_a_single_row_and_a_single_column(tmp_path, phase):
    for shape in ((1, 60), (60, 1)):
        folder = tmp_path / "x".join(map(str, shape))
        folder.mkdir()
        for index in range(2):
            tifffile.imwrite(folder / f"t_{index}.tif", np.full(shape, 0.5, np.float32))
        asked = phase(folder, state="transmission")
        asked["filters"] = [{"name": "phase", **NUMBERS}, {"name": "minus-log"}]
        assert np.allclose(projection(asked, folder), np.log(2), atol=1e-5)


# --- what it costs ----------------------------------------------------------------------------


def test_the_plan_knows_its_memory_and_avoids_small_slabs():
    plain = {
        "frames": 1500, "columns": 2048, "width": 2048, "pixel_bytes": 2, "batch": 4,
        "references": 20, "reference_sets": 2, "whole_rows": 0, "image": 2048,
    }  # fmt: skip
    without = make_plan((0, 2048), Sizes(halo=2, **plain), 4, 4 << 30, 100 << 20)
    with_it = make_plan((0, 2048), Sizes(halo=162, phase=160, **plain), 4, 4 << 30, 100 << 20)
    assert with_it.memory <= 4 << 30 and with_it.slabs[-1][1] == 2048
    assert with_it.slab_rows < without.slab_rows
    # Four threads would leave slabs so small that most of the work were done again and again.
    tight = Sizes(halo=802, phase=800, **plain)
    plan = make_plan((0, 2048), tight, 4, 2 << 30, 100 << 20)
    assert 1 <= plan.threads < 4
    assert plan.memory <= 2 << 30


def test_its_time_is_estimated_and_remembered(tall, phase, recipe, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "jupyterlab-tomo").mkdir()
    record = {"rows": [0, 75], "frames": 24, "columns": 97, "width": 97, "seconds": {"all": 1.0}}
    remember(record, 1, recipe(tall))
    plain = recipe(tall)

    def seconds(made):
        return estimate(made, Dataset(made, tall), tall, "r", 1, 1 << 30, 97)["seconds"]

    before, after = seconds(plain), seconds(phase(tall))
    assert before == pytest.approx(1.0, abs=0.11) and after > before
    # A run with it that took longer for that reason is no slower machine.
    remember({**record, "filtered": 75, "seconds": {"all": after}}, 1, phase(tall))
    first, second = json.loads((tmp_path / "jupyterlab-tomo/speed.json").read_text())
    assert second["rate"] == pytest.approx(first["rate"], rel=0.12)
