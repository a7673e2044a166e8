"""Peak memory of a run whose volume is ten times larger than its limit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[3]
LIMIT = 200 << 20
MEASURED = """
import sys
from tomo_runner.cli import main
from tomo_runner.process import peak_bytes
code = main(sys.argv[1:])
print(peak_bytes(), file=sys.stderr)
sys.exit(code)
"""


known = pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="resident memory is not known"
)


@known
def test_peak_stays_under_the_limit(tmp_path):
    frames, rows, columns = 2000, 1200, 256
    assert frames * rows * columns * 4 > 10 * LIMIT
    path = written(tmp_path, frames, rows, columns, 50)
    recipe = {
        "version": 1,
        "dataset": {"path": str(path)},
        "regions": {"centre": {"column": 127.5}},
        "filters": [{"name": "outliers"}, {"name": "normalise"}, {"name": "minus-log"}],
    }
    files, peak = run(tmp_path, recipe, "0:1200")
    assert files == rows
    assert peak < LIMIT, f"{peak / 2**20:.0f} MiB"


@known
def test_the_halo_of_phase_retrieval_counts(tmp_path):
    """It reads 346 rows more for each slab, and holds their spectra."""
    path = written(tmp_path, 120, 1000, 1024, 1)
    recipe = {
        "version": 1,
        "dataset": {"path": str(path), "pixelSize": {"value": 2, "unit": "um"}},
        "regions": {"centre": {"column": 511.5}},
        "filters": [
            {"name": "outliers"},
            {"name": "normalise"},
            {"name": "phase", "energy": 20, "distance": 4000, "ratio": 60},
            {"name": "minus-log"},
        ],
    }
    limit = 230 << 20
    files, peak = run(tmp_path, recipe, "400:430", limit)
    assert files == 30
    assert peak < limit, f"{peak / 2**20:.0f} MiB"


def written(tmp_path, frames, rows, columns, batch):
    """An NXtomo file of one value, which takes no room on the disk."""
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "big.nxs"
    with h5py.File(path, "w") as file:
        entry = file.create_group("entry")
        entry["definition"] = "NXtomo"
        shape = (frames + 1, rows, columns)
        data = entry.create_dataset(
            "instrument/detector/data", shape, "u2", chunks=(batch, 8, columns), fillvalue=900
        )
        data[0] = 1000
        entry["instrument/detector/image_key"] = np.r_[1, np.zeros(frames, int)]
        entry["sample/rotation_angle"] = np.r_[0, np.linspace(0, 180, frames)]
        entry["sample/rotation_angle"].attrs["units"] = "degree"
    return path


def run(tmp_path, recipe, rows, limit=LIMIT):
    """How many files a run within the limit makes, and the peak of its memory in bytes."""
    (tmp_path / "r.tomo.json").write_text(json.dumps(recipe))
    ended = subprocess.run(
        [
            sys.executable, "-c", MEASURED, "run", str(tmp_path / "r.tomo.json"),
            "--output", str(tmp_path / "o"), "--memory", str(limit), "--cores", "2", "--rows", rows,
            "--json",
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=600,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return len(json.loads(ended.stdout)["files"]), int(ended.stderr.split()[-1])
