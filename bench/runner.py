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
RUNS = (
    ("sorting", "filters.stripes-sorting.size=21", 4.74),
    ("wavelet", "filters.stripes-wavelet.enabled=true", 3.0),
    ("all stripes", "filters.stripes-all.enabled=true", 5.0),
)
"""Stripe filters and the most seconds; TomoPy took 7.9, 6.3 and 25.8 for them on two cores, with
the axis given, as here."""
AXIS = 399.5


def main() -> None:
    """Print a row for the run."""
    shared = Path(os.environ.get("TOMO_SHARED_DATA", ROOT.parent / "shared" / "data"))
    data = shared / "psi-neutron-ct"
    if not data.is_dir():
        print(f"{data.name} is not here: the runner is not measured.", file=sys.stderr)
        return
    for name, setting, bar in RUNS:
        total = measure(data, setting, f"regions.centre.column={AXIS}")
        title = f"PSI, whole volume, {name}"
        row = {"name": title, "value": total, "unit": "s", "bar": bar, "ok": total <= bar}
        print(json.dumps(row), flush=True)
    name, setting, _ = RUNS[0]
    total = measure(data, setting)
    title = f"PSI, whole volume, {name}, axis to be found"
    print(json.dumps({"name": title, "value": total, "unit": "s", "bar": None, "ok": None}))


def measure(data: Path, *settings: str) -> float:
    """Seconds of a run on two cores, start of Python left out."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable, "-m", "tomo_runner", "run", "--data", str(data),
            "--set", 'dataset.angles={"first":0,"last":360}',
            *(word for setting in settings for word in ("--set", setting)),
            "--output", str(Path(folder, "out")), "--cores", "2", "--json",
        ]  # fmt: skip
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        ended = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
    seconds: dict[str, float] = json.loads(ended.stdout)["seconds"]
    return round(sum(seconds.values()), 2)


if __name__ == "__main__":
    main()
