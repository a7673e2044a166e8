"""Rotation of a projection against the same by SciPy's splines, and OpenCV where it is there.

Prints rows for the table: one JSON object a line. All take turns, on one thread, so that a busy
machine is busy for all. SciPy's `map_coordinates` of order 3 first makes coefficients of the image;
what it is given of coordinates is made before.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable

import numpy as np
from rows import in_turn, row
from scipy import ndimage

from tomo_runner.dataset import Window
from tomo_runner.engine import Engine
from tomo_runner.tilt import Tilt

SIZE = 2048
ROUNDS = 5
DEGREES = 1.0
BAR = 0.25
"""Most of SciPy's time that ours may take."""


def places() -> tuple[np.ndarray, np.ndarray]:
    """Row and column that each pixel comes from."""
    cosine, sine = math.cos(math.radians(DEGREES)), math.sin(math.radians(DEGREES))
    y, x = np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2
    middle = (SIZE - 1) / 2
    return middle - x * sine + y * cosine, middle + x * cosine + y * sine


def main() -> None:
    """Measure."""
    image = np.random.default_rng(0).uniform(0, 1, (SIZE, SIZE)).astype(np.float32)
    engine, tilt = Engine(), Tilt(DEGREES, SIZE, SIZE)
    whole = Window(0, SIZE, 0, SIZE)
    one = Window(SIZE // 2, SIZE // 2 + 1, 0, SIZE)
    needed = tilt.source(one)
    around = np.ascontiguousarray(image[needed.top : needed.bottom])
    rows, columns = places()

    actions: dict[str, Callable[[], object]] = {
        "tilt": lambda: tilt.apply(engine, image, whole, whole),
        "tilt, one row": lambda: tilt.apply(engine, around, needed, one),
        "tilt, SciPy": lambda: ndimage.map_coordinates(image, [rows, columns], mode="nearest"),
    }
    try:
        import cv2
    except ImportError:
        pass
    else:
        cv2.setNumThreads(1)
        at = columns.astype(np.float32), rows.astype(np.float32)
        actions["tilt, OpenCV in steps of 1/32"] = lambda: cv2.remap(
            image, *at, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
    times = in_turn(actions, ROUNDS)
    for name, values in times.items():
        row(f"{name}: a projection {SIZE}x{SIZE}", statistics.median(values), "ms")
    ratio = statistics.median(a / b for a, b in zip(times["tilt"], times["tilt, SciPy"]))
    row(f"tilt, engine to SciPy {SIZE}x{SIZE}", ratio, "x", BAR)


if __name__ == "__main__":
    main()
