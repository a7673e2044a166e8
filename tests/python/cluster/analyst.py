"""An analyst with a real Jupyter server here and an account on the cluster there."""

from __future__ import annotations

import json
import shutil
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import requests
import tifffile
from cluster import Cluster
from cluster.users import User
from house import ENDED, House
from jupyter_servers import eventually

SCHEMA = Path(__file__).parents[3] / "schema" / "plugin.json"
ROWS, COLUMNS, FRAMES = 24, 96, 61
RESOURCE = "scarf"
ACTIVE = ("PENDING", "CONFIGURING", "RUNNING", "COMPLETING")
# Minutes of a job that a test holds, and for which it can be held.
HELD = 15


def make_data(folder: Path, rows: int = ROWS, columns: int = COLUMNS, frames: int = FRAMES) -> Path:
    """A TIFF folder: a disc off the axis in every row, 0 to 180 degrees, with flats and darks."""
    random = np.random.default_rng(5)
    across = np.arange(columns)
    angles = np.deg2rad(np.linspace(0, 180, frames))
    for name, count in (("Tomo", frames), ("Flat_Before", 2), ("Dark_Before", 2)):
        (folder / name).mkdir(parents=True)
        for index in range(count):
            level = 100 if name.startswith("Dark") else 4100
            image = random.normal(level, 3, (rows, columns))
            if name == "Tomo":
                centre = (columns - 1) / 2 + 18 * np.cos(angles[index])
                chord = 2 * np.sqrt(np.maximum(0, 12**2 - (across - centre) ** 2))
                image = (image - 100) * np.exp(-0.02 * chord) + 100
            tifffile.imwrite(folder / name / f"{name}_{index:04d}.tif", image.astype(np.uint16))
    return folder


def resource(cluster: Cluster, user: User, **settings: Any) -> dict[str, Any]:
    """A cluster as the settings have it."""
    description = cluster.description
    return {
        "name": RESOURCE,
        "host": description["host"],
        "port": description["port"],
        "user": user.name,
        "hostKey": description["hostKey"],
        "work": user.work,
        "partition": "scarf",
        "pythons": {"default": description["python"]},
        "cores": 1,
        "memory": 0.25,
        "time": 5,
        "poll": 5,
        **settings,
    }


def in_job(*lines: str) -> list[str]:
    """A prelude for jobs only: agents on the log-in host have the same one."""
    return ['if [ -n "$SLURM_JOB_ID" ]; then', *lines, "fi"]


def held(user: User) -> dict[str, Any]:
    """Settings of a resource whose jobs begin, and then wait until a test calls ``release``.

    However loaded the machine is, they are at work when the test does what it has to do meanwhile.
    The word comes from outside the job folder, which may be full, or away.
    """
    word = f"'{user.work}/released/'\"${{PWD##*/}}\""
    wait = f"for _ in $(seq {HELD * 240}); do [ ! -e {word} ] || break; sleep .2; done"
    return {"prelude": in_job(wait), "time": HELD}


