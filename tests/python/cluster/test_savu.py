"""Savu on a real Slurm cluster: lists in many processes, its end, its plugins.

Savu itself is a stand-in that notes who was started where; the last test runs the real one, where
``JUPYTER_TOMO_SAVU`` names it.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import tifffile
from analyst import COLUMNS, ROWS, Analyst, RemoteJob, resource
from cluster import Cluster
from jupyter_servers import eventually
from processes import command_of
from test_look import frame

SAVU = Path(__file__).parents[1] / "savu"
sys.path.append(str(SAVU))
from fake_package import write_package  # noqa: E402 - found by the line above

from tomo_runner.savu.plugins import plugin  # noqa: E402
from tomo_runner.toolhost.savu_files import ProcessList, write_list  # noqa: E402

Start = Callable[..., Analyst]
SRUN = "srun --ntasks={all} --ntasks-per-node={each}"


@pytest.fixture
def start(cluster: Cluster, start_analyst: Start) -> Callable[..., Analyst]:
    """Logs an analyst in to a cluster that has a Savu; the prelude can have further lines."""

    def make(*prelude: str, savu: str = "", mpi: str = SRUN, **settings: Any) -> Analyst:
        user = cluster.user("analyst")
        place = Path(user.work) / "savu program"
        place.mkdir(exist_ok=True)
        shutil.copy(SAVU / "fake_savu.py", place)
        python = cluster.description["python"]
        savu = savu or f"{python} '{place}/fake_savu.py'"
        lines = [f'export JUPYTER_TOMO_SAVU="{savu}"', f'export JUPYTER_TOMO_MPI="{mpi}"']
        there = resource(cluster, user, prelude=[*lines, *prelude], cores=2, **settings)
        analyst = start_analyst([there])
        analyst.log_in(user=user.name, key=user.plainKey, passphrase="")
        return analyst

    return make


def list_job(analyst: Analyst, data: Path, **parameters: Any) -> RemoteJob:
    """A run of the usual list on data that the cluster sees."""
    path = Path(analyst.user.work) / "list.nxs"
    plugins = (
        plugin("NxtomoLoader"),
        plugin("DarkFlatFieldCorrection"),
        plugin("AstraReconCpu", centre_of_rotation=(COLUMNS - 1) / 2),
    )
    write_list(path, ProcessList(list(plugins)))
    reconstruction = {
        "tool": "savu",
        "method": "process-list",
        "parameters": {"list": str(path), **parameters},
    }
    recipe = {"reconstruction": reconstruction, "filters": []}
    return RemoteJob(analyst, str(data), recipe=recipe, options={"cores": 2, "memory": 700 << 20})


def ranks(job: RemoteJob) -> list[dict[str, Any]]:
    notes = sorted((Path(job.get()["output"]) / "savu" / "ranks").glob("*.json"))
    return [json.loads(note.read_text()) for note in notes]


def test_a_list_is_as_many_processes_on_each_node_as_asked_for(
    start: Start, remote_data: Path
) -> None:
    analyst = start()
    job = list_job(analyst, remote_data, processes=2, nodes=2, gpus=1)
    done = job.wait_until("finished", 90)
    assert "--nodes=2 --ntasks-per-node=2 " in done["command"]
    assert "--cpus-per-task=1 " in done["command"]
    notes = ranks(job)
    assert [note["size"] for note in notes] == [4] * 4
    assert {note["names"] for note in notes} == {"GPU0,CPU0"}
    nodes = [note["node"] for note in notes]
    assert len(set(nodes)) == 2 and all(nodes.count(node) == 2 for node in nodes)
    # Its progress and its lines are the job's; its volume is the job's result, seen from here.
    assert done["slices"] == {"done": ROWS, "total": ROWS}
    assert "*Running the AstraReconCpu plugin*" in job.log()
    assert len(job.slices()) == ROWS
    seen = analyst.post(
        "results/describe", channel="c", folder=done["output"], resource=job.resource
    )
    assert seen.status_code == 200, seen.text
    told = seen.json()
    assert (told["rows"], told["width"], told["complete"]) == ([0, ROWS], COLUMNS, True)
    asked = {"channel": "c", "folder": done["output"], "resource": job.resource}
    _, image = frame(analyst.post("results/slice", row=7, **asked))
    assert np.array_equal(image, tifffile.imread(Path(done["output"]) / "slice_00007.tif"))


def test_cancelling_asks_savu_by_its_kill_file(start: Start, remote_data: Path) -> None:
    """It ends after the plugin in hand; Slurm need not end it."""
    analyst = start("export FAKE_SAVU=slower")
    job = list_job(analyst, remote_data)
    eventually(lambda: "*Running the" in job.log(), 60)
    assert job.post("cancel")["state"] == "cancelling"
    done = job.wait_until("cancelled", 60)
    assert (Path(done["output"]) / "savu" / "killsignal").exists()
    assert "* Processing interrupted by killsignal" in job.log()
    assert "*Running the AstraReconCpu plugin*" not in job.log()
    assert done["slurm"]["state"] != "CANCELLED", done["slurm"]
    assert not savus(analyst) and not job.slices()


def test_cancelling_leaves_no_savu(start: Start, remote_data: Path) -> None:
    """What does not heed the kill file is ended by signals a minute later."""
    analyst = start("export FAKE_SAVU=stubborn")
    job = list_job(analyst, remote_data)
    eventually(lambda: "*Running the" in job.log(), 60)
    assert savus(analyst)
    job.post("cancel")
    done = job.wait_until("cancelled", 120)
    assert (Path(done["output"]) / "savu" / "killsignal").exists()
    eventually(lambda: not savus(analyst), 60)
    assert not job.slices()


def test_cancelling_a_list_that_waits_takes_it_back(
    start: Start, remote_data: Path, closed_partition: Callable[[], None]
) -> None:
    """Nobody is there to be asked, so Slurm gives it up at once."""
    job = list_job(start(partition="gpu"), remote_data)
    job.wait_for(lambda seen: "slurm" in seen and seen["slurm"]["state"] == "PENDING")
    job.post("cancel")
    job.wait_until("cancelled", 40)
    assert not Path(job.get()["output"], "savu").exists()


def savus(analyst: Analyst) -> list[int]:
    """Processes of the analyst's Savu."""
    program = str(Path(analyst.user.work) / "savu program" / "fake_savu.py")
    return [each.pid for each in psutil.process_iter() if program in command_of(each)]


