"""Runs with Savu: against a stand-in that does what it is told, and against the real one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import tifffile

from tomo_runner.failures import RecipeFailure, Stopped, ToolFailure
from tomo_runner.recipe import validate
from tomo_runner.run import RunRequest, execute
from tomo_runner.run.monitor import Silent
from tomo_runner.savu.plugins import plugin
from tomo_runner.stopping import Stop
from tomo_runner.toolhost.savu_files import ProcessList, write_list

ROOT = Path(__file__).parents[3]


class Heard(Silent):
    """Keeps what a run tells."""

    def __init__(self):
        self.warnings, self.stages, self.parts = [], [], []

    def warning(self, text):
        self.warnings.append(text)

    def stage(self, name, total):
        self.stages.append(name)

    def progress(self, done):
        self.parts.append((self.stages[-1], done))


@pytest.fixture
def run(tmp_path):
    """Runs a recipe; its record, slices by row, and what was told."""

    def run_(recipe, rows=None, stop=None, memory=1 << 33):
        validate(recipe)
        heard = Heard()
        request = RunRequest(
            recipe, tmp_path, "r", tmp_path / "out", tmp_path / "job", "id", 2, memory, rows
        )
        record = execute(request, heard, stop or Stop())
        slices = {
            int(name[6:11]): tifffile.imread(tmp_path / "out" / name) for name in record["files"]
        }
        return record, slices, heard

    return run_


@pytest.fixture
def by_list(recipe, tmp_path):
    """The recipe that runs a list: the usual one, or other plugins."""

    def make(path, *plugins, **dataset):
        chosen = plugins or (
            plugin("NxtomoLoader"),
            plugin("DarkFlatFieldCorrection"),
            plugin("AstraReconCpu", centre_of_rotation=31.0),
        )
        write_list(tmp_path / "l.nxs", ProcessList(list(chosen)))
        return recipe(path, "savu", "process-list", {"list": "l.nxs"}, **dataset)

    return make


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


def test_a_hang_is_ended(by_list, nxtomo, fake, run, monkeypatch):
    fake("hang")
    monkeypatch.setenv("JUPYTER_TOMO_TOOL_LIMIT", "1.5")
    began = time.monotonic()
    with pytest.raises(ToolFailure, match="no sign of progress") as caught:
        run(by_list(nxtomo))
    assert caught.value.code == "tool-hangs" and time.monotonic() - began < 20


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
    by_list, nxtomo, fake, run, tmp_path, monkeypatch
):
    from tomo_runner.savu import process_list

    monkeypatch.setattr(process_list, "_GRACE", 0.3)
    fake("stubborn")
    stop = Stop(lambda: "cancelled" if (tmp_path / "out/savu").exists() else None)
    began = time.monotonic()
    with pytest.raises(Stopped):
        run(by_list(nxtomo), stop=stop)
    assert time.monotonic() - began < 15


def test_a_list_that_is_none_is_refused(recipe, nxtomo, fake, run, tmp_path):
    (tmp_path / "l.nxs").write_bytes(b"no HDF5")
    with pytest.raises(RecipeFailure, match="damaged"):
        run(recipe(nxtomo, "savu", "process-list", {"list": "l.nxs"}))


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


# --- the real Savu ------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["FBP", "SIRT", "CGLS"])
def test_the_real_savu_agrees_with_astra(real, recipe, nxtomo, run, method, tmp_path):
    pytest.importorskip("astra")
    parameters, bar = ({}, 0.01) if method == "FBP" else ({"iterations": 20}, 0.03)
    _, theirs, _ = run(recipe(nxtomo, "savu", method, parameters), rows=(1, 3))
    shutil.rmtree(tmp_path / "out")
    shutil.rmtree(tmp_path / "job")
    _, ours, _ = run(recipe(nxtomo, "astra", method, parameters), rows=(1, 3))
    inside = np.hypot(*(np.mgrid[:64, :64] - 31.5)) < 28
    for row in (1, 2):
        slope, offset = np.polyfit(ours[row][inside], theirs[row][inside], 1)
        assert abs(slope - 1) < bar
        assert abs(offset) < bar * np.abs(ours[row][inside]).max()


def test_the_real_savu_runs_an_exported_list(real, recipe, folder, run, tmp_path, small):
    from tomo_runner.savu import export

    wanted = recipe(folder)
    export(wanted, tmp_path, Stop(), {"savu": tmp_path / "l.nxs"})
    _, theirs, _ = run(recipe(folder, "savu", "process-list", {"list": "l.nxs"}))
    assert sorted(theirs) == list(range(6))
    shutil.rmtree(tmp_path / "out")
    shutil.rmtree(tmp_path / "job")
    _, ours, _ = run(wanted)
    inside = np.hypot(*(np.mgrid[:64, :64] - 31.5)) < 26
    same = np.corrcoef(ours[3][inside], theirs[3][inside])[0, 1]
    turned = [
        np.corrcoef(ours[3][inside], picture[inside])[0, 1]
        for picture in (theirs[3][::-1], theirs[3][:, ::-1], theirs[3][::-1, ::-1])
    ]
    assert same > 0.9 and same > max(turned) + 0.2


def test_the_real_savu_refuses_a_gpu_that_is_not_there(real, recipe, nxtomo, run):
    if shutil.which("nvidia-smi"):
        pytest.skip("there is a GPU here")
    with pytest.raises(ToolFailure) as caught:
        run(recipe(nxtomo, "savu", "FBP_CUDA"))
    assert caught.value.code == "no-gpu"
