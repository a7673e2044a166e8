"""Small data sets, a stand-in for Savu, and the real one where it is installed."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import phantom

from tomo_runner.toolhost import savu_process

ROOT = Path(__file__).parents[3]
FAKE = Path(__file__).parent / "fake_savu.py"


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """What runs remember of their speed stays out of the user's home."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def small():
    """64 columns, 6 rows, 60 angles over 180 degrees."""
    return phantom.scan(columns=64, rows=6, frames=60)


@pytest.fixture(scope="session")
def folder(small, tmp_path_factory):
    """The scan as TIFF files in a folder whose name is no easy one."""
    path = tmp_path_factory.mktemp("data") / "a 'sample' folder"
    return phantom.write_folder(path, phantom.counts(small, noise=0.002))


@pytest.fixture(scope="session")
def nxtomo(small, tmp_path_factory):
    """The scan as an NXtomo file."""
    path = tmp_path_factory.mktemp("nx") / "scan.nxs"
    return phantom.write_nxtomo(path, phantom.counts(small, noise=0.002), small.angles)


@pytest.fixture
def recipe(small):
    """Makes a recipe of the scan."""

    def make(path, tool="builtin", method="gridding", parameters=None, **dataset):
        angles = {} if str(path).endswith(".nxs") else {"angles": {"first": 0, "last": 177}}
        return {
            "version": 1,
            "dataset": {"path": str(path), **angles, **dataset},
            "regions": {"centre": {"column": small.centre}},
            "filters": [{"name": "normalise"}, {"name": "minus-log"}],
            "reconstruction": {
                "tool": tool,
                "method": method,
                "parameters": parameters or {},
                "mask": 0,
            },
        }

    return make


@pytest.fixture
def fake(monkeypatch):
    """The stand-in is the Savu here; call it with a mode to make it misbehave."""
    monkeypatch.setenv(savu_process.COMMAND, shlex.join([sys.executable, str(FAKE)]))

    def misbehave(mode):
        monkeypatch.setenv("FAKE_SAVU", mode)

    return misbehave


_REAL = os.environ.get(savu_process.COMMAND) or savu_process.command()


@pytest.fixture
def real():
    """The real Savu; the test is skipped with the reason where it is not installed."""
    if not _REAL:
        pytest.skip(f"Savu is not installed. {savu_process.INSTALL}")
    return _REAL


@pytest.fixture(scope="session")
def lists():
    """Process lists that real Savus have saved; absent on a user's machine."""
    shared = Path(os.environ.get("TOMO_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not (shared / "savu-lists").is_dir():
        pytest.skip("the real process lists (shared/data/savu-lists) are not here")
    return shared / "savu-lists"
