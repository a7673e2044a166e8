"""Tools that are missing, crash, hang, fill the memory or return rubbish: a sentence each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tomo_runner import catalogue, tools
from tomo_runner import recipe as recipes
from tomo_runner.cli import main
from tomo_runner.external import Child, Limits, ToolHost, ToolHosts
from tomo_runner.failures import RecipeFailure, Stopped, ToolFailure
from tomo_runner.job import run_job
from tomo_runner.process import resident_bytes
from tomo_runner.stopping import Stop

ROOT = Path(__file__).parents[3]


def reconstruct(host, method="constant", rows=4, stop=None, **parameters):
    """A call of a host on small sinograms; returns the slices and what was said."""
    shape = (rows, 6, 16)
    host.sinograms(shape)[...] = 1.0
    slices, said = {}, []
    host.reconstruct(
        method,
        {"value": 1.5, **parameters},
        np.arange(6) * 30.0,
        np.full(rows, 7.5),
        shape,
        16,
        2,
        stop or Stop(),
        lambda row, image: slices.update({row: image.copy()}),
        said.append,
    )
    return slices, said


@pytest.fixture
def host(tiny):
    made = ToolHost("tiny-tool", "Tiny", sys.executable)
    yield made
    made.close()


def gone(pid, seconds=30):
    """Whether it ends soon; who is killed may take a moment to be so."""
    until = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not alive(pid)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        # A zombie that nobody has waited for yet is dead, too.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_tool_of_another_package(host):
    """Found by its entry point, described, asked, and what it prints spoils nothing."""
    assert host.describe(Stop())["methods"][0]["name"] == "constant"
    assert host.probe(Stop())["version"] == "1.0"
    slices, said = reconstruct(host, value=2.25)
    assert sorted(slices) == [0, 1, 2, 3]
    assert all(np.all(image == 2.25) for image in slices.values())
    assert said == ["tiny is done"]
    # Again, larger than before: the shared memory grows on both sides.
    slices, _ = reconstruct(host, "print", rows=40)
    assert len(slices) == 40 and slices[39].shape == (16, 16)


def test_it_is_in_the_list_and_in_recipes(tiny, recipe):
    listed = {tool["name"]: tool for tool in tools.list_tools()}
    assert listed["tiny-tool"]["available"] and listed["tiny-tool"]["version"] == "1.0"
    recipes.check_tool(recipe("tiny-tool", "constant", {"value": 3}))
    with pytest.raises(RecipeFailure) as raised:
        recipes.check_tool(recipe("tiny-tool", "constant", {"value": 30}))
    assert raised.value.where == "reconstruction.parameters.value"
    with pytest.raises(RecipeFailure) as raised:
        recipes.check_tool(recipe("tiny-tool", "melt"))
    assert raised.value.where == "reconstruction.method"
    assert "constant" in raised.value.hint


def test_crash_by_signal(host):
    with pytest.raises(ToolFailure) as raised:
        reconstruct(host, "crash")
    assert raised.value.code == "tool-crashed"
    assert "signal 11 (SIGSEGV)" in raised.value.message
    assert len(raised.value.lines) == 50 and raised.value.lines[-1] == "line 79"
    assert not host.running


def test_hang_is_ended_with_all_it_started(tiny, monkeypatch):
    monkeypatch.setenv("JUPYTER_TOMO_TOOL_LIMIT", "1.5")
    host = ToolHost("tiny-tool", "Tiny", sys.executable)
    with pytest.raises(ToolFailure) as raised:
        reconstruct(host, "hang")
    assert raised.value.code == "tool-hangs"
    child = int(raised.value.lines[-1].split()[1])
    assert not alive(child)
    assert not host.running


@pytest.mark.parametrize("end", ["exit 0", "kill -9 $$"])
def test_what_a_program_leaves_is_ended_with_it(end, tmp_path):
    """Its end, good or bad, is that of what it started."""
    left = tmp_path / "left"
    script = f"sleep 300 >&- 2>&- & echo $! > '{left}'; {end}"
    child = Child(["/bin/sh", "-c", script], "Sleeper", Limits(), {})
    if end == "exit 0":
        child.wait(Stop())
    else:
        with pytest.raises(ToolFailure, match="signal 9"):
            child.wait(Stop())
    assert gone(int(left.read_text()))


def test_a_killed_runner_leaves_nothing(tiny, recipe, tmp_path):
    """What the tool has forked goes with the host, though nobody is left to end it."""
    folder = make_job(tmp_path / "job", recipe("tiny-tool", "fork"), tmp_path / "out")
    log = tmp_path / "log"
    with open(log, "wb") as stream:
        runner = subprocess.Popen(
            [sys.executable, "-m", "tomo_runner", "job", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ['PYTHONPATH']}"},
        )
    try:
        until(lambda: "child " in log.read_text(), 60)
        worker = int(log.read_text().rpartition("child ")[2].split()[0])
        host = parent(worker)
        assert parent(host) == runner.pid
    finally:
        runner.kill()
        runner.wait()
    until(lambda: not alive(host) and not alive(worker), 60)


def until(true, seconds):
    late = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < late
        time.sleep(0.05)


def parent(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_memory(tiny):
    host = ToolHost("tiny-tool", "Tiny", sys.executable, memory=300 << 20)
    with pytest.raises(ToolFailure) as raised:
        reconstruct(host, "hog")
    assert raised.value.code == "tool-memory"
    assert "300 MiB" in raised.value.message
    assert not host.running


@pytest.mark.parametrize(
    ("method", "code", "word"),
    [
        ("incomplete", "tool-incomplete", "3 of 4"),
        ("beyond", "tool-row", "row 9 of a slab of 4"),
        ("raise", "tool-failed", "no way to treat a tool"),
        ("shape", "tool-failed", "(3,3)"),
        ("write", "tool-failed", "read-only"),
    ],
)
def test_rubbish(host, method, code, word):
    with pytest.raises(ToolFailure) as raised:
        reconstruct(host, method)
    assert raised.value.code == code
    assert word in raised.value.message
    assert raised.value.hint


def test_stop_ends_it_at_once(host):
    # It is asked to stop while it hangs.
    late = time.monotonic() + 0.5
    stop = Stop(lambda: "cancelled" if time.monotonic() > late else None)
    with pytest.raises(Stopped):
        reconstruct(host, "hang", stop=stop)
    assert not host.running


def test_a_dead_host_is_replaced(tiny):
    with ToolHosts() as hosts:
        with hosts.borrow("tiny-tool", "Tiny") as first, pytest.raises(ToolFailure):
            reconstruct(first, "crash")
        with hosts.borrow("tiny-tool", "Tiny") as second:
            assert len(reconstruct(second)[0]) == 4
        with hosts.borrow("tiny-tool", "Tiny") as third:
            assert third is second


def test_no_such_tool(tmp_path, recipe):
    with pytest.raises(RecipeFailure) as raised:
        recipes.validate(recipe("tompy", "gridrec"))
    assert raised.value.code == "unknown-tool"
    assert "astra" in raised.value.hint
    with ToolHosts() as hosts, hosts.borrow("tompy", "tompy") as host:
        with pytest.raises(ToolFailure) as failed:
            host.probe(Stop())
        assert failed.value.code == "unknown-tool"


def test_the_command_says_version_where_and_why_not(tiny, tmp_path, capsys, monkeypatch):
    savu = tmp_path / "savu"
    savu.write_text("#!/bin/sh\necho savu 4.2\n")
    savu.chmod(0o755)
    monkeypatch.setenv("JUPYTER_TOMO_SAVU", str(savu))
    monkeypatch.setenv("JUPYTER_TOMO_PYTHON_TOMOPY", "/nowhere/python")
    monkeypatch.setattr(tools, "_probed", {})
    assert main(["tools"]) == 0
    said = capsys.readouterr().out.splitlines()
    place = next(i for i, line in enumerate(said) if line.startswith("Tiny 1.0: "))
    assert said[place + 1] == f"  {sys.executable}, no graphics card"
    assert said[place + 2].split()[:2] == ["tiny-tool", "constant"]
    place = next(i for i, line in enumerate(said) if line.startswith("TomoPy not available: "))
    assert "/nowhere/python" in said[place + 1] and "Check that the program" in said[place + 1]
    place = next(i for i, line in enumerate(said) if line.startswith("Savu 4.2: "))
    assert said[place + 1].startswith(f"  {savu}, ")


def test_no_such_python(monkeypatch):
    monkeypatch.setenv("JUPYTER_TOMO_PYTHON_ASTRA", "/nowhere/python")
    found = next(tool for tool in tools.list_tools() if tool["name"] == "astra")
    assert not found["available"]
    assert "/nowhere/python" in found["why"]


@pytest.mark.parametrize(
    ("tool", "method", "said", "install"),
    [
        ("tomopy", "gridrec", "TomoPy 1.4.2 is too old; 1.10 or newer is needed.", "conda-forge"),
        ("astra", "FBP", "ASTRA 1.9.0 is too old; 2.1 or newer is needed.", "pip install"),
    ],
)
def test_a_tool_of_a_wrong_version(
    tool, method, said, install, recipe, tmp_path, tmp_path_factory, monkeypatch
):
    """In the list and in the run, in the same words; a stand-in has the old number."""
    folder = tmp_path_factory.mktemp("old")
    (folder / f"{tool}.py").write_text(f'__version__ = "{said.split()[1]}"\n')
    monkeypatch.delenv(f"JUPYTER_TOMO_PYTHON_{tool.upper()}", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setattr(tools, "_probed", {})
    listed = next(each for each in tools.list_tools() if each["name"] == tool)
    assert not listed["available"]
    assert listed["version"] == said.split()[1]
    assert listed["why"] == said
    assert install in listed["install"]
    done, status = run(make_job(tmp_path / "job", recipe(tool, method), tmp_path / "out"))
    assert done.returncode == 4 and status["state"] == "failed"
    assert status["failure"]["code"] == "tool-missing"
    assert status["failure"]["message"] == said
    assert install in status["failure"]["hint"]


@pytest.mark.parametrize(
    ("tool", "method", "parameters", "where"),
    [
        ("astra", "FBQ", {}, "reconstruction.method"),
        ("astra", "FBP", {"iterations": 10}, "reconstruction.parameters.iterations"),
        ("astra", "SIRT", {"iterations": "many"}, "reconstruction.parameters.iterations"),
        ("astra", "SIRT", {"iterations": 0}, "reconstruction.parameters.iterations"),
        ("astra", "FBP", {"filter": "kaiser"}, "reconstruction.parameters.filter"),
        ("tomopy", "gridrec", {"num_iter": 3}, "reconstruction.parameters.num_iter"),
        ("tomopy", "osem", {"blocks": 2.5}, "reconstruction.parameters.blocks"),
    ],
)
def test_unknown_and_wrong_parameters(tool, method, parameters, where, recipe):
    with pytest.raises(RecipeFailure) as raised:
        recipes.validate(recipe(tool, method, parameters))
    assert raised.value.where == where
    assert raised.value.hint


def test_cone_beam_method_is_refused(recipe):
    with pytest.raises(RecipeFailure) as raised:
        recipes.validate(recipe("astra", "FDK_CUDA"))
    assert raised.value.code == "method-refused"
    assert "parallel beam" in raised.value.message


# --- whole jobs ---------------------------------------------------------------------------------


def make_job(folder, recipe, output, **more):
    folder.mkdir()
    (folder / "recipe.tomo.json").write_text(json.dumps(recipe), encoding="utf-8")
    job = {
        "id": folder.name,
        "name": "test",
        "base": str(folder),
        "output": str(output),
        "cores": 2,
        "memory": 2 << 30,
        **more,
    }
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    return folder


def run(folder):
    """A job in a process of its own, as a kernel runs it."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ['PYTHONPATH']}"}
    done = subprocess.run(
        [sys.executable, "-m", "tomo_runner", "job", str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
        env=environment,
    )
    return done, json.loads((folder / "status.json").read_text())


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("crash", "tool-crashed"),
        ("nan", "tool-nan"),
        ("claim", "tool-nan"),
        ("raise", "tool-failed"),
    ],
)
def test_a_failed_job_keeps_its_log_and_the_next_one_runs(method, code, tiny, recipe, tmp_path):
    done, status = run(make_job(tmp_path / "one", recipe("tiny-tool", method), tmp_path / "out"))
    assert done.returncode == 4
    assert status["state"] == "failed"
    assert status["failure"]["code"] == code
    assert status["failure"]["hint"]
    assert f"Tiny: tiny begins {method}" in done.stderr
    if method == "crash":
        assert "Tiny: line 79" in done.stderr
    if method == "claim":
        # Reported but not written: what stood there before is no result.
        assert "16384 pixels of row 2" in status["failure"]["message"]
        assert not list((tmp_path / "out").glob("slice_*2.tif"))
    if method == "nan":
        assert "3 of 16384 pixels of row 2" in status["failure"]["message"]
    done, status = run(
        make_job(tmp_path / "two", recipe("tiny-tool", "constant"), tmp_path / "two-out")
    )
    assert done.returncode == 0
    assert status["state"] == "finished"
    assert "tiny is done" in status["warnings"]
    record = json.loads((tmp_path / "two-out" / "result.json").read_text())
    assert record["tool"] == "tiny-tool" and record["range"] == [1.5, 1.5]
    assert len(record["files"]) == 8


