"""The whole PSI volume through ``run``: seconds, as JSON lines.

Needs the shared data beside the checkout; says so on standard error and prints nothing without.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rows import row

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
        whole, stages = measure(data, setting, f"regions.centre.column={AXIS}")
        row(f"PSI, whole volume, {name}", whole, "s", bar)
        row(f"PSI, whole volume, {name}, its stages", stages, "s")
    name, setting, _ = RUNS[0]
    whole, _ = measure(data, setting)
    row(f"PSI, whole volume, {name}, axis to be found", whole, "s")


def measure(data: Path, *settings: str) -> tuple[float, float]:
    """Seconds of a run on two cores: the command from start to end, and the sum of its stages."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable, "-m", "tomo_runner", "run", "--data", str(data),
            "--set", 'dataset.angles={"first":0,"last":360}',
            *(word for setting in settings for word in ("--set", setting)),
            "--output", str(Path(folder, "out")), "--cores", "2", "--json",
        ]  # fmt: skip
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        begun = time.perf_counter()
        ended = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
        whole = time.perf_counter() - begun
    seconds: dict[str, float] = json.loads(ended.stdout)["seconds"]
    return whole, sum(seconds.values())


if __name__ == "__main__":
    main()
