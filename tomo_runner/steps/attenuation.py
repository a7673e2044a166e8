"""Flat and dark, air region and minus log: one pass over the pixels."""

from __future__ import annotations

from typing import Any, Mapping, Optional

import numpy as np

from .frame import Frame

_LOWEST = float(np.finfo(np.float32).min)


class Attenuation:
    """The pixel-wise steps that are on, which the engine does together.

    (data - dark) / (flat - dark) x dose, floored, minus logarithm.
    """

    cleans_references = False

    def __init__(self) -> None:
        self.average: Optional[str] = None
        self._air = False
        self._floor: Optional[float] = None
        self._lowest = _LOWEST

    def normalise(self, parameters: Mapping[str, Any]) -> None:
        """Switch flat and dark on."""
        self.average = str(parameters["average"])

    def air(self, parameters: Mapping[str, Any]) -> None:
        """Switch the dose from the air region on."""
        self._air = True

    def minus_log(self, parameters: Mapping[str, Any]) -> None:
        """Switch the logarithm on."""
        self._floor = float(parameters["floor"])

    def keep_gaps(self) -> None:
        """Leave NaN where there is no transmission, for a step that fills it otherwise."""
        self._lowest = float("nan")

    def apply(self, image: np.ndarray, frame: Frame) -> np.ndarray:
        """Turn one image (row, column) of float32 into transmission or attenuation."""
        dose = 1.0
        if self._air and frame.measures.dose is not None:
            dose = float(frame.measures.dose[frame.index])
        log = self._floor is not None
        out, floored = frame.engine.attenuate(
            image,
            frame.dark if self.average else None,
            frame.flat if self.average else None,
            dose,
            self._floor if self._floor is not None else self._lowest,
            log,
        )
        if log:
            frame.counts.logged += image.size
            frame.counts.floored += floored
        return out
