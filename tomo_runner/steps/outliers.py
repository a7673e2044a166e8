"""Gamma and X-ray spots, removed selectively from projections, flats and darks alike."""

from __future__ import annotations

from typing import Any, Mapping

import numpy as np

from .frame import Frame


class Outliers:
    """Replaces pixels further than ``threshold`` sigma from the local median by it."""

    cleans_references = True

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self.size = int(parameters["size"])
        self._threshold = float(parameters["threshold"])
        self._kind = str(parameters["kind"])

    def apply(self, image: np.ndarray, frame: Frame) -> np.ndarray:
        """Clean one image (row, column) of float32."""
        sigma = frame.measures.noise[frame.kind]
        if sigma <= 0.0:
            return image
        cleaned, count = frame.engine.remove_outliers(
            image, self.size, self._threshold * sigma, self._kind
        )
        frame.counts.replaced += count
        return cleaned
