"""Scans whose axis is known, for the tests of the centre of rotation.

Usage: ``centre_data.py FOLDER``. Writes ``tilted.nxs`` (0 to 360 degrees, the axis at column 132.4
of the middle row, leaning by 1.2 degrees), ``wedge.nxs`` (0 to 120 degrees) and ``wide.nxs`` (4096
columns, the axis at 2049.8) into the folder.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "python"))

from phantom import counts, scan, write_nxtomo  # noqa: E402 - found by the line above


def make(folder: Path) -> None:
    """Write all scans."""
    folder.mkdir(parents=True, exist_ok=True)
    tilted = scan(256, 96, 241, 360, True, 132.4, tilt=1.2)
    write_nxtomo(folder / "tilted.nxs", counts(tilted, noise=0.004), tilted.angles)
    wedge = scan(96, 8, 81, 120, True, 50.0)
    write_nxtomo(folder / "wedge.nxs", counts(wedge), wedge.angles)
    wide = scan(4096, 2, 24, centre=2049.8)
    write_nxtomo(folder / "wide.nxs", counts(wide), wide.angles)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
