"""Jobs on a real Slurm cluster, from submission to slices."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from analyst import COLUMNS, ROWS, Analyst, RemoteJob
from jupyter_servers import eventually

LogIn = Callable[..., Analyst]


def record(job: RemoteJob) -> dict[str, Any]:
    return dict(json.loads((Path(job.get()["output"]) / "result.json").read_text()))


def times(job: RemoteJob) -> dict[str, int]:
    """When each slice was written."""
    files = Path(job.get()["output"]).glob("slice_*.tif")
    return {file.name: file.stat().st_mtime_ns for file in files}


def test_one_task_from_submission_to_slices(logged_in: LogIn, remote_data: Path) -> None:
    analyst = logged_in()
    job = RemoteJob(analyst, str(remote_data))
    done = job.wait_until_accounted("finished")
    assert done["slices"] == {"done": ROWS, "total": ROWS}
    assert len(job.slices()) == ROWS
    result = record(job)
    assert (result["rows"], result["width"]) == ([0, ROWS], COLUMNS)
    slurm = done["slurm"]
    assert (slurm["state"], len(slurm["tasks"])) == ("COMPLETED", 1)
    assert slurm["elapsed"] >= 0
    # It runs under its unique name, once.
    name = job.slurm_json()["uid"]
    assert name == f"tomo-{job.id}-1"
    assert analyst.queued(name) == [slurm["id"]]
    # The script can be seen, and the log is here.
    assert "-m tomo_runner job" in done["script"]
    assert f"--job-name={name}" in done["command"]
    assert "slices" in job.log()
    # Submitting the same again is no second job.
    assert job.submit().status_code == 200
    assert analyst.queued(name) == [slurm["id"]]


def test_an_array_of_uploaded_data_is_the_single_run_to_the_bit(
    logged_in: LogIn, remote_data: Path, tmp_path: Path
) -> None:
    analyst = logged_in()
    single = RemoteJob(analyst, str(remote_data))
    mine = tmp_path / "my data's $(id)"
    shutil.copytree(remote_data, mine)
    array = RemoteJob(analyst, str(mine), upload=True, options={"tasks": 3}, hold=True)
    plan = array.plan()
    files = [file for file in mine.rglob("*") if file.is_file()]
    assert (plan["tasks"], plan["data"], plan["upload"]["files"]) == (3, "upload", len(files))
    assert plan["upload"]["bytes"] == sum(file.stat().st_size for file in files)
    assert "--array=0-2%16" in plan["command"]
    assert "tasks/" in plan["script"]
    assert plan["freeBytes"] > plan["outputBytes"] >= ROWS * COLUMNS * COLUMNS * 4
    assert not array.folder.exists()

    assert array.submit().status_code == 200
    done = array.wait_until_accounted("finished", 90)
    single.wait_until("finished", 60)
    assert array.slices() == single.slices()
    assert len(array.slices()) == ROWS
    assert [task["index"] for task in done["slurm"]["tasks"]] == [0, 1, 2, None]
    assert {task["state"] for task in done["slurm"]["tasks"]} == {"COMPLETED"}
    assert done["slices"] == {"done": ROWS, "total": ROWS}
    assert "--- Task 2/stderr.log" in array.log()
    rows = [
        json.loads((array.folder / f"tasks/{k}/job.json").read_text())["rows"] for k in range(3)
    ]
    assert rows == [[0, 8], [8, 16], [16, 24]]

    # What is there is not copied again; by content when it is asked for.
    again = RemoteJob(analyst, str(mine), upload=True, options={"checksum": True}, hold=True)
    assert again.plan()["upload"]["files"] == 0
    there = next(Path(analyst.user.work, "data").rglob("Tomo_0003.tif"))
    stamp = there.stat()
    spoilt = bytearray(there.read_bytes())
    spoilt[-1] ^= 1
    there.write_bytes(spoilt)
    os.utime(there, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert again.plan()["upload"] == {**plan["upload"], "files": 1, "bytes": stamp.st_size}


def test_data_that_the_cluster_sees_are_not_copied(logged_in: LogIn, remote_data: Path) -> None:
    """By the path mapping of the settings: a folder here is one there."""
    analyst = logged_in("mapped")
    mount = analyst.house.server.home / "mount"
    data = mount / remote_data.relative_to(analyst.user.work)
    job = RemoteJob(analyst, str(data), "mapped", {"base": str(mount)}, upload=True, hold=True)
    plan = job.plan()
    assert plan["data"] == "mapped" and "upload" not in plan
    assert plan["output"] == f"{analyst.user.work}/results/{job.id}"
    before = set(Path(analyst.user.work, "data").glob("*"))
    assert job.submit().status_code == 200
    done = job.wait_until("finished")
    assert done["slices"] == {"done": ROWS, "total": ROWS}
    assert done["output"] == plan["output"]
    assert set(Path(analyst.user.work, "data").glob("*")) == before
    there = json.loads((job.folder / "recipe.tomo.json").read_text())
    assert there["dataset"]["path"] == f"{remote_data}/Tomo"


def test_a_lost_task_is_run_again_alone(logged_in: LogIn, remote_data: Path) -> None:
    analyst = logged_in("failing-task")
    options = {"tasks": 3}
    job = RemoteJob(analyst, str(remote_data), "failing-task", options)
    # The data are named by the resource that sees them.
    failed = job.wait_until("failed", 90)
    assert failed["failure"]["code"] == "task-failed"
    assert failed["failure"]["message"].startswith("Task 1 ended with code 7.")
    assert failed["resumable"]
    finish = failed["slurm"]["tasks"][-1]["id"]
    eventually(lambda: job.get()["slurm"]["tasks"][-1]["state"] == "FAILED", 40)
    before = times(job)
    assert len(before) == 16
    resumed = job.post("resume")
    assert resumed["state"] in {"queued", "starting"}
    done = job.wait_until("finished", 90)
    tasks = done["slurm"]["tasks"]
    assert [task["index"] for task in tasks] == [1, None]
    assert tasks[-1]["id"] != finish
    after = times(job)
    assert len(after) == ROWS
    assert all(after[name] == written for name, written in before.items())
    assert done["slices"] == {"done": ROWS, "total": ROWS}


def test_all_jobs_of_the_user(logged_in: LogIn, remote_data: Path) -> None:
    analyst = logged_in("endless")
    job = RemoteJob(analyst, str(remote_data), "endless")
    other = analyst.slurm("sbatch", "--parsable", "-J", "a|b 'c'", "--wrap", "sleep 600").strip()
    job.wait_until("running", 60)
    told = ("squeue", "-h", "-j", other, "-t", "R")
    eventually(lambda: bool(analyst.slurm(*told).strip()), 60)
    reply = analyst.post("resources/queue", resource="endless")
    assert reply.status_code == 200, reply.text
    rows = {row["id"]: row for row in reply.json()["jobs"]}
    row = rows[other]
    assert (row["name"], row["state"], row["partition"]) == ("a|b 'c'", "RUNNING", "scarf")
    assert "job" not in rows[other]
    assert rows[job.get()["slurm"]["id"]]["job"] == job.id
    assert rows[job.get()["slurm"]["id"]]["command"].endswith(f"jobs/{job.id}/batch.sh")

    def cancel(*ids: str) -> Any:
        return analyst.post("resources/queue/cancel", resource="endless", ids=list(ids))

    # Only what is in the queue of the user is ended, and nothing that is no number of a job.
    unknown = cancel(other, "999999999")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no-such-job")
    for wrong in ("--user=root", f"{other}; id", "$(id)", ""):
        assert cancel(wrong).status_code == 400
    assert analyst.slurm("squeue", "-h", "-j", other, "-o", "%T").strip() in ("PENDING", "RUNNING")
    assert cancel(other).status_code == 200
    told = ("sacct", "-nPX", "-j", other, "-o", "State")
    eventually(lambda: analyst.slurm(*told).startswith("CANCELLED"), 60)
    assert job.get()["state"] == "running"
    job.post("cancel")
    job.wait_until("cancelled", 40)


def test_an_array_makes_one_hdf5_volume(
    logged_in: LogIn, remote_data: Path, tmp_path: Path
) -> None:
    """Slabs of three tasks, one virtual dataset; a part is fetched without it."""
    analyst = logged_in()
    recipe = {"output": {"format": "hdf5"}}
    job = RemoteJob(analyst, str(remote_data), options={"tasks": 3}, recipe=recipe)
    output = Path(job.wait_until("finished", 90)["output"])
    slabs = sorted(file.name for file in output.glob("slab_*.h5"))
    assert len(slabs) == 3
    with h5py.File(output / "volume.h5") as file:
        volume = file["entry/data/data"][:]
    assert volume.shape == (ROWS, COLUMNS, COLUMNS)
    assert all(image.any() for image in volume)

    part, whole = tmp_path / "part", tmp_path / "whole"
    job.post("fetch", folder=str(part), rows=[0, 1])
    eventually(lambda: job.get().get("fetched") == str(part), 60)
    assert [file.name for file in part.glob("*.h5")] == slabs[:1]
    first = json.loads((part / "result.json").read_text())
    last = int(slabs[0].split("_")[2].split(".")[0])
    assert (first["rows"], first["files"]) == ([0, last + 1], slabs[:1])
    job.post("fetch", folder=str(whole))
    eventually(lambda: job.get().get("fetched") == str(whole), 60)
    with h5py.File(whole / "volume.h5") as file:
        np.testing.assert_array_equal(file["entry/data/data"][:], volume)


def test_a_runtime_that_a_purge_has_thinned_is_brought_again(
    logged_in: LogIn, remote_data: Path
) -> None:
    """Sites remove what nobody has read for long, file by file."""
    analyst = logged_in("scarf")
    RemoteJob(analyst, str(remote_data)).wait_until("finished")
    store = Path(analyst.user.work, "runtime")
    (runtime,) = (path for path in store.iterdir() if path.is_dir())
    files = {path.relative_to(runtime) for path in runtime.rglob("*.py")}
    (runtime / "tomo_runner/__main__.py").unlink()
    job = RemoteJob(analyst, str(remote_data))
    assert job.wait_until("finished")["slices"] == {"done": ROWS, "total": ROWS}
    assert {path.relative_to(runtime) for path in runtime.rglob("*.py")} == files
    # The thinned one is not kept beside it.
    assert [path for path in store.iterdir() if path.is_dir()] == [runtime]


def test_a_result_is_fetched_in_part_and_whole(
    logged_in: LogIn, remote_data: Path, tmp_path: Path
) -> None:
    analyst = logged_in()
    job = RemoteJob(analyst, str(remote_data))
    done = job.wait_until("finished", 60)
    part, whole = tmp_path / "part", tmp_path / "whole of it"
    job.post("fetch", folder=str(part), rows=[3, 7])
    eventually(lambda: job.get().get("fetched") == str(part), 60)
    assert sorted(file.name for file in part.glob("*.tif")) == [
        f"slice_{row:05d}.tif" for row in range(3, 7)
    ]
    assert json.loads((part / "result.json").read_text())["rows"] == [3, 7]

    job.post("fetch", folder=str(whole))
    eventually(lambda: job.get().get("fetched") == str(whole), 60)
    assert {file.name: file.read_bytes() for file in whole.glob("*.tif")} == job.slices()
    names = {file.name for file in Path(done["output"]).iterdir()}
    assert {file.name for file in whole.iterdir()} == names
    # What is here is not copied again; another folder is not written over.
    written = (whole / "slice_00003.tif").stat().st_ino
    job.post("fetch", folder=str(whole))
    eventually(lambda: (whole / "result.json").exists() and "transfer" not in job.get(), 60)
    assert (whole / "slice_00003.tif").stat().st_ino == written
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.txt").write_text("mine")
    refused = analyst.post(f"jobs/{job.id}/fetch", folder=str(tmp_path / "taken"))
    assert (refused.status_code, refused.json()["code"]) == (409, "folder-not-empty")


def test_before_any_log_in_jobs_show_when_they_were_seen(
    start_analyst: Callable[..., Analyst], remote_data: Path
) -> None:
    first = start_analyst()
    first.log_in()
    job = RemoteJob(first, str(remote_data))
    seen = job.wait_until_accounted("finished")["seen"]
    first.stop()
    second = start_analyst(home=first.house.server.home)
    assert second.resource()["state"] == "offline"
    assert job.id in {row["id"] for row in second.jobs()}
    shown = RemoteJob(second, job.data, id=job.id, hold=True).get()
    assert (shown["state"], shown["slices"]["done"]) == ("finished", ROWS)
    assert shown["seen"] >= seen
    assert shown["slurm"]["state"] == "COMPLETED"
    refused = second.post("jobs", **RemoteJob(second, job.data, hold=True).submission())
    assert (refused.status_code, refused.json()["code"]) == (409, "logged-out")