@dataclass
class Analyst:
    """A user of a Jupyter server who has clusters in the settings."""

    house: House
    cluster: Cluster
    user: User

    @classmethod
    def start(
        cls,
        home: Path,
        cluster: Cluster,
        data_set: Path,
        resources: list[dict[str, Any]],
        role: str = "analyst",
        environment: dict[str, str] | None = None,
    ) -> Analyst:
        """Start a server with these clusters in the settings of the user."""
        # The schema of the checkout, whatever is built.
        extensions = home / "labextensions"
        schemas = extensions / "jupyterlab-tomo" / "schemas" / "jupyterlab-tomo"
        schemas.mkdir(parents=True, exist_ok=True)
        shutil.copy(SCHEMA, schemas / "plugin.json")
        cls.write_settings(home, resources)
        config = "\n".join(
            [
                "c.ServerApp.jpserver_extensions = {'jupyterlab_tomo': True, 'jupyterlab': True}",
                f"c.LabApp.extra_labextensions_path = [{str(extensions)!r}]",
                # For what drives a page of it, as benches do.
                "c.LabApp.expose_app_in_browser = True",
            ]
        )
        house = House.start(home, data_set, config, environment=environment)
        analyst = cls(house, cluster, cluster.user(role))
        analyst.watch()
        return analyst

    @staticmethod
    def write_settings(home: Path, resources: list[dict[str, Any]]) -> None:
        folder = home / "config" / "lab" / "user-settings" / "jupyterlab-tomo"
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"resources": resources})
        (folder / "plugin.jupyterlab-settings").write_text(text)

    def watch(self) -> None:
        """Look at the jobs, as an open page does; polls are rarer when nobody looks."""

        def read() -> None:
            server = self.house.server
            headers = {"Authorization": f"token {server.token}"}
            while self.house.server.process.poll() is None:
                try:
                    with requests.get(
                        server.api("events"), headers=headers, stream=True, timeout=30
                    ) as stream:
                        for _ in stream.iter_lines():
                            pass
                except requests.RequestException:
                    time.sleep(0.5)

        threading.Thread(target=read, daemon=True).start()

    # --- log in

    def post(self, route: str, **body: Any) -> Any:
        return self.house.server.post(route, json=body)

    def log_in(self, name: str = RESOURCE, method: str = "key", **more: Any) -> dict[str, Any]:
        """Log in; must succeed at once."""
        reply = self.try_log_in(name, method, **more)
        assert reply.status_code == 200, reply.text
        answer = dict(reply.json())
        assert answer["state"] == "online", answer
        return answer

    def try_log_in(self, name: str = RESOURCE, method: str = "key", **more: Any) -> Any:
        secret: dict[str, Any] = {}
        if method == "key":
            secret = {"key": self.user.key, "passphrase": self.user.keyPassphrase}
        elif method == "password":
            secret = {"password": self.user.password}
        body = {"resource": name, "method": method, "user": self.user.name, **secret, **more}
        return self.post("resources/login", **body)

    def log_out(self, name: str = RESOURCE) -> None:
        reply = self.post("resources/logout", resource=name)
        assert reply.status_code == 200, reply.text

    def resource(self, name: str = RESOURCE) -> dict[str, Any]:
        reply = self.house.server.get("resources")
        assert reply.status_code == 200, reply.text
        return next(dict(each) for each in reply.json() if each["name"] == name)

    def wait_for_state(self, state: str, name: str = RESOURCE, seconds: float = 30) -> None:
        eventually(lambda: self.resource(name)["state"] == state, seconds)

    def jobs(self) -> list[dict[str, Any]]:
        reply = self.house.server.get("jobs")
        assert reply.status_code == 200, reply.text
        return list(reply.json()["jobs"])

    def projection(self, data: str, name: str = RESOURCE, index: int = 3) -> Any:
        """A projection of data on a cluster, as its agent there gives it."""
        recipe = {
            "version": 1,
            "dataset": {
                "path": f"{data}/Tomo",
                "angles": {"first": 0, "last": 180, "endpoint": True},
                "resource": name,
            },
        }
        body = {"channel": "tests", "base": "/", "recipe": recipe, "resource": name}
        return self.post("data/projection", index=index, stage="raw", **body)

    def slurm(self, *command: str) -> str:
        """A Slurm command as this user, beside the proxy."""
        return self.cluster.slurm(*command, user=self.user)

    def queued(self, name: str) -> list[str]:
        """Slurm's array ids of all jobs with this name, whatever their state."""
        text = self.slurm("squeue", "-h", "-t", "all", "-n", name, "-o", "%A %F")
        return sorted({line.split()[1] for line in text.splitlines()})

    def stop(self) -> None:
        self.house.stop()


