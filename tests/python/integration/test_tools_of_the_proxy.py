"""External tools through relay, proxy, kernel and agent: listed, run, previewed bit by bit."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from house import House, Job
from test_agent_of_the_proxy import frame
from test_kernels import add_kernel

OpenHouse = Callable[..., House]


def recipe_of(house: House, reconstruction: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": 1,
        "dataset": {
            "path": str(house.data_set / "Tomo"),
            "flats": {"before": str(house.data_set / "Flat_Before")},
            "darks": {"before": str(house.data_set / "Dark_Before")},
            "angles": {"first": 0, "last": 180, "endpoint": True},
        },
        "regions": {"centre": {"column": 239.5}},
        "filters": [{"name": "normalise"}, {"name": "minus-log"}],
        "reconstruction": reconstruction,
        "output": {"folder": "results/{name}"},
    }


def test_astra_in_a_kernel(open_house: OpenHouse) -> None:
    pytest.importorskip("astra")
    house = open_house()
    reply = house.server.post("tools", json={"channel": "tab:tools", "kernel": ""})
    assert reply.status_code == 200, reply.text
    found = {tool["name"]: tool for tool in reply.json()["tools"]}
    assert found["astra"]["available"] and found["astra"]["version"]
    assert found["astra"]["python"].startswith("/")

    recipe = recipe_of(house, {"tool": "astra", "method": "FBP"})
    job = Job(house, options={"rows": [60, 62], "recipe": recipe, "memory": 1 << 30})
    job.wait_until("finished")
    written = tifffile.imread(job.result() / "slice_00061.tif")
    assert np.isfinite(written).all() and written.max() > 0
    asked = {"channel": "tab:view", "base": str(job.base), "recipe": recipe}
    preview = house.server.post(
        "data/preview", json={**asked, "row": 61, "product": "slice", "kernel": ""}
    )
    assert np.array_equal(frame(preview)[1], written)


def test_a_command_needs_its_user(open_house: OpenHouse) -> None:
    house = open_house()
    command = "true {output}"
    tool = {"tool": "command", "method": "run", "parameters": {"command": command}}
    asked = {
        "id": str(uuid.uuid4()),
        "name": "command",
        "base": str(house.data_set),
        "recipe": recipe_of(house, tool),
        "resource": "local",
        "kernel": "",
        "cores": 1,
        "memory": 1 << 30,
    }
    refused = house.server.post("jobs", json=asked)
    assert refused.status_code == 422
    assert refused.json()["code"] == "command-not-approved"
    assert command in refused.json()["message"]


# What the runner needs of TomoPy, and no more: a stranger's environment with another value inside.
STAND_IN = """
import numpy as np

__version__ = "1.15.2"


def recon(tomo, theta, center, algorithm, num_gridx, **keywords):
    assert algorithm == "sirt" and keywords["num_iter"] == 3
    return np.full((len(tomo), num_gridx, num_gridx), 0.375, np.float32)
"""


def environment(folder: Path, python: str, *sites: str) -> tuple[Path, str]:
    """Another environment, which sees the packages of others, so that nothing is installed here."""
    subprocess.run([python, "-m", "venv", "--without-pip", str(folder)], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    # The kernel is that of the server's environment.
    (packages / "base.pth").write_text("\n".join([*sites, sysconfig.get_path("purelib")]) + "\n")
    return packages, str(folder / "bin" / "python")


def with_kernel(open_house: OpenHouse, home: Path, python: str) -> House:
    """A server that has a kernel of this environment beside its own."""
    command = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    add_kernel(home, "conda-tomo", command)
    return open_house(home=home)


def tools_of(house: House, kernel: str) -> dict[str, dict[str, Any]]:
    """The kernel's tools by name."""
    asked = {"channel": f"tab:{kernel}", "kernel": kernel}
    reply = house.server.post("tools", json=asked)
    assert reply.status_code == 200, reply.text
    return {tool["name"]: tool for tool in reply.json()["tools"]}


def tool_of(house: House, kernel: str) -> dict[str, Any]:
    """What the kernel says of TomoPy."""
    return tools_of(house, kernel)["tomopy"]