def test_an_interrupted_run_is_gone_on_with(tiny, recipe, tmp_path, monkeypatch):
    """Slices that were finished before a tool failed are kept and not made again."""
    folder = make_job(tmp_path / "job", recipe("tiny-tool", "nan", mask=0), tmp_path / "out")
    _, status = run(folder)
    assert status["state"] == "failed"
    kept = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("slice_*.tif")}
    assert 1 <= len(kept) < 8
    text = (folder / "recipe.tomo.json").read_text()
    assert '"nan"' in text
    # The tool is repaired; the recipe is the same.
    monkeypatch.setenv("PYTHONPATH", str(repaired(tmp_path)))
    done, status = run(folder)
    assert done.returncode == 0 and status["state"] == "finished"
    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("slice_*.tif")}
    assert len(after) == 8
    assert all(after[name] == when for name, when in kept.items())


def repaired(folder):
    """A copy of the tiny tool without its fault."""
    import shutil

    copy = folder / "repaired"
    shutil.copytree(Path(__file__).parent / "tiny", copy)
    file = copy / "tiny_tool.py"
    file.write_text(file.read_text().replace("8:11] = np.nan", "8:11] = 1.5"))
    return copy


def test_run_job_is_what_the_kernel_calls(tiny, recipe, tmp_path):
    """In this process, for the coverage of the way itself: no gap between run and preview."""
    folder = make_job(
        tmp_path / "job",
        recipe("tiny-tool", "constant"),
        tmp_path / "out",
        memory=resident_bytes() + (1 << 30),
    )
    assert run_job(folder) == 0
    assert catalogue.title("tiny-tool") == "Tiny"
