"""What a step is given with each image, and what it counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Optional

import numpy as np

from ..engine import Engine

PROJECTION, FLAT, DARK = "projection", "flat", "dark"


@dataclass
class Measures:
    """Numbers that hold for the whole data set: measured once, kept in the journal.

    With them a slab, a preview row and the single run agree to the bit.

    Attributes
    ----------
    noise
        Standard deviation of the noise in each kind of image, in its own values.
    dose
        Factor of each projection (all of them, excluded ones are NaN), float64; None without an
        air region.
    """

    noise: Dict[str, float] = field(default_factory=dict)
    dose: Optional[np.ndarray] = None

    def to_json(self) -> Dict[str, Any]:
        """As the journal keeps it; floats survive to the bit."""
        dose = None
        if self.dose is not None:
            dose = [None if np.isnan(value) else float(value) for value in self.dose]
        return {"noise": self.noise, "dose": dose}

    @staticmethod
    def from_json(data: Dict[str, Any]) -> Measures:
        """The inverse of ``to_json``."""
        dose = data["dose"]
        return Measures(
            dict(data["noise"]),
            None if dose is None else np.array([np.nan if v is None else v for v in dose]),
        )


@dataclass
class Counts:
    """Pixels that were looked at and changed, for the warnings.

    Attributes
    ----------
    pixels, replaced
        Those that were read, halos too, and the outliers among them.
    gaps
        Those without a transmission that phase retrieval has bridged.
    logged, floored
        Those whose logarithm was taken, and those among them that became the floor.
    """

    pixels: int = 0
    replaced: int = 0
    gaps: int = 0
    logged: int = 0
    floored: int = 0

    def add(self, other: Counts) -> None:
        """Add another count."""
        self.pixels += other.pixels
        self.replaced += other.replaced
        self.gaps += other.gaps
        self.logged += other.logged
        self.floored += other.floored


@dataclass
class Frame:
    """One image on its way.

    Attributes
    ----------
    kind
        ``projection``, ``flat`` or ``dark``.
    index
        Acquisition index of a projection; 0 for the others.
    dark, flat
        References of the same pixels, float32, or None for 0 and 1.
    """

    engine: Engine
    kind: str
    index: int
    measures: Measures
    counts: Counts
    dark: Optional[np.ndarray] = None
    flat: Optional[np.ndarray] = None
