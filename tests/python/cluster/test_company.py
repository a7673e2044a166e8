"""Not alone: jobs of others, other servers, other machines, other clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from analyst import ROWS, Analyst, RemoteJob, held, in_job, resource
from cluster import Cluster
from cluster.packages import library
from jupyter_servers import eventually

LogIn = Callable[[str], Analyst]


@pytest.fixture
def crowd(cluster: Cluster) -> Iterator[str]:
    """1,000 jobs of a colleague in the queue."""
    colleague = cluster.user("colleague")
    number = cluster.slurm(
        *("sbatch", "--parsable", "-H", "--array=0-999", "-t", "1", "-o", "/dev/null"),
        *("--wrap", "true"),
        user=colleague,
    ).strip()
    yield number
    cluster.slurm("scancel", number)


def test_a_thousand_jobs_of_others(
    logged_in: LogIn, cluster: Cluster, crowd: str, remote_data: Path
) -> None:
    analyst = logged_in("scarf")
    assert len(cluster.slurm("squeue", "-h", "-r").splitlines()) >= 1000
    job = RemoteJob(analyst, str(remote_data), options={"tasks": 2})
    seen = job.wait_until("finished")
    assert len(seen["slurm"]["tasks"]) == 3
    queue = analyst.post("resources/queue", resource="scarf").json()["jobs"]
    assert crowd not in {row["id"].split("_")[0] for row in queue}


@pytest.mark.parametrize("shift", ["-2h", "+2h"])
def test_clocks_that_are_two_hours_apart(
    start_analyst: Callable[..., Analyst], cluster: Cluster, remote_data: Path, shift: str
) -> None:
    """The cluster's clock is ahead of this server's, or behind it."""
    faketime = library("faketime/libfaketime.so.1")
    environment = {
        "LD_PRELOAD": str(faketime),
        "FAKETIME": shift,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_NO_CACHE": "1",
    }
    analyst = start_analyst(environment=environment)
    analyst.log_in()
    job = RemoteJob(analyst, str(remote_data), options={"tasks": 2})
    seen = job.wait_until("finished")
    assert seen["slices"] == {"done": ROWS, "total": ROWS}
    assert "remaining" not in seen["progress"] or seen["progress"]["remaining"] >= 0
    assert 0 <= seen["slurm"]["elapsed"] < 600


def test_two_servers_on_one_home(
    start_analyst: Callable[..., Analyst], cluster: Cluster, remote_data: Path, tmp_path: Path
) -> None:
    """Both show the job; it exists once; the second can cancel what the first began."""
    user = cluster.user("analyst")
    endless = resource(cluster, user, name="endless", prelude=in_job("sleep 300"))
    resources = [resource(cluster, user), endless]
    first = start_analyst(resources, home=tmp_path)
    second = start_analyst(resources, home=tmp_path)
    for server in (first, second):
        server.log_in()
        server.log_in("endless")
    job = RemoteJob(first, str(remote_data), options={"tasks": 2})
    twin = RemoteJob(second, str(remote_data), id=job.id, hold=True)
    assert twin.submission()["id"] == job.id
    seen = job.wait_until("finished")
    assert twin.wait_until("finished")["output"] == seen["output"]
    record = job.slurm_json()
    assert first.queued(record["uid"]) == [record["id"]]
    long = RemoteJob(first, str(remote_data), "endless")
    long.wait_until("running")
    twin = RemoteJob(second, str(remote_data), "endless", id=long.id, hold=True)
    twin.wait_until("running")
    twin.post("cancel")
    for side in (twin, long):
        side.wait_until("cancelled")
    assert first.slurm("squeue", "-h", "-j", long.slurm_json()["id"], "-t", "R,PD").strip() == ""


def test_jobs_are_found_again_from_another_machine(
    start_analyst: Callable[..., Analyst], cluster: Cluster, remote_data: Path
) -> None:
    """Another home and another server, as on a laptop of one's own: the cluster's folders tell."""
    user = cluster.user("analyst")
    there = resource(cluster, user, **held(user))
    first = start_analyst([there])
    first.log_in()
    job = RemoteJob(first, str(remote_data), options={"tasks": 2})
    job.wait_until_accepted()
    number = job.slurm_json()["id"]
    first.stop()
    second = start_analyst([there])
    assert second.jobs() == []
    second.log_in()
    twin = RemoteJob(second, str(remote_data), id=job.id, hold=True)
    eventually(lambda: job.id in {row["id"] for row in second.jobs()}, 60)
    twin.wait_until("running")
    twin.release()
    seen = twin.wait_until("finished")
    assert seen["slices"] == {"done": ROWS, "total": ROWS}
    assert seen["slurm"]["id"] == number
    # Forgotten without a log-in, its folder goes at the next one, and its result stays.
    output, there = Path(seen["output"]), job.folder
    second.log_out()
    server = second.house.server
    assert server._ask("DELETE", server.api(f"jobs/{job.id}")).ok
    assert there.exists()
    second.log_in()
    eventually(lambda: not there.exists(), 60)
    assert job.id not in {row["id"] for row in second.jobs()}
    assert len(list(output.glob("slice_*.tif"))) == ROWS
