"""The same submission twice: one array; several of one name: each its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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


def test_jobs_of_one_name_in_one_second_have_folders_of_their_own(
    logged_in: Callable[[str], Analyst], remote_data: Path
) -> None:
    """As when several are chosen in the table and run again."""
    analyst = logged_in("scarf")
    options = {"name": "twins", "rows": [0, 2]}
    recipe: dict[str, object] = {"output": {}}
    jobs = [
        RemoteJob(analyst, str(remote_data), options=options, recipe=recipe, hold=True)
        for _ in range(3)
    ]
    with ThreadPoolExecutor(len(jobs)) as pool:
        replies = list(pool.map(RemoteJob.submit, jobs))
    assert [reply.status_code for reply in replies] == [200] * 3, [r.text for r in replies]
    ended = [job.wait_until("finished") for job in jobs]
    assert len({job["output"] for job in ended}) == 3
    assert all(job["slices"] == {"done": 2, "total": 2} for job in ended)
