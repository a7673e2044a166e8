"""A run in tasks: slices and record as of the single run, and what can be missing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time

import numpy as np
import phantom
import pytest
import tifffile

ROWS = 48
TALL = 240
CUTS = [(0, 17), (17, 32), (32, 48)]


@pytest.fixture(scope="module")
def scan(tmp_path_factory):
    """48 rows of 96 columns, with noise, outliers and an air region; the axis is to be found."""
    made = phantom.scan(columns=96, rows=ROWS, frames=60)
    path = tmp_path_factory.mktemp("parts") / "data"
    return phantom.write_folder(path, phantom.counts(made, noise=0.004)), made.centre


@pytest.fixture(scope="module")
def tall(tmp_path_factory):
    """Enough rows that a run can be caught in the middle."""
    made = phantom.scan(columns=192, rows=TALL, frames=240)
    path = tmp_path_factory.mktemp("tall") / "data"
    return phantom.write_folder(path, phantom.counts(made, noise=0.004)), made.centre


def recipe_of(data, centre=None):
    regions = {"air": [1, 1, 6, ROWS - 1]}
    if centre is not None:
        regions["centre"] = {"column": centre}
    return {
        "version": 1,
        "dataset": {"path": data.name, "angles": {"first": 0, "last": 180, "endpoint": False}},
        "regions": regions,
        "filters": [{"name": "outliers"}, {"name": "normalise"}, {"name": "air"},
                    {"name": "minus-log"}],
    }  # fmt: skip


def write(folder, recipe, **about):
    folder.mkdir(parents=True)
    (folder / "recipe.tomo.json").write_text(json.dumps(recipe))
    (folder / "job.json").write_text(json.dumps(about))


@pytest.fixture
def jobs(scan, tmp_path):
    """Makes a whole run in a folder of its own, and one in tasks."""

    def make(recipe, cuts=CUTS, rows=None, data=scan[0]):
        about = {
            "id": "6f1c0a52-0000-4000-8000-000000000002", "name": "parts", "kernel": "",
            "base": str(data.parent), "cores": 1, "memory": 800 << 20,
        }  # fmt: skip
        single, whole = tmp_path / "single", tmp_path / "whole"
        write(single, recipe, **about, output=str(tmp_path / "one"), rows=rows)
        about["output"] = str(tmp_path / "many")
        write(whole, recipe, **about, rows=rows)
        for k, cut in enumerate(cuts):
            write(whole / "tasks" / str(k), recipe, **about, rows=cut, part=True)
        return single, whole

    return make


def ends(child, code, *arguments, **options):
    process = child(*arguments, stderr=subprocess.PIPE, **options)
    log = process.communicate(timeout=120)[1].decode()
    assert process.returncode == code, log
    return log


def status(folder):
    return json.loads((folder / "status.json").read_text())


def read(folder, row):
    return tifffile.imread(folder / f"slice_{row:05d}.tif")


@pytest.mark.parametrize(
    ("found", "phase", "tilt"),
    [(False, False, 0.0), (True, False, 0.0), (True, True, 0.0), (False, False, -3.0)],
    ids=["asked", "found", "found with phase retrieval", "a tilted axis"],
)
def test_tasks_at_once_and_finish_equal_the_single_run(
    jobs, scan, child, tmp_path, found, phase, tilt
):
    recipe = recipe_of(scan[0], None if found else scan[1])
    if tilt:
        # 2.5 rows up and down at the edge: each task reads rows of its neighbours.
        recipe["regions"]["centre"].update(row=11.5, tilt=tilt)
    if phase:
        # 18 rows up and down: more than a task has, so that each reads those of others.
        recipe["dataset"]["pixelSize"] = {"value": 2, "unit": "um"}
        recipe["filters"].append({"name": "phase", "distance": 25, "ratio": 100})
    single, whole = jobs(recipe)
    ends(child, 0, "job", single)
    running = [
        child("job", whole / "tasks" / str(k), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for k in range(len(CUTS))
    ]
    for process in running:
        log = process.communicate(timeout=120)[1].decode()
        assert process.returncode == 0, log
    many, one = tmp_path / "many", tmp_path / "one"
    assert not (many / "result.json").exists()
    assert not (many / "0.README_reconstruction.txt").exists()
    assert json.loads((many / ".tomo-job.json").read_text())["folder"] == str(whole)
    for k, (first, last) in enumerate(CUTS):
        said = status(whole / "tasks" / str(k))
        assert said["state"] == "finished"
        assert said["slices"] == {"done": last - first, "total": last - first}
    ends(child, 0, "finish", whole)
    for row in range(ROWS):
        np.testing.assert_array_equal(read(many, row), read(one, row))
    here, there = (json.loads((f / "result.json").read_text()) for f in (many, one))
    for record in (here, there):
        seconds = record.pop("seconds")
        assert seconds["slices"] > 0 and seconds["record"] > 0
        record.pop("created")
    assert here == there
    assert here["warnings"] and here["rows"] == [0, ROWS]
    assert (here["centre"]["asked"] is None) == found
    assert status(whole)["state"] == "finished"
    assert status(whole)["slices"] == {"done": ROWS, "total": ROWS}
    assert sorted(p.name for p in many.iterdir()) == sorted(p.name for p in one.iterdir())


def test_finish_again_changes_nothing(jobs, scan, child, tmp_path):
    _, whole = jobs(recipe_of(scan[0], scan[1]), cuts=[(4, 9), (9, 12)], rows=(4, 12))
    for k in (0, 1):
        ends(child, 0, "job", whole / "tasks" / str(k))
    ends(child, 0, "finish", whole)
    many = tmp_path / "many"
    before = {path.name: path.stat().st_mtime_ns for path in many.iterdir()}
    assert len(json.loads((many / "result.json").read_text())["files"]) == 8
    ends(child, 0, "finish", whole)
    # A task that the scheduler runs once more after the end does no harm either.
    ends(child, 0, "job", whole / "tasks/1")
    ends(child, 0, "finish", whole)
    assert {path.name: path.stat().st_mtime_ns for path in many.iterdir()} == before
    assert status(whole)["state"] == "finished" and status(whole)["attempt"] == 3


def test_finish_goes_on_after_it_was_cut(jobs, scan, child, tmp_path):
    """The record is there, but the folder has not been given up: as if killed in between."""
    _, whole = jobs(recipe_of(scan[0], scan[1]), cuts=[(0, 3)], rows=(0, 3))
    ends(child, 0, "job", whole / "tasks/0")
    lock = (tmp_path / "many/.tomo-job.json").read_text()
    ends(child, 0, "finish", whole)
    (tmp_path / "many/.tomo-job.json").write_text(lock)
    (tmp_path / "many/.slice_00001.tif.4711.1.part").write_bytes(b"II*")
    ends(child, 0, "finish", whole)
    assert not list((tmp_path / "many").glob(".*"))


def test_missing_slices_are_named_and_made_by_resume(jobs, scan, child, tmp_path):
    _, whole = jobs(recipe_of(scan[0], scan[1]))
    log = ends(child, 5, "finish", whole)
    assert "48 of 48 slices are missing: rows 0 to 47" in log
    ends(child, 0, "job", whole / "tasks/0")
    ends(child, 0, "job", whole / "tasks/2")
    many = tmp_path / "many"
    (many / "slice_00040.tif").unlink()
    # Half a slice is none.
    data = (many / "slice_00003.tif").read_bytes()
    (many / "slice_00003.tif").write_bytes(data[: len(data) // 2])
    (whole / "tasks/1/status.json").write_text(
        json.dumps({"state": "failed", "failure": {"message": "There is no space left."}})
    )
    ends(child, 5, "finish", whole)
    failure = status(whole)["failure"]
    assert failure["code"] == "slices-missing" and failure["where"] == str(many)
    assert failure["message"] == (
        "17 of 48 slices are missing: rows 3, 17 to 31, 40; task 1 says: There is no space left."
    )
    assert not (many / "result.json").exists()
    kept = (many / "slice_00000.tif").stat().st_mtime_ns
    for k in range(3):
        ends(child, 0, "job", whole / "tasks" / str(k))
    ends(child, 0, "finish", whole)
    assert len(json.loads((many / "result.json").read_text())["files"]) == ROWS
    assert (many / "slice_00000.tif").stat().st_mtime_ns == kept


def test_counts_of_all_tasks_are_added(jobs, scan, child, tmp_path):
    """The share of outliers is that of the whole, but for the rows that slabs share."""
    recipe = recipe_of(scan[0], scan[1])
    recipe["filters"][0]["threshold"] = 2
    single, whole = jobs(recipe)
    shares = []
    ends(child, 0, "job", single)
    for k in range(len(CUTS)):
        ends(child, 0, "job", whole / "tasks" / str(k))
    ends(child, 0, "finish", whole)
    for folder in ("one", "many"):
        warnings = json.loads((tmp_path / folder / "result.json").read_text())["warnings"]
        said = [text for text in warnings if text.startswith("Outliers replaced")]
        assert len(said) == 1
        shares.append(float(said[0].split()[2]))
    assert shares[0] == pytest.approx(shares[1], rel=0.05) and shares[0] > 5


def test_measures_are_taken_once(jobs, scan, child):
    """What the first task has measured counts for all, whatever their own processors say."""
    _, whole = jobs(recipe_of(scan[0]))
    ends(child, 0, "job", whole / "tasks/0")
    shared = json.loads((whole / "measures.json").read_text())
    shared["value"]["noise"]["projection"] *= 1.5
    (whole / "measures.json").write_text(json.dumps(shared))
    centre = json.loads((whole / "centre.json").read_text())["value"]
    assert abs(centre["column"] - scan[1]) < 0.5
    ends(child, 0, "job", whole / "tasks/1")
    events = (whole / "tasks/1/events.jsonl").read_text()
    assert '"measure"' not in events and '"centre"' not in events
    shared["signature"] = "of something else"
    (whole / "measures.json").write_text(json.dumps(shared))
    ends(child, 5, "job", whole / "tasks/2")
    assert status(whole / "tasks/2")["failure"]["code"] == "journal-differs"


@pytest.mark.parametrize("how", ["sigterm", "cancel"])
def test_a_task_ends_at_a_slice_and_goes_on(jobs, tall, child, tmp_path, how):
    """As Slurm ends it: a signal, and seconds later the kill. Standard input says nothing."""
    _, whole = jobs(recipe_of(*tall), cuts=[(0, TALL)], data=tall[0])
    task, many = whole / "tasks/0", tmp_path / "many"
    process = child("job", task, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    process.stdin.close()
    deadline = time.monotonic() + 60
    while len(list(many.glob("slice_*"))) < 3:
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.002)
    process.send_signal(signal.SIGSTOP)
    if how == "cancel":
        (whole / "cancel").touch()
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGCONT)
    assert process.wait(60) == 130
    said = status(task)
    assert said["state"] == ("interrupted" if how == "sigterm" else "cancelled")
    made = {path.name: path.stat().st_mtime_ns for path in many.glob("slice_*.tif")}
    assert 3 <= len(made) < TALL and said["slices"]["done"] == len(made)
    assert len({path.stat().st_size for path in many.glob("slice_*.tif")}) == 1
    assert not list(many.glob(".*.part")) and not (task / "lease.json").exists()
    assert '"kind": "part"' in (task / "journal.jsonl").read_text()
    (whole / "cancel").unlink(missing_ok=True)
    ends(child, 0, "job", task)
    assert status(task)["state"] == "finished" and status(task)["attempt"] == 2
    assert {n: (many / n).stat().st_mtime_ns for n in made} == made
    ends(child, 0, "finish", whole)
    assert json.loads((many / "result.json").read_text())["rows"] == [0, TALL]


def test_finish_waits_for_nobody(jobs, scan, child):
    """While a task works, its slices are not missing but on their way."""
    _, whole = jobs(recipe_of(scan[0], scan[1]))
    lease = {"host": os.uname().nodename, "pid": os.getpid(), "heartbeat": time.time()}
    (whole / "tasks/1/lease.json").write_text(json.dumps(lease))
    log = ends(child, 5, "finish", whole)
    assert "Task 1 still works on this run" in log
    assert status(whole)["failure"]["code"] == "in-use"


def test_a_foreign_folder_stays_as_it_is(jobs, scan, child, tmp_path):
    _, whole = jobs(recipe_of(scan[0], scan[1]))
    (tmp_path / "many").mkdir()
    (tmp_path / "many/thesis.txt").write_text("mine")
    ends(child, 5, "job", whole / "tasks/0")
    assert status(whole / "tasks/0")["failure"]["code"] == "output-exists"
    assert [path.name for path in (tmp_path / "many").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("skew", [-7200.0, 0.0, 7200.0])
def test_a_lease_of_another_host_lives_while_it_beats(tmp_path, skew):
    """Whatever the clock there says."""
    from tomo_runner.failures import OutputFailure
    from tomo_runner.lease import Lease

    path = tmp_path / "lease.json"
    lease = {"host": "node17.elsewhere", "pid": 1, "heartbeat": time.time() + skew}
    path.write_text(json.dumps(lease))
    with Lease(tmp_path):
        assert json.loads(path.read_text())["pid"] == os.getpid()
    path.write_text(json.dumps(lease))
    ended = threading.Event()

    def beat():
        while not ended.wait(0.5):
            lease["heartbeat"] += 0.5
            part = tmp_path / "next"
            part.write_text(json.dumps(lease))
            part.replace(path)

    heart = threading.Thread(target=beat)
    heart.start()
    try:
        with pytest.raises(OutputFailure, match=r"node17\.elsewhere"), Lease(tmp_path):
            pass
    finally:
        ended.set()
        heart.join()


def test_tasks_of_another_tool_are_joined(jobs, scan, child, tmp_path):
    """The finishing step needs no tool: the tasks say how large their slices are, and in what."""
    pytest.importorskip("astra", reason="astra-toolbox is not installed")
    recipe = recipe_of(*scan)
    recipe["reconstruction"] = {"tool": "astra", "method": "FBP"}
    single, whole = jobs(recipe, cuts=[(4, 9), (9, 12)], rows=(4, 12))
    ends(child, 0, "job", single)
    for k in (0, 1):
        ends(child, 0, "job", whole / "tasks" / str(k))
    ends(child, 0, "finish", whole)
    for row in range(4, 12):
        np.testing.assert_array_equal(read(tmp_path / "many", row), read(tmp_path / "one", row))
    here, there = (json.loads((tmp_path / f / "result.json").read_text()) for f in ("many", "one"))
    assert here["tool"] == "astra" and here["range"] == there["range"]
    assert (here["width"], here["unit"]) == (there["width"], there["unit"])


def test_what_cannot_be_divided_is_refused(jobs, scan, child):
    recipe = recipe_of(*scan)
    recipe["reconstruction"] = {"tool": "savu", "method": "process-list"}
    _, whole = jobs(recipe)
    ends(child, 2, "job", whole / "tasks/0")
    assert status(whole / "tasks/0")["failure"]["code"] == "not-divided"
