"""Sinograms of known content, and a package with a tool that misbehaves when it is told to."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile

from tomo_runner import catalogue, tools
from tomo_runner.external import others

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "examples"))
make_data = importlib.import_module("make_data")

TINY = Path(__file__).parent / "tiny"


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """What runs remember of their speed stays out of the user's home."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def geometry():
    """The generated example at half of its size: 128 columns, 48 rows, 121 projections."""
    return make_data.Geometry(128)


@pytest.fixture(scope="session")
def example(geometry, tmp_path_factory):
    """The example without noise, as attenuation in TIFF files; its rows 20 to 28 only."""
    folder = tmp_path_factory.mktemp("example")
    whole = make_data.attenuation(geometry)[20:28]
    for index in range(whole.shape[1]):
        tifffile.imwrite(folder / f"tomo_{index:04d}.tif", whole[:, index].astype(np.float32))
    return folder


@pytest.fixture
def recipe(example, geometry):
    """Makes the recipe of the example for a tool; values are attenuation per pixel."""

    def make(tool, method, parameters=None, **reconstruction):
        return {
            "version": 1,
            "dataset": {
                "path": str(example),
                "state": "attenuation",
                "angles": {"first": 0, "last": 180},
            },
            "regions": {"centre": {"column": geometry.centre}},
            "filters": [],
            "reconstruction": {
                "tool": tool,
                "method": method,
                "parameters": parameters or {},
                **reconstruction,
            },
        }

    return make


@pytest.fixture
def available():
    """Skips the test, with the reason, when a tool is not installed."""

    def check(tool):
        found = tools.probe_tool(tool, catalogue.title(tool))
        if not found["available"]:
            pytest.skip(f"{found['why']} {found['install']}")
        return found

    return check


@pytest.fixture
def tiny(monkeypatch):
    """The tiny tool's package is installed, here and in the tools' processes."""
    monkeypatch.syspath_prepend(str(TINY))
    before = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(TINY), before])))
    others.forget()
    yield "tiny-tool"
    others.forget()


@pytest.fixture(scope="session")
def shared():
    """The real data; absent on a user's machine."""
    path = Path(os.environ.get("TOMO_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not (path / "psi-neutron-ct").is_dir():
        pytest.skip("the real data sets (shared/data) are not here")
    return path
