"""Filters of ASTRA's filtered back-projections.

ASTRA lays tukey, lanczos, triangular, gaussian, barlett-hann, nuttall, blackman-harris,
blackman-nuttall and flat-top over the frequencies from end to end, so that they begin at zero (its
blackman, too): low frequencies are lost, and with them the image. Here they fall from one at zero
frequency to their end at the cut-off, and ASTRA gets them, times its own ramp, as a filter of the
user.
"""

from __future__ import annotations

from typing import Dict, Optional, Tuple

import numpy as np

OWN = ("ram-lak", "shepp-logan", "cosine", "hamming", "hann", "parzen")
"""Those that ASTRA applies as they are meant."""
SHAPES: Dict[str, float] = {"tukey": 0.5, "gaussian": 0.4, "blackman": 0.16}
"""Filters with a shape, and its default: the flat part, the width, alpha."""
_COSINES: Dict[str, Tuple[float, ...]] = {
    "nuttall": (0.355768, 0.487396, 0.144232, 0.012604),
    "blackman-harris": (0.35875, 0.48829, 0.14128, 0.01168),
    "blackman-nuttall": (0.3635819, 0.4891775, 0.1365995, 0.0106411),
    "flat-top": (1.0, 1.93, 1.29, 0.388, 0.032),
}
_NARROWEST = 0.01


def window(name: str, part: np.ndarray, shape: Optional[float] = None) -> np.ndarray:
    """What a filter leaves of each frequency.

    Parameters
    ----------
    name
        A filter that is not ASTRA's own.
    part
        Frequencies as parts of the cut-off, 0 to 1.
    shape
        Of tukey, gaussian and blackman.

    Returns
    -------
    numpy.ndarray
        1 at frequency 0.
    """
    value = SHAPES.get(name, 0.0) if shape is None else shape
    if name == "tukey":
        fall = np.clip((part - value) / max(1.0 - value, _NARROWEST), 0.0, 1.0)
        found = 0.5 * (1.0 + np.cos(np.pi * fall))
    elif name == "lanczos":
        found = np.sinc(part)
    elif name == "triangular":
        found = 1.0 - part
    elif name == "gaussian":
        found = np.exp(-0.5 * (part / max(value, _NARROWEST)) ** 2)
    elif name == "barlett-hann":
        found = 0.62 - 0.24 * part + 0.38 * np.cos(np.pi * part)
    else:
        terms = _COSINES.get(name, ((1.0 - value) / 2, 0.5, value / 2))
        found = sum(
            (term * np.cos(np.pi * order * part) for order, term in enumerate(terms)),
            np.zeros_like(part),
        ) / sum(terms)
    return np.asarray(found, np.float64)


def spectrum(name: str, columns: int, cutoff: float, shape: Optional[float] = None) -> np.ndarray:
    """The whole filter as ASTRA takes it from a user.

    Parameters
    ----------
    name
        A filter that is not ASTRA's own.
    columns
        Of the sinogram.
    cutoff
        As a part of the highest frequency.
    shape
        Of tukey, gaussian and blackman.

    Returns
    -------
    numpy.ndarray
        float32 (1, frequencies): ASTRA's ramp times the window, up to the highest frequency of a
        sinogram padded to the next power of two of twice its width.
    """
    wide = 1 << (2 * columns - 1).bit_length()
    # The ramp is cut off in space, as ASTRA does it, lest the mean be lost.
    place = np.minimum(np.arange(wide), wide - np.arange(wide))
    ramp = np.zeros(wide)
    odd = place % 2 == 1
    ramp[odd] = -1.0 / (np.pi * place[odd]) ** 2
    ramp[0] = 0.25
    part = np.arange(wide // 2 + 1) / (wide // 2) / cutoff
    found = 2.0 * np.fft.rfft(ramp).real * window(name, np.minimum(part, 1.0), shape)
    found[part > 1.0] = 0.0
    line: np.ndarray = found.astype(np.float32)[None]
    return line
