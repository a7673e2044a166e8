"""Nodes that fail while jobs run on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from analyst import ROWS, Analyst, RemoteJob
from cluster import Cluster, Faults
from cluster.processes import wait_for

LogIn = Callable[[str], Analyst]


@pytest.mark.slow
def test_a_node_fails(
    logged_in: LogIn, faults: Faults, cluster: Cluster, remote_data: Path
) -> None:
    """Slurm runs one job again elsewhere, and gives the other up: it is gone on with by Resume."""
    analyst = logged_in("held")
    job, given_up = (RemoteJob(analyst, str(remote_data), "held") for _ in range(2))
    number, node = where(job)
    other, same = where(given_up)
    assert node == same
    cluster.slurm("scontrol", "update", f"jobid={other}", "requeue=0")
    with faults.node_down(int(node[-1])):
        # Slurm notices after half a minute.
        wait_for(
            lambda: "PENDING" in cluster.slurm("squeue", "-h", "-j", number, "-o", "%T"),
            90,
            "Slurm has noticed",
        )
        for each in (job, given_up):
            each.release()
        cluster.slurm("scontrol", "update", f"jobid={number}", "starttime=now")
        seen = job.wait_until("finished", 90)
        assert job.slurm_json()["id"] == number
        assert seen["slices"] == {"done": ROWS, "total": ROWS}
        assert seen["slurm"]["nodes"] != node
        seen = given_up.wait_until("interrupted", 90)
        assert seen["failure"]["code"] == "node-failure"
        assert node in seen["failure"]["message"]
        given_up.post("resume")
        assert given_up.wait_until("finished")["slices"]["done"] == ROWS


def where(job: RemoteJob) -> tuple[str, str]:
    """Slurm's id of a job, and the node that it runs on."""
    running = job.wait_for(lambda seen: seen.get("slurm", {}).get("nodes"), what="on a node")
    return job.slurm_json()["id"], running["slurm"]["nodes"]
