"""Log-in shells of all kinds, and names that a shell would take for something else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from analyst import ROWS, Analyst, RemoteJob, make_data, resource
from cluster import Cluster
from jupyter_servers import eventually

LogIn = Callable[[str], Analyst]
HOSTILE = "a b 'c' \"d\" $(touch spoilt) `touch spoilt` ;touch spoilt; \\ ü *\nline"


@pytest.mark.parametrize("role", ["tcsh", "fish", "noisy"])
def test_a_job_runs_whatever_the_shell_prints(
    logged_in: LogIn, remote_data: Path, role: str
) -> None:
    """`noisy` prints, speaks another language, and sets what squeue and sbatch read."""
    job = RemoteJob(logged_in(role), str(remote_data), role)
    seen = job.wait_until_accounted("finished")
    assert seen["slices"] == {"done": ROWS, "total": ROWS}
    assert [task["exit"] for task in seen["slurm"]["tasks"]] == ["0:0"]
    queue = job.analyst.post("resources/queue", resource=role)
    assert queue.status_code == 200, queue.text


def test_hostile_names_stay_names(
    start_analyst: Callable[..., Analyst], cluster: Cluster, tmp_path: Path
) -> None:
    """Work folder, data, output and the job's name; uploaded, run and fetched."""
    user = cluster.user("analyst")
    work = Path(user.work) / HOSTILE.replace("\\", "").replace("\n", "")
    work.mkdir()
    os.chown(work, user.uid, user.uid)
    data = make_data(tmp_path / HOSTILE)
    analyst = start_analyst([resource(cluster, user, work=str(work))])
    analyst.log_in()
    job = RemoteJob(
        analyst,
        str(data),
        options={"name": HOSTILE, "tasks": 2},
        recipe={"output": {"folder": f"out {HOSTILE}/deep"}},
        upload=True,
    )
    seen = job.wait_until("finished")
    assert seen["slices"] == {"done": ROWS, "total": ROWS}
    assert len(job.slices()) == ROWS
    target = analyst.house.server.home / HOSTILE
    job.post("fetch", folder=str(target))
    eventually(lambda: job.get().get("fetched") == str(target), 60)
    assert {file.name: file.read_bytes() for file in target.glob("slice_*.tif")} == job.slices()
    assert (target / "result.json").exists()
    spoilt = [*Path(user.work).rglob("spoilt"), *Path(user.home).rglob("spoilt")]
    spoilt += [*analyst.house.server.home.rglob("spoilt")]
    assert spoilt == []


def test_a_work_folder_that_slurm_cannot_write_logs_to(
    start_analyst: Callable[..., Analyst], cluster: Cluster, remote_data: Path
) -> None:
    """Refused in one sentence, before anything is sent."""
    user = cluster.user("analyst")
    folders = {"feed": "line\nfeed", "back": "back\\slash", "per": "per%cent"}
    analyst = start_analyst(
        [
            resource(cluster, user, name=name, work=f"{user.work}/{folder}")
            for name, folder in folders.items()
        ]
    )
    before = in_queue(analyst)
    for name, folder in folders.items():
        reply = analyst.try_log_in(name)
        if reply.status_code == 200:
            reply = RemoteJob(analyst, str(remote_data), name, hold=True).submit()
        failure = reply.json()
        assert (failure["code"], failure["where"]) == ("work-folder", "work"), folder
        assert failure["hint"]
        assert not (Path(user.work) / folder).exists()
    # Jobs of other tests may still be there.
    assert in_queue(analyst) <= before


def in_queue(analyst: Analyst) -> set[str]:
    """Numbers of the user's jobs that wait or run."""
    return set(analyst.slurm("squeue", "-h", "-t", "PD,R", "-o", "%i").split())
