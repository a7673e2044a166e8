"""Pre-processing of projections: what happens between the file and the sinogram."""

from __future__ import annotations

from .active import ActiveStep, active_steps
from .chain import Chain, Counts, Frame, Measures

__all__ = ["ActiveStep", "Chain", "Counts", "Frame", "Measures", "active_steps"]
