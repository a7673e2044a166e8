"""Tools other than the built-in engine, on the cluster: each makes the slices of the data."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from analyst import COLUMNS, ROWS, Analyst, RemoteJob, resource
from cluster import Cluster
from cluster.packages import PYTHON
from test_look import frame, recipe_of

PROGRAM = Path(__file__).parents[1] / "tools" / "recon_program.py"
DISTRIBUTIONS = ["numpy", "scipy", "tifffile", "astra-toolbox"]
LIBRARIES = ["nvidia-cuda-runtime-cu12", "nvidia-cufft-cu12", "nvidia-nvjitlink-cu12"]


def link_or_copy(file: str, to: str) -> None:
    try:
        os.link(file, to)
    except OSError:
        shutil.copy(file, to)


def install(names: list[str], into: Path) -> None:
    """The files of distributions that this Python has, where others can read them."""
    for name in names:
        for file in distribution(name).files or []:
            if ".." not in file.parts and "__pycache__" not in file.parts:
                to = into / file
                to.parent.mkdir(parents=True, exist_ok=True)
                link_or_copy(str(file.locate()), str(to))


@pytest.fixture(scope="module")
def python(cluster: Cluster) -> str:
    """An environment on the cluster that has ASTRA, as a user of a cluster would make one."""
    try:
        needed = [*DISTRIBUTIONS, *(name for name in LIBRARIES if distribution(name))]
    except PackageNotFoundError as error:
        pytest.skip(f"ASTRA is not installed here: {error}")
    folder = cluster.folder.root / "environment"
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", str(folder)], check=True)
    site = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    if not site.exists():
        pytest.skip(f"{PYTHON} is no Python {sys.version_info[:2]}, for which ASTRA is here")
    install(needed, site / "site-packages")
    return str(folder / "bin" / "python3")


@pytest.fixture(scope="module")
def worker(
    cluster: Cluster, python: str, remote_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """A server whose cluster has ASTRA in a Python of its own."""
    user = cluster.user("analyst")
    pythons = {"default": cluster.description["python"], "astra": python, "command": python}
    analyst = Analyst.start(
        tmp_path_factory.mktemp("home"),
        cluster,
        remote_data,
        [
            resource(cluster, user, pythons=pythons, memory=0.5),
            resource(cluster, user, name="without"),
        ],
    )
    for name in ("scarf", "without"):
        analyst.log_in(name)
    yield analyst
    analyst.stop()


@pytest.fixture(scope="module")
def program(cluster: Cluster, python: str) -> str:
    """A command that runs a program of the user's own on the cluster."""
    there = Path(cluster.description["work"]) / "recon program.py"
    shutil.copy(PROGRAM, there)
    there.chmod(0o644)
    return f"{python} '{there}' {{input}} {{output}} {{centre}}"


def check_disc(image: np.ndarray) -> None:
    """The disc of the data: attenuation .02 within 12 pixels of a point 18 to the right."""
    assert image.shape == (COLUMNS, COLUMNS)
    y, x = np.mgrid[:COLUMNS, :COLUMNS] - (COLUMNS - 1) / 2
    away = np.hypot(x - 18, y)
    assert abs(image[away < 9].mean() / 0.02 - 1) < 0.02
    assert abs(image[(away > 16) & (np.hypot(x, y) < 40)].mean()) < 0.02 * 0.02
    inside = np.where(away < 16, image, 0)
    assert abs((inside * x).sum() / inside.sum() - 18) < 0.1
    assert abs((inside * y).sum() / inside.sum()) < 0.1


def tool(name: str, method: str, **parameters: Any) -> dict[str, Any]:
    return {"reconstruction": {"tool": name, "method": method, "parameters": parameters}}


