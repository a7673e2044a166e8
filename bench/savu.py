"""Writing NXtomo against copying the same bytes, and Savu by the tool host against Savu alone.

Savu alone is its command, on a file with the same sinograms, padded as the host pads them, and on
the same list; the host writes its file, starts Savu, and reads the volume back. As JSON lines; when
Savu is not installed, that is said on standard error.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from rows import row

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tomo_runner import catalogue  # noqa: E402 - found by the line above
from tomo_runner.external import ToolHost, python_of  # noqa: E402
from tomo_runner.stopping import Stop  # noqa: E402
from tomo_runner.toolhost import savu  # noqa: E402
from tomo_runner.toolhost.contract import Task  # noqa: E402
from tomo_runner.toolhost.savu_files import NxtomoWriter, write_list  # noqa: E402
from tomo_runner.toolhost.savu_process import require_command  # noqa: E402
from tomo_runner.tools import probe_tool  # noqa: E402

FRAMES, SHAPE, BATCH = 400, (1024, 1024), 16
BAR = 0.8
ROUNDS = 5
ROWS, ANGLES, COLUMNS = 16, 721, 513
OVER, PAIRS = 5.0, 3


def written(path: Path, images: np.ndarray) -> float:
    """Seconds that an NXtomo file takes until it is on the disk."""
    start = time.perf_counter()
    with NxtomoWriter(path, [0] * FRAMES, [0.0] * FRAMES, SHAPE, np.uint16) as writer:
        for first in range(0, FRAMES, BATCH):
            writer.write(first, images)
    synchronised(path)
    return time.perf_counter() - start


def copied(path: Path, images: np.ndarray) -> float:
    """Seconds that the same bytes take as a plain file."""
    start = time.perf_counter()
    with open(path, "wb", buffering=0) as file:
        for _ in range(0, FRAMES, BATCH):
            file.write(images.data)
    synchronised(path)
    return time.perf_counter() - start


def synchronised(path: Path) -> None:
    """Wait until a file is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def main() -> None:
    """Print the ratio of the speeds: the median over pairs, each in both orders."""
    images = np.random.default_rng(1).integers(0, 65535, (BATCH, *SHAPE)).astype(np.uint16)
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        for turn in range(ROUNDS):
            order = (written, copied) if turn % 2 else (copied, written)
            seconds = {}
            for one in order:
                seconds[one] = one(path, images)
                path.unlink()
            ratios.append(seconds[copied] / seconds[written])
    ratio = round(float(np.median(ratios)), 3)
    row("NXtomo against a plain copy", ratio, "x", BAR, ratio >= BAR)
    measure_savu()


def measure_savu() -> None:
    """Print what the host costs over Savu alone, in per cent: the median over pairs."""
    title = catalogue.title("savu")
    found = probe_tool("savu", title)
    if not found["available"]:
        print(f"{found['why']} It is not measured.", file=sys.stderr)
        return
    defaults = catalogue.defaults(catalogue.method("savu", "FBP")["schema"])
    random = np.random.default_rng(1)
    pixels = random.standard_normal((ROWS, ANGLES, COLUMNS)).astype(np.float32)
    angles, centres = np.linspace(0, 180, ANGLES), np.full(ROWS, (COLUMNS - 1) / 2)
    volume = np.empty((ROWS, COLUMNS, COLUMNS), np.float32)
    task = Task("FBP", defaults, pixels, angles, centres, volume, 1, print, print)
    host = ToolHost("savu", title, python_of("savu"))
    times: dict[str, list[float]] = {"alone": [], "hosted": []}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        columns, middle = savu.write_data(task, place / "data.nxs")
        write_list(place / "list.nxs", savu.process_list(task, columns, middle))

        def alone() -> None:
            out = tempfile.mkdtemp(dir=folder)
            files = (str(place / "data.nxs"), str(place / "list.nxs"), out)
            argv = [*require_command(), *files, "-f", "run", "--stats", "off"]
            subprocess.run(argv, check=True, capture_output=True)

        def hosted() -> None:
            host.reconstruct(
                "FBP",
                defaults,
                angles,
                centres,
                pixels.shape,
                COLUMNS,
                1,
                Stop(),
                lambda row, image: None,
                lambda text: None,
            )

        try:
            host.sinograms(pixels.shape)[...] = pixels
            for turn in range(PAIRS):
                for one in (alone, hosted) if turn % 2 else (hosted, alone):
                    begun = time.perf_counter()
                    one()
                    times[one.__name__].append(time.perf_counter() - begun)
        finally:
            host.close()
    ratios = np.divide(times["hosted"], times["alone"])
    over = round(100 * (float(np.median(ratios)) - 1), 1)
    row("Savu FBP, host over bare", over, "%", OVER)
    row("Savu FBP, bare", float(np.median(times["alone"])), "s")


if __name__ == "__main__":
    main()
