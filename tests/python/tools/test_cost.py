"""What a run with a tool will take, before and after it has been measured."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from tomo_runner.dataset import Dataset
from tomo_runner.estimate import estimate, remember
from tomo_runner.external import cost_of
from tomo_runner.external.host import ToolHost
from tomo_runner.failures import RecipeFailure
from tomo_runner.run import RunRequest, execute
from tomo_runner.run.monitor import Silent
from tomo_runner.stopping import Stop


def estimated(recipe, tmp_path, cores=2):
    dataset = Dataset(recipe, tmp_path)
    return estimate(recipe, dataset, tmp_path, "test", cores, 4 << 30, 128)


def test_iterations_cost_what_they_do(recipe):
    few, many = (
        cost_of(recipe("astra", "SIRT", {"iterations": n}), 720, 1024, 1024) for n in (10, 100)
    )
    assert many.seconds == pytest.approx(10 * few.seconds)
    # 6.4 to 8 s an iteration of 1024 x 720 were measured.
    assert 5 < few.seconds / 10 < 9
    assert 2 < cost_of(recipe("astra", "FBP"), 720, 1024, 1024).seconds < 4


def test_a_start_from_gridrec_costs_that_as_well(recipe):
    begun, plain, direct = (
        cost_of(recipe("tomopy", method, parameters), 376, 835, 835)
        for method, parameters in (
            ("osem", {"iterations": 2, "start": "gridrec"}),
            ("osem", {"iterations": 2}),
            ("gridrec", {}),
        )
    )
    assert begun.seconds == pytest.approx(plain.seconds + direct.seconds)
    assert begun.row > max(plain.row, direct.row) + 4e6


def test_a_tool_that_nobody_has_measured_yet(recipe, tmp_path):
    told = estimated(recipe("astra", "SIRT", {"iterations": 1000}), tmp_path)
    expected = 8 * cost_of(recipe("astra", "SIRT", {"iterations": 1000}), 121, 128, 128).seconds / 2
    assert told["seconds"] == pytest.approx(expected, abs=0.06)
    assert "usual speed" in told["basis"]
    assert estimated(recipe("builtin", "gridding"), tmp_path)["seconds"] is None
    told = estimated(recipe("command", "run", {"command": "true"}), tmp_path)
    assert told["seconds"] is None and "command" in told["basis"]


def test_what_was_measured_is_for_its_own_method(recipe, tmp_path):
    made = recipe("astra", "FBP")
    record = {
        "rows": [0, 8],
        "frames": 121,
        "columns": 128,
        "width": 128,
        "seconds": {"slices": 40.0},
    }
    remember(record, 2, made)
    assert estimated(made, tmp_path)["seconds"] == pytest.approx(40.0, abs=0.1)
    assert "1 earlier run" in estimated(made, tmp_path)["basis"]
    assert estimated(recipe("builtin", "gridding"), tmp_path)["seconds"] is None
    assert "usual" in estimated(recipe("astra", "CGLS"), tmp_path)["basis"]


def test_a_card_is_known_once_it_has_run(recipe, tmp_path):
    made = recipe("astra", "SIRT_CUDA", {"iterations": 100})
    told = estimated(made, tmp_path)
    assert told["seconds"] is None and told["slice"] is None and "card" in told["basis"]
    size = {"frames": 121, "columns": 128, "width": 128}
    remember({"rows": [0, 8], **size, "seconds": {"slices": 4.0}}, 2, made)
    assert estimated(made, tmp_path)["seconds"] == pytest.approx(4.0, abs=0.1)
    assert estimated(made, tmp_path)["slice"] == pytest.approx(1.0, abs=0.02)
    twice = recipe("astra", "SIRT_CUDA", {"iterations": 200})
    assert estimated(twice, tmp_path)["seconds"] == pytest.approx(8.0, abs=0.1)


def test_the_price_of_a_slice_does_not_need_a_run_that_fits(recipe, tmp_path):
    """A slice of 1056 MiB is made by the agent whatever memory a run would have."""
    made = recipe("astra", "SIRT", {"iterations": 100})
    dataset = Dataset(made, tmp_path)
    with pytest.raises(RecipeFailure, match="memory are not enough"):
        estimate(made, dataset, tmp_path, "test", 1, 64 << 20, 128)
    told = estimate(made, dataset, tmp_path, "test", 1, None, 128)
    assert told["slice"] == pytest.approx(cost_of(made, 121, 128, 128).seconds, abs=0.01)


def test_another_packages_tool_is_asked(tiny, recipe):
    assert cost_of(recipe("tiny-tool", "constant"), 10, 20, 20).seconds == pytest.approx(1e-3)


def test_memory_that_tools_need_makes_smaller_slabs(recipe, tmp_path, monkeypatch):
    """The run is cut into slabs that fit with the tool, and comes out the same."""
    pytest.importorskip("astra")
    # The limit is the whole process's, and this one holds what earlier tests left.
    running = importlib.import_module("tomo_runner.run.execute")
    monkeypatch.setattr(running, "resident_bytes", lambda: 100 << 20)
    outputs = []
    for name, memory in (("large", 4 << 30), ("small", 380 << 20)):
        request = RunRequest(
            recipe=recipe("astra", "FBP"),
            base=tmp_path,
            name="test",
            output=tmp_path / name,
            folder=tmp_path / f"{name} job",
            identity=name,
            cores=1,
            memory=memory,
        )
        execute(request, Silent(), Stop())
        outputs.append([p.read_bytes() for p in sorted((tmp_path / name).glob("slice_*.tif"))])
    slabs = {
        name: (tmp_path / f"{name} job" / "journal.jsonl").read_text().count('"slab"')
        for name in ("large", "small")
    }
    assert slabs["large"] == 1
    assert slabs["small"] > 1
    assert len(outputs[0]) == 8
    assert outputs[0] == outputs[1]


def test_arrays_are_shared_not_sent():
    """Megabytes go through memory."""
    pytest.importorskip("astra")
    import sys

    host = ToolHost("astra", "ASTRA", sys.executable)
    try:
        host.probe(Stop())
        sinograms = host.sinograms((64, 256, 1024))
        sinograms[...] = 1.0
        again = host.sinograms((64, 256, 1024))
        assert np.shares_memory(sinograms, again) or np.all(again == 1.0)
    finally:
        host.close()
