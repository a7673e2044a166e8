"""A work folder that is full, or not there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from analyst import ROWS, Analyst, RemoteJob, in_job, resource
from cluster import Cluster, Faults


@pytest.fixture
def small(
    start_analyst: Callable[..., Analyst], cluster: Cluster, faults: Faults, remote_data: Path
) -> Callable[[Path, int], RemoteJob]:
    """A function that makes a job, not yet submitted, whose work folder is the given one."""

    def make(folder: Path, seconds: int = 0) -> RemoteJob:
        user = cluster.user("analyst")
        prelude = in_job(f"sleep {seconds}") if seconds else []
        analyst = start_analyst([resource(cluster, user, work=str(folder), prelude=prelude)])
        analyst.log_in()
        return RemoteJob(analyst, str(remote_data), hold=True)

    return make


def why(job: RemoteJob, reply: Any) -> dict[str, str]:
    """Why a submission came to nothing: told at once, or a moment later."""
    told = job.wait_until("failed")["failure"] if reply.status_code == 200 else reply.json()
    return dict(told)


def test_a_full_work_folder_is_told_before(
    small: Callable[..., RemoteJob], cluster: Cluster, faults: Faults
) -> None:
    with faults.small_folder(cluster.user("analyst"), 64) as folder:
        job = small(folder)
        faults.fill(folder)
        reply = job.submit()
        failure = why(job, reply)
        assert failure["code"] == "disk-full"
        assert failure["hint"]
        assert not job.analyst.slurm("squeue", "-h", "-t", "PD,R")


def test_a_work_folder_that_fills_up_during_the_run(
    small: Callable[..., RemoteJob], cluster: Cluster, faults: Faults
) -> None:
    with faults.small_folder(cluster.user("analyst"), 64) as folder:
        job = small(folder, 3)
        assert job.submit().status_code == 200
        job.wait_until("running")
        filling = faults.fill(folder)
        seen = job.wait_until("failed")
        assert seen["failure"]["code"] in ("disk-full", "no-space")
        assert seen["resumable"]
        filling.unlink()
        job.post("resume")
        assert job.wait_until("finished")["slices"]["done"] == ROWS


def test_a_work_folder_that_vanishes(
    small: Callable[..., RemoteJob], cluster: Cluster, faults: Faults
) -> None:
    # As with a mount: where it was, the user cannot make another one.
    folder = Path(cluster.user("analyst").work) / "mount" / "passing"
    folder.mkdir(parents=True, exist_ok=True)
    os.chown(folder, cluster.user("analyst").uid, -1)
    job = small(folder, 8)
    assert job.submit().status_code == 200
    job.wait_until("running")
    with faults.vanished(folder):
        seen = job.wait_until_ended()
        assert seen["state"] in ("failed", "interrupted")
        assert seen["failure"]["code"] in ("folder-gone", "work-folder", "launch-failed")
        again = RemoteJob(job.analyst, job.data, hold=True)
        reply = again.submit()
        failure = (
            reply.json() if reply.status_code != 200 else again.wait_until("failed")["failure"]
        )
        assert failure["code"]
        assert failure["hint"]
        assert str(folder) in str(failure) or "work" in str(failure)
