"""A cluster whose services are down for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from analyst import ROWS, Analyst, RemoteJob
from cluster import Faults

LogIn = Callable[[str], Analyst]


def test_the_controller_is_down_while_a_job_runs(
    logged_in: LogIn, faults: Faults, remote_data: Path
) -> None:
    """The job goes on, what was seen last stays, and it is told when that was."""
    analyst = logged_in("held")
    job = RemoteJob(analyst, str(remote_data), "held")
    before = job.wait_until("running")
    with faults.controller_down():
        time.sleep(6)
        during = job.get()
        assert during["state"] == "running"
        assert during["seen"] >= before["seen"]
        queue = analyst.post("resources/queue", resource="held")
        assert queue.status_code >= 400
        assert queue.json()["code"] == "slurm-down"
    job.release()
    assert job.wait_until("finished", 90)["slices"]["done"] == ROWS


def test_a_submission_while_the_controller_is_down(
    logged_in: LogIn, faults: Faults, remote_data: Path
) -> None:
    """It says why it waits, and is submitted, once, when the controller is back."""
    analyst = logged_in("scarf")
    with faults.controller_down():
        job = RemoteJob(analyst, str(remote_data), hold=True)
        reply = job.submit()
        assert reply.status_code == 200, reply.text
        seen = job.wait_for(lambda seen: bool(seen["warnings"]), 150, "told about the controller")
        assert "failure" not in seen
        assert "scheduler" in seen["warnings"][0], seen["warnings"]
        assert "tried again by itself" in seen["warnings"][0]
    seen = job.wait_until("finished", 120)
    assert not any("tried again" in warning for warning in seen["warnings"])
    record = job.slurm_json()
    assert analyst.queued(record["uid"]) == [record["id"]]


def test_accounting_is_down_when_a_job_ends(
    logged_in: LogIn, faults: Faults, remote_data: Path
) -> None:
    """What squeue still tells and the job folder are enough for a true state."""
    analyst = logged_in("failing")
    logged_in("scarf")
    with faults.accounting_down():
        good = RemoteJob(analyst, str(remote_data))
        bad = RemoteJob(analyst, str(remote_data), "failing")
        assert good.wait_until("finished")["slices"]["done"] == ROWS
        assert bad.wait_until("failed")["failure"]["code"] == "task-failed"
