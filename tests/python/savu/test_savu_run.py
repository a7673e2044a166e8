"""Runs with a stand-in for Savu that does what it is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from tomo_runner.failures import RecipeFailure, Stopped, ToolFailure
from tomo_runner.savu.plugins import plugin
from tomo_runner.stopping import Stop
from tomo_runner.toolhost.savu_files import Plugin, ProcessList, write_list

ROOT = Path(__file__).parents[3]


def test_a_list_runs_on_nxtomo_as_it_is(by_list, nxtomo, fake, run, tmp_path):
    record, slices, heard = run(by_list(nxtomo))
    assert sorted(slices) == list(range(6)) and record["width"] == 64
    assert "nxtomo" not in heard.stages
    # Savu's middle axis is the slice, and its y is upside down.
    assert slices[3][62, 2] == -1 and slices[3][1, 2] != -1
    means = [slices[row][10, 10] for row in range(6)]
    assert len(set(means)) == 6
    assert record["centre"]["used"]["column"] == 7.25
    assert (tmp_path / "out/savu/scan_processed.nxs").exists()
    assert not (tmp_path / "job/savu-input").exists()


def test_other_data_are_written_as_nxtomo_first(by_list, folder, nxtomo, fake, run):
    record, slices, heard = run(by_list(folder))
    assert heard.stages.index("nxtomo") < heard.stages.index("savu")
    assert len(slices) == 6 and record["tool"] == "savu"
    parts = [done for stage, done in heard.parts if stage == "savu"]
    assert parts == sorted(parts) and parts[-1] == 1000 and len(set(parts)) >= 3


def test_rows_are_cut_and_keep_their_numbers(by_list, nxtomo, fake, run):
    record, slices, _ = run(by_list(nxtomo), rows=(2, 4))
    assert sorted(slices) == [2, 3] and record["rows"] == [2, 4]


def test_a_region_cuts_and_the_axis_is_told_in_the_full_image(by_list, nxtomo, fake, run):
    wanted = by_list(nxtomo)
    wanted["regions"]["roi"] = [8, 1, 56, 5]
    record, slices, _ = run(wanted)
    assert sorted(slices) == [1, 2, 3, 4] and record["width"] == 48
    assert record["centre"]["used"]["column"] == 15.25


def test_the_lists_own_preview_stays(by_list, nxtomo, fake, run):
    _, slices, _ = run(
        by_list(
            nxtomo,
            plugin("NxtomoLoader", preview=[":", "3:5", ":"]),
            plugin("AstraReconCpu", centre_of_rotation=31.0),
        )
    )
    assert sorted(slices) == [3, 4]


@pytest.mark.parametrize(
    ("mode", "code", "words"),
    [
        ("fail", "tool-failed", "KeyError: 'no such parameter'"),
        ("crash", "tool-failed", "ended by signal 11"),
        ("nothing", "savu-no-result", "wrote no"),
        ("nan", "tool-nan", "no numbers"),
        ("oblong", "savu-shape", "64 x 65"),
    ],
)
def test_faults_are_told_in_a_sentence(by_list, nxtomo, fake, run, mode, code, words):
    fake(mode)
    with pytest.raises(ToolFailure, match=words) as caught:
        run(by_list(nxtomo))
    assert caught.value.code == code
    # The next run is a good one.
    fake("")
    _, slices, _ = run(by_list(nxtomo))
    assert len(slices) == 6


def test_a_reconstruction_plugin_runs_in_the_tools_own_process(recipe, nxtomo, fake, run):
    record, slices, _ = run(recipe(nxtomo, "savu", "SIRT", {"iterations": 2}), rows=(1, 4))
    assert (record["tool"], record["method"]) == ("savu", "SIRT") and sorted(slices) == [1, 2, 3]
    assert np.unravel_index(slices[2].argmin(), (64, 64)) == (62, 2)
    assert len({slices[row][10, 10] for row in (1, 2, 3)}) == 3


def test_an_error_after_all_results_is_a_warning(by_list, nxtomo, fake, run):
    fake("late")
    _, slices, heard = run(by_list(nxtomo))
    assert len(slices) == 6
    assert any("after all results" in text for text in heard.warnings)


def test_tuned_parameters_give_the_first_volume(by_list, nxtomo, fake, run):
    fake("tuned")
    _, slices, heard = run(by_list(nxtomo))
    assert slices[0][62, 2] == -1
    assert any("2 volumes" in text for text in heard.warnings)


def test_a_hang_is_ended(by_list, nxtomo, fake, run, monkeypatch, capsys):
    fake("hang")
    monkeypatch.setenv("JUPYTER_TOMO_TOOL_LIMIT", "1.5")
    with pytest.raises(ToolFailure, match="no sign of progress") as caught:
        run(by_list(nxtomo))
    assert caught.value.code == "tool-hangs"
    assert "100% complete" not in capsys.readouterr().err


def test_too_much_memory_is_ended(by_list, nxtomo, fake, run):
    fake("memory")
    with pytest.raises(ToolFailure, match="MiB of memory") as caught:
        run(by_list(nxtomo), memory=250 << 20)
    assert caught.value.code == "tool-memory"


def test_it_stops_by_its_kill_file_first(by_list, nxtomo, fake, run, tmp_path, capsys):
    fake("slow")
    stop = Stop(lambda: "cancelled" if (tmp_path / "out/savu").exists() else None)
    with pytest.raises(Stopped):
        run(by_list(nxtomo), stop=stop)
    assert (tmp_path / "out/savu/killsignal").exists()
    assert "interrupted by killsignal" in capsys.readouterr().err


def test_it_is_ended_by_a_signal_when_it_does_not_heed(
    by_list, nxtomo, fake, run, tmp_path, monkeypatch, capsys
):
    from tomo_runner.savu import process_list

    monkeypatch.setattr(process_list, "_GRACE", 0.3)
    fake("stubborn")
    stop = Stop(lambda: "cancelled" if (tmp_path / "out/savu").exists() else None)
    with pytest.raises(Stopped):
        run(by_list(nxtomo), stop=stop)
    assert (tmp_path / "out/savu/killsignal").exists()
    assert "interrupted by killsignal" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "setting", [{"angles": {"every": 2}}, {"angles": {"to": 90}}, {"rotation": 30}]
)
def test_what_a_list_does_not_do_is_refused(by_list, nxtomo, fake, run, setting):
    recipe = by_list(nxtomo)
    recipe["reconstruction"].update(setting)
    with pytest.raises(RecipeFailure) as refused:
        run(recipe)
    assert refused.value.code == "list-takes-all"
    assert refused.value.where == f"reconstruction.{next(iter(setting))}"
    recipe["reconstruction"].update({"angles": {"every": 1}, "rotation": 0})
    run(recipe)


def test_a_list_that_is_none_is_refused(recipe, nxtomo, fake, run, tmp_path):
    (tmp_path / "l.nxs").write_bytes(b"no HDF5")
    with pytest.raises(RecipeFailure, match="damaged"):
        run(recipe(nxtomo, "savu", "process-list", {"list": "l.nxs"}))


def test_a_plugin_that_savu_does_not_have_is_named(by_list, nxtomo, fake, run):
    wanted = by_list(
        nxtomo, plugin("NxtomoLoader"), Plugin("Own", "my_plugins.own", {}), plugin("AstraReconCpu")
    )
    with pytest.raises(ToolFailure) as caught:
        run(wanted)
    assert caught.value.code == "savu-plugin"
    assert caught.value.message == "This Savu has no plugin my_plugins.own."


@pytest.mark.parametrize("data", ["[" * 100_000, '{"x": NaN', "[1, 2]", '{"__proto__": 1e999999'])
def test_hostile_parameters_are_refused(recipe, nxtomo, fake, run, tmp_path, data):
    write_list(tmp_path / "l.nxs", ProcessList([plugin("NxtomoLoader")]))
    with h5py.File(tmp_path / "l.nxs", "r+") as file:
        del file["entry/plugin/1/data"]
        file["entry/plugin/1/data"] = np.array([data.encode()])
    with pytest.raises(RecipeFailure) as caught:
        run(recipe(nxtomo, "savu", "process-list", {"list": "l.nxs"}))
    assert caught.value.code == "savu-list"


@pytest.mark.parametrize(
    ("plugins", "words"),
    [
        ([], "No plugin"),
        (["DarkFlatFieldCorrection", "NxtomoLoader"], "instead of a loader"),
        (["NxtomoLoader", "AstraReconCpu", "NxtomoLoader"], "after other plugins"),
    ],
)
def test_a_list_in_the_wrong_order_is_refused(by_list, nxtomo, fake, run, tmp_path, plugins, words):
    wanted = by_list(nxtomo)
    write_list(tmp_path / "l.nxs", ProcessList([plugin(name) for name in plugins]))
    with pytest.raises(RecipeFailure, match=words):
        run(wanted)


def test_without_savu_it_says_what_to_do(by_list, nxtomo, run, monkeypatch):
    monkeypatch.setenv("JUPYTER_TOMO_SAVU", "/nowhere/savu")
    with pytest.raises(ToolFailure, match="Savu is not here") as caught:
        run(by_list(nxtomo))
    assert caught.value.code == "tool-missing" and "JUPYTER_TOMO_SAVU" in caught.value.hint


def test_the_command_keeps_its_output_for_json(by_list, nxtomo, fake, tmp_path):
    path = tmp_path / "r.tomo.json"
    path.write_text(json.dumps(by_list(nxtomo)))
    done = subprocess.run(
        [sys.executable, "-m", "tomo_runner", "run", str(path), "--output", "o", "--json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(json.loads(done.stdout)["files"]) == 6
    assert "*Running the AstraReconCpu plugin*" in done.stderr
