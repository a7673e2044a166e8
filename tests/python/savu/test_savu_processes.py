"""Savu in several processes, and what one that is killed leaves."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from pathlib import Path

import pytest

from tomo_runner.failures import RecipeFailure, ToolFailure
from tomo_runner.toolhost import savu_process

LAUNCHER = """
import os, subprocess, sys
count = int(sys.argv[1])
started = [subprocess.Popen(sys.argv[2:], env={**os.environ, "FAKE_RANK": str(k),
           "FAKE_SIZE": str(count)}) for k in range(count)]
sys.exit(max(child.wait() for child in started))
"""


@pytest.fixture
def launcher(tmp_path, monkeypatch):
    """Starts as many processes as mpirun would."""
    path = tmp_path / "launcher.py"
    path.write_text(LAUNCHER)
    monkeypatch.setenv("JUPYTER_TOMO_MPI", shlex.join([sys.executable, str(path), "{all}"]))


def ranks(folder):
    return [
        json.loads((folder / f"savu/ranks/{k}.json").read_text())
        for k in range(len(list((folder / "savu/ranks").iterdir())))
    ]


def test_processes_are_started_together_cards_first(by_list, nxtomo, fake, launcher, run, tmp_path):
    wanted = by_list(nxtomo)
    wanted["reconstruction"]["parameters"].update(processes=3, gpus=1)
    _, slices, heard = run(wanted)
    assert len(slices) == 6
    names = {"size": 3, "names": "GPU0,CPU0,CPU1", "node": os.environ.get("SLURMD_NODENAME", "")}
    assert ranks(tmp_path / "out") == [names] * 3
    # What each process logs is not counted twice.
    assert [done for stage, done in heard.parts if stage == "savu"] == [0, 0, 500, 500, 500, 1000]


def test_one_process_is_savu_alone(by_list, nxtomo, fake, run, tmp_path):
    run(by_list(nxtomo))
    assert [one["size"] for one in ranks(tmp_path / "out")] == [1]


def test_several_machines_need_a_cluster(by_list, nxtomo, fake, launcher, run, monkeypatch):
    wanted = by_list(nxtomo)
    wanted["reconstruction"]["parameters"].update(nodes=2)
    monkeypatch.delenv("SLURM_JOB_NUM_NODES", raising=False)
    with pytest.raises(RecipeFailure, match="wants 2 machines, and the run has 1") as caught:
        run(wanted)
    assert caught.value.where == "reconstruction.parameters.nodes"


def test_one_process_on_each_of_several_nodes_is_refused(by_list, nxtomo, fake, run, monkeypatch):
    """Savu would not know of the others: each would do all of the work into the same files."""
    monkeypatch.setenv("SLURM_JOB_NUM_NODES", "2")
    wanted = by_list(nxtomo)
    wanted["reconstruction"]["parameters"].update(nodes=2)
    with pytest.raises(RecipeFailure, match="two processes or more") as caught:
        run(wanted)
    assert caught.value.where == "reconstruction.parameters.processes"


def test_without_mpi_it_says_what_to_do(by_list, nxtomo, fake, run, monkeypatch):
    monkeypatch.setenv("JUPYTER_TOMO_MPI", "/nowhere/mpirun -np {all}")
    wanted = by_list(nxtomo)
    wanted["reconstruction"]["parameters"].update(processes=2)
    with pytest.raises(ToolFailure, match="in 2 processes needs MPI") as caught:
        run(wanted)
    assert caught.value.code == "mpi-missing" and "module" in caught.value.hint


def test_what_a_killed_leader_leaves_is_ended(tmp_path, monkeypatch):
    """Memory that runs out takes one process, and the others would keep theirs."""
    left = tmp_path / "left"
    script = f"sleep 300 >&- 2>&- & echo $! > '{left}'; kill -9 $$"
    monkeypatch.setenv(savu_process.COMMAND, shlex.join(["/bin/sh", "-c", script]))
    code = savu_process.run(
        tmp_path, tmp_path, tmp_path, "run", lambda text: None, look=lambda pid: None
    )
    assert code == -9
    worker = int(left.read_text())
    until = time.monotonic() + 30
    while sleeps(worker) and time.monotonic() < until:
        time.sleep(0.05)
    assert not sleeps(worker)


def sleeps(pid):
    """Whether the process is there, and not only its number."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
