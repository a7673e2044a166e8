"""Phase retrieval from one distance.

D. Paganin, S. C. Mayo, T. E. Gureyev, P. R. Miller, S. W. Wilkins, Journal of Microscopy 206
(2002) 33: the transmission is filtered by 1 / (1 + a k^2), with a = wavelength x distance x
(delta / beta) / (4 pi), and its logarithm taken afterwards.
"""

from __future__ import annotations

import math
from typing import Any, Mapping, Optional, Tuple

import numpy as np

from ..failures import RecipeFailure
from .frame import Frame

_WAVELENGTH = 12.398419843e-8
"""Wavelength in centimetres times energy in keV."""
_LENGTHS = 10.0
"""Decay lengths that the filter reaches: e^-10 is 0.00005."""
_LEAST = 16
MOST = 1024
"""Rows up and down. Where fringes are a hundred pixels wide, the formula does not hold any more,
and a preview of a row would read two thousand."""


class Phase:
    """Filters whole images: fringes at edges become what they stand for.

    Parameters
    ----------
    parameters
        Of the step.
    pixel
        Width of a pixel in centimetres; None when it is not known.

    Raises
    ------
    RecipeFailure
        When the filter cannot be made of these numbers.
    """

    cleans_references = False

    def __init__(self, parameters: Mapping[str, Any], pixel: Optional[float]) -> None:
        self._spread = spread_of(parameters, pixel)
        self.reach = reach_of(parameters, pixel)

    def apply(
        self, image: np.ndarray, frame: Frame, rows: Optional[Tuple[int, int]] = None
    ) -> np.ndarray:
        """Rows [first, past last) of an image (row, column) of transmission; all when left out.

        Pixels that are not finite count as what is between their neighbours in the row.
        """
        out, gaps = frame.engine.retrieve_phase(image, self._spread, self.reach, rows)
        frame.counts.gaps += gaps
        return out


def spread_of(parameters: Mapping[str, Any], pixel: Optional[float]) -> float:
    """The filter's ``a`` in pixels squared: the square of its decay length."""
    if pixel is None:
        raise RecipeFailure(
            "phase-pixel",
            "Phase retrieval needs the pixel size, which neither the data nor the recipe tell.",
            "dataset.pixelSize",
            "State dataset.pixelSize, or switch the step off.",
        )
    wavelength = _WAVELENGTH / float(parameters["energy"])
    distance = float(parameters["distance"]) / 10.0
    return wavelength * distance * float(parameters["ratio"]) / (4.0 * math.pi * pixel * pixel)


def reach_of(parameters: Mapping[str, Any], pixel: Optional[float]) -> int:
    """Rows above and below that a row depends on."""
    rows = max(_LEAST, math.ceil(_LENGTHS * math.sqrt(spread_of(parameters, pixel))))
    if rows > MOST:
        raise RecipeFailure(
            "phase-reach",
            f"Phase retrieval with these numbers reaches {rows} rows up and down; {MOST} is the "
            "most.",
            "filters.phase",
            "Check energy (keV), distance (mm), ratio and the pixel size: a filter so wide is no "
            "phase retrieval any more.",
        )
    return rows
