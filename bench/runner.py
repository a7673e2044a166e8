"""The whole PSI volume through ``run``: seconds, as JSON lines.

Needs the shared data beside the checkout; says so on standard error and prints nothing without.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOMOPY = 7.9
"""Seconds that TomoPy's own functions took for the same work on two cores."""


def main() -> None:
    """Print a row for the run."""
    shared = Path(os.environ.get("TOMO_SHARED_DATA", ROOT.parent / "shared" / "data"))
    data = shared / "psi-neutron-ct"
    if not data.is_dir():
        print(f"{data.name} is not here: the runner is not measured.", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable, "-m", "tomo_runner", "run", "--data", str(data),
            "--set", 'dataset.angles={"first":0,"last":360}',
            "--set", "filters.stripes-sorting.size=21",
            "--output", str(Path(folder, "out")), "--cores", "2", "--json",
        ]  # fmt: skip
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        ended = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
    seconds = json.loads(ended.stdout)["seconds"]
    total = round(sum(seconds.values()), 2)
    bar = round(0.6 * TOMOPY, 2)
    row = {"name": "PSI, whole volume", "value": total, "unit": "s", "bar": bar, "ok": total <= bar}
    print(json.dumps(row))


if __name__ == "__main__":
    main()
