"""Runs with Savu: against a stand-in that does what it is told, and against the real one."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import phantom
import pytest
import tifffile

from tomo_runner.failures import RecipeFailure, Stopped, ToolFailure
from tomo_runner.recipe import validate
from tomo_runner.run import RunRequest, execute
from tomo_runner.run.monitor import Silent
from tomo_runner.savu.plugins import plugin
from tomo_runner.stopping import Stop
from tomo_runner.toolhost import savu_process
from tomo_runner.toolhost.savu_files import Plugin, ProcessList, read_list, write_list

ROOT = Path(__file__).parents[3]
SPOT = 2.5
"""Standard deviation of a spot in pixels."""


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


# --- several processes --------------------------------------------------------------------------

LAUNCHER = """
import os, subprocess, sys
count = int(sys.argv[1])
started = [subprocess.Popen(sys.argv[2:], env={**os.environ, "FAKE_RANK": str(k),
           "FAKE_SIZE": str(count)}) for k in range(count)]
sys.exit(max(child.wait() for child in started))
"""


@pytest.fixture
def launcher(tmp_path, monkeypatch):
    """Starts as many processes as mpirun would."""
    path = tmp_path / "launcher.py"
    path.write_text(LAUNCHER)
    monkeypatch.setenv("JUPYTER_TOMO_MPI", shlex.join([sys.executable, str(path), "{all}"]))


def ranks(folder):
    return [
        json.loads((folder / f"savu/ranks/{k}.json").read_text())
        for k in range(len(list((folder / "savu/ranks").iterdir())))
    ]


def test_processes_are_started_together_cards_first(by_list, nxtomo, fake, launcher, run, tmp_path):
    wanted = by_list(nxtomo)
    wanted["reconstruction"]["parameters"].update(processes=3, gpus=1)
    _, slices, heard = run(wanted)
    assert len(slices) == 6
    names = {"size": 3, "names": "GPU0,CPU0,CPU1", "node": os.environ.get("SLURMD_NODENAME", "")}
    assert ranks(tmp_path / "out") == [names] * 3
    # What each process logs is not counted twice.
    assert [done for stage, done in heard.parts if stage == "savu"] == [0, 0, 500, 500, 500, 1000]


def test_one_process_is_savu_alone(by_list, nxtomo, fake, run, tmp_path):
    run(by_list(nxtomo))
    assert [one["size"] for one in ranks(tmp_path / "out")] == [1]


def test_several_machines_need_a_cluster(by_list, nxtomo, fake, launcher, run, monkeypatch):
    wanted = by_list(nxtomo)
    wanted["reconstruction"]["parameters"].update(nodes=2)
    monkeypatch.delenv("SLURM_JOB_NUM_NODES", raising=False)
    with pytest.raises(RecipeFailure, match="wants 2 machines, and the run has 1") as caught:
        run(wanted)
    assert caught.value.where == "reconstruction.parameters.nodes"


def test_one_process_on_each_of_several_nodes_is_refused(by_list, nxtomo, fake, run, monkeypatch):
    """Savu would not know of the others: each would do all of the work into the same files."""
    monkeypatch.setenv("SLURM_JOB_NUM_NODES", "2")
    wanted = by_list(nxtomo)
    wanted["reconstruction"]["parameters"].update(nodes=2)
    with pytest.raises(RecipeFailure, match="two processes or more") as caught:
        run(wanted)
    assert caught.value.where == "reconstruction.parameters.processes"


def test_without_mpi_it_says_what_to_do(by_list, nxtomo, fake, run, monkeypatch):
    monkeypatch.setenv("JUPYTER_TOMO_MPI", "/nowhere/mpirun -np {all}")
    wanted = by_list(nxtomo)
    wanted["reconstruction"]["parameters"].update(processes=2)
    with pytest.raises(ToolFailure, match="in 2 processes needs MPI") as caught:
        run(wanted)
    assert caught.value.code == "mpi-missing" and "module" in caught.value.hint


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


def shift(one, other):
    """Pixels (y, x) by which the second image stands further on, to a fraction."""
    window = np.hanning(64)[:, None] * np.hanning(64)
    spectra = [np.fft.fft2((image - image.mean()) * window) for image in (one, other)]
    alike = np.fft.fftshift(np.fft.ifft2(np.conj(spectra[0]) * spectra[1]).real)
    y, x = np.unravel_index(alike.argmax(), alike.shape)
    fine = []
    for at, line in ((y, alike[:, x]), (x, alike[y])):
        low, top, high = line[at - 1 : at + 2]
        fine.append(at - 32 + (low - high) / (2 * (low - 2 * top + high)))
    return np.array(fine)


def test_the_real_savu_has_things_where_the_engine_has_them(real, recipe, nxtomo, run, tmp_path):
    theirs = run(recipe(nxtomo, "savu", "FBP", {}), rows=(2, 4))[1]
    shutil.rmtree(tmp_path / "out")
    shutil.rmtree(tmp_path / "job")
    ours = run(recipe(nxtomo), rows=(2, 4))[1]
    for row in (2, 3):
        assert np.abs(shift(ours[row], theirs[row])).max() < 0.1
        same, mirrored = (
            np.corrcoef(ours[row].ravel(), image.ravel())[0, 1]
            for image in (theirs[row], theirs[row][::-1])
        )
        assert same > 0.9 and same > mirrored + 0.2


def opposite_spots(columns, column):
    """A scan over 180 degrees of a soft spot; odd rows have it across the axis from even rows.

    Returns
    -------
    scan
        Its axis is at ``column``.
    places
        Of the spot in each row, (y, x) in pixels from the axis, y downwards.
    """
    angles = np.linspace(0, 180, 180, endpoint=False)
    turns = np.deg2rad(angles)[:, None, None]
    places = np.array([0.11, 0.17]) * columns * np.array([1, -1] * 3)[:, None]
    along = places[:, 1, None] * np.cos(turns) + places[:, 0, None] * np.sin(turns)
    attenuation = np.exp(-((np.arange(columns) - column - along) ** 2) / (2 * SPOT**2))
    return phantom.Scan(attenuation, angles, column), places


def axis_of(slices, places):
    """Where slices have the axis, (y, x) in pixels from their middle.

    The mean over opposite spots, as what shifts a spot towards the axis or away from it (values
    that fall off to the corners) shifts its opposite the other way.
    """
    found = []
    for row, place in enumerate(places):
        middle = (np.array(slices[row].shape) - 1) / 2
        corner = np.rint(middle + place).astype(int) - 7
        window = slices[row][corner[0] : corner[0] + 15, corner[1] : corner[1] + 15]
        weights = np.where(window > 0.2 * window.max(), window, 0).astype(float) ** 2
        centre = [(weights * at).sum() / weights.sum() for at in np.mgrid[:15, :15]]
        found.append(corner + centre - middle - place)
    return np.mean(found, axis=0)


@pytest.mark.parametrize(("columns", "expected"), [(96, 0.5), (97, 1.0)])
def test_the_real_savu_has_the_axis_of_gridrec_on_a_pixel(
    real, recipe, run, tmp_path, columns, expected
):
    """Gridrec takes a slice out of a grid whose pixel 0 is on the axis.

    With n pixels of a grid of p, a power of two, the axis is at n / 2 where n is even and at
    (n + 1) / 2 where it is odd: p / 2 - (p - n) / 2 in whole numbers. The middle of a slice, where
    slices here have it, is (n - 1) / 2, so it is 1/2 or 1 further. A column in the list that is
    wrong by d would move spots by 4 d / pi more in y: over 180 degrees, all move the same way.
    """
    from tomo_runner.savu import export

    column = (columns - 1) / 2 + 2.3
    made, places = opposite_spots(columns, column)
    phantom.write_nxtomo(tmp_path / "spots.nxs", phantom.counts(made), made.angles)
    wanted = recipe("spots.nxs", "tomopy", "gridrec")
    wanted["regions"]["centre"]["column"] = column
    export(wanted, tmp_path, Stop(), {"savu": tmp_path / "l.nxs"})
    theirs = run(recipe("spots.nxs", "savu", "process-list", {"list": "l.nxs"}))[1]
    shutil.rmtree(tmp_path / "out")
    shutil.rmtree(tmp_path / "job")
    wanted["reconstruction"].update(tool="builtin", method="gridding")
    ours = run(wanted)[1]
    assert axis_of(ours, places) == pytest.approx([0, 0], abs=0.02)
    assert axis_of(theirs, places) == pytest.approx([expected] * 2, abs=0.05)


@pytest.fixture
def spots(tmp_path):
    """A scan of opposite spots as ``spots.nxs``: its axis, a multiple of 1/2, and their places."""
    column = 50.0
    made, places = opposite_spots(96, column)
    phantom.write_nxtomo(tmp_path / "spots.nxs", phantom.counts(made), made.angles)
    return column, places


@pytest.mark.parametrize("given", [True, False])
def test_the_real_savu_has_the_axis_of_an_exported_back_projection(
    real, recipe, run, spots, tmp_path, given
):
    """Of TomoPy's fbp, which counts from the edge of a column; also when VoCentering finds it."""
    from tomo_runner.savu import export

    column, places = spots
    wanted = recipe("spots.nxs", "tomopy", "fbp")
    wanted["regions"] = {"centre": {"column": column}} if given else {}
    export(wanted, tmp_path, Stop(), {"savu": tmp_path / "l.nxs"})
    made = read_list(tmp_path / "l.nxs").plugins
    write_list(tmp_path / "l.nxs", ProcessList([near(each) for each in made]))
    theirs = run(recipe("spots.nxs", "savu", "process-list", {"list": "l.nxs"}))[1]
    assert axis_of(theirs, places) == pytest.approx([0, 0], abs=0.1)