@dataclass
class RemoteJob:
    """One submission to a cluster; made when the object is, unless `hold`."""

    analyst: Analyst
    data: str
    resource: str = RESOURCE
    options: dict[str, Any] = field(default_factory=dict)
    recipe: dict[str, Any] = field(default_factory=dict)
    upload: bool = False
    hold: bool = False
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def __post_init__(self) -> None:
        if not self.hold:
            reply = self.submit()
            assert reply.status_code == 200, reply.text

    def submission(self) -> dict[str, Any]:
        there = {} if self.upload else {"resource": self.resource}
        recipe = {
            "version": 1,
            "dataset": {
                "path": f"{self.data}/Tomo",
                "flats": {"before": f"{self.data}/Flat_Before"},
                "darks": {"before": f"{self.data}/Dark_Before"},
                "angles": {"first": 0, "last": 180, "endpoint": True},
                **there,
            },
            "regions": {"centre": {"column": (COLUMNS - 1) / 2}},
            "filters": [{"name": "normalise"}, {"name": "minus-log"}],
            "output": {"folder": f"results/{self.id}"},
            **self.recipe,
        }
        return {
            "id": self.id,
            "name": f"job {self.id[:8]}",
            "base": str(self.analyst.house.server.root),
            "recipe": recipe,
            "resource": self.resource,
            "kernel": "",
            "cores": 1,
            "memory": 200 << 20,
            **self.options,
        }

    def submit(self) -> Any:
        return self.analyst.post("jobs", **self.submission())

    def plan(self) -> dict[str, Any]:
        reply = self.analyst.post("jobs/plan", **self.submission())
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    def get(self) -> dict[str, Any]:
        reply = self.analyst.house.server.get(f"jobs/{self.id}")
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    def post(self, verb: str, **body: Any) -> dict[str, Any]:
        reply = self.analyst.post(f"jobs/{self.id}/{verb}", **body)
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    def release(self) -> None:
        """Let a job go on whose resource is ``held``."""
        folder = Path(self.analyst.user.work) / "released"
        folder.mkdir(exist_ok=True)
        (folder / self.id).touch()

    def look(self) -> None:
        """As an open live log does: the cluster is asked every two seconds, and not every five."""
        self.analyst.house.server.get(f"jobs/{self.id}/log?offset=0")

    def log(self) -> str:
        reply = self.analyst.house.server.get(f"jobs/{self.id}/log?offset=0")
        return str(reply.json()["text"])

    def wait_until(self, state: str, seconds: float = 60) -> dict[str, Any]:
        """Wait for a state; fails at once when the job ends in another one."""
        return self.wait_for(lambda job: job["state"] == state, seconds, state)

    def wait_for(
        self,
        so: Callable[[dict[str, Any]], bool],
        seconds: float = 60,
        what: str = "so",
        live: bool = True,
    ) -> dict[str, Any]:
        until = time.monotonic() + seconds
        while True:
            if live:
                self.look()
            job = self.get()
            if so(job):
                return job
            wrong = job["state"] in ENDED or time.monotonic() > until
            assert not wrong, (
                f"{job['state']} instead of {what}: {job.get('failure')} {job.get('slurm')}\n"
                f"{self.log()}"
            )
            time.sleep(0.2)

    def wait_until_accepted(self, seconds: float = 60) -> dict[str, Any]:
        """Wait until Slurm has it, asking nothing of the cluster; what is kept of it here."""
        self.wait_for(
            lambda _: self.slurm_json().get("phase") == "accepted", seconds, "accepted", live=False
        )
        return self.slurm_json()

    def wait_until_accounted(self, state: str, seconds: float = 60) -> dict[str, Any]:
        """Wait for an end, and for how Slurm says that each task ended: that comes later."""
        self.wait_until(state, seconds)

        def accounted() -> bool:
            self.look()
            tasks = self.get()["slurm"]["tasks"]
            return all("exit" in task and task["state"] not in ACTIVE for task in tasks)

        eventually(accounted, 60)
        return self.get()

    def wait_until_ended(self, seconds: float = 60) -> dict[str, Any]:
        return self.wait_for(lambda job: job["state"] in ENDED, seconds, "ended")

    @property
    def folder(self) -> Path:
        """The job folder on the cluster."""
        return Path(self.analyst.user.work) / "jobs" / self.id

    @property
    def mirror(self) -> Path:
        return self.analyst.house.jobs / self.id

    def slurm_json(self) -> dict[str, Any]:
        file = self.mirror / "slurm.json"
        # It is written a moment after the submission was taken.
        return dict(json.loads(file.read_text())) if file.exists() else {}

    def slices(self) -> dict[str, bytes]:
        """The slices as the cluster has them, by file name."""
        output = Path(self.get()["output"])
        return {file.name: file.read_bytes() for file in output.glob("slice_*.tif")}
