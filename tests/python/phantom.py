"""A phantom of ellipses whose projections are known exactly, and data sets made of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tifffile

FLAT, DARK = 20000.0, 300.0


@dataclass(frozen=True)
class Scan:
    """A generated scan. Attenuation is (frame, row, column) in float64."""

    attenuation: np.ndarray
    angles: np.ndarray
    centre: float


def ellipses(
    columns: int, row: float | np.ndarray
) -> list[tuple[float | np.ndarray, float, float, float, float, float]]:
    """(x, y, half width, half height, turn in degrees, density per pixel) of a slice."""
    r = columns / 2
    shift = 0.15 * r * np.sin(2.0 * row)
    return [
        (0.0, 0.0, 0.72 * r, 0.6 * r, 20.0, 0.6 / r),
        (0.3 * r + shift, -0.2 * r, 0.14 * r, 0.2 * r, 0.0, 0.9 / r),
        (-0.35 * r, 0.15 * r, 0.1 * r, 0.07 * r, 40.0, -0.4 / r),
    ]


def scan(
    columns: int = 96,
    rows: int = 12,
    frames: int = 90,
    span: float = 180.0,
    endpoint: bool = False,
    centre: float | None = None,
    tilt: float = 0.0,
    angles: np.ndarray | None = None,
) -> Scan:
    """Line integrals at column ``centre + x cos + y sin`` of the projection at each angle.

    ``angles`` in degrees take the place of so many frames over a span. About an axis that leans the
    points leave their row as they go round; ``centre`` is its column in the middle row.
    """
    if angles is None:
        angles = np.linspace(0.0, span, frames, endpoint=endpoint)
    axis = (columns - 1) / 2 + 2.3 if centre is None else centre
    middle = (rows - 1) / 2
    cosine, sine = np.cos(np.deg2rad(tilt)), np.sin(np.deg2rad(tilt))
    y, x = np.mgrid[:rows, :columns].astype(np.float64)
    across = (x - axis) * cosine - (y - middle) * sine
    along = middle + (x - axis) * sine + (y - middle) * cosine
    made = ellipses(columns, along / rows)
    attenuation = np.zeros((len(angles), rows, columns))
    for frame, theta in enumerate(np.deg2rad(angles)):
        for at_x, at_y, a, b, turn, density in made:
            alpha = theta - np.deg2rad(turn)
            half = (a * np.cos(alpha)) ** 2 + (b * np.sin(alpha)) ** 2
            offset = across - at_x * np.cos(theta) - at_y * np.sin(theta)
            chord = np.sqrt(np.maximum(half - offset**2, 0.0))
            attenuation[frame] += 2 * density * a * b * chord / half
    return Scan(attenuation, angles, axis)


def blobs(columns: int, rows: int) -> list[tuple[float, float, float, float]]:
    """(x, y, z, width) of small smooth blobs far from the axis, z along it from the middle row."""
    far = 0.36 * columns
    return [
        (far, 0.1 * far, -0.36 * rows, 2.2),
        (-far, 0.2 * far, -0.2 * rows, 2.0),
        (0.3 * far, far, 0.0, 2.4),
        (-0.5 * far, -0.8 * far, 0.21 * rows, 1.9),
        (0.7 * far, -0.6 * far, 0.36 * rows, 2.2),
    ]


def leaning(
    columns: int,
    rows: int,
    frames: int,
    centre: float,
    pivot: float,
    tilt: float,
    made: list[tuple[float, float, float, float]],
) -> Scan:
    """Half a turn of blobs about an axis that leans: they leave their row as they go round.

    The axis is at column ``centre`` of row ``pivot``, where z is 0; points are x and y from it.
    """
    angles = np.linspace(0.0, 180.0, frames, endpoint=False)
    cosine, sine = np.cos(np.deg2rad(tilt)), np.sin(np.deg2rad(tilt))
    y, x = np.mgrid[:rows, :columns]
    along = (x - centre) * sine + (y - pivot) * cosine
    across = (x - centre) * cosine - (y - pivot) * sine
    attenuation = np.zeros((frames, rows, columns))
    for at_x, at_y, z, width in made:
        for frame, theta in enumerate(np.deg2rad(angles)):
            off = across - at_x * np.cos(theta) - at_y * np.sin(theta)
            attenuation[frame] += np.exp(-0.5 * (off**2 + (along - z) ** 2) / width**2)
    return Scan(attenuation, angles, centre)


def counts(made: Scan, noise: float = 0.0, stripes: float = 0.0, seed: int = 1) -> np.ndarray:
    """Camera counts (frame, row, column), uint16; noise and stripes relative to the signal."""
    rng = np.random.default_rng(seed)
    signal = (FLAT - DARK) * np.exp(-made.attenuation)
    signal = signal * (1 + noise * rng.standard_normal(signal.shape))
    gain = 1 + stripes * rng.standard_normal(signal.shape[2])
    return np.clip(np.rint(signal * gain + DARK), 0, 65535).astype(np.uint16)


def write_folder(folder: Path, images: np.ndarray, flats: int = 3, darks: int = 2) -> Path:
    """One folder with the prefixes tomo, ob and dc."""
    folder.mkdir(parents=True)
    for index, image in enumerate(images):
        tifffile.imwrite(folder / f"tomo_{index:04d}.tif", image)
    shape = images.shape[1:]
    for index in range(flats):
        tifffile.imwrite(folder / f"ob_{index:02d}.tif", np.full(shape, FLAT, np.uint16))
    for index in range(darks):
        tifffile.imwrite(folder / f"dc_{index:02d}.tif", np.full(shape, DARK, np.uint16))
    return folder


def write_nxtomo(path: Path, images: np.ndarray, angles: np.ndarray, unit: str = "degree") -> Path:
    """Two darks, three flats, the projections."""
    import h5py

    shape = images.shape[1:]
    dark, flat = np.full((2, *shape), DARK, np.uint16), np.full((3, *shape), FLAT, np.uint16)
    key = [2] * 2 + [1] * 3 + [0] * len(images)
    values = np.concatenate([np.zeros(5), np.deg2rad(angles) if unit == "rad" else angles])
    with h5py.File(path, "w") as file:
        entry = file.create_group("entry")
        entry["definition"] = "NXtomo"
        entry["instrument/detector/data"] = np.concatenate([dark, flat, images])
        entry["instrument/detector/image_key"] = key
        entry["instrument/detector/x_pixel_size"] = 0.055
        entry["instrument/detector/x_pixel_size"].attrs["units"] = "mm"
        entry["sample/rotation_angle"] = values
        entry["sample/rotation_angle"].attrs["units"] = unit
    return path
