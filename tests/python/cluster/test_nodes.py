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
def test_a_node_fails_and_the_job_is_run_again_elsewhere(
    logged_in: LogIn, faults: Faults, cluster: Cluster, remote_data: Path
) -> None:
    job = RemoteJob(logged_in("slow"), str(remote_data), "slow")
    running = job.wait_for(lambda seen: seen.get("slurm", {}).get("nodes"), what="on a node")
    number, node = job.slurm_json()["id"], running["slurm"]["nodes"]
    lost = int(node[-1])
    with faults.node_down(lost):
        # Slurm notices after half a minute.
        wait_for(
            lambda: "PENDING" in cluster.slurm("squeue", "-h", "-j", number, "-o", "%T"),
            90,
            "Slurm has noticed",
        )
        cluster.slurm("scontrol", "update", f"jobid={number}", "starttime=now")
        seen = job.wait_until("finished", 90)
        assert job.slurm_json()["id"] == number
        assert seen["slices"] == {"done": ROWS, "total": ROWS}
        assert seen["slurm"]["nodes"] != node


@pytest.mark.slow
def test_a_node_fails_and_slurm_gives_the_job_up(
    logged_in: LogIn, faults: Faults, cluster: Cluster, remote_data: Path
) -> None:
    """Interrupted, with the node's name; Resume goes on."""
    job = RemoteJob(logged_in("slow"), str(remote_data), "slow")
    running = job.wait_for(lambda seen: seen.get("slurm", {}).get("nodes"), what="on a node")
    number, node = job.slurm_json()["id"], running["slurm"]["nodes"]
    cluster.slurm("scontrol", "update", f"jobid={number}", "requeue=0")
    with faults.node_down(int(node[-1])):
        seen = job.wait_until("interrupted", 90)
        assert seen["failure"]["code"] == "node-failure"
        assert node in seen["failure"]["message"]
        job.post("resume")
        assert job.wait_until("finished")["slices"]["done"] == ROWS
