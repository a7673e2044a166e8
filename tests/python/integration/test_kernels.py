"""Kernels of all kinds: without a token, without packages, without numpy."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from bare_environment import bare_python
from house import House, Job
from jupyter_servers import eventually

OpenHouse = Callable[..., House]

# An environment in which numpy is not installed, as far as its own records tell.
WITHOUT_NUMPY = """
import importlib.metadata as metadata
known = metadata.version
def version(name):
    if name == "numpy":
        raise metadata.PackageNotFoundError(name)
    return known(name)
metadata.version = version
from ipykernel import kernelapp
kernelapp.launch_new_instance()
"""


def add_kernel(home: Path, name: str, argv: list[str], language: str = "python") -> None:
    folder = home / "data" / "kernels" / name
    folder.mkdir(parents=True)
    spec = {"argv": argv, "display_name": f"Kernel {name}", "language": language}
    (folder / "kernel.json").write_text(json.dumps(spec))


def test_password_only(open_house: OpenHouse, reference: dict[str, bytes]) -> None:
    from jupyter_server.auth import passwd

    config = f"c.PasswordIdentityProvider.hashed_password = {passwd('open sesame')!r}"
    house = open_house(config=config, token="")
    house.server.log_in("open sesame")
    job = Job(house)
    job.wait_until("finished")
    assert job.slices() == reference
    eventually(lambda: house.sessions() == [], 60)
    cancelled = Job(house)
    cancelled.wait_for_part(0.1)
    cancelled.post("cancel")
    cancelled.wait_until("cancelled", 60)


@pytest.mark.parametrize("token", ["secret token", ""])
def test_a_kernel_that_a_dead_proxy_left(open_house: OpenHouse, token: str) -> None:
    """Started for a job, and the proxy killed before the job's folder knew of it."""
    from jupyter_server.auth import passwd

    config = f"c.PasswordIdentityProvider.hashed_password = {passwd('open sesame')!r}"
    house = open_house(token=token, **({} if token else {"config": config}))
    if not token:
        house.server.log_in("open sesame")
    job = Job(house)
    job.wait_for_part(0.1)
    known = {session["id"] for session in house.sessions()}
    assert len(known) == 1

    def start(path: str, kind: str) -> str:
        body = {"path": path, "name": path, "type": kind, "kernel": {"name": "python3"}}
        reply = house.server._ask("POST", f"{house.server.url}api/sessions", json=body)
        assert reply.status_code == 201, reply.text
        return str(reply.json()["id"])

    left = {
        start(str(house.jobs / job.id / "recipe.tomo.json"), "tomo"),
        start(str(house.jobs / ".probes" / "x.json"), "tomo"),
    }
    others = {
        start("notes.ipynb", "notebook"),
        start(str(house.jobs.parent / "more" / job.id / "recipe.tomo.json"), "tomo"),
    }
    house.node().kill()
    eventually(lambda: house.server.get("jobs").status_code == 200, 60)
    eventually(lambda: not left & {session["id"] for session in house.sessions()}, 60)
    assert others <= {session["id"] for session in house.sessions()}
    # The job goes on in its own.
    job.wait_until("finished")
    assert job.attempt()["attempt"] == 1
    eventually(lambda: {session["id"] for session in house.sessions()} == others, 60)


def test_a_bare_environment(
    open_house: OpenHouse, tmp_path: Path, reference: dict[str, bytes]
) -> None:
    python = str(bare_python())
    add_kernel(tmp_path, "bare", [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"])
    job = Job(open_house(home=tmp_path), options={"kernel": "bare"})
    job.wait_until("finished", 60)
    assert job.attempt()["python"] == python
    assert job.slices() == reference


def test_a_kernel_without_numpy(open_house: OpenHouse, tmp_path: Path) -> None:
    script = tmp_path / "kernel.py"
    script.write_text(WITHOUT_NUMPY)
    add_kernel(tmp_path, "poor", [sys.executable, str(script), "-f", "{connection_file}"])
    add_kernel(tmp_path, "other", ["other", "{connection_file}"], language="R")
    house = open_house(home=tmp_path)
    # Not looked at before: the job itself finds out.
    job = Job(house, options={"kernel": "poor"})
    failure = job.wait_until("failed")["failure"]
    assert failure["code"] == "numpy-missing"
    assert failure["message"] == "numpy is missing in the environment of kernel poor."
    assert "choose another kernel" in failure["hint"]
    kernels = {
        kernel["name"]: kernel for kernel in house.server.post("resources").json()[0]["kernels"]
    }
    assert set(kernels) == {"poor", "python3"}
    assert kernels["python3"]["usable"] == "yes"
    assert (kernels["poor"]["usable"], kernels["poor"]["reason"]["code"]) == ("no", "numpy-missing")
    # Known to lack it: refused before there is a job.
    refused = house.server.post(
        "jobs", json={**job.submission(), "id": "00000000-0000-0000-0000-000000000000"}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "numpy-missing")
    eventually(lambda: house.sessions() == [], 60)


def test_bad_submissions(open_house: OpenHouse) -> None:
    house = open_house()
    good = Job(house, options={"rows": [0, 2]})
    good.wait_until("finished")
    fresh = {**good.submission(), "id": "00000000-0000-0000-0000-000000000000", "name": "b"}

    def refusal(**change: object) -> tuple[int, str, str]:
        reply = house.server.post("jobs", json={**fresh, **change})
        return reply.status_code, reply.json()["code"], reply.json()["message"]

    assert refusal(kernel="nobody")[:2] == (422, "no-kernel")
    assert refusal(resource="moon")[:2] == (422, "no-resource")
    assert refusal(base="/no/such/folder")[:2] == (422, "no-base")
    assert refusal(rows=[5, 5])[:2] == (422, "no-rows")
    assert refusal(recipe={"version": 1})[:2] == (422, "no-data-set")
    status, code, message = refusal(recipe={"version": 1, "foo": 1})
    assert (status, code) == (422, "recipe-invalid")
    assert message.startswith("foo is an unknown key")
    assert refusal(recipe={"version": 2})[1] == "recipe-invalid"
    assert refusal(cores=0)[:2] == (400, "bad-request")
    assert refusal(name="x" * (9 << 20))[:2] == (413, "too-large")
    assert house.server.post("jobs", data="{").json()["code"] == "bad-request"
    assert house.server.get("jobs/..%2f..%2fetc").json()["code"] == "bad-request"
    assert house.server.get("nowhere").json()["code"] == "no-route"
    assert len(house.server.get("jobs").json()["jobs"]) == 1
