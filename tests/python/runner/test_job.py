"""Job folders: states, cancel, the end of whoever started it, kill and resume."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from pathlib import Path

import h5py
import numpy as np
import phantom
import pytest
import tifffile
from talk import Talk

ROWS = 160


@pytest.fixture(scope="module")
def tall(tmp_path_factory):
    """Enough rows that a run can be caught in the middle."""
    made = phantom.scan(columns=128, rows=ROWS, frames=180)
    path = tmp_path_factory.mktemp("tall") / "data"
    return phantom.write_folder(path, phantom.counts(made, noise=0.002)), made.centre


@pytest.fixture
def job(tall, tmp_path):
    data, centre = tall
    folder = tmp_path / "job"
    folder.mkdir()
    recipe = {
        "version": 1,
        "dataset": {"path": data.name, "angles": {"first": 0, "last": 180, "endpoint": False}},
        "regions": {"centre": {"column": centre}},
        "filters": [{"name": "outliers"}, {"name": "normalise"}, {"name": "minus-log"},
                    {"name": "stripes-sorting", "size": 31}],
    }  # fmt: skip
    about = {
        "id": "6f1c0a52-0000-4000-8000-000000000001", "name": "tall", "base": str(data.parent),
        "output": str(tmp_path / "out"), "cores": 1, "memory": 300 << 20,
    }  # fmt: skip
    (folder / "job.json").write_text(json.dumps(about))
    (folder / "recipe.tomo.json").write_text(json.dumps(recipe))
    return folder


def status(folder):
    try:
        return json.loads((folder / "status.json").read_text())
    except FileNotFoundError:
        return {"slices": {"done": 0}, "state": ""}


def until_slices(folder, count, process):
    """Hold the process once it has written so many slices; SIGCONT lets it go on."""
    out = folder.parent / "out"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        if len(list(out.glob("slice_*"))) >= count:
            process.send_signal(signal.SIGSTOP)
            assert len(list(out.glob("slice_*"))) < ROWS
            return
        time.sleep(0.005)
    raise AssertionError("the run ended or stood still before it could be caught")


def test_finishes_and_tells(job, child):
    process = child("job", job, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    log = process.stderr.read().decode()
    assert process.wait(60) == 0, log
    for line in ("Slices go to", " slices\n", "finished"):
        assert line in log
    said = status(job)
    assert said["state"] == "finished" and said["slices"] == {"done": ROWS, "total": ROWS}
    assert said["output"] == str(job.parent / "out") and said["attempt"] == 1
    # More than Python with numpy, and less than it was given.
    assert 20 << 20 < said["memory"] < 400 << 20
    events = [json.loads(line) for line in (job / "events.jsonl").read_text().splitlines()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    kinds = [event["kind"] for event in events]
    assert kinds[0] == "stage" and kinds[-1] == "done" and "output" in kinds
    assert not (job / "lease.json").exists()


def test_kill_and_resume_equals_the_uninterrupted_run(job, child, tmp_path):
    first = child("job", job, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    until_slices(job, 20, first)
    first.kill()
    first.wait()
    out = tmp_path / "out"
    before = {path.name: path.stat().st_mtime_ns for path in out.glob("slice_*.tif")}
    assert 20 <= len(before) < ROWS
    # As if it had been killed in the middle of a write, which it may have been.
    (out / ".slice_00099.tif.4711.1.part").write_bytes(b"II*")
    (job / ".status.json.4711.1.part").write_text("{")
    second = child("job", job, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert second.wait(60) == 0, second.stderr.read()
    said = status(job)
    assert said["state"] == "finished" and said["attempt"] == 2
    # Only what was missing is computed again.
    assert {name: (out / name).stat().st_mtime_ns for name in before} == before
    again = json.loads((job / "job.json").read_text())
    again.update(output=str(tmp_path / "whole"), id="another")
    whole = tmp_path / "job2"
    whole.mkdir()
    (whole / "job.json").write_text(json.dumps(again))
    (whole / "recipe.tomo.json").write_text((job / "recipe.tomo.json").read_text())
    assert child("job", whole, stdin=subprocess.PIPE, stderr=subprocess.PIPE).wait(60) == 0
    for row in range(ROWS):
        name = f"slice_{row:05d}.tif"
        np.testing.assert_array_equal(
            tifffile.imread(out / name), tifffile.imread(tmp_path / "whole" / name)
        )
    assert not list(out.glob(".*")) and not list(job.glob(".*"))


@pytest.mark.parametrize(
    "how, state",
    [("file", "cancelled"), ("sigterm", "interrupted"), ("stdin", "interrupted")],
)
def test_stops_at_a_slice(job, child, how, state):
    process = child("job", job, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    until_slices(job, 5, process)
    if how == "file":
        (job / "cancel").touch()
    elif how == "sigterm":
        process.send_signal(signal.SIGTERM)
    else:
        process.stdin.close()
    process.send_signal(signal.SIGCONT)
    assert process.wait(60) == 130
    said = status(job)
    assert said["state"] == state and "failure" not in said
    out = job.parent / "out"
    assert not list(out.glob(".*.part"))
    sizes = {path.stat().st_size for path in out.glob("slice_*.tif")}
    assert len(sizes) == 1 and not (out / "result.json").exists()
    assert said["slices"]["done"] == len(list(out.glob("slice_*.tif")))


def until_slab(out, slices, process):
    """Hold the process once so many slices are in the slab that it writes."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        parts = list(out.glob(".slab_*.part"))
        if parts and parts[0].stat().st_blocks * 512 >= slices * 128 * 128 * 4:
            process.send_signal(signal.SIGSTOP)
            return
        time.sleep(0.002)
    raise AssertionError("the run ended or stood still before it could be caught")


