"""When one task becomes an array by itself: by its time, and on GPUs."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from analyst import COLUMNS, ROWS, Analyst, RemoteJob, make_data
from cluster import Cluster
from cluster.users import write_owned
from jupyter_servers import eventually

LogIn = Callable[[str], Analyst]
Slow = Callable[[RemoteJob, float], None]


@pytest.fixture
def slow(cluster: Cluster) -> Iterator[Slow]:
    """Earlier runs were so slow that a job would take so many seconds in one task."""
    user = cluster.user("analyst")
    file = Path(user.home) / ".cache" / "jupyterlab-tomo" / "speed.json"
    before = file.read_text() if file.exists() else "[]"

    def remember(rate: float) -> None:
        entry = {"host": platform.node(), "cores": 1, "rate": rate}
        write_owned(file, json.dumps([entry]), user.uid, user.uid)

    def slow(job: RemoteJob, seconds: float) -> None:
        remember(1.0)
        remember(job.plan()["seconds"] / seconds)

    yield slow
    write_owned(file, before, user.uid, user.uid)


def test_more_than_ten_minutes_are_an_array(
    logged_in: LogIn, slow: Slow, remote_data: Path
) -> None:
    """Its finishing task waits for it in Slurm, and joins what the tasks have made."""
    analyst = logged_in("held")
    job = RemoteJob(analyst, str(remote_data), "held", hold=True)
    slow(job, 599)
    assert job.plan()["tasks"] == 1
    slow(job, 1500)
    plan = job.plan()
    assert plan["seconds"] == pytest.approx(1500, abs=1)
    assert plan["tasks"] == 3
    assert plan["reason"].startswith("One task would take about 25 minutes")
    assert "--array=0-2%16" in plan["command"]
    assert job.submit().status_code == 200
    job.wait_until("running")
    record = job.slurm_json()
    told = ("squeue", "-h", "-j", record["finish"], "-o", "%T|%r|%E")
    state, reason, dependency = analyst.slurm(*told).strip().split("|")
    assert (state, reason) == ("PENDING", "Dependency")
    assert dependency.startswith(f"afterany:{record['id']}_*")
    tasks = analyst.slurm("squeue", "-h", "-r", "-j", record["id"], "-o", "%K").split()
    assert sorted(tasks) == ["0", "1", "2"]
    job.release()
    done = job.wait_until_accounted("finished", 90)
    assert [task["index"] for task in done["slurm"]["tasks"]] == [0, 1, 2, None]
    assert {task["state"] for task in done["slurm"]["tasks"]} == {"COMPLETED"}
    assert len(job.slices()) == ROWS
    assert (Path(done["output"]) / "result.json").exists()


def test_gpus_are_an_array_of_slabs(logged_in: LogIn, cluster: Cluster) -> None:
    """A GPU for each task, as many at once as there are; ended before it would need one."""
    analyst = logged_in("gpus")
    data = Path(analyst.user.work) / "high"
    make_data(data, rows=300)
    recipe = {"reconstruction": {"tool": "astra", "method": "FBP_CUDA"}}
    options = {"memory": 700 << 20}
    job = RemoteJob(analyst, str(data), "gpus", options, recipe, hold=True)
    plan = job.plan()
    assert plan["tasks"] == 3
    assert plan["reason"].startswith("The tool uses GPUs")
    assert "--gres=gpu:1" in plan["command"] and "--array=0-2%16" in plan["command"]
    assert job.submit().status_code == 200
    record = job.wait_until_accepted()
    number = record["id"]
    rows = [json.loads((job.folder / f"tasks/{k}/job.json").read_text())["rows"] for k in range(3)]
    assert rows == [[0, 100], [100, 200], [200, 300]]

    def tasks(*states: str) -> list[list[str]]:
        told = ("squeue", "-h", "-r", "-j", number, "-t", ",".join(states), "-o", "%K|%N|%b")
        return [line.split("|") for line in analyst.slurm(*told).split()]

    # Each node has one GPU: the third task waits for it.
    eventually(lambda: len(tasks("RUNNING")) == 2, 60)
    assert {node for _, node, _ in tasks("RUNNING")} == set(cluster.description["nodes"])
    assert {gpus for _, _, gpus in tasks("RUNNING", "PENDING")} == {"gres:gpu:1"}
    assert len(tasks("PENDING")) == 1
    finish = analyst.slurm("squeue", "-h", "-j", record["finish"], "-o", "%r|%b").strip()
    assert finish == "Dependency|N/A"
    job.post("cancel")
    job.wait_until("cancelled")
    eventually(lambda: not tasks("RUNNING", "PENDING", "COMPLETING"), 60)


def test_what_speaks_against_a_run_is_told_before(
    logged_in: LogIn, slow: Slow, remote_data: Path
) -> None:
    """Memory and time of a task; of the axis in a part of a turn, what the run would be told."""
    analyst = logged_in("scarf")
    job = RemoteJob(analyst, str(remote_data), hold=True)
    assert job.plan()["warnings"] == []
    job.options = {"memory": 150 << 20}
    refused = analyst.post("jobs/plan", **job.submission())
    assert (refused.status_code, refused.json()["code"]) == (422, "memory-too-small")
    assert "one slice needs" in refused.json()["message"] and refused.json()["hint"]
    # The limit of the resource is five minutes.
    job.options = {"tasks": 1}
    slow(job, 1500)
    [warning] = job.plan()["warnings"]
    assert warning.startswith("A task would take about 25 minutes, but its time limit is 5")
    job.options = {"tasks": 5}
    assert job.plan()["warnings"] == []
    dataset = job.submission()["recipe"]["dataset"]
    job.recipe = {
        "dataset": {**dataset, "angles": {"first": 0, "last": 315, "endpoint": True}},
        "regions": {"centre": {"column": 0.6 * COLUMNS}},
    }
    [warning] = job.plan()["warnings"]
    assert "The angles span 315 degrees" in warning
