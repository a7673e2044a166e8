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


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="resident memory is not known")
def test_peak_stays_under_the_limit(tmp_path):
    h5py = pytest.importorskip("h5py")
    frames, rows, columns = 2000, 1200, 256
    assert frames * rows * columns * 4 > 10 * LIMIT
    path = tmp_path / "big.nxs"
    with h5py.File(path, "w") as file:
        entry = file.create_group("entry")
        entry["definition"] = "NXtomo"
        shape = (frames + 1, rows, columns)
        data = entry.create_dataset(
            "instrument/detector/data", shape, "u2", chunks=(50, 8, columns), fillvalue=900
        )
        data[0] = 1000
        entry["instrument/detector/image_key"] = np.r_[1, np.zeros(frames, int)]
        entry["sample/rotation_angle"] = np.r_[0, np.linspace(0, 180, frames)]
        entry["sample/rotation_angle"].attrs["units"] = "degree"
    recipe = {
        "version": 1,
        "dataset": {"path": str(path)},
        "regions": {"centre": {"column": 127.5}},
        "filters": [{"name": "outliers"}, {"name": "normalise"}, {"name": "minus-log"}],
    }
    (tmp_path / "r.tomo.json").write_text(json.dumps(recipe))
    ended = subprocess.run(
        [
            sys.executable, "-c", MEASURED, "run", str(tmp_path / "r.tomo.json"),
            "--output", str(tmp_path / "o"), "--memory", str(LIMIT), "--cores", "2", "--json",
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=600,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert len(json.loads(ended.stdout)["files"]) == rows
    peak = int(ended.stderr.split()[-1])
    assert peak < LIMIT, f"{peak / 2**20:.0f} MiB"
