"""TomoPy's finders of the axis: the same door as our own, for half a turn only."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile

sys.path.insert(0, str(Path(__file__).parents[1]))
import phantom

from tomo_runner.centre import described, find_centre
from tomo_runner.dataset import Dataset
from tomo_runner.external import ToolHost
from tomo_runner.failures import DataFailure, ToolFailure
from tomo_runner.job import run_job
from tomo_runner.pipeline import Pipeline
from tomo_runner.process import resident_bytes
from tomo_runner.recipe import validate
from tomo_runner.stopping import Stop
from tomo_runner.workers import Workers

FINDERS = ("tomopy-vo", "tomopy-pc", "tomopy-entropy")
CENTRE = 132.4


def write(folder, made):
    """A scan as TIFF files of attenuation, and its recipe."""
    folder.mkdir()
    noise = np.random.default_rng(1).normal(0, 0.01, made.attenuation.shape)
    for index, image in enumerate(made.attenuation + noise):
        tifffile.imwrite(folder / f"tomo_{index:04d}.tif", image.astype(np.float32))
    return {
        "version": 1,
        "dataset": {
            "path": str(folder),
            "state": "attenuation",
            "angles": {"first": 0, "last": float(made.angles[-1])},
        },
        "filters": [],
    }


@pytest.fixture(scope="module")
def half_turn(tmp_path_factory):
    made = phantom.scan(256, 30, 241, 180, True, CENTRE)
    return write(tmp_path_factory.mktemp("scan") / "half", made)


def found(recipe, method, rows=None):
    with Workers(2) as workers:
        pipeline = Pipeline(recipe, Dataset(recipe, Path.cwd()), workers)
        return find_centre(pipeline, Stop(), rows, method)


@pytest.mark.parametrize("method", FINDERS)
def test_each_finds_the_axis(method, half_turn, available):
    available("tomopy")
    answer = found(half_turn, method)
    # Vo's steps are a quarter of a column, the registration's a twentieth.
    limit = {"tomopy-vo": 0.25, "tomopy-pc": 0.15, "tomopy-entropy": 0.5}[method]
    assert answer.axis.column == pytest.approx(CENTRE, abs=limit)
    assert answer.method == method and answer.level == "good"
    assert len(answer.rows) == 5
    # The picture shows where the axis is in each band of rows.
    assert [point[1] for point in answer.picture.points] == [column for _, column in answer.rows]


def test_far_from_the_middle(tmp_path, available):
    """Beyond what TomoPy looks at when it is not told."""
    available("tomopy")
    made = phantom.scan(256, 5, 181, 180, True, 127.5 + 51.0)
    answer = found(write(tmp_path / "far", made), "tomopy-vo", [2])
    assert answer.axis.column == pytest.approx(178.5, abs=0.3)


@pytest.mark.parametrize("method", FINDERS)
@pytest.mark.parametrize(("span", "word"), [(360, "angles span 360°"), (120, "angles span 120°")])
def test_only_half_a_turn(method, span, word, tmp_path):
    """Refused in words before TomoPy is asked, and said so in the list."""
    recipe = write(tmp_path / "turn", phantom.scan(64, 6, 91, span, True))
    with pytest.raises(DataFailure) as raised:
        found(recipe, method)
    assert raised.value.code == "method-impossible"
    assert word in raised.value.message and "0 to 180" in raised.value.message
    assert raised.value.where == "regions.centre.method"
    listed = {each["name"]: each for each in described(Dataset(recipe, Path.cwd()))}
    assert word in listed[method]["why"] and listed[method]["tool"] == "tomopy"
    assert "tool" not in listed["pairs"]


def test_in_the_list_where_the_angles_allow_it(half_turn):
    listed = {each["name"]: each for each in described(Dataset(half_turn, Path.cwd()))}
    assert all("why" not in listed[method] for method in FINDERS)


@pytest.mark.parametrize("method", FINDERS)
def test_without_tomopy_it_says_what_to_install(method, half_turn, monkeypatch, tmp_path):
    (tmp_path / "tomopy.py").write_text("raise ImportError('none here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("JUPYTER_TOMO_PYTHON_TOMOPY", sys.executable)
    with pytest.raises(ToolFailure) as raised:
        found(half_turn, method)
    assert raised.value.code == "tool-missing"
    assert raised.value.where == "regions.centre.method"
    assert "conda install -c conda-forge tomopy" in raised.value.hint


def test_a_tool_without_a_finder(tiny):
    host = ToolHost("tiny-tool", "Tiny", sys.executable)
    try:
        host.sinograms((1, 4, 16))[...] = 1.0
        with pytest.raises(ToolFailure) as raised:
            host.find_centre("vo", np.arange(4.0), (1, 4, 16), 1, Stop())
        assert raised.value.code == "method-impossible"
    finally:
        host.close()


def test_a_run_finds_it_the_same_way(half_turn, tmp_path, available):
    """The recipe's method is used by the run, as by the panel."""
    available("tomopy")
    recipe = {**half_turn, "regions": {"centre": {"method": "tomopy-vo"}}}
    validate(recipe)
    folder = tmp_path / "job"
    folder.mkdir()
    (folder / "recipe.tomo.json").write_text(json.dumps(recipe))
    job = {
        "id": "job",
        "name": "test",
        "base": str(folder),
        "output": str(tmp_path / "out"),
        "cores": 2,
        "memory": resident_bytes() + (1 << 30),
        "rows": [3, 5],
    }
    (folder / "job.json").write_text(json.dumps(job))
    assert run_job(folder) == 0
    record = json.loads((tmp_path / "out" / "result.json").read_text())
    assert record["centre"]["used"]["column"] == pytest.approx(
        found(half_turn, "tomopy-vo").axis.column, abs=1e-6
    )
