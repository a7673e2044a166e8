"""TomoPy's own stripe removers, as a choice of its methods."""

from __future__ import annotations

from pathlib import Path

import make_data
import numpy as np
import pytest
import tifffile
from scipy.ndimage import uniform_filter

from tomo_runner import catalogue
from tomo_runner.dataset import Dataset
from tomo_runner.external import ToolHost, ToolHosts, python_of
from tomo_runner.failures import RecipeFailure, ToolFailure
from tomo_runner.pipeline import Pipeline
from tomo_runner.preview import preview_row
from tomo_runner.recipe import validate
from tomo_runner.stopping import Stop
from tomo_runner.toolhost.tomopy_stripes import SCHEMA, call
from tomo_runner.workers import Workers

REMOVERS = [name for name in SCHEMA["stripes"]["enum"] if name != "none"]

CALLS = {
    "fw": (
        "remove_stripe_fw",
        {
            "stripe_level": 4,
            "stripe_wavelet": "db4",
            "stripe_sigma": 1.5,
            "stripe_pad": False,
        },
        {"level": 4, "wname": "db4", "sigma": 1.5, "pad": False},
    ),
    "ti": (
        "remove_stripe_ti",
        {"stripe_blocks": 2, "stripe_alpha": 3.0},
        {"nblock": 2, "alpha": 3.0},
    ),
    "sf": ("remove_stripe_sf", {"stripe_size": 9}, {"size": 9}),
    "sorting": (
        "remove_stripe_based_sorting",
        {"stripe_size": 10, "stripe_square": True},
        {"size": 11, "dim": 2},
    ),
    "filtering": (
        "remove_stripe_based_filtering",
        {"stripe_sigma": 4.0, "stripe_size": 11, "stripe_square": False},
        {"sigma": 4.0, "size": 11, "dim": 1},
    ),
    "fitting": (
        "remove_stripe_based_fitting",
        {"stripe_order": 2, "stripe_across": 4.0, "stripe_along": 30.0},
        {"order": 2, "sigma": (4.0, 30.0)},
    ),
    "interpolation": (
        "remove_stripe_based_interpolation",
        {"stripe_snr": 2.5, "stripe_size": 21, "stripe_drop": 0.2, "stripe_norm": False},
        {"snr": 2.5, "size": 21, "drop_ratio": 0.2, "norm": False},
    ),
    "large": (
        "remove_large_stripe",
        {"stripe_snr": 2.5, "stripe_size": 21, "stripe_drop": 0.2, "stripe_norm": True},
        {"snr": 2.5, "size": 21, "drop_ratio": 0.2, "norm": True},
    ),
    "dead": (
        "remove_dead_stripe",
        {"stripe_snr": 2.5, "stripe_size": 21, "stripe_norm": True},
        {"snr": 2.5, "size": 21, "norm": True},
    ),
    "all": (
        "remove_all_stripe",
        {"stripe_snr": 2.5, "stripe_size": 31, "stripe_small": 11, "stripe_square": False},
        {"snr": 2.5, "la_size": 31, "sm_size": 11, "dim": 1},
    ),
}


def test_all_are_here():
    assert set(CALLS) == set(REMOVERS)


@pytest.mark.parametrize("name", REMOVERS)
def test_its_keywords(name):
    """All of TomoPy's, from the parameters that count with it; those of other removers do not."""
    function, given, keywords = CALLS[name]
    counting = {
        key for key, each in SCHEMA.items() if name in each.get("when", {}).get("stripes", [])
    }
    assert counting == set(given)
    assert call({"stripes": name, **given, "stripe_order": given.get("stripe_order", 5)}) == (
        function,
        keywords,
    )


def test_each_method_takes_them():
    for method in next(t for t in catalogue.tools() if t["name"] == "tomopy")["methods"]:
        assert method["schema"]["stripes"]["default"] == "none"


def test_unknown_ones_are_refused(recipe):
    with pytest.raises(RecipeFailure) as raised:
        validate(recipe("tomopy", "gridrec", {"stripes": "vacuum"}))
    assert raised.value.where == "reconstruction.parameters.stripes"


@pytest.fixture(scope="module")
def striped(tmp_path_factory):
    """The example at a quarter of its size, without and with eight bad columns."""
    geometry = make_data.Geometry(128)
    clean = make_data.attenuation(geometry)[23:26].astype(np.float32)
    noise = np.random.default_rng(3).normal(0, 0.003, clean.shape).astype(np.float32)
    gain = np.zeros(clean.shape[2], np.float32)
    gain[[30, 41, 55, 60, 73, 74, 88, 97]] = [0.2, -0.15, 0.1, 0.2, 0.15, 0.15, -0.2, 0.1]
    folders = {}
    for name, images in (("clean", clean + noise), ("bad", clean + noise + gain)):
        folders[name] = tmp_path_factory.mktemp(name)
        for index in range(images.shape[1]):
            tifffile.imwrite(folders[name] / f"tomo_{index:04d}.tif", images[:, index])
    return folders


@pytest.fixture(scope="module")
def hosts():
    with ToolHosts() as kept:
        yield kept


