"""Stripes, spots, noise and attenuation against plain references."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from tomo_runner.engine import Engine, EngineError

from .conftest import ramp_plan


def sorting_reference(sinogram: np.ndarray, size: int) -> np.ndarray:
    """Vo 2018, algorithm 3: sort, median across columns, back."""
    order = np.argsort(sinogram, axis=0, kind="stable")
    ranked = np.take_along_axis(sinogram, order, axis=0)
    smooth = ndimage.median_filter(ranked, (1, size), mode="reflect")
    out = np.empty_like(sinogram)
    np.put_along_axis(out, order, smooth, axis=0)
    return out


@pytest.mark.parametrize(
    ("shape", "size"),
    [((376, 835), 21), ((181, 100), 3), ((5, 17), 31), ((1, 9), 5), ((64, 1), 7), ((33, 40), 301)],
)
def test_sorting(engine: Engine, shape: Any, size: int) -> None:
    sinogram = np.random.default_rng(3).normal(size=shape).astype(np.float32)
    sinogram[:, ::7] += 0.3
    if shape[0] > 4:
        sinogram[:4] = np.round(sinogram[:4])
    filters = [{"name": "stripes-sorting", "size": size}]
    engine.configure(
        ramp_plan(*shape, shape[1] / 2, filters=filters), np.linspace(0, 180, shape[0])
    )
    engine.sinogram()[...] = sinogram
    engine.process()
    assert np.array_equal(engine.processed(), sorting_reference(sinogram, size))


def test_an_even_width_is_raised(engine: Engine) -> None:
    sinogram = np.random.default_rng(4).normal(size=(20, 30)).astype(np.float32)
    plan = ramp_plan(20, 30, 15, filters=[{"name": "stripes-sorting", "size": 8}])
    engine.configure(plan, np.arange(20.0))
    engine.sinogram()[...] = sinogram
    engine.process()
    assert np.array_equal(engine.processed(), sorting_reference(sinogram, 9))


def test_steps_see_rows_sorted_by_angle(engine: Engine) -> None:
    angles = np.array([30.0, 10.0, 20.0, 10.0])
    engine.configure(ramp_plan(4, 6, 2.5), angles)
    engine.sinogram()[...] = np.arange(4)[:, None]
    engine.sinogram()[2, 3] = np.nan
    engine.sinogram()[0, 0] = np.inf
    engine.process()
    assert engine.order().tolist() == [1, 3, 2, 0]
    assert engine.processed()[:, 1].tolist() == [1, 3, 2, 0]
    assert engine.processed()[2, 3] == 0
    assert engine.processed()[3, 0] == 0
    assert np.isfinite(engine.image()).all()


@pytest.mark.parametrize("size", [3, 5])
@pytest.mark.parametrize("kind", ["bright", "dark", "both"])
@pytest.mark.parametrize("shape", [(128, 131), (1, 1), (2, 3), (1, 40), (40, 1), (7, 8)])
def test_outliers(engine: Engine, size: int, kind: str, shape: Any) -> None:
    generator = np.random.default_rng(5)
    image = generator.normal(100, 3, shape).astype(np.float32)
    image[generator.random(shape) < 0.05] += 50
    image[generator.random(shape) < 0.05] -= 50
    local = ndimage.median_filter(image, size, mode="nearest")
    difference = image - local
    far = {"bright": difference > 20, "dark": difference < -20, "both": abs(difference) > 20}[kind]
    out, count = engine.remove_outliers(image, size, 20, kind)
    assert np.array_equal(out, np.where(far, local, image))
    assert count == far.sum()
    noise = 1.4826 * np.median(np.abs(difference))
    assert engine.noise(image, size) == pytest.approx(noise, rel=1e-6, abs=1e-12)


def test_outliers_of_counts_and_gaps(engine: Engine) -> None:
    counts = np.full((20, 20), 1000, np.uint16)
    counts[5, 6] = 60000
    out, count = engine.remove_outliers(counts, 3, 100)
    assert (count, out[5, 6], out.dtype) == (1, 1000, np.float32)
    image = np.full((9, 9), 2.0, np.float32)
    image[4, 4] = np.nan
    again = image.copy()
    result, count = engine.remove_outliers(again, 3, 1, "both", out=again)
    assert result is again
    assert count == 0
    assert np.isnan(again[4, 4]) and np.nansum(again) == 160
    assert engine.noise(image) == 0
    assert np.isnan(engine.noise(np.full((3, 3), np.nan, np.float32)))
    with pytest.raises(EngineError) as refused:
        engine.remove_outliers(image, 7, 1)
    assert refused.value.code == "engine-median" and refused.value.hint


def test_logarithm(engine: Engine) -> None:
    generator = np.random.default_rng(6)
    value = np.concatenate(
        [
            np.exp(generator.uniform(-80, 80, 200001)),
            1 + generator.uniform(-0.3, 0.3, 200000),
            1 + generator.normal(0, 1e-6, 1000),
        ]
    ).astype(np.float32)
    exact = -np.log(value.astype(np.float64))
    out, count = engine.attenuate(value, floor=1e-37)
    assert count == 0
    step = np.spacing(np.abs(exact).astype(np.float32)).astype(np.float64)
    assert (np.abs(out - exact) / np.maximum(step, 1e-45)).max() <= 2
    assert engine.attenuate(np.ones(5, np.float32))[0].tolist() == [0, 0, 0, 0, 0]


def test_attenuation(engine: Engine) -> None:
    generator = np.random.default_rng(7)
    shape = (31, 33)
    dark = generator.uniform(90, 110, shape).astype(np.float32)
    flat = generator.uniform(900, 1100, shape).astype(np.float32)
    data = generator.uniform(50, 1200, shape).astype(np.float32)
    data[0, :3] = [np.nan, -5, np.inf]
    flat[3, 3] = dark[3, 3]
    with np.errstate(divide="ignore"):
        transmission = (data - dark) / (flat - dark) * np.float32(1.25)
    good = np.isfinite(transmission) & (transmission > 0)
    floored = np.where(good, np.maximum(transmission, 0.02), 0.02)
    out, count = engine.attenuate(data, dark, flat, dose=1.25, floor=0.02)
    assert count == (~good).sum() > 3
    assert np.allclose(out, -np.log(floored), atol=1e-6)
    plain, _ = engine.attenuate(data, dark, flat, 1.25, float(np.finfo(np.float32).min), False)
    finite = np.isfinite(transmission)
    assert np.array_equal(plain[finite], transmission[finite])
    assert (plain[~finite] == 0).all()
    counts = generator.integers(0, 65536, 1001).astype(np.uint16)
    assert np.array_equal(engine.attenuate(counts, floor=0, log=False)[0], counts)
