"""Small data sets, a stand-in for Savu, and the real one where it is installed."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest
import tifffile

sys.path.insert(0, str(Path(__file__).parents[1]))
import phantom

from tomo_runner.recipe import validate
from tomo_runner.run import RunRequest, execute
from tomo_runner.run.monitor import Silent
from tomo_runner.savu.plugins import plugin
from tomo_runner.stopping import Stop
from tomo_runner.toolhost import savu_process
from tomo_runner.toolhost.savu_files import ProcessList, write_list

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


class Heard(Silent):
    """Keeps what a run tells."""

    def __init__(self):
        self.warnings, self.stages, self.parts = [], [], []

    def warning(self, text):
        self.warnings.append(text)

    def stage(self, name, total):
        self.stages.append(name)

    def progress(self, done):
        self.parts.append((self.stages[-1], done))


@pytest.fixture
def run(tmp_path):
    """Runs a recipe; its record, slices by row, and what was told."""

    def run_(recipe, rows=None, stop=None, memory=1 << 33):
        validate(recipe)
        heard = Heard()
        request = RunRequest(
            recipe, tmp_path, "r", tmp_path / "out", tmp_path / "job", "id", 2, memory, rows
        )
        record = execute(request, heard, stop or Stop())
        slices = {
            int(name[6:11]): tifffile.imread(tmp_path / "out" / name) for name in record["files"]
        }
        return record, slices, heard

    return run_


@pytest.fixture
def by_list(recipe, tmp_path):
    """The recipe that runs a list: the usual one, or other plugins."""

    def make(path, *plugins, **dataset):
        chosen = plugins or (
            plugin("NxtomoLoader"),
            plugin("DarkFlatFieldCorrection"),
            plugin("AstraReconCpu", centre_of_rotation=31.0),
        )
        write_list(tmp_path / "l.nxs", ProcessList(list(chosen)))
        return recipe(path, "savu", "process-list", {"list": "l.nxs"}, **dataset)

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
