"""Phase retrieval: against transforms of the whole image in float64, to the bit in windows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import fft

from tomo_runner.engine import Engine, EngineError


def reference(image: np.ndarray, spread: float) -> np.ndarray:
    """The filter by one transform of the image with its edges repeated far enough."""
    pad = 40 + math.ceil(25 * math.sqrt(spread))
    padded = np.pad(image.astype(np.float64), pad, mode="edge")
    ky = 2 * np.pi * np.fft.fftfreq(padded.shape[0])[:, None]
    kx = 2 * np.pi * np.fft.rfftfreq(padded.shape[1])[None, :]
    spectrum = fft.rfft2(padded) / (1 + spread * (kx**2 + ky**2))
    whole: np.ndarray = fft.irfft2(spectrum, s=padded.shape)
    return whole[pad:-pad, pad:-pad]


def reach_of(spread: float) -> int:
    return max(16, math.ceil(10 * math.sqrt(spread)))


@pytest.mark.parametrize("shape", [(150, 200), (67, 129), (1, 40), (40, 1), (1, 1), (3, 5)])
@pytest.mark.parametrize("spread", [0.0, 0.1, 1.0, 9.0, 60.0, 400.0])
def test_the_filter(engine: Engine, shape: Any, spread: float) -> None:
    generator = np.random.default_rng(11)
    rough = generator.uniform(0.2, 1, shape)
    steps = np.where(np.add.outer(np.arange(shape[0]), np.arange(shape[1])) % 50 < 20, 0.1, 1.0)
    # Below two pixels the filter has an edge at the highest frequency, which the sum rounds.
    tolerance = 1e-6 if spread == 0 else 5e-4 if spread < 4 else 4e-5
    for image in (rough.astype(np.float32), steps.astype(np.float32)):
        out, gaps = engine.retrieve_phase(image, spread, reach_of(spread))
        assert out.shape == shape and out.dtype == np.float32 and gaps == 0
        assert np.abs(out - reference(image, spread)).max() < tolerance


@pytest.mark.parametrize(("kx", "ky"), [(0.0, 0.7), (0.4, 0.0), (0.3, 0.5), (1.5, 1.2)])
def test_waves_lose_what_the_formula_says(engine: Engine, kx: float, ky: float) -> None:
    spread = 6.25
    y, x = np.mgrid[:260, :301]
    wave = np.cos(kx * x + ky * y + 0.4)
    out, _ = engine.retrieve_phase((1 + 0.5 * wave).astype(np.float32), spread, reach_of(spread))
    inside = (slice(60, 200), slice(60, 240))
    expected = 1 + 0.5 * wave / (1 + spread * (kx**2 + ky**2))
    assert np.abs(out - expected)[inside].max() < 3e-5


def test_rows_have_the_same_bits_in_every_window(engine: Engine) -> None:
    generator = np.random.default_rng(12)
    for columns, spread in ((129, 4.0), (64, 30.0), (1, 9.0)):
        image = generator.uniform(0, 1, (301, columns)).astype(np.float32)
        reach = reach_of(spread)
        whole, _ = engine.retrieve_phase(image, spread, reach)
        for first, last in ((0, 1), (0, 90), (37, 38), (100, 203), (299, 301), (3, 298)):
            top, bottom = max(0, first - reach), min(301, last + reach)
            part, _ = engine.retrieve_phase(
                image[top:bottom], spread, reach, (first - top, last - top)
            )
            assert np.array_equal(part, whole[first:last])


def test_many_rows_are_done_in_strips(engine: Engine) -> None:
    """More than are kept at once, at an image far longer than it is wide."""
    image = np.random.default_rng(13).uniform(0, 1, (1500, 33)).astype(np.float32)
    out, _ = engine.retrieve_phase(image, 16.0, 40)
    assert np.abs(out - reference(image, 16.0)).max() < 4e-5


def test_gaps_are_bridged_and_do_not_spread(engine: Engine) -> None:
    ramp = np.tile(np.linspace(0.2, 0.9, 80, dtype=np.float32), (50, 1))
    holed = ramp.copy()
    holed[20, 30:33] = [np.nan, np.inf, -np.inf]
    holed[21, 0] = np.nan
    out, gaps = engine.retrieve_phase(holed, 9.0, 30)
    clean, none = engine.retrieve_phase(ramp, 9.0, 30)
    assert (gaps, none) == (4, 0)
    # Inside, the line between the neighbours is the ramp; at the end it is the next pixel.
    assert np.abs(out - clean)[:, 40:].max() < 1e-6
    assert 0 < np.abs(out - clean).max() < 1e-3
    rows, gaps = engine.retrieve_phase(holed, 9.0, 30, (21, 50))
    assert gaps == 1 and np.array_equal(rows, out[21:])
    nothing, gaps = engine.retrieve_phase(np.full((3, 7), np.nan, np.float32), 4.0, 20)
    assert gaps == 21 and np.allclose(nothing, 1)


def test_a_level_stays(engine: Engine) -> None:
    for spread in (0.5, 25.0, 900.0):
        out, _ = engine.retrieve_phase(
            np.full((40, 70), 0.37, np.float32), spread, reach_of(spread)
        )
        assert np.abs(out - 0.37).max() < 2e-6


def test_it_is_told_what_it_cannot_do(engine: Engine) -> None:
    image = np.ones((4, 4), np.float32)
    for spread, reach, code in (
        (math.nan, 16, "engine-step"),
        (-1.0, 16, "engine-step"),
        (1.0, 0, "engine-step"),
    ):
        with pytest.raises(EngineError) as refused:
            engine.retrieve_phase(image, spread, reach)
        assert refused.value.code == code
    with pytest.raises(EngineError):
        engine.retrieve_phase(np.ones((1, 40000), np.float32), 1.0, 16)
    assert np.allclose(engine.retrieve_phase(image, 1.0, 16)[0], 1)


def test_sinograms_and_phase_do_not_disturb_each_other() -> None:
    from .conftest import ramp_plan

    fresh, mixed = Engine(), Engine()
    sinogram = np.random.default_rng(14).normal(1, 0.1, (40, 64)).astype(np.float32)
    image = np.random.default_rng(15).uniform(0, 1, (90, 64)).astype(np.float32)
    expected, _ = Engine().retrieve_phase(image, 9.0, 30)
    slices = []
    for engine in (fresh, mixed):
        engine.configure(ramp_plan(40, 64, 31.5), np.linspace(0, 180, 40))
        engine.sinogram()[...] = sinogram
        if engine is mixed:
            assert np.array_equal(engine.retrieve_phase(image, 9.0, 30)[0], expected)
        engine.process()
        slices.append(engine.image().copy())
    assert np.array_equal(*slices)
    assert np.array_equal(mixed.retrieve_phase(image, 9.0, 30)[0], expected)
