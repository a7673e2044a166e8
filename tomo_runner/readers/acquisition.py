"""What a reader finds: groups of images, their roles, and angles.

Everything here is as it lies on disk: rotation, flip and excluded frames are applied later, in
``tomo_runner.dataset``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, List, Optional, Protocol, Sequence, Tuple

import numpy as np

ROLES = ("projection", "flat", "flat-after", "dark", "dark-after", "180", "ignore")


class Series(Protocol):
    """Images of one size, read lazily and in parts.

    ``read`` is safe to call from several threads at once.
    """

    @property
    def shape(self) -> Tuple[int, int, int]:
        """(frames, rows, columns)."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the pixels, in the machine's byte order."""

    def name(self, index: int) -> str:
        """File (or file and frame) of an image, for messages."""

    @property
    def batch(self) -> int:
        """How many neighbouring images are best read at once."""

    def read(
        self, start: int, stop: int, top: int, bottom: int, left: int, right: int
    ) -> np.ndarray:
        """Pixels [top, bottom) x [left, right) of images [start, stop), as they are on disk.

        Raises
        ------
        DataFailure
            When the image is missing, cut short, or of another size.
        """

    def check(self, indices: Sequence[int]) -> None:
        """Look at the headers of images. Raises a DataFailure that names the first bad one."""


@dataclass(frozen=True)
class Angles:
    """Angles in degrees, one a projection, or None when nothing tells them."""

    values: Optional[np.ndarray]
    source: str
    """``recipe``, ``file``, ``file names`` or ``unknown``."""
    note: str = ""


@dataclass(frozen=True)
class PixelSize:
    """Width of a pixel at the sample, and who says so."""

    value: float
    unit: str
    source: str


@dataclass(frozen=True)
class Group:
    """Images that belong together: a prefix, a sub-folder, or an image key."""

    name: str
    series: Series
    role: str
    proposed: str
    note: str = ""


@dataclass(frozen=True)
class References:
    """Flats or darks of one moment.

    ``position`` counts in projections, in acquisition order: 0 before the first, the number of
    projections after the last.
    """

    position: float
    series: Series
    name: str


@dataclass
class Acquisition:
    """A data set on disk, with a role for each group of its images."""

    path: str
    kind: str
    projections: Series
    flats: List[References]
    darks: List[References]
    opposite: Optional[Series]
    """The image at 180 degrees to the first projection, when there is one."""
    angles: Angles
    groups: List[Group]
    pixel_size: Optional[PixelSize] = None
    warnings: List[str] = field(default_factory=list)
    gaps: List[str] = field(default_factory=list)
    """Files that the numbering of the projections lacks."""