def test_the_plugins_of_the_clusters_savu(start: Start, cluster: Cluster) -> None:
    folder = Path(cluster.user("analyst").work) / "own savu"
    folder.mkdir(exist_ok=True)
    program = write_package(folder)
    (program.parent / "python").unlink()
    (program.parent / "python").symlink_to(cluster.description["python"])
    analyst = start(f"export PYTHONPATH='{folder}/site'", savu=f"'{program}'")
    reply = analyst.post("savu/plugins", channel="c", resource="scarf")
    assert reply.status_code == 200, reply.text
    told = reply.json()
    assert told["available"], told
    assert (told["version"], told["command"]) == ("4.2", str(program))
    assert sorted(each["name"] for each in told["plugins"]) == ["NxtomoLoader", "OwnRecon"]


@pytest.fixture
def real_savu() -> str:
    """The installed Savu, where MPI is as well."""
    savu = os.environ.get("JUPYTER_TOMO_SAVU")
    if not savu or shutil.which("mpirun") is None:
        pytest.skip("Savu or mpirun is not installed (JUPYTER_TOMO_SAVU names Savu)")
    return savu


HOSTS = """
import os, socket

node = os.environ.get("SLURMD_NODENAME")
if node:
    known = socket.gethostbyname
    socket.gethostname = lambda: node
    socket.gethostbyname = lambda name: known("localhost" if name == node else name)
"""
"""Savu tells nodes by their hosts' names; both nodes are this machine, so each is given its own."""


@pytest.mark.parametrize("nodes", [1, 2])
def test_the_real_savu_in_many_processes(
    start: Start, cluster: Cluster, remote_data: Path, real_savu: str, nodes: int
) -> None:
    names = Path(cluster.user("analyst").work) / "names"
    names.mkdir(exist_ok=True)
    (names / "sitecustomize.py").write_text(HOSTS)
    analyst = start(
        # Open MPI takes no way through the machine itself unless it is told to.
        "export OMPI_MCA_btl=self,tcp",
        "export OMPI_MCA_btl_tcp_if_include=lo OMPI_MCA_oob_tcp_if_include=lo",
        f"export PYTHONPATH='{names}'",
        savu=real_savu,
        mpi="mpirun -np {all} --map-by ppr:{each}:node",
    )
    single = list_job(analyst, remote_data)
    single.wait_until("finished", 200)
    job = list_job(analyst, remote_data, nodes=nodes, processes=2)
    job.wait_until("finished", 200)
    assert f"{2 * nodes} processes report" in job.log()
    assert len(job.slices()) == ROWS
    alone, together = single.slices(), job.slices()
    for name in alone:
        assert alone[name] == together[name]
