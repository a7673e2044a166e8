"""Connections that break, freeze, or whose password is over, in the middle of something."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import tifffile
from analyst import COLUMNS, ROWS, Analyst, RemoteJob, make_data, resource
from cluster import Cluster, Faults, Link
from jupyter_servers import eventually

LogIn = Callable[[str], Analyst]
# What was seen last of a job that nothing has happened to.
GOES_ON = ("queued", "starting", "running", "finished")


@pytest.fixture
def quick(line: Link) -> Iterator[Link]:
    """The shared line, as it was before at the end."""
    yield line
    line.rate = None
    line.refuse(False)
    line.freeze(False)


def test_sshd_killed_during_an_upload(
    logged_in: LogIn, quick: Link, faults: Faults, remote_data: Path, tmp_path: Path
) -> None:
    """The copy goes on where it was, and the job runs."""
    data = make_data(tmp_path / "much data", rows=64, columns=1024, frames=121)
    size = sum(file.stat().st_size for file in data.rglob("*.tif"))
    assert size > 15e6
    # The projections; references are copies of their own.
    analyst = logged_in("linked")
    # The runtime of 10 MB is there after the first look at anything, and is not counted here.
    assert analyst.projection(str(remote_data), "linked").status_code == 200
    quick.rate = 4e6
    sent = quick.sent
    recipe = {"regions": {"centre": {"column": 511.5}}}
    options = {"rows": [0, 2], "memory": 500 << 20}
    job = RemoteJob(analyst, str(data), "linked", options, recipe, upload=True)
    seen = job.wait_for(
        lambda seen: seen.get("transfer", {}).get("total", 0) > 0.9 * size, what="uploading"
    )
    assert seen["transfer"]["kind"] == "upload"
    eventually(lambda: quick.sent - sent > size / 2, 60)
    assert job.get()["transfer"]["rate"] > 0
    assert faults.kill_connections() >= 1
    seen = job.wait_until("finished")
    assert seen["slices"] == {"done": 2, "total": 2}
    # What had arrived was not sent again.
    assert size < quick.sent - sent < 1.3 * size
    again = RemoteJob(analyst, str(data), "linked", options, recipe, upload=True)
    before = quick.sent
    again.wait_until("finished")
    assert quick.sent - before < size / 10


def test_a_fetch_is_stopped_cut_and_gone_on_with(
    logged_in: LogIn, quick: Link, faults: Faults, cluster: Cluster, tmp_path: Path
) -> None:
    """With its progress; what is here is not copied again."""
    data = Path(cluster.description["work"]) / "wide data"
    make_data(data, rows=ROWS, columns=512, frames=31)
    analyst = logged_in("linked")
    recipe = {"regions": {"centre": {"column": 255.5}}}
    job = RemoteJob(analyst, str(data), "linked", {"memory": 240 << 20}, recipe)
    output = Path(job.wait_until("finished", 90)["output"])
    whole = {file.name: file.read_bytes() for file in output.glob("slice_*.tif")}
    size = sum(map(len, whole.values()))
    assert size > ROWS << 20
    target = tmp_path / "copy"
    quick.rate, received = 4e6, quick.received

    def fetch_until(part: float) -> dict[str, Any]:
        job.post("fetch", folder=str(target))
        eventually(lambda: job.get().get("transfer", {}).get("bytes", 0) > part * size, 60)
        return dict(job.get()["transfer"])

    transfer = fetch_until(0.3)
    assert (transfer["kind"], transfer["what"]) == ("fetch", str(target))
    assert size <= transfer["total"] < 1.1 * size
    assert 0.5e6 < transfer["rate"] < 40e6
    assert analyst.house.server._ask("DELETE", analyst.house.server.api(f"jobs/{job.id}/fetch")).ok
    eventually(lambda: "transfer" not in job.get(), 60)
    stopped = job.get()
    assert "fetched" not in stopped and not any("copied" in each for each in stopped["warnings"])
    # What is here under its name is whole.
    here = {file.name: file.read_bytes() for file in target.glob("slice_*.tif")}
    assert 0 < len(here) < len(whole)
    assert all(whole[name] == content for name, content in here.items())
    assert not (target / "result.json").exists()

    fetch_until(0.6)
    assert faults.kill_connections(analyst.user) >= 1
    eventually(lambda: "transfer" not in job.get(), 60)
    assert any("could not be copied" in text for text in job.get()["warnings"])
    analyst.wait_for_state("online", "linked", 60)
    quick.rate = None
    job.post("fetch", folder=str(target))
    eventually(lambda: job.get().get("fetched") == str(target), 60)
    assert {file.name: file.read_bytes() for file in target.glob("slice_*.tif")} == whole
    assert (target / "result.json").exists()
    assert quick.received - received < 1.5 * size
    assert job.get()["warnings"] == stopped["warnings"]


def test_sshd_killed_while_a_job_is_followed(
    logged_in: LogIn, quick: Link, faults: Faults, remote_data: Path
) -> None:
    analyst = logged_in("linked")
    job = RemoteJob(analyst, str(remote_data), "linked", {"tasks": 2})
    for _ in range(4):
        faults.kill_connections()
        time.sleep(0.7)
    analyst.wait_for_state("online", "linked")
    # And in the middle of a poll: nothing else is on the line, and its answer is longer.
    before = quick.connections
    quick.cut_after(received=700)
    eventually(lambda: quick.connections > before, 60)
    seen = job.wait_until("finished")
    assert seen["slices"] == {"done": ROWS, "total": ROWS}


def test_sshd_killed_in_the_middle_of_a_poll(
    logged_in: LogIn, quick: Link, faults: Faults, cluster: Cluster, remote_data: Path
) -> None:
    """The process that serves the connection goes while its squeue waits for the controller."""
    analyst = logged_in("linked")
    data = str(remote_data)
    job = RemoteJob(analyst, data, "linked", {"tasks": 2})
    job.wait_until_accepted()
    before, killed = quick.connections, 0

    def gone() -> bool:
        nonlocal killed
        killed += kill_servers_of(cluster.user("analyst").name, "squeue")
        return killed > 0 and quick.connections > before

    with faults.controller_frozen(), ThreadPoolExecutor(1) as pool:
        # As an open log asks; it may be answered when the poll is over.
        pool.submit(job.look)
        eventually(gone, 90)
        assert job.get()["state"] in GOES_ON
    analyst.wait_for_state("online", "linked")
    seen = job.wait_until("finished")
    assert seen["slices"] == {"done": ROWS, "total": ROWS}
    record = job.slurm_json()
    assert analyst.queued(record["uid"]) == [record["id"]]


def kill_servers_of(name: str, command: str) -> int:
    """Kill the server's end of connections in which a user's command is at work; how many."""
    killed = 0
    for process in psutil.process_iter(["name", "username"]):
        if (process.info["name"], process.info["username"]) != (command, name):
            continue
        try:
            for parent in process.parents():
                if " ".join(parent.cmdline()).startswith(f"sshd: {name}@"):
                    parent.kill()
                    killed += 1
        except psutil.NoSuchProcess:
            continue
    return killed


def test_sshd_killed_in_a_reply_of_the_agent(logged_in: LogIn, quick: Link, faults: Faults) -> None:
    """A big image is on its way when the process that serves the connection goes."""
    analyst = logged_in("linked")
    folder = Path(analyst.user.work) / "large"
    folder.mkdir(exist_ok=True)
    pixels = np.random.default_rng(3).normal(0, 1, (2048, 2048)).astype(np.float32)
    tifffile.imwrite(folder / "slice_00000.tif", pixels)
    asked = {"channel": "t:s", "folder": str(folder), "row": 0, "resource": "linked"}
    assert analyst.post("results/slice", **asked).content[-pixels.nbytes :] == pixels.tobytes()
    quick.rate, received = 4e6, quick.received
    with ThreadPoolExecutor(1) as pool:
        reply = pool.submit(analyst.post, "results/slice", **asked)
        eventually(lambda: quick.received - received > 2e6, 60)
        assert faults.kill_connections(analyst.user) >= 1
        cut = reply.result()
    # Less than the image had come, whatever was still in the buffers of the line.
    assert quick.received - received < pixels.nbytes
    assert cut.status_code == 502, cut.text
    failure = cut.json()
    assert failure["code"] in ("connection-lost", "agent-died"), failure
    assert "connection" in failure["message"] and failure["hint"].endswith(".")
    quick.rate = None
    analyst.wait_for_state("online", "linked")
    again = analyst.post("results/slice", **asked)
    assert again.status_code == 200, again.text
    assert again.content[-pixels.nbytes :] == pixels.tobytes()


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
    job.wait_until_accepted()
    with faults.listener_down():
        faults.kill_connections()
        eventually(lambda: analyst.resource()["state"] != "online", 60)
        reason = analyst.resource()["reason"]
        assert reason["message"] and reason["hint"]
        time.sleep(1)
        assert job.get()["state"] in GOES_ON
    analyst.wait_for_state("online", seconds=60)
    assert job.wait_until("finished")["slices"]["done"] == ROWS


@pytest.fixture(scope="module")
def server(
    cluster: Cluster, remote_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Analyst]:
    """A server whose user logs in by password."""
    resources = [resource(cluster, cluster.user("analyst"))]
    analyst = Analyst.start(tmp_path_factory.mktemp("home"), cluster, remote_data, resources)
    yield analyst
    analyst.stop()


@pytest.fixture
def by_password(server: Analyst) -> Iterator[Analyst]:
    """The same, not logged in."""
    yield server
    if server.resource()["state"] != "offline":
        server.log_out()


def why_offline(analyst: Analyst, faults: Faults) -> dict[str, Any]:
    """Cut the connections of a user who cannot log in again; what is said of that."""
    faults.kill_connections(analyst.user)
    analyst.wait_for_state("offline", seconds=30)
    reason: dict[str, Any] = analyst.resource()["reason"]
    return reason


def test_a_password_that_changed_in_mid_session(
    by_password: Analyst, faults: Faults, remote_data: Path
) -> None:
    """Asked for again; meanwhile the job goes on, and it is found with the new one."""
    analyst, user = by_password, by_password.user
    analyst.log_in(method="password")
    job = RemoteJob(analyst, str(remote_data))
    job.wait_until_accepted()
    with faults.other_password(user):
        reason = why_offline(analyst, faults)
        assert reason["code"] == "wrong-password"
        assert user.password not in str(reason)
        assert job.get()["state"] in GOES_ON
        analyst.log_in(method="password", password=f"another {user.password}")
        assert job.wait_until("finished")["slices"]["done"] == ROWS


def test_a_password_that_has_to_be_changed(by_password: Analyst, faults: Faults) -> None:
    analyst, user = by_password, by_password.user
    with faults.password_expired(user):
        reply = analyst.try_log_in(method="password")
        assert reply.status_code == 401, reply.text
        assert reply.json()["code"] == "password-expired"
    analyst.log_in(method="password")


def test_a_password_that_expires_in_mid_session(
    by_password: Analyst, faults: Faults, remote_data: Path
) -> None:
    """Told with what to do; the job goes on, and is found after the password was changed."""
    analyst, user = by_password, by_password.user
    analyst.log_in(method="password")
    job = RemoteJob(analyst, str(remote_data))
    job.wait_until_accepted()
    with faults.password_expired(user):
        reason = why_offline(analyst, faults)
        assert reason["code"] == "password-expired", reason
        assert reason["hint"]
        assert job.get()["state"] in GOES_ON
        # Offline, what needs the log-in says so.
        refused = RemoteJob(analyst, str(remote_data), hold=True).submit()
        assert refused.status_code == 409, refused.text
    analyst.log_in(method="password")
    assert job.wait_until("finished")["slices"]["done"] == ROWS
