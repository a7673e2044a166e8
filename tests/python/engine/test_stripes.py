"""Stripe filters against algotom's, and on sinograms that are hardly any."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tomo_runner.engine import Engine

from .conftest import project, ramp_plan

removal = pytest.importorskip("algotom.prep.removal", reason="algotom is not installed")

# Rows and columns: even and odd, few and many.
SHAPES = [(376, 835), (181, 240), (150, 131), (97, 96), (60, 333)]


def sinogram(shape: tuple[int, int], seed: int = 0) -> np.ndarray:
    """A phantom on a positive ground, with noise, and stripes of every kind."""
    rows, columns = shape
    random = np.random.default_rng(seed)
    half_turn = np.linspace(0, 180, rows)
    body = project(columns, half_turn, columns / 2 + 3) / columns + 1
    body += random.normal(0, 0.01, shape)
    body *= 1 + random.normal(0, 0.01, columns)
    body[:, columns // 3] *= 1.3
    body[:, columns // 2 : columns // 2 + 5] *= 0.85
    body[rows // 3 : rows // 2, columns // 4] += 0.4
    body[:, columns // 5] = 1.2
    body[:, columns // 6] += random.normal(0, 0.3, rows)
    return apart(body)


def apart(data: np.ndarray) -> np.ndarray:
    """The same, float32, without equal values in a column: their order is nobody's to say."""
    gaps = 2e-6 * np.arange(len(data))[:, None]
    order = np.argsort(data, axis=0)
    ranked = np.take_along_axis(data, order, axis=0)
    out = np.empty_like(data)
    np.put_along_axis(out, order, np.maximum.accumulate(ranked - gaps, axis=0) + gaps, axis=0)
    return out.astype(np.float32)


def process(engine: Engine, data: np.ndarray, *filters: dict[str, Any]) -> np.ndarray:
    """The sinogram after the filters; its rows are in the order of their angles."""
    rows, columns = data.shape
    plan = ramp_plan(rows, columns, columns / 2, filters=list(filters))
    engine.configure(plan, np.linspace(0, 180, rows))
    engine.sinogram()[...] = data
    engine.process()
    return engine.processed().copy()


Case = tuple[str, dict[str, Any], str, dict[str, Any]]
"""A filter and its parameters, and the function of algotom and its own."""

CASES: list[Case] = [
    ("sorting", {"size": 21}, "stripe_based_sorting", {"size": 21}),
    ("dead", {"residual": False}, "dead_stripe", {"residual": False}),
    ("dead", {"snr": 5, "size": 31}, "dead_stripe", {"snr": 5, "size": 31}),
    ("large", {}, "large_stripe", {}),
    (
        "large",
        {"snr": 2, "size": 31, "drop": 0.4, "norm": False},
        "large_stripe",
        {"snr": 2, "size": 31, "drop_ratio": 0.4, "norm": False},
    ),
    ("all", {"large": 51}, "all_stripe", {"la_size": 51}),
    (
        "all",
        {"snr": 2, "large": 61, "small": 11, "drop": 0.2},
        "all_stripe",
        {"snr": 2, "la_size": 61, "sm_size": 11, "drop_ratio": 0.2},
    ),
    ("interpolation", {}, "stripe_based_interpolation", {}),
    (
        "interpolation",
        {"snr": 2, "size": 21, "drop": 0.3, "norm": False},
        "stripe_based_interpolation",
        {"snr": 2, "size": 21, "drop_ratio": 0.3, "norm": False},
    ),
    ("wavelet", {}, "stripe_based_wavelet_fft", {"size": 2}),
    (
        "wavelet",
        {"level": 3, "sigma": 5, "wavelet": "db5"},
        "stripe_based_wavelet_fft",
        {"level": 3, "size": 5, "wavelet_name": "db5"},
    ),
    (
        "wavelet",
        {"level": 1, "sigma": 0.5, "wavelet": "db3"},
        "stripe_based_wavelet_fft",
        {"level": 1, "size": 0.5, "wavelet_name": "db3"},
    ),
    (
        "wavelet",
        {"level": 9, "sigma": 30, "wavelet": "db15"},
        "stripe_based_wavelet_fft",
        {"level": 9, "size": 30, "wavelet_name": "db15"},
    ),
    ("filtering", {}, "stripe_based_filtering", {}),
    (
        "filtering",
        {"sigma": 8, "size": 11, "sort": False},
        "stripe_based_filtering",
        {"sigma": 8, "size": 11, "sort": False},
    ),
    # The ends of what is allowed: other ways to compute the same.
    (
        "wavelet",
        {"level": 5, "sigma": 100},
        "stripe_based_wavelet_fft",
        {"level": 5, "size": 100},
    ),
    ("filtering", {"sigma": 100}, "stripe_based_filtering", {"sigma": 100}),
    (
        "filtering",
        {"sigma": 12, "size": 301, "sort": False},
        "stripe_based_filtering",
        {"sigma": 12, "size": 301, "sort": False},
    ),
    ("sorting", {"size": 301}, "stripe_based_sorting", {"size": 301}),
    (
        "all",
        {"snr": 5, "large": 301, "small": 3, "drop": 0.8},
        "all_stripe",
        {"snr": 5, "la_size": 301, "sm_size": 3, "drop_ratio": 0.8},
    ),
    ("fitting", {"order": 5, "sigma": 100}, "stripe_based_fitting", {"order": 5, "sigma": 100}),
    ("fitting", {"order": 1, "sigma": 1}, "stripe_based_fitting", {"order": 1, "sigma": 1}),
    (
        "fourier",
        {"cutoff": 500, "order": 1, "rows": 20},
        "stripe_based_fft",
        {"u": 500, "n": 1, "v": 20},
    ),
    (
        "fourier",
        {"cutoff": 30, "order": 16, "rows": 7},
        "stripe_based_fft",
        {"u": 30, "n": 16, "v": 7},
    ),
    ("fitting", {}, "stripe_based_fitting", {}),
    ("fitting", {"order": 1, "sigma": 3}, "stripe_based_fitting", {"order": 1, "sigma": 3}),
    ("fitting", {"order": 5, "sigma": 40}, "stripe_based_fitting", {"order": 5, "sigma": 40}),
    ("fourier", {}, "stripe_based_fft", {}),
    (
        "fourier",
        {"cutoff": 11, "order": 3, "rows": 4},
        "stripe_based_fft",
        {"u": 11, "n": 3, "v": 4},
    ),
    (
        "fourier",
        {"cutoff": 30, "order": 1, "rows": 0},
        "stripe_based_fft",
        {"u": 30, "n": 1, "v": 0},
    ),
]