def run_and_previewed(house: House, tool: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """A slice as the run has written it, and as the viewer gets it."""
    recipe = recipe_of(house, {**tool, "mask": 0})
    options = {"rows": [60, 62], "recipe": recipe, "memory": 1 << 30, "kernel": "conda-tomo"}
    job = Job(house, options=options)
    job.wait_until("finished", 120)
    written = tifffile.imread(job.result() / "slice_00061.tif")
    asked = {"channel": "tab:view", "base": str(job.base), "recipe": recipe}
    preview = house.server.post(
        "data/preview",
        json={**asked, "row": 61, "product": "slice", "kernel": "conda-tomo"},
    )
    assert preview.status_code == 200, preview.text
    return written, frame(preview)[1]


def test_a_kernelspec_of_another_environment_has_the_tool(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    """As kernels of conda environments do: listed, previewed and run with what is there."""
    packages, python = environment(tmp_path / "conda" / "envs" / "tomo", sys.executable)
    (packages / "tomopy.py").write_text(STAND_IN)
    house = with_kernel(open_house, tmp_path / "home", python)

    if importlib.util.find_spec("tomopy") is None:
        here = tool_of(house, "")
        assert not here["available"] and "conda install" in here["install"]
    there = tool_of(house, "conda-tomo")
    assert there["available"] and there["version"] == "1.15.2"
    assert there["python"] == python

    tool = {"tool": "tomopy", "method": "sirt", "parameters": {"iterations": 3}}
    written, previewed = run_and_previewed(house, tool)
    assert np.all(written == 0.375)
    assert np.array_equal(previewed, written)


def test_a_tool_of_another_package_in_a_kernelspec(open_house: OpenHouse, tmp_path: Path) -> None:
    """Known in that kernel alone: listed, estimated, planned, previewed and run."""
    packages, python = environment(tmp_path / "conda" / "envs" / "tiny", sys.executable)
    tiny = Path(__file__).parents[1] / "tools" / "tiny"
    (packages / "tiny.pth").write_text(f"{tiny}\n")
    house = with_kernel(open_house, tmp_path / "home", python)
    assert "tiny-tool" not in tools_of(house, "")
    assert tools_of(house, "conda-tomo")["tiny-tool"]["python"] == python

    tool = {"tool": "tiny-tool", "method": "constant", "parameters": {"value": 2}}
    recipe = recipe_of(house, tool)
    asked = {"channel": "tab:look", "base": str(house.data_set), "recipe": recipe}
    described = house.server.post("data/describe", json=asked)
    assert described.status_code == 200, described.text
    limits = {"cores": 1, "memory": 1 << 30}
    told = house.server.post(
        "data/estimate", json={**asked, **limits, "kernel": "conda-tomo"}
    ).json()
    assert told["slice"] is not None and not any("tiny-tool" in text for text in told["warnings"])
    without = house.server.post("data/estimate", json={**asked, **limits, "kernel": ""}).json()
    assert without["seconds"] is None
    assert any("There is no tool tiny-tool" in text for text in without["warnings"])

    submission = {
        "id": str(uuid.uuid4()),
        "name": "tiny",
        "base": str(house.data_set),
        "recipe": recipe,
        "resource": "local",
        **limits,
    }
    plans = [
        house.server.post("jobs/plan", json={**submission, "kernel": kernel}).json()
        for kernel in ("conda-tomo", "")
    ]
    said = [any("tiny-tool" in text for text in plan["warnings"]) for plan in plans]
    assert said == [False, True]

    written, previewed = run_and_previewed(house, tool)
    assert np.all(written == 2) and np.array_equal(previewed, written)
    # The browser's own Python has it not, and the preview says where it was looked for.
    view = {**asked, "row": 61, "product": "slice"}
    refused = house.server.post("data/preview", json=view)
    assert refused.status_code >= 400 and refused.json()["code"] == "unknown-tool"


# An environment's own packages, and that a TomoPy with kernels of this Python is among them.
ASK = """
import sys, sysconfig, tomopy
print(*sys.version_info[:2], sysconfig.get_path("platlib"), tomopy.__version__, sep="|")
"""


@pytest.fixture
def real_tomopy() -> tuple[str, str, str]:
    """Python, packages and version of the TomoPy that ``JUPYTER_TOMO_PYTHON_TOMOPY`` names."""
    python = os.environ.get("JUPYTER_TOMO_PYTHON_TOMOPY", "")
    if not python:
        pytest.skip("TomoPy is not installed (JUPYTER_TOMO_PYTHON_TOMOPY names its Python)")
    said = subprocess.run([python, "-c", ASK], check=True, capture_output=True, text=True)
    *release, packages, version = said.stdout.strip().splitlines()[-1].split("|")
    if tuple(map(int, release)) != sys.version_info[:2]:
        pytest.skip(f"TomoPy is in a Python {'.'.join(release)}; kernels of this one fit no other")
    return python, packages, version


def test_the_real_tomopy_in_a_kernelspec(
    open_house: OpenHouse,
    tmp_path: Path,
    real_tomopy: tuple[str, str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Listed there and not here; the preview is the run's file, also with its stripe removers."""
    own, packages, version = real_tomopy
    # Only the kernel is to lead there.
    monkeypatch.delenv("JUPYTER_TOMO_PYTHON_TOMOPY")
    _, python = environment(tmp_path / "conda" / "envs" / "tomo", own, packages)
    house = with_kernel(open_house, tmp_path / "home", python)
    if importlib.util.find_spec("tomopy") is None:
        assert not tool_of(house, "")["available"]
    there = tool_of(house, "conda-tomo")
    assert there["available"] and (there["version"], there["python"]) == (version, python)

    slices = []
    for remover in ("none", "sorting", "fw"):
        tool = {"tool": "tomopy", "method": "gridrec", "parameters": {"stripes": remover}}
        written, previewed = run_and_previewed(house, tool)
        # Gridrec makes two rows at once, real and imaginary part: the other row rounds along.
        assert np.abs(previewed - written).max() < 1e-5 * np.ptp(written)
        slices.append(written)
    # The disc of the data: .01 within 60 pixels of a point 90 to the right.
    y, x = np.mgrid[:480, :480] - 239.5
    inside = np.hypot(x - 90, y) < 50
    assert abs(slices[0][inside].mean() / 0.01 - 1) < 0.02
    # Each remover has done something, and something of its own.
    assert all(np.abs(slices[a] - slices[b]).max() > 1e-4 for a, b in ((0, 1), (0, 2), (1, 2)))
