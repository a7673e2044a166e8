"""A tool of another package that is in another Python than the runner's own: a kernel's."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tomo_runner import catalogue, tools
from tomo_runner import recipe as recipes
from tomo_runner.centre import METHODS, tool_of_method
from tomo_runner.cli import main
from tomo_runner.dataset import Dataset
from tomo_runner.estimate import estimate
from tomo_runner.external import others, python_of
from tomo_runner.external.host import ToolHost
from tomo_runner.failures import Failure, ToolFailure
from tomo_runner.recipe import SUFFIX
from tomo_runner.service import Service
from tomo_runner.stopping import Stop
from tomo_runner.workers import Workers

TINY = Path(__file__).parent / "tiny"
ROOT = Path(__file__).parents[3]


def environment(folder, more=""):
    """A Python of its own with numpy, the tiny tool and nothing of this project.

    Parameters
    ----------
    more
        What a ``sitecustomize`` of it does.
    """
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=120
    )
    (site,) = folder.glob("lib/python*/site-packages")
    for package in {Path(importlib.import_module(n).__file__).parent for n in ("numpy", "h5py")}:
        (site / package.name).symlink_to(package)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():
            (site / libraries.name).symlink_to(libraries)
    for part in TINY.iterdir():
        if part.is_dir() and part.name.endswith(".dist-info"):
            shutil.copytree(part, site / part.name)
        elif part.is_file():
            shutil.copy(part, site)
    if more:
        (site / "sitecustomize.py").write_text(more)
    return folder / "bin" / "python", site


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return environment(tmp_path_factory.mktemp("kernel") / "env")


@pytest.fixture
def there(made, monkeypatch):
    """The interpreter of the other environment; what is known of it is forgotten."""
    monkeypatch.delenv("JUPYTER_TOMO_PYTHON_TINY_TOOL", raising=False)
    monkeypatch.setattr(tools, "_probed", {})
    others.forget()
    yield str(made[0])
    others.forget()


@pytest.fixture
def service():
    with Workers(1) as workers:
        made = Service(workers, 64 << 20)
        yield lambda op, **request: made.answer({"op": op, **request}, Stop())
        made.close()


def listed(python=None, again=False):
    return {tool["name"]: tool for tool in tools.list_tools(python, again)}


def test_it_is_listed_where_it_is(there):
    assert "tiny-tool" not in listed()
    found = listed(there)["tiny-tool"]
    assert found["available"] and found["version"] == "1.0" and found["python"] == there
    assert found["methods"][0]["schema"]["value"]["default"] == 1.5
    # The tools of the project stay what they are.
    assert [*listed(there)][:5] == [tool["name"] for tool in catalogue.tools()]


def test_a_variable_names_its_python(there, monkeypatch):
    monkeypatch.setenv("JUPYTER_TOMO_PYTHON_TINY_TOOL", there)
    assert listed()["tiny-tool"]["python"] == there
    # For that tool alone: no other name of that Python is taken.
    monkeypatch.delenv("JUPYTER_TOMO_PYTHON_TINY_TOOL")
    monkeypatch.setenv("JUPYTER_TOMO_PYTHON_OTHER_TOOL", there)
    assert "tiny-tool" not in listed()


def test_the_answer_is_kept_until_something_is_installed(there, tmp_path, monkeypatch):
    site = tmp_path / "packages"
    site.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(site))
    asked = []
    answer = others._answer
    monkeypatch.setattr(others, "_answer", lambda python: asked.append(python) or answer(python))
    assert "new-tool" not in listed(there) and "new-tool" not in listed(there)
    assert asked == [there]
    shutil.copy(TINY / "tiny_tool.py", site / "new_tool.py")
    file = site / "new_tool.py"
    file.write_text(file.read_text().replace('"tiny-tool"', '"new-tool"'))
    about = site / "new_tool-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: new-tool\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[jupyterlab_tomo.tools]\nnew-tool = new_tool\n")
    assert {"new-tool", "tiny-tool"} <= set(listed(there))
    assert asked == [there, there]


def test_data_can_be_looked_at_without_it(there, service, recipe, tmp_path):
    asked = {"recipe": recipe("tiny-tool", "constant", {"value": 3}), "base": str(tmp_path)}
    assert service("describe", **asked)[0]["reply"]["frames"] == 121
    assert service("projection", index=3, stage="processed", **asked)[1].shape == (8, 128)
    for product in ("sinogram", "attenuation"):
        assert service("preview", row=2, product=product, **asked)[1].shape == (121, 128)
    with pytest.raises(ToolFailure) as raised:
        service("preview", row=2, product="slice", **asked)
    assert raised.value.code == "unknown-tool"
    assert raised.value.message == f"There is no tool tiny-tool in {sys.executable}."
    assert "Install" in raised.value.hint
    # The kernel's Python has it, the next one that is asked has not.
    image = service("preview", row=2, product="slice", python=there, **asked)[1]
    assert image[60, 60] == 3
    with pytest.raises(ToolFailure):
        service("preview", row=2, product="slice", **asked)


def test_its_parameters_are_checked_where_it_is(there, recipe):
    wrong = recipe("tiny-tool", "constant", {"value": 30})
    recipes.validate(wrong)
    with pytest.raises(Failure) as raised:
        recipes.check_tool(wrong, there)
    assert raised.value.code == "not-allowed" and "at most 10" in raised.value.hint
    with pytest.raises(Failure) as raised:
        recipes.check_tool(recipe("tiny-tool", "melt"), there)
    assert "constant" in raised.value.hint


def test_an_estimate_with_and_without_it(there, service, recipe, tmp_path):
    made = recipe("tiny-tool", "constant")
    asked = {"recipe": made, "base": str(tmp_path), "cores": 1, "memory": 4 << 30}
    told = service("estimate", python=there, **asked)[0]["reply"]
    assert told["seconds"] == pytest.approx(8e-3, abs=0.1) and told["slice"] is not None
    without = service("estimate", **asked)[0]["reply"]
    assert without["seconds"] is None and without["slices"] == 8
    assert "_tiny-tool_" in without["output"]
    assert any(sys.executable in text and "Install" in text for text in without["warnings"])
    # What is wrong with the recipe stays wrong.
    with pytest.raises(Failure) as raised:
        dataset = Dataset(made, tmp_path)
        made["reconstruction"]["parameters"] = {"value": 30}
        estimate(made, dataset, tmp_path, "test", 1, 4 << 30, 128, there)
    assert raised.value.code == "not-allowed"


def test_a_job_in_its_python(there, recipe, tmp_path):
    """As in a kernel of that environment, or on a cluster whose Python that is."""
    job = tmp_path / "job"
    job.mkdir()
    (job / f"recipe{SUFFIX}").write_text(json.dumps(recipe("tiny-tool", "constant")))
    about = {
        "id": "a" * 32,
        "name": "test",
        "base": str(tmp_path),
        "output": str(tmp_path / "out"),
        "cores": 1,
        "memory": 1 << 30,
    }
    (job / "job.json").write_text(json.dumps(about))
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    (runtime / "tomo_runner").symlink_to(ROOT / "tomo_runner")
    for name in ("wasmtime", "fastjsonschema", "tifffile"):
        (runtime / name).symlink_to(Path(importlib.import_module(name).__file__).parent)
    done = subprocess.run(
        [there, "-m", "tomo_runner", "job", str(job)],
        env={**os.environ, "PYTHONPATH": str(runtime), "JUPYTER_TOMO_PYTHON_TINY_TOOL": ""},
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "out" / "result.json").read_text())
    assert record["tool"] == "tiny-tool" and record["range"] == [1.5, 1.5]


def test_the_command_line(there, recipe, tmp_path, monkeypatch, capsys):
    file = tmp_path / f"one{SUFFIX}"
    file.write_text(json.dumps(recipe("tiny-tool", "constant")))
    assert main(["describe", str(file)]) == 0
    capsys.readouterr()
    out = tmp_path / "out"
    assert main(["run", str(file), "--output", str(out)]) == 4
    assert sys.executable in capsys.readouterr().err and not out.exists()
    assert main(["tools"]) == 0
    assert "Tiny 1.0" not in capsys.readouterr().out
    monkeypatch.setenv("JUPYTER_TOMO_PYTHON_TINY_TOOL", there)
    assert main(["tools"]) == 0
    assert "Tiny 1.0" in capsys.readouterr().out
    assert main(["run", str(file), "--output", str(out), "--cores", "1"]) == 0
    assert json.loads((out / "result.json").read_text())["range"] == [1.5, 1.5]


# --- what can go wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("import nothing_of_that_name\n", "nothing_of_that_name"),
        ("import os\nos._exit(3)\n", "ended with code 3"),
        ("NAME = 'tiny-tool'\n", "cannot be loaded"),
        ("NAME, TITLE, HELP, METHODS = 'tiny-tool', 'Tiny', '', []\n", "has no methods"),
    ],
)
def test_a_module_that_cannot_be_loaded(module, said, there, recipe, tmp_path, monkeypatch):
    """It is in the list with the reason, which the recipe that needs it says, too."""
    (tmp_path / "tiny_tool.py").write_text(module)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = listed(there)
    assert not found["tiny-tool"]["available"] and said in found["tiny-tool"]["why"]
    assert found["tiny-tool"]["install"] and found["builtin"]["available"]
    with pytest.raises(ToolFailure) as raised:
        recipes.check_tool(recipe("tiny-tool", "constant"), there)
    assert raised.value.message == found["tiny-tool"]["why"]


def test_a_schema_that_is_none(there, recipe, tmp_path, monkeypatch):
    module = (TINY / "tiny_tool.py").read_text().replace('"type": "number"', '"type": "real"')
    (tmp_path / "tiny_tool.py").write_text(module)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(ToolFailure) as raised:
        recipes.check_tool(recipe("tiny-tool", "constant"), there)
    assert raised.value.code == "tool-broken"


def test_a_python_that_prints(there, tmp_path, recipe, service):
    """Whatever it says when it starts, with and without an end of the line."""
    noise = "import sys\nprint('{\"tools\": []}')\nprint('[]')\nsys.stdout.write('no end')\n"
    python, _ = environment(tmp_path / "noisy", noise)
    assert listed(str(python))["tiny-tool"]["available"]
    made = recipe("tiny-tool", "constant")
    asked = {"row": 2, "product": "slice", "python": str(python), "base": str(tmp_path)}
    assert service("preview", recipe=made, **asked)[1][60, 60] == 1.5


def test_a_python_that_hangs(there, tmp_path, recipe, monkeypatch, capfd):
    hanging = tmp_path / "python"
    hanging.write_text('#!/bin/sh\nsleep 600 &\necho $! > "$0.child"\nsleep 600\n')
    hanging.chmod(0o755)
    monkeypatch.setattr(others, "PATIENCE", 1.0)
    monkeypatch.setattr(tools, "_PATIENCE", 1.0)
    found = listed(str(hanging))
    assert "tiny-tool" not in found and found["builtin"]["available"]
    assert "does not say which tools it has (nothing within 1 s)" in capfd.readouterr().err
    with pytest.raises(ToolFailure) as raised:
        recipes.check_tool(recipe("tiny-tool", "constant"), str(hanging))
    assert str(hanging) in raised.value.message and raised.value.hint
    # Nothing of it is left.
    child = int((tmp_path / "python.child").read_text())
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.parametrize("python", ["/nowhere/python", "/bin/true", "/bin/false"])
def test_a_python_that_is_none(python, there, recipe, capfd):
    assert listed(python)["builtin"]["available"]
    assert f"{python} does not say which tools it has" in capfd.readouterr().err
    with pytest.raises(ToolFailure) as raised:
        recipes.check_tool(recipe("tiny-tool", "constant"), python)
    assert raised.value.code == "tool-python"


# --- methods of a tool for the centre -------------------------------------------------------------


def test_an_axis_is_kept_for_the_python_that_found_it(
    there, service, recipe, tmp_path, monkeypatch
):
    """An axis of a kernel's TomoPy is not the answer where TomoPy is missing."""
    monkeypatch.delenv("JUPYTER_TOMO_PYTHON_TOMOPY", raising=False)
    columns = {python_of("tomopy", there): 50.0, python_of("tomopy"): 60.0}
    monkeypatch.setattr(ToolHost, "find_centre", lambda self, *_: columns[self.python])
    made = recipe("builtin", "gridding")
    made["regions"]["centre"] = {"method": "tomopy-vo"}
    asked = {"row": 2, "product": "sinogram", "recipe": made, "base": str(tmp_path)}
    told = [
        service("preview", **asked, **({"python": python} if python else {}))[0]["about"]
        for python in (there, None, there)
    ]
    assert [about["centre"]["column"] for about in told] == [50.0, 60.0, 50.0]


def test_methods_of_tools_are_named_after_them():
    """The browser knows by the name which tool a method needs."""
    for method in METHODS:
        assert tool_of_method(method.name) == method.tool
        owner = next(
            (t["name"] for t in catalogue.tools() if method.name.startswith(t["name"] + "-")), ""
        )
        assert owner == method.tool