SORTED = ("sorting", "large", "dead", "interpolation", "all")


def stable(data: np.ndarray, axis: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Sorted values and where they were, equal ones in their order."""
    order = np.argsort(data, axis=axis, kind="stable")
    return np.take_along_axis(data, order, axis).astype(float), order.astype(float)


def name_of(case: Case) -> str:
    return case[0]


def compared(engine: Engine, data: np.ndarray, case: Case) -> tuple[np.ndarray, np.ndarray]:
    """What algotom makes of a sinogram, and what the engine does."""
    name, ours, function, theirs = case
    expected = getattr(removal, f"remove_{function}")(data.copy(), **theirs)
    return expected, process(engine, data, {"name": f"stripes-{name}", **ours})


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_like_algotom(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, shape: tuple[int, int], case: Case
) -> None:
    data = sinogram(shape)
    if case[0] == "filtering":
        # What is smooth has equal values; algotom's sort leaves their order to chance.
        monkeypatch.setattr(removal.util, "sort_forward", stable)
    expected, result = compared(engine, data, case)
    assert np.abs(expected - data).max() > 0.001
    assert np.abs(result - expected).max() <= 1e-4 * np.abs(expected).max()


@pytest.mark.parametrize("sigma", [1, 10, 40])
@pytest.mark.parametrize("shape", [(400, 160), (401, 167), (750, 330)])
def test_fitting_of_many_rows_like_algotom(
    engine: Engine, shape: tuple[int, int], sigma: int
) -> None:
    # What is smooth along the angle is made of the rows around.
    own, theirs = {"order": 2, "sigma": sigma}, {"order": 2, "sigma": sigma}
    case: Case = ("fitting", own, "stripe_based_fitting", theirs)
    expected, result = compared(engine, sinogram(shape), case)
    assert np.abs(result - expected).max() <= 1e-4 * np.abs(expected).max()


def counted(shape: tuple[int, int], flat: float) -> np.ndarray:
    """Attenuation from 16-bit counts: many values of a column are equal."""
    counts = np.rint(flat * np.exp(-sinogram(shape))).astype(np.uint16)
    data = -np.log(counts.astype(np.float32) / np.float32(flat))
    distinct = [len(np.unique(column)) for column in data.T]
    assert np.mean(distinct) < 0.9 * shape[0]
    return data


def ranked(data: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Columns of values in ascending order of data, and of themselves where data are equal."""
    order = np.lexsort((values, data), axis=0)
    return np.take_along_axis(values, order, axis=0)


@pytest.mark.parametrize("flat", [400.0, 20000.0])
@pytest.mark.parametrize("shape", SHAPES[:3])
@pytest.mark.parametrize("case", [case for case in CASES if case[0] in SORTED], ids=name_of)
def test_like_algotom_with_equal_values(
    engine: Engine, shape: tuple[int, int], flat: float, case: Case
) -> None:
    # In what order algotom's sort leaves equal values depends on the processor: what a column has
    # in the end is the same, and which of its equal rows has which part of it is not.
    data = counted(shape, flat)
    expected, result = compared(engine, data, case)
    close = 1e-5 * np.abs(expected).max()
    assert np.abs(np.sort(result, axis=0) - np.sort(expected, axis=0)).max() <= close
    if case[0] != "all":
        # That sorts again what it has sorted.
        assert np.abs(ranked(data, result) - ranked(data, expected)).max() <= close


@pytest.mark.parametrize("flat", [400.0, 20000.0])
@pytest.mark.parametrize("shape", SHAPES[:3])
@pytest.mark.parametrize("sigma", [3, 100])
def test_filtering_like_algotom_with_equal_values(
    engine: Engine, shape: tuple[int, int], flat: float, sigma: int
) -> None:
    # Low frequencies are equal by rounding only: of a column that does not change, and by chance.
    data = counted(shape, flat)
    expected = removal.remove_stripe_based_filtering(data.copy(), sigma=sigma)
    result = process(engine, data, {"name": "stripes-filtering", "sigma": sigma})
    difference = np.abs(result - expected) / np.abs(expected).max()
    changes = np.ptp(data, axis=0) > 0.01
    assert np.mean(difference[:, changes] > 1e-4) < 1e-3
    assert np.mean(difference > 1e-4) < 0.01


FILTERS = sorted({f"stripes-{case[0]}" for case in CASES})
HARD_SHAPES = [(1, 1), (1, 50), (50, 1), (2, 2), (3, 5), (5, 3), (33, 17), (40, 32), (7, 1024)]


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("shape", HARD_SHAPES)
def test_hardly_a_sinogram(engine: Engine, name: str, shape: tuple[int, int]) -> None:
    random = np.random.default_rng(1)
    noise = random.normal(0, 1, shape).astype(np.float32)
    gaps = noise.copy()
    gaps[random.random(shape) < 0.3] = np.nan
    gaps[random.random(shape) < 0.1] = np.inf
    for data in (noise, gaps, 1e20 * noise, 0 * noise, noise - 5):
        result = process(engine, data, {"name": name})
        assert result.shape == shape
        largest = np.abs(np.where(np.isfinite(data), data, 0)).max()
        assert np.abs(result).max() <= 1e6 * largest
        assert np.isfinite(engine.image()).all()
    constant = np.full(shape, 2.5, np.float32)
    # The polynomial's Gaussian is half a frequency off the middle, which a few columns feel.
    close = 0.06 if name == "stripes-fitting" else 1e-4
    assert np.abs(process(engine, constant, {"name": name}) - 2.5).max() < close


@pytest.mark.parametrize("name", FILTERS)
def test_a_stripe_goes_and_the_sample_stays(engine: Engine, name: str) -> None:
    rows, columns = 180, 256
    random = np.random.default_rng(2)
    ground = project(columns, np.linspace(0, 180, rows), 127.5) / columns + 1
    ground = ground * (1 + random.normal(0, 1e-3, (rows, columns)))
    stripe = ground.copy()
    stripe[:, 100] *= 1.05
    stripe[:, 101] += 0.03
    if name == "stripes-dead":
        stripe[:, 100:102] += random.normal(0, 0.2, (rows, 2))
    result = process(engine, stripe.astype(np.float32), {"name": name})
    before = np.abs(stripe - ground)[:, 100:102].mean()
    assert np.abs(result - ground)[:, 100:102].mean() < 0.5 * before
    assert np.abs(result - ground).mean() < 0.02


def test_filters_share_their_memory(engine: Engine) -> None:
    data = sinogram((120, 150))
    wide = process(engine, data, {"name": "stripes-sorting", "size": 61})
    narrow = process(engine, wide, {"name": "stripes-sorting", "size": 3})
    both = process(
        engine,
        data,
        {"name": "stripes-sorting", "size": 61},
        {"name": "stripes-sorting", "size": 3},
    )
    assert np.array_equal(both, narrow)
    assert not np.array_equal(both, wide)


def test_filters_run_in_the_order_of_the_catalogue(engine: Engine) -> None:
    data = sinogram((120, 150))
    dead = process(engine, data, {"name": "stripes-dead"})
    after = process(engine, dead, {"name": "stripes-wavelet"})
    both = process(engine, data, {"name": "stripes-wavelet"}, {"name": "stripes-dead"})
    assert np.array_equal(both, after)
