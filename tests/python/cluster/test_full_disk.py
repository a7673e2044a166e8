"""A work folder that is full, or not there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from analyst import ROWS, Analyst, RemoteJob, held, make_data, resource
from cluster import Cluster, Faults, Trouble

# Below the work folder of the user.
SMALL, QUOTA, PASSING = "small", "quota disk/quota", "mount/passing"
LIMIT = 96 << 20


@pytest.fixture(scope="module")
def server(
    cluster: Cluster, remote_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Analyst]:
    """A server with a resource for each work folder, whose jobs are done at once or held."""
    user = cluster.user("analyst")
    resources = [
        resource(
            cluster,
            user,
            name=f"{folder.name}-{how}",
            work=str(folder),
            **(held(user) if how == "held" else {}),
        )
        for folder in (Path(user.work) / name for name in (SMALL, QUOTA, PASSING))
        for how in ("free", "held")
    ]
    analyst = Analyst.start(tmp_path_factory.mktemp("home"), cluster, remote_data, resources)
    yield analyst
    analyst.stop()


@pytest.fixture
def small(server: Analyst, remote_data: Path) -> Iterator[Callable[..., RemoteJob]]:
    """A function that makes a job, not yet submitted, whose work folder is the given one."""
    names = []

    def make(folder: Path, how: str = "free") -> RemoteJob:
        names.append(f"{folder.name}-{how}")
        server.log_in(names[-1])
        return RemoteJob(server, str(remote_data), names[-1], hold=True)

    yield make
    for name in names:
        server.log_out(name)


def why(job: RemoteJob, reply: Any) -> dict[str, str]:
    """Why a submission came to nothing: told at once, or a moment later."""
    told = job.wait_until("failed")["failure"] if reply.status_code == 200 else reply.json()
    return dict(told)


def test_a_full_work_folder_is_told_before(
    small: Callable[..., RemoteJob], cluster: Cluster, faults: Faults
) -> None:
    with faults.small_folder(cluster.user("analyst"), 64) as folder:
        job = small(folder)
        assert job.plan()["warnings"] == []
        faults.fill(folder)
        plan = job.plan()
        assert plan["freeBytes"] < plan["outputBytes"]
        assert any("not enough free space" in text for text in plan["warnings"])
        reply = job.submit()
        failure = why(job, reply)
        assert failure["code"] == "disk-full"
        assert failure["hint"]
        assert not job.analyst.slurm("squeue", "-h", "-t", "PD,R")


def test_a_work_folder_that_fills_up_during_the_run(
    small: Callable[..., RemoteJob], cluster: Cluster, faults: Faults
) -> None:
    with faults.small_folder(cluster.user("analyst"), 64) as folder:
        job = small(folder, "held")
        assert job.submit().status_code == 200
        job.wait_until("running")
        filling = faults.fill(folder)
        job.release()
        seen = job.wait_until("failed")
        assert seen["failure"]["code"] in ("disk-full", "no-space")
        assert seen["resumable"]
        filling.unlink()
        job.post("resume")
        assert job.wait_until("finished")["slices"]["done"] == ROWS


@pytest.fixture
def limited(cluster: Cluster, faults: Faults) -> Iterator[Path]:
    """A folder with a quota, on a disk with room for four times that."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(faults.quota_folder(cluster.user("analyst"), LIMIT >> 20))
        except Trouble as trouble:
            pytest.skip(str(trouble))
        yield folder


def test_a_quota_that_is_used_up_is_told_before(
    small: Callable[..., RemoteJob], limited: Path, faults: Faults, tmp_path: Path
) -> None:
    """The disk has room, and no command tells of the quota: writing does."""
    job = small(limited)
    assert job.submit().status_code == 200
    job.wait_until("finished")
    used = sum(file.lstat().st_blocks * 512 for file in limited.rglob("*"))
    faults.fill(limited, LIMIT - used - (2 << 20))
    data = make_data(tmp_path / "data", rows=64, columns=512)
    copied = RemoteJob(job.analyst, str(data), job.resource, upload=True, hold=True)
    assert copied.plan()["freeBytes"] > LIMIT
    failure = why(copied, copied.submit())
    assert failure["code"] == "disk-full", failure
    assert "quota" in failure["message"] and failure["hint"]
    faults.fill(limited)
    failure = why(
        again := RemoteJob(job.analyst, job.data, job.resource, hold=True), again.submit()
    )
    assert failure["code"] == "disk-full" and failure["hint"], failure
    assert not job.analyst.slurm("squeue", "-h", "-t", "PD,R")
    checks = job.analyst.post("resources/test", resource=job.resource).json()["checks"]
    (work,) = [check for check in checks if check["name"] == "work"]
    assert work["state"] == "failed" and "quota exceeded" in work["found"], work


def test_a_quota_that_is_used_up_during_the_run(
    small: Callable[..., RemoteJob], limited: Path, faults: Faults
) -> None:
    job = small(limited, "held")
    assert job.submit().status_code == 200
    job.wait_until("running")
    faults.fill(limited)
    job.release()
    seen = job.wait_until("failed")
    assert seen["failure"]["code"] == "disk-full", seen["failure"]
    assert seen["resumable"]
    # What has its final name is whole.
    assert len({len(content) for content in job.slices().values()}) < 2
    faults.lift_quota(limited)
    job.post("resume")
    assert job.wait_until("finished")["slices"]["done"] == ROWS


def test_a_work_folder_that_vanishes(
    small: Callable[..., RemoteJob], cluster: Cluster, faults: Faults
) -> None:
    # As with a mount: where it was, the user cannot make another one.
    folder = Path(cluster.user("analyst").work) / PASSING
    folder.mkdir(parents=True, exist_ok=True)
    os.chown(folder, cluster.user("analyst").uid, -1)
    job = small(folder, "held")
    assert job.submit().status_code == 200
    job.wait_until("running")
    with faults.vanished(folder):
        job.release()
        seen = job.wait_until_ended()
        assert seen["state"] in ("failed", "interrupted")
        assert seen["failure"]["code"] in ("folder-gone", "work-folder", "launch-failed")
        again = RemoteJob(job.analyst, job.data, job.resource, hold=True)
        reply = again.submit()
        failure = (
            reply.json() if reply.status_code != 200 else again.wait_until("failed")["failure"]
        )
        assert failure["code"]
        assert failure["hint"]
        assert str(folder) in str(failure) or "work" in str(failure)
