"""How jobs end on a real Slurm, and what the analyst is told each time."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from analyst import ROWS, Analyst, RemoteJob
from cluster import Cluster
from cluster.processes import wait_for

LogIn = Callable[[str], Analyst]


@dataclass
class Ending:
    """One way to end."""

    resource: str
    state: str
    code: str
    says: str


ENDINGS = {
    "out of memory": Ending("hungry", "failed", "out-of-memory", "memory"),
    "out of memory in a step": Ending("hungry-step", "failed", "out-of-memory", "memory"),
    "time limit": Ending("devel", "failed", "time-limit", "time limit"),
    "a failing task": Ending("failing", "failed", "task-failed", "cannot read the disc"),
    "no python": Ending("no-python", "failed", "no-python", "Python could not be started"),
    "cancelled by an administrator": Ending(
        "endless", "cancelled", "cancelled-by-admin", "administrator"
    ),
}


@pytest.fixture(scope="module")
def ended(analyst: Analyst, remote_data: Path) -> Iterator[dict[str, RemoteJob]]:
    """A job for every ending, all at once: the time limit alone takes more than a minute."""
    jobs: dict[str, RemoteJob] = {}
    for name, ending in sorted(ENDINGS.items(), key=lambda item: item[0] != "time limit"):
        if analyst.resource(ending.resource)["state"] != "online":
            analyst.log_in(ending.resource)
        jobs[name] = RemoteJob(analyst, str(remote_data), ending.resource)
    chosen = jobs["cancelled by an administrator"]
    chosen.wait_until("running")
    analyst.cluster.slurm("scancel", chosen.slurm_json()["id"])
    yield jobs
    analyst.cluster.cancel_all()


@pytest.mark.parametrize("name", [name for name in ENDINGS if name != "time limit"])
def test_a_job_ends_with_its_true_reason(ended: dict[str, RemoteJob], name: str) -> None:
    check(ended[name], ENDINGS[name], 60)


def check(job: RemoteJob, ending: Ending, seconds: float) -> None:
    seen = job.wait_until_ended(seconds)
    failure = seen["failure"]
    assert (seen["state"], failure["code"]) == (ending.state, ending.code)
    assert ending.says in f"{failure['message']} {failure['hint']}"
    assert failure["hint"].endswith(".")
    assert seen["resumable"]
    assert not (Path(seen["output"]) / "result.json").exists()


def test_a_job_that_waits_tells_why(
    logged_in: LogIn, remote_data: Path, closed_partition: Callable[[], None], cluster: Cluster
) -> None:
    job = RemoteJob(logged_in("waiting"), str(remote_data), "waiting")
    job.wait_for(lambda seen: any("switched off" in text for text in seen["warnings"]))
    number = job.slurm_json()["id"]
    cluster.slurm("scontrol", "hold", number)
    seen = job.wait_for(lambda seen: any("administrator" in text for text in seen["warnings"]))
    assert seen["state"] == "queued"
    assert seen["slurm"]["reason"] == "JobHeldAdmin"
    cluster.slurm("scontrol", "release", number)
    cluster.slurm("scontrol", "uhold", number)
    seen = job.wait_for(lambda seen: seen["slurm"]["reason"] == "JobHeldUser")
    assert any("release it with scontrol release" in text for text in seen["warnings"])
    cluster.slurm("scontrol", "release", number)
    failed = cluster.slurm(
        "sbatch", "--parsable", "-o", "/dev/null", "--wrap", "exit 1", user=job.analyst.user
    ).strip()
    wait_for(lambda: not cluster.slurm("squeue", "-h", "-j", failed, "-t", "R,PD,CG"), 30, "failed")
    cluster.slurm("scontrol", "update", f"jobid={number}", f"dependency=afterok:{failed}")
    job.wait_for(lambda seen: any("never start it" in text for text in seen["warnings"]))
    # Slurm never starts it, whatever happens: the sentence says to cancel it.
    job.post("cancel")
    job.wait_until("cancelled")


def test_a_job_that_waits_tells_its_place_and_its_start(
    logged_in: LogIn, remote_data: Path, closed_partition: Callable[[], None], cluster: Cluster
) -> None:
    """As Slurm has them: jobs before it in its partition, and when it is expected to start."""
    analyst = logged_in("waiting")
    first = RemoteJob(analyst, str(remote_data), "waiting")
    first.wait_for(lambda seen: seen.get("slurm", {}).get("position") is not None)
    second = RemoteJob(analyst, str(remote_data), "waiting", {"tasks": 2})
    seen = second.wait_for(lambda seen: seen.get("slurm", {}).get("position") is not None)
    before = first.get()["slurm"]["position"]
    assert seen["slurm"]["position"] == before + 1
    assert "expected" not in seen["slurm"]
    number = first.slurm_json()["id"]
    cluster.slurm("scontrol", "update", f"jobid={number}", "starttime=now+2hours")
    told = cluster.slurm("squeue", "-h", "-j", number, "-o", "%S").strip()
    start = datetime.fromisoformat(told).astimezone()
    seen = first.wait_for(lambda seen: "expected" in seen["slurm"])
    assert datetime.fromisoformat(seen["slurm"]["expected"].replace("Z", "+00:00")) == start
    for job in (first, second):
        job.post("cancel")
    for job in (first, second):
        job.wait_until("cancelled")


def test_a_job_whose_folder_was_removed_before_it_began(
    logged_in: LogIn, remote_data: Path, closed_partition: Callable[[], None]
) -> None:
    job = RemoteJob(logged_in("waiting"), str(remote_data), "waiting")
    job.wait_for(lambda seen: "slurm" in seen and seen["slurm"]["state"] == "PENDING")
    shutil.rmtree(job.folder)
    closed_partition()
    seen = job.wait_until("failed")
    assert seen["failure"]["code"] in ("folder-gone", "launch-failed")
    assert seen["failure"]["hint"]


def test_cancel_from_here_ends_waiting_and_running_jobs(
    logged_in: LogIn, remote_data: Path, closed_partition: Callable[[], None], cluster: Cluster
) -> None:
    running = RemoteJob(logged_in("endless"), str(remote_data), "endless", {"tasks": 2})
    waiting = RemoteJob(logged_in("waiting"), str(remote_data), "waiting")
    running.wait_until("running")
    waiting.wait_for(lambda seen: "slurm" in seen)
    # And one that may be on its way yet.
    leaving = RemoteJob(logged_in("endless"), str(remote_data), "endless", {"rows": [3, 9]})
    for job in (leaving, running, waiting):
        assert job.post("cancel")["state"] in ("cancelling", "cancelled")
    for job in (leaving, running, waiting):
        seen = job.wait_until("cancelled")
        assert "failure" not in seen
        assert not (Path(seen["output"]) / "result.json").exists()
        number = job.slurm_json().get("id")
        if not number:
            continue
        wait_for(
            lambda n=number: not cluster.slurm("squeue", "-h", "-t", "R,PD,CG").count(f" {n}"),
            20,
            "the job has left the queue",
        )


def test_a_pre_empted_job_is_run_again_by_itself(
    logged_in: LogIn, remote_data: Path, cluster: Cluster
) -> None:
    job = RemoteJob(logged_in("preemptable"), str(remote_data), "preemptable")
    job.wait_until("running")
    number = job.slurm_json()["id"]
    cluster.slurm("scontrol", "requeue", number)
    job.wait_for(lambda seen: seen["slurm"]["state"] == "PENDING")
    job.release()
    # Slurm makes a requeued job wait two minutes: nobody needs that here.
    cluster.slurm("scontrol", "update", f"jobid={number}", "starttime=now")
    seen = job.wait_until("finished", 90)
    assert job.slurm_json()["id"] == number
    assert seen["slices"] == {"done": ROWS, "total": ROWS}


def test_a_pre_empted_slab_is_run_again_alone(
    logged_in: LogIn, remote_data: Path, cluster: Cluster
) -> None:
    job = RemoteJob(logged_in("preemptable"), str(remote_data), "preemptable", {"tasks": 2})

    def states(seen: dict[str, Any]) -> list[str]:
        tasks = seen.get("slurm", {}).get("tasks", [])
        return [task["state"] for task in tasks if task["index"] is not None]

    job.wait_for(lambda seen: states(seen) == ["RUNNING", "RUNNING"])
    number = job.slurm_json()["id"]
    cluster.slurm("scontrol", "requeue", f"{number}_1")
    job.wait_for(lambda seen: states(seen) == ["RUNNING", "PENDING"])
    job.release()
    cluster.slurm("scontrol", "update", f"jobid={number}_1", "starttime=now")
    seen = job.wait_until_accounted("finished", 90)
    assert seen["slices"] == {"done": ROWS, "total": ROWS}
    assert len(job.slices()) == ROWS
    told = ("sacct", "-nPXD", "-j", number, "-o", "JobID")
    runs = sorted(job.analyst.slurm(*told).split())
    assert runs == [f"{number}_0", f"{number}_1", f"{number}_1"]


def test_the_time_limit(ended: dict[str, RemoteJob]) -> None:
    check(ended["time limit"], ENDINGS["time limit"], 120)
