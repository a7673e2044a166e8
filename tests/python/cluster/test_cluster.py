"""The test cluster itself is what the other tests take it for."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from cluster import Cluster, Faults, Link, Trouble
from cluster.codes import code_of
from cluster.users import User


def ssh(cluster: Cluster, user: User, script: str, port: int | None = None) -> Any:
    """Run a script over SSH as the proxy does: /bin/sh with the script on stdin."""
    port = port or cluster.description["port"]
    options = ["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null"]
    words = ["ssh", "-q", "-i", user.plainKey, "-p", str(port)]
    words += [word for option in options for word in ("-o", option)]
    return subprocess.run(
        [*words, f"{user.name}@127.0.0.1", "exec /bin/sh -s"],
        input=script,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("role", ["analyst", "colleague", "tcsh", "fish", "noisy"])
def test_every_user_sees_the_nodes(cluster: Cluster, role: str) -> None:
    done = ssh(cluster, cluster.user(role), "sinfo -h -p scarf -N -o %N")
    nodes = [line for line in done.stdout.split("\n") if line in cluster.description["nodes"]]
    assert nodes == cluster.description["nodes"]


def test_a_job_runs_and_is_accounted(cluster: Cluster) -> None:
    user = cluster.user("analyst")
    number = cluster.slurm(
        "sbatch", "--parsable", "-t", "1", "-o", "out", "--wrap", "exit 3", user=user
    ).strip()
    until = time.monotonic() + 30
    state = ""
    while not state.startswith("FAILED") and time.monotonic() < until:
        time.sleep(0.3)
        state = cluster.slurm("sacct", "-nPX", "-j", number, "-o", "State,ExitCode").strip()
    assert state == "FAILED|3:0"


def test_codes_are_asked_for(cluster: Cluster) -> None:
    user = cluster.user("analyst")
    assert len(code_of(user)) == 6
    done = ssh(cluster, user, "true", cluster.description["codes"]["port"])
    # The key alone does not open it.
    assert done.returncode == 255


def test_a_link_is_slow_and_is_cut(cluster: Cluster, link: Link) -> None:
    user = cluster.user("analyst")
    link.rate = 1e6
    since = time.monotonic()
    done = ssh(cluster, user, "head -c 500000 /dev/zero | tr '\\0' x", link.port)
    assert len(done.stdout) == 500_000
    assert time.monotonic() - since > 0.5
    link.rate = None
    link.cut_after(received=100_000)
    done = ssh(cluster, user, "head -c 500000 /dev/zero | tr '\\0' x", link.port)
    assert done.returncode == 255
    assert len(done.stdout) < 500_000


def test_switches_break_and_mend(cluster: Cluster, faults: Faults) -> None:
    user = cluster.user("analyst")
    with faults.accounting_down(), pytest.raises(Trouble):
        cluster.slurm("sacct", "-nX")
    cluster.slurm("sacct", "-nX")
    with faults.listener_down():
        assert ssh(cluster, user, "true").returncode == 255
    assert ssh(cluster, user, "true").returncode == 0
    with faults.small_folder(user, 4) as folder:
        faults.fill(folder)
        done = ssh(cluster, user, f"echo more text > {folder}/more && wc -c {folder}/more")
        assert done.returncode != 0
    work = Path(user.work)
    with faults.vanished(work):
        assert ssh(cluster, user, f"ls {work}").returncode != 0
    assert ssh(cluster, user, f"ls {work}").returncode == 0


def test_open_connections_are_killed(cluster: Cluster, faults: Faults) -> None:
    """Those of one user, however many other tests have left, and nobody else's."""

    def connect(role: str) -> subprocess.Popen[str]:
        user = cluster.user(role)
        words = ["-i", user.plainKey, "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes"]
        words += ["-o", "UserKnownHostsFile=/dev/null", "-p", str(cluster.description["port"])]
        process = subprocess.Popen(
            ["ssh", "-q", *words, f"{user.name}@127.0.0.1", "echo there; sleep 60"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        return process

    with connect("colleague") as first, connect("analyst") as other:
        before = faults.kill_connections(cluster.user("colleague"))
        assert before >= 1
        assert first.wait(60) == 255
        assert other.poll() is None
        with connect("colleague") as second:
            # One more than none, whatever was there at first.
            assert faults.kill_connections(cluster.user("colleague")) == 1
            assert second.wait(60) == 255
        assert other.poll() is None
        other.terminate()
