"""What TomoPy is called with."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from tomo_runner import catalogue
from tomo_runner.toolhost import tomopy as ours
from tomo_runner.toolhost.contract import Task
from tomo_runner.toolhost.nonnegative import chords, lifted, made_up

COLUMNS = 32


def task(method, cores=1, count=20, sinograms=None, **parameters):
    """Two rows; parameters that are not given are at their defaults."""
    if sinograms is None:
        sinograms = np.ones((2, count, COLUMNS), np.float32)
    given = {**catalogue.defaults(catalogue.method("tomopy", method)["schema"]), **parameters}
    return Task(
        method,
        given,
        sinograms,
        np.linspace(0, 180, count),
        np.full(2, (COLUMNS - 1) / 2),
        np.zeros((2, COLUMNS, COLUMNS), np.float32),
        cores,
        lambda row: None,
        lambda text: None,
    )


@pytest.fixture
def calls(monkeypatch):
    """Stands in for TomoPy; each call's sinograms and keywords."""
    seen = []

    def recon(sinograms, theta, **keywords):
        seen.append({"sinograms": np.array(sinograms), "theta": theta, **keywords})
        size = keywords.get("num_gridx", sinograms.shape[2])
        return np.ones((len(sinograms), size, size), np.float32)

    def remove(sinograms, **keywords):
        seen.append(keywords)
        return sinograms

    fake = SimpleNamespace(__version__="1.15.2", recon=recon, remove_stripe_sf=remove)
    monkeypatch.setattr(ours.importlib, "import_module", lambda name: fake)
    ours._calibration.cache_clear()
    yield seen
    ours._calibration.cache_clear()


@pytest.mark.parametrize("method", ["gridrec", "sirt", "osem"])
@pytest.mark.parametrize("cores", [1, 3])
def test_it_may_use_the_cores_of_the_run(calls, method, cores):
    ours.reconstruct(task(method, cores, calibrated=False))
    assert calls and {call["ncore"] for call in calls} == {cores}


def test_its_stripe_removers_may_use_them_too(calls):
    sinograms = np.random.default_rng(1).random((2, 20, COLUMNS)).astype(np.float32)
    ours.reconstruct(task("sirt", 2, sinograms=sinograms, stripes="sf"))
    assert [call["ncore"] for call in calls] == [2, 2]


@pytest.mark.parametrize(("count", "blocks"), [(20, 4), (23, 8), (376, 32), (5, 8)])
def test_blocks_go_around(count, blocks):
    """As TomoPy divides them, the longer ones first: each is every n-th projection."""
    found = ours.keywords(task("osem", count=count, blocks=blocks))
    number, order = found["num_block"], found["ind_block"]
    assert number == min(blocks, count) and sorted(order) == list(range(count))
    sizes = [count // number + (block < count % number) for block in range(number)]
    for part in np.split(order, np.cumsum(sizes)[:-1]):
        assert set(np.diff(part)) <= {number}


def test_a_start_from_gridrec_is_handed_over(calls):
    ours.reconstruct(task("mlem", start="gridrec", calibrated=False))
    first, second = calls[-2:]
    assert first["algorithm"] == "gridrec" and second["algorithm"] == "mlem"
    assert second["init_recon"].shape == (1, COLUMNS, COLUMNS)
    assert second["init_recon"].min() > 0
    calls.clear()
    ours.reconstruct(task("mlem"))
    assert all("init_recon" not in call for call in calls)


def test_negative_values_are_made_up_for():
    rng = np.random.default_rng(5)
    offset = np.abs(np.arange(200) - 99.5)
    profile = np.sqrt(np.maximum(0, 60**2 - offset**2)) / 60
    clean = np.tile(profile, (2, 30, 1))
    given = (clean + rng.normal(0, 0.1, clean.shape)).astype(np.float32)
    made = given.copy()
    made_up(made)
    assert np.allclose(made.sum(axis=2), given.sum(axis=2), rtol=1e-4)
    left = np.minimum(made, 0).sum()
    assert left > 0.05 * np.minimum(given, 0).sum()
    # Air stays near zero on average; values set to zero alone would leave 0.04.
    air = offset > 70
    assert np.maximum(given, 0)[..., air].mean() > 0.035
    assert np.maximum(made, 0)[..., air].mean() < 0.015
    # The sample keeps its values.
    inside = offset < 50
    assert abs((made - given)[..., inside].mean()) < 0.003
    whole = np.abs(given)
    same = whole.copy()
    made_up(same)
    assert np.array_equal(same, whole)


@pytest.mark.parametrize("angle", [0.0, 17.0, 45.0, 90.0, 133.0, 180.0, 271.0])
def test_rays_through_a_slice_are_as_long_as_they_are(angle):
    found = chords(np.array([angle]), 48, 21.3, 32)[0]
    cosine, sine = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    distance = np.arange(48)[:, None] - 21.3
    along = np.arange(-30, 30, 0.01)[None, :]
    x, y = distance * cosine - along * sine, distance * sine + along * cosine
    expected = 0.01 * np.count_nonzero((np.abs(x) < 16) & (np.abs(y) < 16), axis=1)
    assert np.abs(found - expected).max() < 0.05


def test_slices_and_sinograms_are_lifted_alike():
    angles = np.arange(0.0, 180.0, 7.0)
    slices = np.random.default_rng(1).normal(0.2, 0.3, (2, 32, 32)).astype(np.float32)
    sinograms = np.zeros((2, len(angles), 40), np.float32)
    raised, showing = slices.copy(), sinograms.copy()
    height = lifted(showing, raised, angles, np.array([19.5, 18.0]))
    assert (raised.min(axis=(1, 2)) == 0).all() and height[0] != height[1]
    assert np.allclose(raised - height, slices, atol=1e-6)
    for row, centre in enumerate((19.5, 18.0)):
        assert np.allclose(showing[row], height[row] * chords(angles, 40, centre, 32), rtol=1e-5)
    kept = np.abs(slices)
    assert not lifted(sinograms, kept, angles, np.full(2, 19.5)).any() and not sinograms.any()


@pytest.mark.parametrize("method", ["osem", "mlem", "pml_quad", "ospml_hybrid"])
def test_from_gridrec_nothing_is_cut_off(calls, method, monkeypatch):
    """What gridrec leaves below zero is where the iterations begin, and may be where they end."""
    start = np.random.default_rng(2).normal(0.1, 0.2, (2, COLUMNS, COLUMNS)).astype(np.float32)

    def gridrec(task, first, past):
        task.slices[first:past] = start[first:past]

    monkeypatch.setattr(ours, "_gridrec", gridrec)
    said = []
    asked = replace(
        task(method, 2, sinograms=-np.ones((2, 20, COLUMNS), np.float32), start="gridrec"),
        say=said.append,
    )
    ours.reconstruct(asked)
    (call,) = calls
    height = -start.min(axis=(1, 2), keepdims=True)
    assert np.allclose(call["init_recon"][:, ::-1], start + height, atol=1e-5)
    assert call["init_recon"].min() > 0 and call["sinograms"].min() > 0
    # The stand-in answers with ones.
    assert np.allclose(asked.slices, 1 - height)
    assert not said
