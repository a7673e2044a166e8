"""Fifty kills of Node, connections and agents: every job ends in a true state."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from analyst import ROWS, Analyst, RemoteJob, in_job, resource
from cluster import Cluster, Faults, Link

KILLS = 50


@pytest.mark.slow
def test_every_job_ends_in_a_true_state(
    start_analyst: Callable[..., Analyst],
    cluster: Cluster,
    faults: Faults,
    link: Link,
    remote_data: Path,
) -> None:
    user = cluster.user("analyst")
    slow = resource(cluster, user, port=link.port, prelude=in_job("sleep 2"))
    analyst = start_analyst([slow])
    dice = random.Random(1)
    jobs: list[RemoteJob] = []
    done = {"node": 0, "connection": 0, "agent": 0}
    while (kills := sum(done.values())) < KILLS:
        log_in(analyst)
        if kills >= 5 * len(jobs):
            job = RemoteJob(analyst, str(remote_data), options={"tasks": 2}, hold=True)
            submit(job)
            jobs.append(job)
        # After each crash the server waits longer before it starts Node again.
        (what,) = dice.choices(["node", "connection", "agent"], [1, 2, 2])
        if what == "node":
            try:
                analyst.house.node().kill()
            except (AssertionError, psutil.NoSuchProcess):
                continue
        elif what == "connection":
            link.cut()
        else:
            analyst.projection(str(remote_data))
            kill_agents(user.uid)
        done[what] += 1
        time.sleep(dice.uniform(0, 0.6))
    assert min(done.values()) > 5, done
    log_in(analyst)
    assert len(jobs) == KILLS // 5
    for job in jobs:
        submit(job)
        seen = job.wait_until("finished", 180)
        assert seen["slices"] == {"done": ROWS, "total": ROWS}
        record = job.slurm_json()
        assert analyst.queued(record["uid"]) == [record["id"]]
        assert len(job.slices()) == ROWS
        assert (Path(seen["output"]) / "result.json").exists()


def log_in(analyst: Analyst) -> None:
    """As an analyst does when the badge says offline; a new Node has forgotten all secrets."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        reply = analyst.try_log_in()
        if reply.status_code == 200 or reply.json().get("code") == "already-logged-in":
            return
        time.sleep(0.3)
    raise AssertionError(reply.text)


def submit(job: RemoteJob) -> None:
    """Until it is taken; the same id is the same job."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        reply = job.submit()
        if reply.status_code == 200:
            return
        assert reply.json()["code"], reply.text
        log_in(job.analyst)
        time.sleep(0.3)
    raise AssertionError(reply.text)


def kill_agents(uid: int) -> None:
    for process in psutil.process_iter(["uids", "cmdline"]):
        uids, words = process.info["uids"], process.info["cmdline"]
        if uids and uids.real == uid and words and "agent" in words:
            process.kill()
