"""A scan of 1500 projections of 2048 columns, three rows high: ``drag.py FILE.nxs``."""

from __future__ import annotations

import sys

import h5py
import numpy as np

COLUMNS, FRAMES, ROWS = 2048, 1500, 3
AXIS = (COLUMNS - 1) / 2 + 5.3


def main(path: str) -> None:
    """Discs in a disc, with counting noise."""
    dice = np.random.default_rng(1)
    angles = np.arange(FRAMES) * 180 / FRAMES
    theta = np.deg2rad(angles)[:, None]
    column = np.arange(COLUMNS)[None, :]
    discs = [(0.0, 0.0, 900.0, 4e-4)]
    for _ in range(25):
        x, y = dice.uniform(-500, 500, 2)
        discs.append((x, y, dice.uniform(20, 150), dice.uniform(2e-4, 1e-3)))
    line = np.zeros((FRAMES, COLUMNS))
    for x, y, radius, density in discs:
        at = AXIS + x * np.cos(theta) + y * np.sin(theta)
        line += 2 * density * np.sqrt(np.maximum(0, radius**2 - (column - at) ** 2))
    mean = 40000 * np.exp(-line)
    frames = np.clip(dice.normal(mean, np.sqrt(mean)), 0, 65535).astype(np.uint16)
    flats = np.clip(dice.normal(40000, 200, (10, COLUMNS)), 0, 65535).astype(np.uint16)
    darks = np.zeros((5, COLUMNS), np.uint16)
    with h5py.File(path, "w") as file:
        entry = file.create_group("entry1/tomo_entry")
        entry["definition"] = "NXtomo"
        detector = entry.create_group("instrument/detector")
        images = np.concatenate([darks, flats, frames])
        detector["data"] = np.repeat(images[:, None, :], ROWS, axis=1)
        detector["image_key"] = [2] * 5 + [1] * 10 + [0] * FRAMES
        entry["sample/rotation_angle"] = np.concatenate([np.zeros(15), angles])
        for key, target in {
            "data": "instrument/detector/data",
            "image_key": "instrument/detector/image_key",
            "rotation_angle": "sample/rotation_angle",
        }.items():
            entry[f"data/{key}"] = h5py.SoftLink(f"/entry1/tomo_entry/{target}")


if __name__ == "__main__":
    main(sys.argv[1])
