"""A job as the panel runs it against the runner alone, with the same recipe.

Prints rows for the table: one JSON object a line. The kernel's start, from the submission to the
start of the runner, is told apart.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rows import row

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests" / "python"
sys.path[:0] = [str(TESTS / name) for name in ("", "integration", "server")]

import numpy as np  # noqa: E402
import tifffile  # noqa: E402
from house import House, Job  # noqa: E402

ROUNDS = 7
ROWS, COLUMNS, FRAMES = 768, 600, 361
CORES, MEMORY = 2, 1 << 30


def make_data(folder: Path) -> Path:
    """A TIFF folder with noise in it: what is in the images does not change the time."""
    random = np.random.default_rng(1)
    for name, count in (("Tomo", FRAMES), ("Flat_Before", 5), ("Dark_Before", 5)):
        (folder / name).mkdir(parents=True)
        level = 100 if name.startswith("Dark") else 3000
        for index in range(count):
            image = random.normal(level, 5, (ROWS, COLUMNS)).astype(np.uint16)
            tifffile.imwrite(folder / name / f"{name}_{index:04d}.tif", image)
    return folder


def run_alone(job: Job, home: Path, count: int) -> float:
    """Seconds of the whole command."""
    recipe = {**job.submission()["recipe"], "output": {"folder": f"alone-{count}"}}
    file = home / "alone.tomo.json"
    file.write_text(json.dumps(recipe))
    command = [sys.executable, "-m", "tomo_runner", "run", str(file), "--json"]
    limits = ["--cores", str(CORES), "--memory", f"{MEMORY >> 20}MiB"]
    since = time.perf_counter()
    subprocess.run([*command, *limits], check=True, capture_output=True, cwd=ROOT)
    return time.perf_counter() - since


def run_job(house: House) -> tuple[float, float, Job]:
    """Seconds from the bootstrap to the record of the result, and to the bootstrap."""
    since = time.time()
    job = Job(house, options={"cores": CORES, "memory": MEMORY})
    # Asking often would take the time of the run that is measured.
    job.wait_until("finished", 120, every=0.5)
    # The bootstrap notes when it starts the runner; the record is the last file of a run.
    started = float(job.attempt()["started"])
    record = job.result() / "result.json"
    return record.stat().st_mtime - started, started - since, job


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        data = make_data(home / "data set")
        house = House.start(home, data)
        try:
            *_, job = run_job(house)
            jobs, alone, starts = [], [], []
            for count in range(ROUNDS):
                # In turns, so that a busy machine is busy for both.
                alone.append(run_alone(job, home, count))
                whole, start, _ = run_job(house)
                jobs.append(whole)
                starts.append(start)
        finally:
            house.stop()
    row(f"run alone, {ROWS} slices", statistics.median(alone), "s")
    row("panel's job, without the kernel's start", statistics.median(jobs), "s")
    ratios = [whole / bare for whole, bare in zip(jobs, alone)]
    row("panel's job / run alone", statistics.median(ratios), "ratio", 1.05)
    row("start of the kernel", statistics.median(starts), "s")


if __name__ == "__main__":
    main()
