"""A submission whose connection is cut anywhere: exactly one array exists in the end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from analyst import ROWS, Analyst, RemoteJob
from cluster import Link
from jupyter_servers import eventually

STEPS = 12
RUNNING = ("queued", "starting", "running")
# What a submission may be told while its connection is gone.
REFUSED = ("connecting", "connection-lost", "agent-died")


@pytest.fixture(scope="module")
def conversation(analyst: Analyst, line: Link, remote_data: Path) -> tuple[int, int]:
    """Bytes to and from the cluster in a submission that nobody disturbs."""
    if analyst.resource("linked")["state"] != "online":
        analyst.log_in("linked")
    # The first brings the runtime along.
    RemoteJob(analyst, str(remote_data), "linked").wait_until("finished")
    sent, received = line.sent, line.received
    job = RemoteJob(analyst, str(remote_data), "linked", {"tasks": 2})
    job.wait_until_accepted()
    spent = line.sent - sent, line.received - received
    job.wait_until("finished")
    assert min(spent) > 500
    return spent


@pytest.fixture
def jobs(analyst: Analyst) -> Iterator[list[RemoteJob]]:
    made: list[RemoteJob] = []
    yield made
    for job in made:
        job.analyst.wait_for_state("online", job.resource)
        known = job.analyst.house.server.get(f"jobs/{job.id}")
        # A submission that was refused to the end left no job.
        if known.status_code == 200 and known.json()["state"] in RUNNING:
            job.post("cancel")


def insist(job: RemoteJob) -> None:
    """Submit until it is taken: while the connection is made again it may be refused."""
    until = time.monotonic() + 30
    while (reply := job.submit()).status_code != 200:
        assert reply.json()["code"] in REFUSED, reply.text
        assert time.monotonic() < until, reply.text
        time.sleep(0.2)


@pytest.mark.parametrize("direction", ["sent", "received"])
def test_exactly_one_array_exists(
    analyst: Analyst,
    line: Link,
    conversation: tuple[int, int],
    remote_data: Path,
    direction: str,
    jobs: list[RemoteJob],
) -> None:
    """Cut at every step; the same submission comes again, as an impatient user sends it."""
    whole = conversation[0 if direction == "sent" else 1]
    before = line.connections
    for step in range(STEPS):
        line.cut_after(**{direction: whole * step // STEPS + 1})
        job = RemoteJob(analyst, str(remote_data), "linked", {"tasks": 2}, hold=True)
        jobs.append(job)
        for _ in range(2):
            insist(job)
        job.wait_until_accepted()
        record = job.slurm_json()
        assert job.analyst.queued(record["uid"]) == [record["id"]]
        analyst.wait_for_state("online", "linked")
    assert line.connections - before >= STEPS // 2
    for job in jobs:
        seen = job.wait_until("finished")
        assert seen["slices"] == {"done": ROWS, "total": ROWS}
        record = job.slurm_json()
        # The array and its finishing task, each once.
        assert job.analyst.queued(record["uid"]) == [record["id"]]
        # Accounting hears of an ending a moment later.
        eventually(lambda job=job, record=record: accounted(job) == {record["id"]}, 60)


def accounted(job: RemoteJob) -> set[str]:
    """Numbers of all jobs that accounting has under the job's name."""
    name = job.slurm_json()["uid"]
    text = job.analyst.slurm("sacct", "-nPX", "--name", name, "-o", "JobID")
    return {line.split("_")[0] for line in text.split()}
