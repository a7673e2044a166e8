"""The axis of one row, 2048 columns and 1500 angles, method by method; its tilt; and real data.

Prints rows for the table: one JSON object a line. The time is that of the search with the data in
memory or in the system's cache; the error is in pixels, with 2 % noise and 2 % stripes.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from rows import row

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "python")]

import phantom  # noqa: E402 - found by the line above

from tomo_runner.centre import find_centre  # noqa: E402
from tomo_runner.dataset import Dataset  # noqa: E402
from tomo_runner.pipeline import Pipeline  # noqa: E402
from tomo_runner.stopping import Stop  # noqa: E402
from tomo_runner.workers import Workers  # noqa: E402

COLUMNS, FRAMES, CENTRE = 2048, 1500, 1060.4
LEANING = (0.3, 512)
"""Degrees, and rows: 2.7 pixels from top to bottom."""
BARS = {"auto": (1.0, 0.25)}
ROUNDS = 5


def measure(span: float, folder: Path) -> None:
    """Rows of one scan."""
    made = phantom.scan(COLUMNS, 5, FRAMES, span, True, CENTRE)
    counts = phantom.counts(made, noise=0.02, stripes=0.02)
    path = phantom.write_nxtomo(folder / f"{span:.0f}.nxs", counts, made.angles)
    recipe = {
        "version": 1,
        "dataset": {"path": str(path)},
        "filters": [{"name": "normalise"}, {"name": "minus-log"}],
    }
    with Workers(2) as workers:
        for method in ("auto", "mass", "sharpness", "all"):
            seconds: list[float] = []
            for _ in range(ROUNDS):
                pipeline = Pipeline(recipe, Dataset(recipe, folder), workers)
                start = time.perf_counter()
                found = find_centre(pipeline, Stop(), [2], method)
                seconds.append(time.perf_counter() - start)
            title = f"centre, {method}, one row {COLUMNS}x{FRAMES}, {span:.0f} degrees"
            bars = BARS.get(method, (None, None))
            row(title, statistics.median(seconds), "s", bars[0])
            row(f"{title}: error", abs(found.axis.column - CENTRE), "px", bars[1])


def measure_tilt(folder: Path) -> None:
    """Column and tilt over the rows of a leaning axis."""
    tilt, rows = LEANING
    made = phantom.scan(COLUMNS, rows, 49, 360.0, True, CENTRE, tilt)
    counts = phantom.counts(made, noise=0.02, stripes=0.02)
    path = phantom.write_nxtomo(folder / "leaning.nxs", counts, made.angles)
    recipe = {
        "version": 1,
        "dataset": {"path": str(path)},
        "filters": [{"name": "normalise"}, {"name": "minus-log"}],
    }
    with Workers(2) as workers:
        pipeline = Pipeline(recipe, Dataset(recipe, folder), workers)
        axis = find_centre(pipeline, Stop()).axis
    title = f"centre, auto, {rows} rows of {COLUMNS} columns, tilt {tilt}"
    row(f"{title}: column", abs(axis.column - CENTRE), "px", 0.1)
    row(f"{title}: tilt", abs(axis.tilt - tilt), "degrees", 0.02)


def measure_real() -> None:
    """How far from where eye and several methods have them the axes of real data are found."""
    shared = Path(os.environ.get("TOMO_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not shared.is_dir():
        print(f"{shared} is not here: its axes are left out", file=sys.stderr)
        return
    for name, angles, known in (
        ("psi-neutron-ct", {"first": 0, "last": 360}, 399.4),
        ("savu-image-test", {"first": -88.2, "last": 91.8}, 86.0),
    ):
        if not (shared / name).is_dir():
            print(f"{shared / name} is not here: its axis is left out", file=sys.stderr)
            continue
        recipe = {
            "version": 1,
            "dataset": {"path": str(shared / name), "angles": angles},
            "filters": [{"name": "normalise"}, {"name": "minus-log"}],
        }
        with Workers(2) as workers:
            found = find_centre(Pipeline(recipe, Dataset(recipe, shared), workers), Stop())
        row(f"centre, auto, {name}: error", abs(found.axis.column - known), "px", 0.5)


if __name__ == "__main__":
    measure_real()
    with tempfile.TemporaryDirectory() as place:
        measure_tilt(Path(place))
        for turn in (180.0, 360.0):
            measure(turn, Path(place))
