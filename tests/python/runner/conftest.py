"""Small generated data sets, and the runner as a child process."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile

from tomo_runner.run.plan import Plan
from tomo_runner.service import Service
from tomo_runner.workers import Workers

sys.path.insert(0, str(Path(__file__).parents[1]))
import phantom

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """What runs remember of their speed stays out of the user's home."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def small():
    """96 columns, 12 rows, 90 angles over 180 degrees; the axis at 49.8."""
    return phantom.scan()


@pytest.fixture(scope="session")
def folder(small, tmp_path_factory):
    """The small scan as TIFF files in a folder whose name is no easy one."""
    path = tmp_path_factory.mktemp("data") / "a 'sample' folder"
    return phantom.write_folder(path, phantom.counts(small, noise=0.002))


@pytest.fixture(scope="session")
def nxtomo(small, tmp_path_factory):
    path = tmp_path_factory.mktemp("nx") / "scan.nxs"
    return phantom.write_nxtomo(path, phantom.counts(small, noise=0.002), small.angles)


@pytest.fixture
def recipe(small):
    """Makes the recipe of the small scan in a folder."""

    def make(path: Path, **dataset):
        return {
            "version": 1,
            "dataset": {
                "path": str(path),
                "angles": {"first": 0, "last": 180, "endpoint": False},
                **dataset,
            },
            "regions": {"centre": {"column": small.centre}},
            "filters": [
                {"name": "outliers"},
                {"name": "normalise"},
                {"name": "minus-log"},
                {"name": "stripes-sorting", "size": 5},
            ],
            "reconstruction": {"parameters": {"filter": "ramp"}},
        }

    return make


@pytest.fixture
def service():
    """What an agent asks for its answers."""
    with Workers(2) as workers:
        made = Service(workers, 1 << 28)
        yield made
        made.close()


@pytest.fixture
def cli(capsys):
    """Calls the command line in this process: (exit code, JSON or None, stderr)."""

    def call(*arguments):
        from tomo_runner.cli import main

        capsys.readouterr()
        code = main([*map(str, arguments), "--json"])
        captured = capsys.readouterr()
        sys.stderr.write(captured.err)
        return code, json.loads(captured.out), captured.err

    return call


@pytest.fixture
def save(tmp_path):
    """Writes a recipe file and returns its path."""

    def write(recipe, name="test.tomo.json"):
        path = tmp_path / name
        path.write_text(json.dumps(recipe), encoding="utf-8")
        return path

    return write


@pytest.fixture
def child():
    """Starts ``python -m tomo_runner`` as a child; killed at the end."""
    started = []

    def start(*arguments, **options):
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            [sys.executable, "-m", "tomo_runner", *map(str, arguments)], env=env, **options
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture
def same_by_every_way(cli, tmp_path, monkeypatch):
    """Rows 2 to 74 of a recipe: of one run, and checked to be the same bits by every other way."""
    execute = importlib.import_module("tomo_runner.run.execute")

    def read(name):
        return np.stack([tifffile.imread(f) for f in sorted((tmp_path / name).glob("slice_*.tif"))])

    def compare(path):
        assert cli("run", path, "--output", tmp_path / "one")[0] == 0
        whole = read("one")
        assert len(whole) == 73 and np.isfinite(whole).all()
        slabs = [(2, 7), (7, 40), (40, 41), (41, 75)]
        monkeypatch.setattr(execute, "make_plan", lambda *_: Plan(slabs, 2, 34, 0))
        assert cli("run", path, "--output", tmp_path / "slabs")[0] == 0
        assert np.array_equal(read("slabs"), whole)
        monkeypatch.undo()
        assert cli("run", path, "--output", tmp_path / "rows", "--rows", "30:33")[0] == 0
        assert np.array_equal(read("rows"), whole[28:31])
        for row in (2, 38, 74):
            assert cli("preview", path, "--row", row, "--output", tmp_path / "p.tif")[0] == 0
            assert np.array_equal(tifffile.imread(tmp_path / "p.tif"), whole[row - 2])
        return whole

    return compare


@pytest.fixture(scope="session")
def shared():
    """The real data; absent on a user's machine."""
    path = Path(os.environ.get("TOMO_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not (path / "psi-neutron-ct").is_dir():
        pytest.skip("the real data sets (shared/data) are not here")
    return path
