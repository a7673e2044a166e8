"""Jobs that Slurm knows no more: what is told of them stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from analyst import ROWS, Analyst, RemoteJob, resource
from cluster import Cluster, Faults
from jupyter_servers import eventually


def test_what_slurm_has_forgotten_stays(
    start_analyst: Callable[..., Analyst], cluster: Cluster, faults: Faults, remote_data: Path
) -> None:
    """Of the controller first, then of accounting; here, and from another machine."""
    user = cluster.user("analyst")
    prelude = ['if [ -n "$SLURM_JOB_ID" ]; then echo "cannot read the disc" >&2; exit 7; fi']
    there = [resource(cluster, user), resource(cluster, user, name="failing", prelude=prelude)]
    first = start_analyst(there)
    data = str(remote_data)
    for name in ("scarf", "failing"):
        first.log_in(name)
    good, bad = RemoteJob(first, data), RemoteJob(first, data, "failing")
    good.wait_until_accounted("finished")
    bad.wait_until_accounted("failed")
    told = [told_of(job) for job in (good, bad)]
    assert told[0]["exit"] == ["0:0"] and told[1]["exit"] == ["7:0"]
    assert "cannot read the disc" in told[1]["log"]
    names = [job.slurm_json()["uid"] for job in (good, bad)]
    with faults.forgetful():
        eventually(lambda: not any(first.queued(name) for name in names), 120)
    with faults.accounting_down():
        # As an open log has it: the cluster is asked, and has no more to tell.
        for job in (good, bad):
            job.look()
        first.post("resources/queue", resource="scarf")
        assert [told_of(job) for job in (good, bad)] == told
        first.stop()
        # The same home again, before any log-in and after.
        second = start_analyst(there, home=first.house.server.home)
        again = [RemoteJob(second, data, job.resource, id=job.id, hold=True) for job in (good, bad)]
        assert [told_of(job) for job in again] == told
        for name in ("scarf", "failing"):
            second.log_in(name)
        assert [told_of(job) for job in again] == told
        second.stop()
        # A machine that has never seen them: the job folders tell.
        other = start_analyst(there)
        for name in ("scarf", "failing"):
            other.log_in(name)
        eventually(lambda: {job.id for job in again} <= {row["id"] for row in other.jobs()}, 60)
        found = [RemoteJob(other, data, job.resource, id=job.id, hold=True) for job in again]
        assert found[0].wait_until("finished")["slices"] == {"done": ROWS, "total": ROWS}
        assert found[0].get()["recipe"] == told[0]["recipe"]
        # Of one that never came to write anything, nobody can say how it ended by now.
        assert found[1].get()["recipe"] == told[1]["recipe"]
    # Accounting has kept both.
    found[1].wait_until_accounted("failed")
    eventually(lambda: told_of(found[1])["exit"] == ["7:0"], 60)
    eventually(lambda: "cannot read the disc" in found[1].log(), 60)


def told_of(job: RemoteJob) -> dict[str, Any]:
    """What stays of a job."""
    seen = job.get()
    return {
        "state": seen["state"],
        "slices": seen["slices"],
        "failure": seen.get("failure"),
        "exit": [task.get("exit") for task in seen["slurm"]["tasks"]],
        "slurm": seen["slurm"]["state"],
        "recipe": seen["recipe"],
        "log": job.log(),
    }
