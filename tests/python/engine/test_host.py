"""The boundary: sizes, masks, refusals, memory, threads."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tomo_runner.engine import Engine, EngineError

from .conftest import disc, project, ramp_plan


@pytest.mark.parametrize(
    ("columns", "centre", "last", "size"),
    [
        (100, 49.5, 360, 100),
        (100, 54.4, 360, 100),
        (100, 54.6, 360, 110),
        (100, 20.0, 360, 158),
        (101, 20.0, 360, 161),
        (101, 80.0, 360, 161),
        (100, 20.0, 180, 100),
    ],
)
def test_size(engine: Engine, columns: int, centre: float, last: float, size: int) -> None:
    engine.configure(ramp_plan(361, columns, centre), np.linspace(0, last, 361))
    assert engine.image_size() == size
    engine.configure(ramp_plan(361, columns, centre, size=77), np.linspace(0, last, 361))
    assert engine.image_size() == 77


@pytest.mark.parametrize("mask", [1.0, 0.5])
@pytest.mark.parametrize(("columns", "centre"), [(64, 31.5), (65, 32.0), (64, 10.0)])
def test_mask(reconstruct: Any, columns: int, centre: float, mask: float) -> None:
    angles = np.linspace(0, 360, 101)
    sinogram = np.random.default_rng(8).normal(1, 1, (101, columns)).astype(np.float32)
    plain = reconstruct(sinogram, angles, centre)
    masked = reconstruct(sinogram, angles, centre, mask=mask)
    field = columns / 2 if abs(centre - (columns - 1) / 2) < 0.5 else columns - 1 - centre
    inside = disc(len(plain), mask * field)
    assert (masked[~inside] == 0).all()
    assert np.array_equal(masked[inside], plain[inside])
    assert (plain[~disc(len(plain), field)] != 0).any()


@pytest.mark.parametrize(
    ("count", "columns"),
    [(1, 1), (1, 64), (64, 1), (2, 2), (3, 5), (1, 4096), (2, 7), (9, 4095)],
)
@pytest.mark.parametrize("last", [0.0, 180.0, 360.0])
def test_degenerate_shapes(reconstruct: Any, count: int, columns: int, last: float) -> None:
    sinogram = np.ones((count, columns), np.float32)
    image = reconstruct(
        sinogram, np.linspace(0, last, count), (columns - 1) / 2, mask=1, size=min(columns, 600)
    )
    assert np.isfinite(image).all()
    assert np.isfinite(reconstruct(np.full_like(sinogram, np.nan), np.zeros(count), 0.0)).all()


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        (0, 1, "engine-version"),
        (1, 0, "engine-count"),
        (2, 0.5, "engine-columns"),
        (3, np.nan, "engine-centre"),
        (3, 1e6, "engine-centre"),
        (4, -1, "engine-size"),
        (5, 1.1, "engine-mask"),
        (6, 9, "engine-filter"),
        (7, 0, "engine-cutoff"),
        (8, 2, "engine-edge"),
        (9, np.inf, "engine-scale"),
        (10, np.nan, "engine-angles"),
        (11, 3, "engine-plan"),
    ],
)
def test_refusals(engine: Engine, place: int, value: float, code: str) -> None:
    plan = ramp_plan(4, 8, 3.5)
    plan[place] = value
    with pytest.raises(EngineError) as refused:
        engine.configure(plan, np.zeros(int(plan[1])))
    assert refused.value.code == code
    with pytest.raises(EngineError) as empty:
        engine.process()
    assert empty.value.code == "engine-order"


def test_refused_steps_and_angles(engine: Engine) -> None:
    for step in ([99, 0], [1, 0], [1, 1, np.nan], [1, 2, 3, 4]):
        with pytest.raises(EngineError) as refused:
            engine.configure(np.array([*ramp_plan(4, 8, 3.5)[:11], 1, *step]), np.arange(4.0))
        assert refused.value.code == "engine-step"
    for angles, count in (([0, np.nan], 2), ([0.0], 2)):
        with pytest.raises(EngineError) as refused:
            engine.configure(ramp_plan(count, 8, 3.5), np.array(angles))
        assert (refused.value.code, refused.value.where) == ("engine-angles", "dataset.angles")


def test_too_large_is_refused_and_does_no_harm(engine: Engine) -> None:
    with pytest.raises(EngineError) as refused:
        engine.configure(ramp_plan(100000, 32768, 3.5), np.arange(100000.0))
    assert refused.value.code == "engine-memory"
    engine.configure(ramp_plan(4, 8, 3.5), np.arange(4.0))
    engine.process()
    assert engine.image().shape == (8, 8)


def test_missing_engine(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as refused:
        Engine(tmp_path / "engine.wasm")
    assert refused.value.code == "engine-not-built"
    assert refused.value.where.endswith("engine.wasm")


def test_memory_stays_flat(engine: Engine) -> None:
    own = Engine()
    sinogram = np.ones((60, 128), np.float32)
    frame = np.ones((50, 128), np.float32)
    filters = [{"name": "stripes-sorting", "size": 5}]
    seen: list[int] = []
    for index in range(300):
        columns = (128, 97, 64)[index % 3]
        plan = ramp_plan(60, columns, columns / 2, filters=filters if index % 2 else [])
        own.configure(plan, np.linspace(0, 180, 60))
        own.sinogram()[...] = sinogram[:, :columns]
        own.process()
        own.image()
        own.remove_outliers(frame, 3, 1.0)
        own.noise(frame, 5)
        seen.append(own.memory_bytes)
    assert seen[20] == seen[-1]
    assert seen[-1] < 4_000_000


def test_same_bits_whatever_came_before(engine: Engine) -> None:
    degrees = np.linspace(0, 360, 91)
    sinogram = project(100, degrees, 40.25)
    plan = ramp_plan(91, 100, 40.25)

    def slices(worker: Engine, centres: list[float]) -> list[np.ndarray]:
        out = []
        for centre in centres:
            worker.configure(plan, degrees)
            worker.sinogram()[...] = sinogram
            worker.process()
            out.append(worker.image(centre).copy())
        return out

    first = slices(Engine(), [40.25, 41.0, 39.0])
    second = slices(Engine(), [39.0, 40.25, 41.0])
    assert np.array_equal(first[0], second[1])
    assert np.array_equal(first[1], second[2])
    assert np.array_equal(first[2], second[0])
    assert not np.array_equal(first[0], first[1])


def test_threads_give_the_same(engine: Engine) -> None:
    degrees = np.linspace(0, 180, 120)
    sinogram = project(128, degrees, 63.0)
    images: list[Any] = [None] * 4

    def work(index: int) -> None:
        own = Engine()
        own.configure(ramp_plan(120, 128, 63.0), degrees)
        own.sinogram()[...] = sinogram
        own.process()
        images[index] = own.image().copy()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(image, images[0]) for image in images)
    assert images[0].max() > 0.5


MANY_ENGINES = """
import os, sys
import numpy as np
from tomo_runner.engine import compile_plan
from tomo_runner.stopping import Stop
from tomo_runner.workers import Workers

def resident():
    pages = int(open("/proc/self/statm").read().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

recipe = {"version": 1, "reconstruction": {"parameters": {"filter": "ramp"}}}
plan = compile_plan(recipe, count=360, columns=720, centre=360.0)
sizes = []

def work(engine, item):
    engine.configure(plan, np.linspace(0, 180, 360))
    engine.sinogram()[:] = 1
    engine.process()
    engine.image()
    sizes.append(engine.memory_bytes / 2**20)
    if item == 3:
        raise ValueError(item)

resident_after = []
for _ in range(30):
    with Workers(2) as workers:
        try:
            workers.map(work, range(4), Stop())
        except ValueError:
            pass
    resident_after.append(resident())
print(min(sizes), *resident_after)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="resident memory is not known")
def test_engines_that_are_gone_hold_no_memory() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", MANY_ENGINES],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    size, *resident = (float(word) for word in ended.stdout.split())
    assert size > 10
    assert len(resident) == 30
    # Two engines may be on their way out; a leak would keep fifty.
    assert max(resident[5:]) - min(resident) < 5 * size, resident
