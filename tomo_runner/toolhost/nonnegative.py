"""Sinograms without negative values, whose projections keep their sums."""

from __future__ import annotations

import numpy as np

_STEPS = [columns for columns in (1, 2, 4, 8, 16, 32) for _ in range(4)]
"""How far what is missing is carried in each round."""


def made_up(sinograms: np.ndarray) -> None:
    """Raise negative values to zero, in place, and take as much from columns beside them.

    Air is as often below zero as above by its noise. Were the one set to zero and the other left,
    air would attenuate, and the sample come out too low. What no column within about a hundred
    can make up for stays below zero.

    Parameters
    ----------
    sinograms
        float32 (row, angle, column), attenuation.
    """
    columns = sinograms.shape[2]
    for step in _STEPS:
        missing = np.minimum(sinograms, 0)
        if step >= columns or not missing.any():
            break
        sinograms -= missing
        missing *= np.float32(0.5)
        # What would leave over an end of the detector stays at that end.
        sinograms[..., step:] += missing[..., :-step]
        sinograms[..., :step] += missing[..., :step]
        sinograms[..., :-step] += missing[..., step:]
        sinograms[..., -step:] += missing[..., -step:]
