"""How fast this machine is, by calculations of others that bars of absolute times were set beside.

Prints rows for the table: one JSON object a line. The machine of the bars took 300 and 96 ms for
the stripe filters of algotom (835 columns, 376 angles, one thread), and 490 ms for a median of
3 x 3 of SciPy (2048 x 2048, float32). Where this one takes longer, so does everything else.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable

import numpy as np
from algotom.prep import removal
from rows import in_turn, row
from scipy import ndimage

ROUNDS = 5


def main() -> None:
    """Measure."""
    random = np.random.default_rng(0)
    sinogram = random.normal(1, 0.1, (376, 835)).astype(np.float32)
    image = random.normal(1, 0.1, (2048, 2048)).astype(np.float32)
    known: dict[str, tuple[float, Callable[[], object]]] = {
        "algotom, all stripes": (300, lambda: removal.remove_all_stripe(sinogram, 3.0, 51, 21)),
        "algotom, sorting": (96, lambda: removal.remove_stripe_based_sorting(sinogram, 21)),
        "SciPy, median 3x3": (490, lambda: ndimage.median_filter(image, 3)),
    }
    times = in_turn({name: action for name, (_, action) in known.items()}, ROUNDS)
    factors = []
    for name, (bars, _) in known.items():
        value = statistics.median(times[name])
        row(f"machine: {name}", value, "ms")
        factors.append(value / bars)
    row("machine: times as long as the machine of the bars", statistics.median(factors), "x")


if __name__ == "__main__":
    main()