def sliced(hosts, recipe, folder, parameters, row=1):
    made = recipe("tomopy", "gridrec", parameters)
    made["dataset"]["path"] = str(folder)
    validate(made)
    with Workers(2) as workers:
        pipeline = Pipeline(made, Dataset(made, folder), workers)
        return preview_row(made, pipeline, row, "slice", Stop(), hosts=hosts).image.astype(float)


@pytest.mark.parametrize("name", REMOVERS)
def test_it_removes_stripes(name, recipe, striped, hosts, available):
    """Less is left of the rings themselves, and with all its keywords given it runs as well."""
    available("tomopy")
    clean = sliced(hosts, recipe, striped["clean"], {})
    bad = sliced(hosts, recipe, striped["bad"], {})
    better = sliced(hosts, recipe, striped["bad"], {"stripes": name})
    rings = bad - clean
    left = float(np.sum((better - clean) * rings) / np.sum(rings**2))
    assert left < 0.5
    other = sliced(hosts, recipe, striped["bad"], {"stripes": name, **CALLS[name][1]})
    assert np.isfinite(other).all() and not np.array_equal(other, better)


def reconstructed(sinograms, **parameters):
    host = ToolHost("tomopy", "TomoPy", python_of("tomopy"))
    slices = {}
    try:
        host.sinograms(sinograms.shape)[...] = sinograms
        host.reconstruct(
            "gridrec",
            {
                **catalogue.defaults(catalogue.method("tomopy", "gridrec")["schema"]),
                **parameters,
            },
            np.linspace(0, 180, sinograms.shape[1]),
            np.full(len(sinograms), (sinograms.shape[2] - 1) / 2),
            sinograms.shape,
            sinograms.shape[2],
            2,
            Stop(),
            lambda row, image: slices.update({row: image.copy()}),
            lambda text: None,
        )
    finally:
        host.close()
    return slices


LEFT = {
    "fw": 0.874,
    "ti": 0.996,
    "sf": 0.997,
    "sorting": 0.998,
    "filtering": 0.998,
    "interpolation": 0.871,
    "large": 0.948,
    "dead": 0.948,
    "all": 0.925,
}
"""What the documentation says that a remover leaves of the sample, by its defaults."""


@pytest.fixture(scope="module")
def sample():
    """A row of the example in full width, with noise and stripes; and the disc that it is in."""
    geometry = make_data.Geometry(512)
    row = make_data.attenuation(geometry)[96:97].astype(np.float32)
    noise = np.random.default_rng(3).normal(0, 0.003, row.shape)
    gain = np.zeros(512)
    gain[4 * np.array([30, 41, 55, 60, 73, 74, 88, 97])] = np.repeat([0.2, -0.15, 0.1, 0.2], 2)
    offset = np.arange(512) - 255.5
    inside = offset[:, None] ** 2 + offset[None, :] ** 2 < 232**2
    return row, (row + noise + gain).astype(np.float32), inside


@pytest.mark.parametrize("name", LEFT)
def test_what_it_leaves_of_the_sample(name, sample, available):
    """The slope over a slice of clean data: that of TomoPy's own function, not made by us."""
    available("tomopy")
    clean, bad, inside = sample
    expected, found = (
        uniform_filter(image[0], 9)[inside]
        for image in (reconstructed(clean), reconstructed(bad, stripes=name))
    )
    assert np.polyfit(expected, found, 1)[0] == pytest.approx(LEFT[name], abs=0.02)


def test_the_documentation_says_what_is_left():
    text = (Path(__file__).parents[3] / "docs/tools/tomopy.md").read_text(encoding="utf-8")
    for name, left in LEFT.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| {name} |"))
        assert row.split("|")[5].strip() == f"{100 * (1 - left):.1f} % low"


def test_nan_is_told(available):
    """Columns of zero make TomoPy divide zero by zero."""
    available("tomopy")
    sinograms = np.random.default_rng(2).normal(1, 0.1, (2, 61, 64)).astype(np.float32)
    sinograms[:, :, :20] = 0
    with pytest.raises(ToolFailure) as raised:
        reconstructed(sinograms, stripes="fitting")
    assert raised.value.code == "tool-nan"
    assert "remove_stripe_based_fitting gave NaN" in raised.value.message
    assert raised.value.where == "reconstruction.parameters.stripes"
    assert "another remover" in raised.value.hint


@pytest.mark.parametrize("name", ["ti", "all"])
def test_flat_sinograms_are_left_as_they_are(name, available):
    """There is no stripe in them; TomoPy gives NaN for some, after minutes."""
    available("tomopy")
    sinograms = np.random.default_rng(2).normal(1, 0.1, (3, 61, 64)).astype(np.float32)
    sinograms[1] = 0.5
    with_remover = reconstructed(sinograms, stripes=name)
    without = reconstructed(sinograms)
    assert all(np.isfinite(image).all() for image in with_remover.values())
    assert np.allclose(with_remover[1], without[1], rtol=0, atol=1e-6)
    assert not np.array_equal(with_remover[0], without[0])