def near(one):
    """The plugin; when it is VoCentering, it looks no further than so small a detector allows."""
    found = one.name == "VoCentering"
    return replace(one, data={**one.data, "search_area": [-8, 8]}) if found else one


def test_the_real_savu_uses_another_column_for_fbp_than_it_finds(
    real, recipe, run, spots, tmp_path
):
    """Half a column, which moves all spots the same way: what the editor warns of.

    Their middles move by up to 4 / pi times that, by less where they are blurred.
    """
    recon = plugin("TomopyRecon", algorithm="fbp", filter_name="none")
    plugins = ["NxtomoLoader", "DarkFlatFieldCorrection", "VoCentering"]
    before = [near(plugin(name)) for name in plugins]
    write_list(tmp_path / "l.nxs", ProcessList([*before, recon]))
    theirs = run(recipe("spots.nxs", "savu", "process-list", {"list": "l.nxs"}))[1]
    off = axis_of(theirs, spots[1])
    assert 0.3 < abs(off[0]) < 4 * 0.5 / np.pi + 0.1
    assert abs(off[1]) < 0.1


def test_the_real_savu_refuses_a_gpu_that_is_not_there(real, recipe, nxtomo, run):
    if shutil.which("nvidia-smi"):
        pytest.skip("there is a GPU here")
    with pytest.raises(ToolFailure) as caught:
        run(recipe(nxtomo, "savu", "FBP_CUDA"))
    assert caught.value.code == "no-gpu"


def test_what_a_killed_leader_leaves_is_ended(tmp_path, monkeypatch):
    """Memory that runs out takes one process, and the others would keep theirs."""
    left = tmp_path / "left"
    script = f"sleep 300 >&- 2>&- & echo $! > '{left}'; kill -9 $$"
    monkeypatch.setenv(savu_process.COMMAND, shlex.join(["/bin/sh", "-c", script]))
    code = savu_process.run(
        tmp_path, tmp_path, tmp_path, "run", lambda text: None, look=lambda pid: None
    )
    assert code == -9
    worker = int(left.read_text())
    until = time.monotonic() + 30
    while sleeps(worker) and time.monotonic() < until:
        time.sleep(0.05)
    assert not sleeps(worker)


def sleeps(pid):
    """Whether the process is there, and not only its number."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
