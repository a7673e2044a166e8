"""A command of the user's own: only after approval, without a shell, its faults in a sentence."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import make_data
import numpy as np
import pytest
import tifffile
from scipy.ndimage import uniform_filter

from tomo_runner.cli import main
from tomo_runner.dataset import Dataset
from tomo_runner.external import CommandReconstructor, Place, ToolHosts, command_hash
from tomo_runner.failures import RecipeFailure, ToolFailure
from tomo_runner.regions import Axis
from tomo_runner.run import RunRequest, execute
from tomo_runner.run.monitor import Silent
from tomo_runner.stopping import Stop

PROGRAM = Path(__file__).parent / "recon_program.py"


@pytest.fixture(autouse=True)
def own_approvals(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def command():
    def make(fault="", program=PROGRAM):
        return f"{sys.executable} {program} {{input}} {{output}} {{centre}} {fault}".strip()

    return make


@pytest.fixture
def run(tmp_path, recipe):
    """Runs a command in a job folder; returns the record."""

    def go(command, approved=True, rows=(3, 6), regions=None, output="out", **more):
        made = recipe("command", "run", {"command": command, **more})
        made["regions"] = regions or made["regions"]
        folder = (
            tmp_path / f"job folder of {output}" if output != "out" else tmp_path / "job folder"
        )
        folder.mkdir(exist_ok=True)
        request = RunRequest(
            recipe=made,
            base=tmp_path,
            name="test",
            output=tmp_path / output,
            folder=folder,
            identity="1",
            cores=2,
            memory=2 << 30,
            rows=rows,
            approved=command_hash(command) if approved else None,
        )
        return execute(request, Silent(), Stop())

    return go


@pytest.mark.parametrize(("given", "fault"), [("tiff", ""), ("nxtomo", ""), ("tiff", "one")])
def test_it_reconstructs(given, fault, command, run, tmp_path, geometry, capfd):
    if given == "nxtomo":
        pytest.importorskip("h5py")
    record = run(command(fault), input=given)
    assert record["tool"] == "command" and len(record["files"]) == 3
    assert "reconstructing" in capfd.readouterr().err
    found = tifffile.imread(tmp_path / "out" / "slice_00004.tif")
    expected = make_data.truth(geometry, 24) * geometry.pixel
    offset = np.arange(128) - 63.5
    inside = offset[:, None] ** 2 + offset[None, :] ** 2 <= 58**2
    smooth = [uniform_filter(each.astype(float), 9)[inside] for each in (expected, found)]
    slope, level = np.polyfit(*smooth, 1)
    assert abs(slope - 1) < 0.02 and abs(level) < 0.02 * smooth[0].max()
    # What it needed lies about no more.
    assert not list((tmp_path / "job folder").glob("command_*"))


def test_rows_of_an_axis_that_leans_a_little_share_one(recipe, tmp_path):
    """One call has one centre: rows are moved to where the middle one has it."""
    made = recipe("command", "run", {"command": "true {input} {output}"})
    dataset = Dataset(made, tmp_path)
    axis = Axis(62.0, 3.5, 10.0)
    with ToolHosts(1 << 30) as hosts:
        one = CommandReconstructor(made, dataset, dataset.whole, axis, hosts, place=Place(tmp_path))
        columns = np.arange(dataset.columns)
        sinograms = np.array(
            [[np.exp(-0.5 * ((columns - axis.at(row)) / 3) ** 2)] * 4 for row in range(8)],
            np.float32,
        )
        assert one._straighten(sinograms, range(8)) == pytest.approx(62.0)
    assert axis.at(7) > 62.6
    expected = np.exp(-0.5 * ((columns - 62.0) / 3) ** 2)
    assert np.abs(sinograms - expected).max() < 1e-3


def test_rows_of_rotated_projections_have_one_column(run, command, tmp_path):
    """The axis is upright in what a command is given, so a row's slice is the same in any slab."""
    centre = {"column": 62.0, "row": 3.5, "tilt": 10.0}
    record = run(command(), rows=(0, 8), regions={"centre": centre})
    assert record["centre"]["used"] == {"column": 62.0, "row": 3.5, "tilt": 10.0}
    run(command(), rows=(7, 8), regions={"centre": centre}, output="alone")
    run(command(), rows=(7, 8), regions={"centre": {"column": 62.0}}, output="beside")
    found, alone, beside = (
        tifffile.imread(tmp_path / name / "slice_00007.tif") for name in ("out", "alone", "beside")
    )
    assert np.array_equal(found, alone)
    assert np.sqrt(np.mean((found - beside) ** 2)) > 0.05 * beside.max()


