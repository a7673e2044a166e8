"""Data sets as they lie on disk, behind one interface."""

from __future__ import annotations

from .acquisition import Acquisition, Angles, Group, PixelSize, References, Series
from .open import open_acquisition, stamp

__all__ = [
    "Acquisition",
    "Angles",
    "Group",
    "PixelSize",
    "References",
    "Series",
    "open_acquisition",
    "stamp",
]
