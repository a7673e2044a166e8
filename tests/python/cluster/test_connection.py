"""Connections that break, freeze, or whose password is over, in the middle of something."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from analyst import COLUMNS, ROWS, Analyst, RemoteJob, make_data, resource
from cluster import Cluster, Faults, Link
from jupyter_servers import eventually

LogIn = Callable[[str], Analyst]


@pytest.fixture
def quick(line: Link) -> Iterator[Link]:
    """The shared line, as it was before at the end."""
    yield line
    line.rate = None
    line.refuse(False)
    line.freeze(False)


def test_sshd_killed_during_an_upload(
    logged_in: LogIn, quick: Link, faults: Faults, tmp_path: Path
) -> None:
    """The copy goes on where it was, and the job runs."""
    data = make_data(tmp_path / "much data", rows=64, columns=1024, frames=121)
    size = sum(file.stat().st_size for file in data.rglob("*.tif"))
    assert size > 15e6
    # The projections; references are copies of their own.
    analyst = logged_in("linked")
    quick.rate = 4e6
    sent = quick.sent
    recipe = {"regions": {"centre": {"column": 511.5}}}
    options = {"rows": [0, 2], "memory": 500 << 20}
    job = RemoteJob(analyst, str(data), "linked", options, recipe, upload=True)
    seen = job.wait_for(
        lambda seen: seen.get("transfer", {}).get("total", 0) > 0.9 * size, what="uploading"
    )
    assert seen["transfer"]["kind"] == "upload"
    eventually(lambda: quick.sent - sent > size / 2, 30)
    assert faults.kill_connections() >= 1
    seen = job.wait_until("finished")
    assert seen["slices"] == {"done": 2, "total": 2}
    # What had arrived was not sent again.
    assert size < quick.sent - sent < 1.3 * size
    again = RemoteJob(analyst, str(data), "linked", options, recipe, upload=True)
    before = quick.sent
    again.wait_until("finished")
    assert quick.sent - before < size / 10


def test_sshd_killed_while_a_job_is_followed(
    logged_in: LogIn, quick: Link, faults: Faults, remote_data: Path
) -> None:
    analyst = logged_in("linked")
    job = RemoteJob(analyst, str(remote_data), "linked", {"tasks": 2})
    for _ in range(4):
        faults.kill_connections()
        time.sleep(0.7)
    seen = job.wait_until("finished")
    assert seen["slices"] == {"done": ROWS, "total": ROWS}


def test_a_connection_cut_in_a_reply_of_the_agent(
    logged_in: LogIn, quick: Link, remote_data: Path
) -> None:
    """The request fails in one sentence, the next is answered, and no agent stays behind."""
    analyst = logged_in("linked")
    whole = analyst.projection(str(remote_data), "linked")
    assert whole.status_code == 200, whole.text
    quick.cut_after(received=len(whole.content) // 2)
    cut = analyst.projection(str(remote_data), "linked")
    assert cut.status_code >= 500
    failure = cut.json()
    assert failure["code"] in ("connection-lost", "agent-died")
    assert "connection" in failure["message"]
    assert failure["hint"].endswith(".")
    analyst.wait_for_state("online", "linked")
    again = analyst.projection(str(remote_data), "linked")
    assert again.status_code == 200, again.text
    size = 4 * ROWS * COLUMNS
    assert len(whole.content) > size
    assert again.content[-size:] == whole.content[-size:]


def test_a_line_that_is_silent(logged_in: LogIn, quick: Link, remote_data: Path) -> None:
    """As when a laptop sleeps: seen as offline, and back by itself."""
    analyst = logged_in("linked")
    job = RemoteJob(analyst, str(remote_data), "linked")
    quick.freeze()
    eventually(lambda: analyst.resource("linked")["state"] != "online", 60)
    assert analyst.resource("linked")["reason"]["message"].endswith(".")
    quick.freeze(False)
    analyst.wait_for_state("online", "linked", 60)
    assert job.wait_until("finished")["slices"]["done"] == ROWS


def test_an_ssh_server_that_is_away_for_a_while(
    logged_in: LogIn, cluster: Cluster, faults: Faults, remote_data: Path
) -> None:
    analyst = logged_in("scarf")
    job = RemoteJob(analyst, str(remote_data))
    job.wait_for(lambda _: job.slurm_json().get("phase") == "accepted", what="accepted")
    with faults.listener_down():
        faults.kill_connections()
        eventually(lambda: analyst.resource()["state"] != "online", 10)
        reason = analyst.resource()["reason"]
        assert reason["message"] and reason["hint"]
        time.sleep(1)
        assert job.get()["state"] in ("queued", "starting", "running")
    analyst.wait_for_state("online", seconds=60)
    assert job.wait_until("finished")["slices"]["done"] == ROWS


def test_a_password_that_changed_in_mid_session(
    start_analyst: Callable[..., Analyst], cluster: Cluster, faults: Faults, remote_data: Path
) -> None:
    """Asked for again; meanwhile the job goes on, and it is found with the new one."""
    user = cluster.user("analyst")
    analyst = start_analyst([resource(cluster, user)])
    analyst.log_in(method="password")
    job = RemoteJob(analyst, str(remote_data))
    job.wait_for(lambda _: job.slurm_json().get("phase") == "accepted", what="accepted")
    with faults.other_password(user):
        faults.kill_connections()
        analyst.wait_for_state("offline", seconds=30)
        reason = analyst.resource()["reason"]
        assert reason["code"] == "wrong-password"
        assert user.password not in str(reason)
        assert job.get()["state"] in ("queued", "running")
        analyst.log_in(method="password", password=f"another {user.password}")
        assert job.wait_until("finished")["slices"]["done"] == ROWS


def test_a_password_that_has_to_be_changed(
    start_analyst: Callable[..., Analyst], cluster: Cluster, faults: Faults
) -> None:
    user = cluster.user("analyst")
    analyst = start_analyst([resource(cluster, user)])
    with faults.password_expired(user):
        reply = analyst.try_log_in(method="password")
        assert reply.status_code == 401, reply.text
        assert reply.json()["code"] == "password-expired"
    analyst.log_in(method="password")