def test_nothing_runs_without_approval(run, tmp_path):
    mark = tmp_path / "it ran"
    with pytest.raises(RecipeFailure) as raised:
        run(f"touch '{mark}'", approved=False)
    assert raised.value.code == "command-not-approved"
    assert f"touch '{mark}'" in raised.value.message
    assert not mark.exists()
    assert not (tmp_path / "out").exists()


def test_an_approval_is_for_one_command(run, tmp_path):
    mark = tmp_path / "it ran"
    with pytest.raises(RecipeFailure):
        run(f"touch '{mark}' ", approved=False)
    from tomo_runner.external import approve

    approve(f"touch '{mark}'")
    with pytest.raises(RecipeFailure) as raised:
        run(f"touch '{mark}' ", approved=False)
    assert raised.value.code == "command-not-approved"
    # The approved one runs; that it makes no slices is another matter.
    with pytest.raises(ToolFailure) as failed:
        run(f"touch '{mark}'", approved=False)
    assert failed.value.code == "tool-nothing"
    assert mark.exists()


def test_approving_on_the_command_line(recipe, tmp_path, capsys, monkeypatch):
    path = tmp_path / "mine.tomo.json"
    path.write_text(json.dumps(recipe("command", "run", {"command": "true {output}"})))
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert main(["approve", str(path)]) == 2
    assert "true {output}" in capsys.readouterr().err
    assert main(["approve", str(path), "--yes"]) == 0
    kept = json.loads((tmp_path / "config/jupyterlab-tomo/approved-commands.json").read_text())
    assert kept["approved"] == [command_hash("true {output}")]


def test_never_for_a_preview(recipe, tmp_path, capsys):
    mark = tmp_path / "it ran"
    path = tmp_path / "mine.tomo.json"
    path.write_text(json.dumps(recipe("command", "run", {"command": f"touch '{mark}'"})))
    assert main(["approve", str(path), "--yes"]) == 0
    capsys.readouterr()
    assert main(["preview", str(path), "--row", "4", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "command-preview"
    assert not mark.exists()


def test_no_shell_reads_it(run, tmp_path):
    """What a shell would make of it, nobody does."""
    mark = tmp_path / "it ran"
    with pytest.raises(ToolFailure) as raised:
        run(f"true {{output}} ; touch '{mark}' $(touch '{mark}') > '{mark}'")
    assert raised.value.code == "tool-nothing"
    assert not mark.exists()


def test_it_runs_in_the_job_folder(run, tmp_path):
    with pytest.raises(ToolFailure):
        run("touch here")
    assert (tmp_path / "job folder" / "here").exists()


@pytest.mark.parametrize(
    ("fault", "code", "word"),
    [
        ("nothing", "tool-nothing", "*.tif*"),
        ("code", "tool-failed", "code 3"),
        ("shape", "tool-shape", "127 x 128"),
        ("fewer", "tool-shape", "2 files"),
        ("text", "tool-shape", "no TIFF"),
        ("nan", "tool-nan", "1 of 16384"),
    ],
)
def test_faults(fault, code, word, command, run):
    with pytest.raises(ToolFailure) as raised:
        run(command(fault))
    assert raised.value.code == code
    assert word in raised.value.message
    assert raised.value.hint


def test_a_hang_is_ended(command, run):
    with pytest.raises(ToolFailure) as raised:
        run(command("hang"), minutes=0.05)
    assert raised.value.code == "tool-hangs"
    assert "minutes" in raised.value.hint


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("recon 'half", "bad-command"),
        ("   ", "bad-command"),
        ("recon {inptu}", "unknown-placeholder"),
        ("/nowhere/recon {input}", "tool-not-started"),
    ],
)
def test_bad_commands(text, code, run):
    with pytest.raises((RecipeFailure, ToolFailure)) as raised:
        run(text)
    assert raised.value.code == code


def test_the_pattern_stays_in_the_folder(command, run):
    with pytest.raises(RecipeFailure) as raised:
        run(command(), pattern="../*.tif")
    assert raised.value.code == "bad-pattern"
