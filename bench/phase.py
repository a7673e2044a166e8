"""Phase retrieval of a projection against the same filter by transforms of the padded image.

Prints rows for the table: one JSON object a line. Both take turns, on one thread, so that a busy
machine is busy for both. NumPy transforms in float64, SciPy in float32; both pad to twice the size,
which is what TomoPy does.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable

import numpy as np
from rows import in_turn, row
from scipy import fft

from tomo_runner.engine import Engine

SIZE = 2048
ROUNDS = 5
LENGTHS = (3, 10, 30)
"""Decay lengths in pixels; the middle one is compared."""
COMPARED = 10
BARS = {"SciPy in float32": 0.4, "NumPy": 0.15}
"""Most of their time that ours may take."""


def main() -> None:
    """Measure."""
    image = np.random.default_rng(0).uniform(0.2, 1, (SIZE, SIZE)).astype(np.float32)
    engines = {length: Engine() for length in LENGTHS}
    square = (2 * np.pi * np.fft.fftfreq(2 * SIZE)) ** 2
    low = 1 / (1 + COMPARED**2 * np.add.outer(square, square[: SIZE + 1]))
    narrow = low.astype(np.float32)

    def ours(length: int) -> Callable[[], object]:
        return lambda: engines[length].retrieve_phase(image, length**2, 10 * length)

    def one_row() -> object:
        reach = 10 * COMPARED
        return engines[COMPARED].retrieve_phase(
            image[: 2 * reach + 1], COMPARED**2, reach, (reach, reach + 1)
        )

    def scipy() -> np.ndarray:
        padded = np.pad(image, SIZE // 2, mode="edge")
        found: np.ndarray = fft.irfft2(fft.rfft2(padded, workers=1) * narrow, workers=1)
        return found[SIZE // 2 : -SIZE // 2, SIZE // 2 : -SIZE // 2]

    def numpy() -> np.ndarray:
        padded = np.pad(image, SIZE // 2, mode="edge")
        found: np.ndarray = np.fft.irfft2(np.fft.rfft2(padded) * low)
        return found[SIZE // 2 : -SIZE // 2, SIZE // 2 : -SIZE // 2]

    actions: dict[str, Callable[[], object]] = {
        **{f"phase, length {length} px": ours(length) for length in LENGTHS},
        "phase, one row": one_row,
        "phase, SciPy in float32": scipy,
        "phase, NumPy": numpy,
    }
    times = in_turn(actions, ROUNDS)
    size = f"{SIZE}x{SIZE}"
    for name, values in times.items():
        row(f"{name}: a projection {size}", statistics.median(values), "ms")
    engine = times[f"phase, length {COMPARED} px"]
    for name, bar in BARS.items():
        ratio = statistics.median(a / b for a, b in zip(engine, times[f"phase, {name}"]))
        row(f"phase, engine to {name} {size}", ratio, "x", bar)


if __name__ == "__main__":
    main()