def test_hdf5_is_resumed_too(job, child, tmp_path):
    """Stopped, then killed: what has a name is not computed again; the whole is a TIFF run's."""
    whole = tmp_path / "job2"
    shutil.copytree(job, whole)
    about = json.loads((job / "job.json").read_text())
    about.update(output=str(tmp_path / "whole"), id="another")
    (whole / "job.json").write_text(json.dumps(about))
    recipe = json.loads((job / "recipe.tomo.json").read_text())
    recipe["output"] = {"format": "hdf5"}
    (job / "recipe.tomo.json").write_text(json.dumps(recipe))
    out = tmp_path / "out"

    first = child("job", job, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    until_slab(out, 10, first)
    first.send_signal(signal.SIGTERM)
    first.send_signal(signal.SIGCONT)
    assert first.wait(60) == 130
    before = {path.name: path.stat().st_mtime_ns for path in out.glob("slab_*.h5")}
    assert before and not list(out.glob(".slab_*.part"))
    done = status(job)["slices"]["done"]
    assert 10 <= done < ROWS

    second = child("job", job, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    until_slab(out, 5, second)
    second.kill()
    second.wait()
    assert list(out.glob(".slab_*.part")) and not (out / "volume.h5").exists()

    third = child("job", job, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert third.wait(60) == 0, third.stderr.read()
    assert status(job)["slices"] == {"done": ROWS, "total": ROWS}
    assert {name: (out / name).stat().st_mtime_ns for name in before} == before
    assert not list(out.glob(".*.part"))
    assert child("job", whole, stdin=subprocess.PIPE, stderr=subprocess.PIPE).wait(60) == 0
    with h5py.File(out / "volume.h5") as file:
        for row in range(ROWS):
            expected = tifffile.imread(tmp_path / "whole" / f"slice_{row:05d}.tif")
            np.testing.assert_array_equal(file["entry/data/data"][row], expected)


def test_two_processes_never_own_a_job(job, child):
    first = child("job", job, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    until_slices(job, 1, first)
    second = child("job", job, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert second.wait(60) == 5
    assert str(first.pid) in second.stderr.read().decode()
    assert first.poll() is None
    first.send_signal(signal.SIGCONT)
    assert first.wait(60) == 0 and status(job)["state"] == "finished"


def test_failure_is_in_the_status(job, child):
    recipe = json.loads((job / "recipe.tomo.json").read_text())
    recipe["regions"]["centre"]["column"] = 5000
    (job / "recipe.tomo.json").write_text(json.dumps(recipe))
    process = child("job", job, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.wait(60) == 2
    said = status(job)
    assert said["state"] == "failed"
    assert said["failure"]["where"] == "regions.centre.column"


def test_what_the_engine_refuses_is_told_in_its_words(job, child, tmp_path):
    """The same four fields from the engine by run, job and agent, and no traceback."""
    recipe = json.loads((job / "recipe.tomo.json").read_text())
    recipe["regions"] = {"roi": [0, 0, 20, 4], "centre": {"column": 100}}
    (job / "recipe.tomo.json").write_text(json.dumps(recipe))
    expected = {
        "code": "engine-centre",
        "message": "The centre of rotation is more than one width away from the columns.",
        "where": "regions.centre.column",
        "hint": "Give a column of the full image that is inside it.",
    }
    process = child("job", job, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.wait(60) == 4
    assert b"Traceback" not in process.stderr.read()
    said = status(job)
    assert said["state"] == "failed" and said["failure"] == expected
    base = json.loads((job / "job.json").read_text())["base"]
    path = tmp_path / "r.tomo.json"
    recipe["dataset"]["path"] = str(Path(base, recipe["dataset"]["path"]))
    path.write_text(json.dumps(recipe))
    process = child(
        "run", path, "--output", tmp_path / "o", "--json", stdout=-1, stderr=subprocess.PIPE
    )
    stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 4 and json.loads(stdout)["error"] == expected
    assert b"Traceback" not in stderr and not (tmp_path / "o").exists()
    process = child("agent", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    talk = Talk(process)
    answer, _ = talk.ask("preview", base=base, recipe=recipe, row=2, product="slice")
    assert answer["error"] == expected
