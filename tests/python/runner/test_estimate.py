"""What a run will take: from what runs have taken, here and on the nodes that share the home."""

from __future__ import annotations

import json
import platform

import pytest

from tomo_runner.dataset import Dataset
from tomo_runner.estimate import estimate, remember


@pytest.fixture
def speed(tmp_path, monkeypatch):
    """Where speeds are remembered, empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "cache/jupyterlab-tomo/speed.json"
    path.parent.mkdir(parents=True)
    return path


def of(recipe, folder, cores=1):
    made = recipe(folder)
    return estimate(made, Dataset(made, folder), folder, "r", cores, 1 << 30, 96)


def entry(host, rate, cores=1):
    return {"host": host, "cores": cores, "rate": rate}


def test_nothing_measured_is_said(speed, recipe, folder):
    assert of(recipe, folder)["seconds"] is None


def test_this_machine_counts_before_others(speed, recipe, folder):
    here = platform.node()
    speed.write_text(json.dumps([entry("node7", 1e6), entry(here, 4e6), entry(here, 4e6)]))
    assert of(recipe, folder)["basis"] == "From 2 earlier runs on this machine with 1 core."
    fast = of(recipe, folder)["seconds"]
    speed.write_text(json.dumps([entry("node7", 1e6), entry("node8", 1e6, cores=2)]))
    other = of(recipe, folder)
    assert other["basis"] == "From 1 earlier run on other hosts with 1 core."
    assert other["seconds"] == pytest.approx(4 * fast, rel=0.3)
    assert of(recipe, folder, cores=2)["basis"].endswith("other hosts with 2 cores.")
    speed.write_text('[{"host": 3}]')
    assert of(recipe, folder)["seconds"] is None


def test_a_part_is_remembered_by_what_it_has_made(speed, recipe, folder):
    """Half the rows in half the time is the same speed."""
    record = {"rows": [0, 12], "frames": 90, "columns": 96, "width": 96, "seconds": {"slices": 2.0}}
    remember(record, 1)
    remember({**record, "rows": [6, 12], "seconds": {"slices": 1.0}}, 1)
    first, second = json.loads(speed.read_text())
    assert first["rate"] == second["rate"] == 12 * (90 * 96 + 2 * 96 * 96) / 2


def test_memory_does_not_depend_on_what_this_process_holds(speed, recipe, folder):
    """An agent keeps images; a run starts without them."""
    before = of(recipe, folder)["memory"]
    held = bytearray(b"x") * (200 << 20)
    assert of(recipe, folder)["memory"] == before and len(held) == 200 << 20
