"""Jobs from submission to slices, and everything that can come between."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
from house import House, Job
from jupyter_servers import eventually

OpenHouse = Callable[..., House]


def kept(before: dict[str, int], after: dict[str, int]) -> int:
    """How many slices were not computed again."""
    return sum(after[name] == written for name, written in before.items())


def test_a_job_finishes_under_a_base_url(
    open_house: OpenHouse, reference: dict[str, bytes]
) -> None:
    house = open_house(config="c.ServerApp.base_url = '/user/a%40b/'")
    events = house.server.get("events", stream=True)
    lines = events.iter_lines()
    first = json.loads(next(line for line in lines if line)[len("data: ") :])
    assert first["kind"] == "hello"
    job = Job(house)
    done = job.wait_until("finished")
    assert job.slices() == reference
    assert done["slices"] == {"done": len(reference), "total": len(reference)}
    assert (Path(done["output"]) / "result.json").is_file()
    told = json.loads(next(line for line in lines if line.startswith(b"data"))[len("data: ") :])
    assert (told["kind"], told["id"], told["rev"]) == ("job", job.id, first["rev"] + 1)
    events.close()
    eventually(lambda: house.sessions() == [], 60)

    # The same submission again is no second job; another into the same folder is refused.
    again = job.submit()
    assert (again.status_code, again.json()["state"]) == (200, "finished")
    assert len(house.server.get("jobs").json()["jobs"]) == 1
    other = {**job.submission(), "id": "00000000-0000-0000-0000-000000000000"}
    refused = house.server.post("jobs", json=other)
    assert (refused.status_code, refused.json()["code"]) == (409, "output-exists")
    assert house.server._ask("DELETE", house.server.api(f"jobs/{job.id}")).status_code == 204
    assert house.server.get("jobs").json()["jobs"] == []
    assert (Path(done["output"]) / "result.json").is_file()


def test_cancel_and_queue(open_house: OpenHouse) -> None:
    house = open_house()
    first, second, third = Job(house), Job(house), Job(house)
    assert second.get()["state"] == "queued"
    assert third.post("cancel")["state"] == "cancelled"
    eventually(lambda: first.get()["state"] in {"starting", "running"}, 60)
    first.wait_for_part(0.1)
    first.post("cancel")
    first.wait_until("cancelled", 60)
    assert not (first.result() / "result.json").exists()
    eventually(lambda: second.get()["state"] in {"starting", "running"}, 60)
    second.post("cancel")
    second.wait_until("cancelled", 60)
    eventually(lambda: house.sessions() == [], 60)


def test_a_kernel_that_dies(open_house: OpenHouse, reference: dict[str, bytes]) -> None:
    house = open_house()
    job = Job(house)
    job.wait_for_part(0.3)
    os.kill(job.attempt()["kernel"], signal.SIGKILL)
    failed = job.wait_until("failed")
    assert failed["failure"]["code"] == "kernel-died"
    assert "Resume" in failed["failure"]["hint"]
    assert failed["resumable"]
    before = job.times()
    assert 0.3 * len(reference) <= len(before) < len(reference)
    job.post("resume")
    job.wait_until("finished")
    assert kept(before, job.times()) == len(before)
    assert job.slices() == reference


def test_a_runner_that_is_killed(open_house: OpenHouse, reference: dict[str, bytes]) -> None:
    house = open_house()
    job = Job(house)
    job.wait_for_part(0.3)
    os.kill(job.attempt()["child"], signal.SIGKILL)
    failed = job.wait_until("failed")
    assert failed["failure"]["code"] == "runner-died"
    assert "signal 9" in failed["failure"]["message"]
    eventually(lambda: house.sessions() == [], 60)
    job.post("resume")
    job.wait_until("finished")
    assert job.slices() == reference


def test_a_proxy_that_is_killed(open_house: OpenHouse, reference: dict[str, bytes]) -> None:
    house = open_house()
    job = Job(house)
    at = job.wait_for_part(0.3)
    house.node().kill()

    def progresses() -> bool:
        reply = house.server.get(f"jobs/{job.id}")
        now = reply.json() if reply.status_code == 200 else None
        assert now is None or now["state"] in {"running", "finished"}, now
        return now is not None and now["slices"]["done"] > at["slices"]["done"]

    eventually(progresses, 60)
    job.wait_until("finished")
    assert job.attempt()["attempt"] == 1
    assert job.slices() == reference
    eventually(lambda: house.sessions() == [], 60)


def test_a_server_that_stops(open_house: OpenHouse, reference: dict[str, bytes]) -> None:
    house = open_house()
    job = Job(house)
    job.wait_for_part(0.3)
    child = job.attempt()["child"]
    house.stop()
    eventually(lambda: not psutil.pid_exists(child), 60)
    job.house = open_house(home=house.server.home)
    stopped = job.get()
    assert (stopped["state"], stopped["resumable"]) == ("interrupted", True)
    assert "Jupyter server" in stopped["failure"]["message"]
    before = job.times()
    assert 0.3 * len(reference) <= len(before) < len(reference)
    job.post("resume")
    job.wait_until("finished")
    assert kept(before, job.times()) == len(before)
    assert job.slices() == reference


def test_two_servers_on_one_home(open_house: OpenHouse, reference: dict[str, bytes]) -> None:
    first = open_house()
    second = open_house(home=first.server.home)
    job = Job(first)
    job.wait_for_part(0.1)
    seen = Job.__new__(Job)
    seen.house, seen.id = second, job.id
    assert seen.get()["state"] == "running"
    owners = sorted((first.jobs / job.id).glob("owner-*.json"))
    assert len(owners) == 1
    elsewhere = {**job.submission(), "id": "00000000-0000-0000-0000-000000000001"}
    taken = second.server.post("jobs", json=elsewhere)
    assert (taken.status_code, taken.json()["code"]) == (409, "output-taken")
    # The other server can stop it, as the folder is the truth.
    seen.post("cancel")
    job.wait_until("cancelled")
    assert seen.get()["state"] == "cancelled"
    refused = second.server.post(f"jobs/{job.id}/resume")
    assert (refused.status_code, refused.json()["code"]) == (409, "job-elsewhere")
    first.stop()
    # Its owner has gone: now it may be taken over.
    seen.post("resume")
    seen.wait_until("finished")
    assert len(sorted((first.jobs / job.id).glob("owner-*.json"))) == 2
    assert seen.slices() == reference
