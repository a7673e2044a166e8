"""Generate the example data: a neutron-like scan that needs no download.

    python examples/make_data.py [FOLDER] [--size COLUMNS]

A can with a right-handed helix, the letters FR and three balls, seen in a
half turn around an axis that is not in the middle, with everything a real
scan has: Poisson noise, flats before and after, darks, a drifting beam, bad
columns (stripes, hence rings) and gamma spots. The same bytes every time.

Written are ``phantom_nxtomo.nxs`` (NXtomo), ``phantom_tiff/`` (folders as
IMAT writes them) and a recipe for each, ``phantom.tomo.json`` and
``phantom_tiff.tomo.json``.

The letters read FR, left to right, in a slice that is shown with y downwards;
a mirrored or upside-down reconstruction does not. The helix is a right-handed
screw; when rows are counted the wrong way it becomes a left-handed one.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SEED = 20260701
#: Width that all lengths below are given for, in pixels.
REFERENCE_COLUMNS = 256
#: Axis of rotation of the reference size, 0-based column.
REFERENCE_CENTRE = 131.3
#: Width of the field of view in cm; a pixel is this divided by the columns.
FIELD = 2.56
DARKS = 10
FLATS = 10
COUNTS = 30000.0
OFFSET = 120.0


@dataclass(frozen=True)
class Geometry:
    """Sizes of one scan.

    Parameters
    ----------
    columns
        Detector columns; rows and projections follow from it.
    """

    columns: int = REFERENCE_COLUMNS

    @property
    def scale(self) -> float:
        """Pixels of this size per pixel of the reference size."""
        return self.columns / REFERENCE_COLUMNS

    @property
    def rows(self) -> int:
        return round(self.columns * 3 / 8)

    @property
    def projections(self) -> int:
        """An odd number, from 0 to 180 degrees with both ends."""
        return 2 * round(self.columns * 15 / 32) + 1

    @property
    def centre(self) -> float:
        """Column of the axis, 0-based, integers at pixel centres."""
        return (REFERENCE_CENTRE + 0.5) * self.scale - 0.5

    @property
    def angles(self) -> np.ndarray:
        """Degrees, shape (projections,)."""
        return np.linspace(0.0, 180.0, self.projections)

    @property
    def pixel(self) -> float:
        """Width of a pixel in cm."""
        return FIELD / self.columns

    @property
    def air(self) -> list[int]:
        """[left, top, right, bottom] of a region that the sample never enters."""
        scaled = (4 * self.scale, self.rows / 12, 28 * self.scale, self.rows * 11 / 12)
        return [round(value) for value in scaled]


@dataclass(frozen=True)
class Disc:
    """A disc in a slice: x, y, radius in pixels from the axis, attenuation per cm."""

    x: float
    y: float
    radius: float
    value: float

    def sinogram(self, angles: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Line integrals, averaged over each pixel, in value times pixels.

        Parameters
        ----------
        angles
            Degrees, shape (count,).
        columns
            Columns relative to the axis, shape (width,).

        Returns
        -------
        numpy.ndarray
            float64, shape (count, width).
        """
        theta = np.deg2rad(angles)[:, None]
        offset = columns[None, :] - (self.x * np.cos(theta) + self.y * np.sin(theta))
        area = self._area(offset + 0.5) - self._area(offset - 0.5)
        return self.value * area

    def _area(self, offset: np.ndarray) -> np.ndarray:
        """Area of the disc on the near side of a chord."""
        s = np.clip(offset / self.radius, -1.0, 1.0)
        return self.radius**2 * (s * np.sqrt(1.0 - s * s) + np.arcsin(s))

    def image(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Value at points from the axis."""
        return np.where((x - self.x) ** 2 + (y - self.y) ** 2 <= self.radius**2, self.value, 0.0)


@dataclass(frozen=True)
class Bar:
    """A rectangle in a slice, turned by `turn` degrees from x towards y."""

    x: float
    y: float
    width: float
    height: float
    turn: float
    value: float

    def sinogram(self, angles: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Line integrals as :meth:`Disc.sinogram`; a trapezoid, averaged over each pixel."""
        theta = np.deg2rad(angles)[:, None]
        offset = columns[None, :] - (self.x * np.cos(theta) + self.y * np.sin(theta))
        tilt = theta - math.radians(self.turn)
        # Seen edge on the trapezoid becomes a box; the small width keeps one formula.
        p = np.maximum(np.abs(self.width * np.cos(tilt)), 1e-4)
        q = np.maximum(np.abs(self.height * np.sin(tilt)), 1e-4)
        height = self.width * self.height / (p * q)

        def area(s: np.ndarray) -> np.ndarray:
            total = np.zeros_like(s)
            for shift, sign in (((p + q) / 2, 1), ((p - q) / 2, -1), ((q - p) / 2, -1)):
                total += sign * np.maximum(s + shift, 0.0) ** 2 / 2
            return height * (total + np.maximum(s - (p + q) / 2, 0.0) ** 2 / 2)

        return self.value * (area(offset + 0.5) - area(offset - 0.5))

    def image(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Value at points from the axis."""
        c, s = math.cos(math.radians(self.turn)), math.sin(math.radians(self.turn))
        along = (x - self.x) * c + (y - self.y) * s
        across = (y - self.y) * c - (x - self.x) * s
        inside = (np.abs(along) <= self.width / 2) & (np.abs(across) <= self.height / 2)
        return np.where(inside, self.value, 0.0)


def can(scale: float) -> list[Disc | Bar]:
    """The wall of the can (1.1 per cm) around a light filling (0.2 per cm)."""
    return [Disc(0, 0, 96 * scale, 1.1), Disc(0, 0, 92 * scale, -0.9)]


def letters(scale: float) -> list[Disc | Bar]:
    """The letters FR, 2 per cm above the filling; their bars do not overlap."""
    bars = [
        # F: stem, top, middle
        (-38, 0, 9, 60, 0),
        (-22, -25.5, 23, 9, 0),
        (-25, -1.5, 17, 9, 0),
        # R: stem, top, middle, right, leg
        (8, 0, 9, 60, 0),
        (22, -25.5, 19, 9, 0),
        (22, -0.5, 19, 9, 0),
        (36, -13, 9, 34, 0),
        (28, 17.5, 28, 9, 62),
    ]
    return [Bar(x * scale, y * scale, w * scale, h * scale, turn, 2.0) for x, y, w, h, turn in bars]


def helix(scale: float, turns: float) -> Disc:
    """A wire (3 per cm) that turns from x towards y as rows grow: right-handed."""
    angle = 2 * math.pi * turns
    return Disc(76 * scale * math.cos(angle), 76 * scale * math.sin(angle), 7 * scale, 3.0)


#: (x, y, row, radius, value) of the balls at the reference size.
BALLS = ((-20, 62, 16, 12, 2.5), (58, -22, 48, 9, 2.5), (-58, -22, 80, 7, 2.5))


def layers(geometry: Geometry) -> Iterator[tuple[slice, list[Disc | Bar]]]:
    """The sample as (rows, parts): the parts stand in all of these rows.

    Lengths are in pixels from the axis. The first and last rows are air.
    """
    scale, rows = geometry.scale, geometry.rows
    lid = round(rows / 24)
    yield slice(lid, rows - lid), can(scale)
    yield slice(round(rows * 0.3), round(rows * 0.7)), letters(scale)
    for row in range(lid, rows - lid):
        yield slice(row, row + 1), [helix(scale, 1.5 * row / rows)]
    for x, y, z, radius, value in BALLS:
        middle, r = (z + 0.5) * scale - 0.5, radius * scale
        for row in range(math.ceil(middle - r), math.floor(middle + r) + 1):
            cut = math.sqrt(max(r * r - (row - middle) ** 2, 0.0))
            if cut > 0.5:
                yield slice(row, row + 1), [Disc(x * scale, y * scale, cut, value)]


def attenuation(geometry: Geometry) -> np.ndarray:
    """Minus log of the transmission of every pixel without noise.

    Returns
    -------
    numpy.ndarray
        float64, shape (rows, projections, columns).
    """
    columns = np.arange(geometry.columns) - geometry.centre
    angles = geometry.angles
    out = np.zeros((geometry.rows, geometry.projections, geometry.columns))
    for rows, parts in layers(geometry):
        out[rows] += sum(part.sinogram(angles, columns) for part in parts) * geometry.pixel
    return out


def truth(geometry: Geometry, row: int, size: int | None = None) -> np.ndarray:
    """One slice of the sample.

    Parameters
    ----------
    row
        Row of the detector.
    size
        Width of the slice in pixels, the columns of the detector by default.

    Returns
    -------
    numpy.ndarray
        float64 (size, size), attenuation per cm; the axis is at (size - 1) / 2,
        x to the right, y down.
    """
    size = geometry.columns if size is None else size
    fine = 4
    grid = (np.arange(size * fine) + 0.5) / fine - 0.5 - (size - 1) / 2
    x, y = np.meshgrid(grid, grid)
    total = np.zeros_like(x)
    for rows, parts in layers(geometry):
        if rows.start <= row < rows.stop:
            total += sum(part.image(x, y) for part in parts)
    return total.reshape(size, fine, size, fine).mean(axis=(1, 3))


@dataclass(frozen=True)
class Scan:
    """Counts of one scan, uint16, all (frame, row, column)."""

    geometry: Geometry
    darks: np.ndarray
    flats_before: np.ndarray
    projections: np.ndarray
    flats_after: np.ndarray


class Beam:
    """The instrument: a beam that drifts, and a detector with its faults."""

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        self.random = np.random.Generator(np.random.PCG64(SEED))
        rows, columns = geometry.rows, geometry.columns
        y = np.linspace(-1, 1, rows)[:, None]
        x = np.linspace(-1, 1, columns)[None, :]
        grain = self.random.normal(1.0, 0.02, (rows, columns))
        self.before = COUNTS * (1 - 0.18 * x**2 - 0.10 * y**2 + 0.05 * x) * grain
        self.after = self.before * (1 + 0.015 * y)
        # Columns whose answer to the sample differs from that to the open beam: stripes.
        self.response = np.ones(columns)
        for column, width, value in ((61, 1, 0.95), (97, 1, 1.03), (143, 2, 0.96), (200, 3, 1.025)):
            left = round(column * geometry.scale)
            self.response[left : left + max(1, round(width * geometry.scale))] = value

    def dose(self, part: float) -> float:
        """Intensity at a part (0 to 1) of the scan: slow drift and one dip."""
        return 1 + 0.03 * math.sin(5 * part) - (0.12 if 0.58 < part < 0.62 else 0.0)

    def frame(self, expected: np.ndarray) -> np.ndarray:
        """One exposure, uint16 (row, column), of expected counts."""
        counts = self.random.poisson(expected) + self.random.normal(OFFSET, 4, expected.shape)
        spots = self.random.integers(0, counts.size, max(1, counts.size // 4000))
        counts.flat[spots] += self.random.uniform(4000, 30000, spots.size)
        return np.clip(np.rint(counts), 0, 65535).astype(np.uint16)

    def scan(self) -> Scan:
        """The whole scan, in the order in which it is measured."""
        geometry = self.geometry
        nothing = np.zeros_like(self.before)
        darks = np.stack([self.frame(nothing) for _ in range(DARKS)])
        flats_before = np.stack([self.frame(self.before) for _ in range(FLATS)])
        transmission = np.exp(-attenuation(geometry))
        projections = np.empty(
            (geometry.projections, geometry.rows, geometry.columns), dtype=np.uint16
        )
        for index in range(geometry.projections):
            part = index / (geometry.projections - 1)
            beam = (self.before * (1 - part) + self.after * part) * self.dose(part)
            projections[index] = self.frame(beam * transmission[:, index] * self.response)
        flats_after = np.stack([self.frame(self.after) for _ in range(FLATS)])
        return Scan(geometry, darks, flats_before, projections, flats_after)


def write_nxtomo(path: Path, scan: Scan) -> None:
    """One NXtomo file; angles in degrees, pixel sizes in millimetres."""
    import h5py

    keys = (
        (scan.darks, 2, np.zeros(DARKS)),
        (scan.flats_before, 1, np.zeros(FLATS)),
        (scan.projections, 0, scan.geometry.angles),
        (scan.flats_after, 1, np.full(FLATS, 180.0)),
    )
    data = np.concatenate([frames for frames, _, _ in keys])
    image_key = np.concatenate([np.full(len(frames), key) for frames, key, _ in keys])
    angles = np.concatenate([values for _, _, values in keys])

    def group(parent: h5py.Group, name: str, kind: str) -> h5py.Group:
        made = parent.create_group(name)
        made.attrs["NX_class"] = kind
        return made

    with h5py.File(path, "w", libver="v110") as file:
        file.attrs["default"] = "entry"
        entry = group(file, "entry", "NXentry")
        entry.attrs["default"] = "data"
        entry["definition"] = "NXtomo"
        entry["title"] = "Generated example: helix, letters FR and balls in a can"
        instrument = group(entry, "instrument", "NXinstrument")
        source = group(instrument, "source", "NXsource")
        source["name"] = "generated"
        source["probe"] = "neutron"
        detector = group(instrument, "detector", "NXdetector")
        detector.create_dataset("data", data=data, track_times=False)
        detector.create_dataset("image_key", data=image_key.astype(np.int32), track_times=False)
        for name in ("x_pixel_size", "y_pixel_size"):
            detector[name] = scan.geometry.pixel * 10
            detector[name].attrs["units"] = "mm"
        sample = group(entry, "sample", "NXsample")
        sample["name"] = "phantom"
        sample.create_dataset("rotation_angle", data=angles, track_times=False)
        sample["rotation_angle"].attrs["units"] = "degree"
        shown = group(entry, "data", "NXdata")
        shown.attrs["signal"] = "data"
        shown["data"] = detector["data"]
        shown["image_key"] = detector["image_key"]
        shown["rotation_angle"] = sample["rotation_angle"]


def write_tiff(folder: Path, scan: Scan) -> None:
    """A folder for each kind of image, one TIFF a frame."""
    import tifffile

    kinds = (
        ("Dark_Before", "dark", scan.darks),
        ("Flat_Before", "flat_before", scan.flats_before),
        ("Tomo", "tomo", scan.projections),
        ("Flat_After", "flat_after", scan.flats_after),
    )
    for name, prefix, frames in kinds:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for index, frame in enumerate(frames):
            target = folder / name / f"{prefix}_{index:04d}.tif"
            tifffile.imwrite(target, frame, metadata=None, software=False)


def recipe(geometry: Geometry, dataset: dict[str, object]) -> dict[str, object]:
    """The recipe of the example: everything on, the centre left to be found."""
    return {
        "version": 1,
        "dataset": dataset,
        "regions": {"air": geometry.air},
        "filters": [
            {"name": "outliers", "size": 3, "threshold": 5, "kind": "bright"},
            {"name": "normalise"},
            {"name": "air"},
            {"name": "minus-log"},
            {"name": "stripes-sorting", "size": 5},
        ],
        "reconstruction": {
            "tool": "builtin",
            "method": "gridding",
            "parameters": {"filter": "shepp"},
            "mask": 1,
        },
        "output": {"folder": "processed/{name}_{tool}_{date}", "format": "tiff", "bits": 32},
    }


def write_recipes(folder: Path, geometry: Geometry) -> None:
    """A recipe for the NXtomo file, and one for the folders, whose angles it has to state."""
    angles = {"first": 0, "last": 180, "endpoint": True}
    pixel = {"value": geometry.pixel * 10, "unit": "mm"}
    datasets: dict[str, dict[str, object]] = {
        "phantom": {"path": "phantom_nxtomo.nxs"},
        "phantom_tiff": {"path": "phantom_tiff", "angles": angles, "pixelSize": pixel},
    }
    for name, dataset in datasets.items():
        text = json.dumps(recipe(geometry, dataset), indent=2)
        (folder / f"{name}.tomo.json").write_text(text + "\n", encoding="utf-8")


def make(folder: Path, columns: int = REFERENCE_COLUMNS) -> Geometry:
    """Write the example data into a folder.

    Parameters
    ----------
    folder
        Made when it is missing; files in it are replaced.
    columns
        Detector columns, 32 or more. Everything else scales with it.

    Returns
    -------
    Geometry
        The sizes, angles and axis of what was written.
    """
    if columns < 32:
        raise ValueError(f"columns must be 32 or more, not {columns}")
    geometry = Geometry(columns)
    folder.mkdir(parents=True, exist_ok=True)
    scan = Beam(geometry).scan()
    write_nxtomo(folder / "phantom_nxtomo.nxs", scan)
    write_tiff(folder / "phantom_tiff", scan)
    write_recipes(folder, geometry)
    return geometry


def main(argv: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Generate the example data.")
    default = Path(__file__).resolve().parent / "data"
    parser.add_argument(
        "folder", nargs="?", type=Path, default=default, help="default: %(default)s"
    )
    parser.add_argument(
        "--size",
        type=int,
        default=REFERENCE_COLUMNS,
        metavar="COLUMNS",
        help="default: %(default)s",
    )
    asked = parser.parse_args(argv)
    if asked.size < 32:
        parser.error("--size must be 32 or more")
    geometry = make(asked.folder, asked.size)
    print(
        f"{geometry.projections} projections of {geometry.rows} x {geometry.columns}, "
        f"0 to 180 degrees, axis at column {geometry.centre:.2f}, in {asked.folder}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