def check_all(job: RemoteJob) -> None:
    done = job.wait_until("finished", 120)
    assert done["slices"] == {"done": ROWS, "total": ROWS}
    for row in (0, ROWS // 2, ROWS - 1):
        check_disc(tifffile.imread(Path(done["output"]) / f"slice_{row:05d}.tif"))


def test_the_built_in_engine(worker: Analyst, remote_data: Path) -> None:
    """What the others are held against."""
    check_all(RemoteJob(worker, str(remote_data)))


@pytest.mark.parametrize("method", ["FBP", "SIRT"])
def test_astra_in_an_array(worker: Analyst, remote_data: Path, method: str) -> None:
    parameters = {"iterations": 200} if method == "SIRT" else {}
    job = RemoteJob(
        worker,
        str(remote_data),
        options={"tasks": 2, "memory": 480 << 20},
        recipe=tool("astra", method, **parameters),
    )
    check_all(job)
    # Its own Python runs it, and is seen in the script.
    assert "environment/bin/python3" in job.get()["script"]


def test_an_exact_preview_is_the_slice_of_the_run(worker: Analyst, remote_data: Path) -> None:
    recipe = {**recipe_of(str(remote_data), "scarf"), **tool("astra", "FBP")}
    recipe["filters"] = [{"name": "normalise"}, {"name": "minus-log"}]
    asked = {"channel": "t:exact", "base": "/", "resource": "scarf", "recipe": recipe}
    _, image = frame(worker.post("data/preview", row=11, product="slice", **asked))
    check_disc(image)
    options = {"rows": [11, 12], "memory": 480 << 20}
    job = RemoteJob(worker, str(remote_data), options=options, recipe=tool("astra", "FBP"))
    output = Path(job.wait_until("finished")["output"])
    assert np.array_equal(tifffile.imread(output / "slice_00011.tif"), image)


def test_which_tools_are_there(worker: Analyst) -> None:
    def found(name: str) -> dict[str, Any]:
        reply = worker.post("tools", channel="t:tools", resource=name)
        assert reply.status_code == 200, reply.text
        return next(each for each in reply.json()["tools"] if each["name"] == "astra")

    assert found("scarf")["available"] and found("scarf")["version"]
    missing = found("without")
    assert not missing["available"]
    assert "astra" in missing["why"].lower() and "pip install" in missing["install"]


def test_a_tool_that_is_not_there(worker: Analyst, remote_data: Path) -> None:
    """The job fails with what is missing, where, and what to do; its log is kept."""
    options = {"memory": 480 << 20}
    job = RemoteJob(worker, str(remote_data), "without", options, tool("astra", "FBP"))
    failed = job.wait_until("failed", 60)
    assert failed["failure"]["code"] == "tool-missing", failed["failure"]
    assert "ASTRA" in failed["failure"]["message"]
    assert "pip install" in failed["failure"]["hint"]
    assert failed["slurm"]["exit"] != "0:0"
    assert job.log()


def test_a_custom_command(worker: Analyst, remote_data: Path, program: str) -> None:
    recipe = tool("command", "run", command=program)
    # A recipe from a stranger runs nothing.
    stranger = RemoteJob(worker, str(remote_data), recipe=recipe, hold=True)
    refused = stranger.submit()
    assert (refused.status_code, refused.json()["code"]) == (422, "command-not-approved")
    assert program in refused.json()["message"]
    assert not stranger.folder.exists()
    changed = {"approved": program.replace("recon program", "another program")}
    stranger = RemoteJob(worker, str(remote_data), options=changed, recipe=recipe, hold=True)
    assert stranger.submit().status_code == 422
    check_all(
        RemoteJob(
            worker,
            str(remote_data),
            options={"approved": program, "tasks": 2},
            recipe=recipe,
        )
    )


def test_a_custom_command_that_fails(worker: Analyst, remote_data: Path, program: str) -> None:
    command = f"{program} code"
    recipe = tool("command", "run", command=command)
    job = RemoteJob(worker, str(remote_data), options={"approved": command}, recipe=recipe)
    failure = job.wait_until("failed")["failure"]
    assert "code 3" in failure["message"] and failure["hint"], failure
    assert "this cannot go on" in job.log()


def test_an_approval_is_not_carried_by_a_job_folder(
    worker: Analyst, remote_data: Path, program: str
) -> None:
    """Run again from a recipe alone asks once more: only the submission approves."""
    recipe = tool("command", "run", command=program)
    first = RemoteJob(worker, str(remote_data), options={"approved": program}, recipe=recipe)
    first.wait_until("finished")
    again = RemoteJob(worker, str(remote_data), recipe=first.get()["recipe"], hold=True)
    assert again.submit().json()["code"] == "command-not-approved"


def test_the_memory_of_a_running_task_is_told(
    worker: Analyst, remote_data: Path, python: str
) -> None:
    """The scheduler tells it at the end alone; the runner tells of itself and its tools."""
    held = 150_000_000
    held_by = f"b = b'x' * {held}; import time; time.sleep(600)"
    command = f'{python} -c "{held_by}" {{input}} {{output}}'
    recipe = tool("command", "run", command=command)
    options = {"approved": command, "memory": 480 << 20}
    job = RemoteJob(worker, str(remote_data), options=options, recipe=recipe)
    seen = job.wait_for(lambda told: told.get("memory", 0) > held, 45, "the memory of the task")
    assert seen["state"] == "running"
    assert seen["memory"] < held + (250 << 20)
    assert not seen["slurm"].get("memory")
    job.post("cancel")
    ended = job.wait_until("cancelled", 40)
    assert ended["memory"] >= seen["memory"]
