"""Servers with everything real behind them, and jobs as a panel would run them."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import requests
from jupyter_servers import Server, eventually, start_server_process
from processes import command_of

ENDED = {"finished", "failed", "cancelled", "interrupted"}


def answers(server: Server) -> bool:
    try:
        return bool(requests.get(f"{server.url}login", timeout=5).ok)
    except (requests.ConnectionError, requests.Timeout):
        return False


@dataclass
class House:
    """A Jupyter server, its proxy and a data set."""

    server: Server
    data_set: Path

    @classmethod
    def start(
        cls,
        home: Path,
        data_set: Path,
        config: str = "",
        token: str | None = "secret token",
        environment: dict[str, str] | None = None,
    ) -> House:
        server = start_server_process(home, config, token, environment or {}, None)
        # The server tells its address a moment before it listens there.
        eventually(lambda: answers(server), 60)
        return cls(server, data_set)

    @property
    def jobs(self) -> Path:
        return self.server.home / "data" / "tomo" / "jobs"

    def node(self) -> psutil.Process:
        """The proxy's process."""
        for child in psutil.Process(self.server.process.pid).children(recursive=True):
            if any(part.endswith("proxy.mjs") for part in command_of(child)):
                return child
        raise AssertionError("the proxy does not run")

    def sessions(self) -> list[Any]:
        url = f"{self.server.url}api/sessions"
        reply = self.server._ask("GET", url)
        reply.raise_for_status()
        return list(reply.json())

    def stop(self) -> None:
        self.server.stop()


@dataclass
class Job:
    """One submission; made when the object is."""

    house: House
    output: str = "results/{name}"
    options: dict[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def __post_init__(self) -> None:
        self.base = self.house.server.home / "work"
        self.base.mkdir(exist_ok=True)
        reply = self.submit()
        assert reply.status_code == 200, reply.text

    def submission(self) -> dict[str, Any]:
        recipe = {
            "version": 1,
            "dataset": {
                "path": str(self.house.data_set / "Tomo"),
                "flats": {"before": str(self.house.data_set / "Flat_Before")},
                "darks": {"before": str(self.house.data_set / "Dark_Before")},
                "angles": {"first": 0, "last": 180, "endpoint": True},
            },
            "regions": {"centre": {"column": 239.5}},
            "filters": [
                {"name": "outliers", "size": 3, "threshold": 5, "kind": "bright"},
                {"name": "normalise"},
                {"name": "minus-log"},
                {"name": "stripes-sorting", "size": 21},
            ],
            "output": {"folder": self.output},
        }
        return {
            "id": self.id,
            "name": self.id,
            "base": str(self.base),
            "recipe": recipe,
            "resource": "local",
            "kernel": "",
            "cores": 1,
            "memory": 256 << 20,
            **self.options,
        }

    def submit(self) -> Any:
        return self.house.server.post("jobs", json=self.submission())

    def get(self) -> dict[str, Any]:
        reply = self.house.server.get(f"jobs/{self.id}")
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    def post(self, verb: str) -> dict[str, Any]:
        reply = self.house.server.post(f"jobs/{self.id}/{verb}")
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    def wait_until(self, state: str, seconds: float = 60, every: float = 0.05) -> dict[str, Any]:
        """Wait for a state; fails at once when the job ends in another one."""
        until = time.monotonic() + seconds
        while True:
            job = self.get()
            if job["state"] == state:
                return job
            wrong = job["state"] in ENDED or time.monotonic() > until
            assert not wrong, (
                f"{job['state']} instead of {state}: {job.get('failure')}\n{self.log()}"
            )
            time.sleep(every)

    def wait_for_part(self, part: float, seconds: float = 60) -> dict[str, Any]:
        """Wait until a part of the slices is done."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            job = self.get()
            done, total = job["slices"]["done"], job["slices"]["total"]
            assert job["state"] not in ENDED, (job["state"], job.get("failure"))
            if total and done >= part * total:
                return job
            time.sleep(0.02)
        raise AssertionError(f"not at {part:.0%} after {seconds} s")

    def log(self) -> str:
        return str(self.house.server.get(f"jobs/{self.id}/log?offset=0").json()["text"])

    def attempt(self) -> dict[str, Any]:
        return dict(json.loads((self.house.jobs / self.id / "attempt.json").read_text()))

    def result(self) -> Path:
        return Path(self.get()["output"])

    def slices(self) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in self.result().glob("slice_*.tif")}

    def times(self) -> dict[str, int]:
        """When each slice was written."""
        files = self.result().glob("slice_*.tif")
        return {file.name: file.stat().st_mtime_ns for file in files}
