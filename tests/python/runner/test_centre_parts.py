"""Projections for a leaning axis: as many rows are read as memory allows, and none in vain."""

from __future__ import annotations

import tracemalloc

import numpy as np
import phantom
import pytest

from tomo_runner.centre import alive as alive_module
from tomo_runner.centre import dead as dead_module
from tomo_runner.centre.alive import Alive
from tomo_runner.centre.dead import DeadPixels
from tomo_runner.dataset import Dataset, Window
from tomo_runner.failures import Stopped
from tomo_runner.pipeline import Pipeline
from tomo_runner.stopping import Stop
from tomo_runner.tilt import Tilt
from tomo_runner.workers import Workers

COLUMNS, ROWS, FRAMES = 256, 96, 300
TILT = Tilt(6.0, ROWS, COLUMNS)
WINDOW = Window(40, 56, 0, COLUMNS)
LITTLE = 2 << 20
"""Bytes; what the window is made of takes 15 MB."""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A scan with dead columns, dead parts of rows, noise alone, and rows without beam."""
    made = phantom.scan(COLUMNS, ROWS, FRAMES, 360.0, True, 131.4, TILT.degrees)
    counts = phantom.counts(made, 0.01, 0.01)
    dice = np.random.default_rng(4)
    counts[:, :, 60:62] = 0
    counts[:, 30:50, 100:110] = 0
    counts[:, :, 200] = np.rint(phantom.DARK + 5 * dice.standard_normal((FRAMES, ROWS)))
    counts[:, 52, :] = 0
    counts[::3, 45, 90] = 0
    return phantom.write_nxtomo(tmp_path_factory.mktemp("leaning") / "a.nxs", counts, made.angles)


@pytest.fixture
def pipeline(path):
    recipe = {
        "version": 1,
        "dataset": {"path": str(path)},
        "filters": [{"name": "outliers"}, {"name": "normalise"}, {"name": "minus-log"}],
    }
    with Workers(2) as workers:
        made = Pipeline(recipe, Dataset(recipe, path.parent), workers)
        made.measures(Stop())
        yield made


@pytest.fixture
def in_parts(monkeypatch):
    for module in (alive_module, dead_module):
        monkeypatch.setattr(module, "AT_ONCE", LITTLE)


@pytest.mark.parametrize("frames", [None, np.arange(0, FRAMES, 7)])
def test_parts_are_the_same_bits(pipeline, request, frames):
    whole = Alive(pipeline, TILT)
    rows = whole.sinograms(WINDOW, Stop(), frames)
    assert np.isfinite(rows).all() and not whole.columns(WINDOW).all()
    request.getfixturevalue("in_parts")
    parts = Alive(pipeline, TILT)
    assert np.array_equal(parts.sinograms(WINDOW, Stop(), frames), rows)
    assert np.array_equal(parts.columns(WINDOW), whole.columns(WINDOW))
    image = pipeline.projection(7, pipeline.dataset.whole, Stop())
    assert np.array_equal(parts.bridged(image, WINDOW), whole.bridged(image, WINDOW))


def test_memory_is_bounded(pipeline, in_parts):
    alive = Alive(pipeline, TILT)
    tracemalloc.start()
    try:
        rows = alive.sinograms(WINDOW, Stop())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    source = TILT.source(WINDOW)
    assert 4 * source.rows * FRAMES * COLUMNS > 7 * LITTLE
    assert peak < rows.nbytes + LITTLE, f"{peak / 2**20:.1f} MiB"


@pytest.mark.parametrize("parts", [False, True])
@pytest.mark.parametrize("work", ["search", "rotation"])
def test_a_stop_is_heard_in_between(pipeline, request, monkeypatch, parts, work):
    if parts:
        request.getfixturevalue("in_parts")
    stop, done = Stop(), []

    def stopped(original):
        def call(*arguments):
            done.append(1)
            if len(done) == 4:
                stop.request("cancelled")
            return original(*arguments)

        return call

    if work == "search":
        monkeypatch.setattr(dead_module, "dead_columns", stopped(dead_module.dead_columns))
    else:
        monkeypatch.setattr(Tilt, "apply", stopped(Tilt.apply))
    with pytest.raises(Stopped):
        Alive(pipeline, TILT).sinograms(WINDOW, stop)
    assert len(done) <= 4 + pipeline.workers.count


def test_no_row_is_searched_twice(pipeline, monkeypatch):
    asked = []
    original = dead_module.dead_columns

    def counted(*arguments):
        asked.append(1)
        return original(*arguments)

    monkeypatch.setattr(dead_module, "dead_columns", counted)
    dead, frames = DeadPixels(pipeline), np.arange(0, FRAMES, 3)
    source = TILT.source(WINDOW)
    upright = Alive(pipeline, None, dead).sinograms(WINDOW, Stop(), frames)
    assert len(asked) == WINDOW.rows
    for _ in range(2):
        Alive(pipeline, TILT, dead).sinograms(WINDOW, Stop(), frames)
        assert len(asked) == source.rows
    # Other projections may tell otherwise.
    Alive(pipeline, None, dead).sinograms(WINDOW, Stop())
    assert len(asked) == source.rows + WINDOW.rows
    assert np.array_equal(Alive(pipeline).sinograms(WINDOW, Stop(), frames), upright)
