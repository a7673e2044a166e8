"""Writing NXtomo against copying the same bytes on the same disk, as JSON lines."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tomo_runner.toolhost.savu_files import NxtomoWriter  # noqa: E402 - found by the line above

FRAMES, SHAPE, BATCH = 400, (1024, 1024), 16
BAR = 0.8
ROUNDS = 5


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
    row = {"name": "NXtomo against a plain copy", "value": ratio, "unit": "x", "bar": BAR}
    print(json.dumps({**row, "ok": ratio >= BAR}))


if __name__ == "__main__":
    main()
