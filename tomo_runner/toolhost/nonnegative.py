"""Sinograms without negative values, for methods that know no others."""

from __future__ import annotations

import numpy as np

_STEPS = [columns for columns in (1, 2, 4, 8, 16, 32) for _ in range(4)]
"""How far what is missing is carried in each round."""
_LEAST = 1e-9


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


def lifted(
    sinograms: np.ndarray, slices: np.ndarray, angles: np.ndarray, centres: np.ndarray
) -> np.ndarray:
    """Raise slices by as much as makes none of their values negative, and sinograms alike.

    Iterations that begin there are as free to go below zero as above it. Values cut off at zero
    would make air attenuate, and the sample come out too low and too small.

    Parameters
    ----------
    sinograms
        float32 (row, angle, column), attenuation; changed in place.
    slices
        float32 (row, y, x), what they show; changed in place.
    angles
        Degrees.
    centres
        Axis of each row in columns.

    Returns
    -------
    numpy.ndarray
        float32 (row, 1, 1): what is to be taken off again afterwards.
    """
    heights = np.maximum(-slices.min(axis=(1, 2)), 0).astype(np.float32)
    for sinogram, centre, height in zip(sinograms, centres, heights):
        sinogram += height * chords(angles, sinogram.shape[1], float(centre), slices.shape[1])
    lifts: np.ndarray = heights[:, None, None]
    slices += lifts
    return lifts


def chords(angles: np.ndarray, columns: int, centre: float, size: int) -> np.ndarray:
    """How long the ray of each column is inside a square slice, in pixels.

    Returns
    -------
    numpy.ndarray
        float32 (angle, column).
    """
    radians = np.deg2rad(angles)[:, None]
    across, along = np.abs(np.cos(radians)), np.abs(np.sin(radians))
    # A ray that leaves by neighbouring sides is shorter the farther it is from the axis.
    left = size / 2 * (across + along) - np.abs(np.arange(columns) - centre)[None, :]
    corner = left / np.maximum(across * along, _LEAST)
    lengths: np.ndarray = np.clip(corner, 0, size / np.maximum(across, along)).astype(np.float32)
    return lengths
