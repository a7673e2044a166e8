"""The same submission twice: one array."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from analyst import Analyst, RemoteJob


def test_a_job_that_is_submitted_twice_at_once_is_one(
    logged_in: Callable[[str], Analyst], remote_data: Path
) -> None:
    job = RemoteJob(logged_in("scarf"), str(remote_data))
    assert job.submit().json()["id"] == job.id
    job.wait_until("finished")
    record = job.slurm_json()
    assert job.analyst.queued(record["uid"]) == [record["id"]]
