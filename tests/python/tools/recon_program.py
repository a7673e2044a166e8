"""A user's own program: reconstructs rows by plain back-projection of filtered sinograms.

python recon_program.py INPUT OUTPUT CENTRE [FAULT]
"""

import sys
import time
from pathlib import Path

import numpy as np
import tifffile


def read(given):
    """Sinograms (row, angle, column) and angles in degrees."""
    if given.is_dir():
        files = sorted(given.glob("*.tif"))
        return np.stack([tifffile.imread(f) for f in files]), np.loadtxt(given / "angles.txt")
    import h5py

    with h5py.File(given) as file:
        entry = file["entry1/tomo_entry"]
        assert np.all(entry["data/image_key"][()] == 0)
        data = entry["data/data"][()]
        return data.transpose(1, 0, 2), entry["data/rotation_angle"][()]


def filtered(sinogram):
    columns = sinogram.shape[1]
    ramp = np.abs(np.fft.rfftfreq(4 * columns))
    spectrum = np.fft.rfft(sinogram, 4 * columns, axis=1) * ramp
    return np.fft.irfft(spectrum, axis=1)[:, :columns]


def slice_of(sinogram, angles, centre):
    size = sinogram.shape[1]
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    total = np.zeros((size, size))
    weights = np.full(len(angles), np.pi / (len(angles) - 1))
    weights[[0, -1]] /= 2
    for row, angle, weight in zip(filtered(sinogram), np.deg2rad(angles), weights):
        at = centre + x * np.cos(angle) + y * np.sin(angle)
        total += weight * np.interp(at, np.arange(size), row)
    return total.astype(np.float32)


def main(given, output, centre, fault=""):
    print("reconstructing", given)
    sinograms, angles = read(Path(given))
    if fault == "nothing":
        return 0
    if fault == "code":
        print("this cannot go on", file=sys.stderr)
        return 3
    if fault == "hang":
        time.sleep(600)
    slices = [slice_of(each, angles, float(centre)) for each in sinograms]
    if fault == "one":
        tifffile.imwrite(Path(output, "all.tif"), np.stack(slices))
        return 0
    for index, image in enumerate(slices):
        if fault == "shape":
            image = image[:-1]
        if fault == "nan":
            image[60, 60] = np.nan
        if fault == "text":
            Path(output, f"s_{index}.tif").write_text("no picture")
            continue
        if fault == "fewer" and index == 0:
            continue
        tifffile.imwrite(Path(output, f"s_{index}.tif"), image)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
