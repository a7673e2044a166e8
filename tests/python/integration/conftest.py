"""A real server, kernels, proxy and runner, and a data set that takes some seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import tifffile

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "server"), str(HERE.parent)]

from house import House, Job  # noqa: E402

PROXY = HERE.parents[2] / "jupyterlab_tomo" / "_built" / "proxy.mjs"
ROWS, COLUMNS, FRAMES = 192, 480, 241


@pytest.fixture(scope="session")
def data_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of TIFFs: a disc off the axis in every row, 0 to 180 degrees, with flats and darks."""
    folder = tmp_path_factory.mktemp("data") / "disc set"
    random = np.random.default_rng(7)
    columns = np.arange(COLUMNS)
    angles = np.deg2rad(np.linspace(0, 180, FRAMES))
    for name, count in (("Tomo", FRAMES), ("Flat_Before", 3), ("Dark_Before", 3)):
        (folder / name).mkdir(parents=True)
        for index in range(count):
            image = random.normal(0, 3, (ROWS, COLUMNS)) + (
                100 if name.startswith("Dark") else 4100
            )
            if name == "Tomo":
                centre = (COLUMNS - 1) / 2 + 90 * np.cos(angles[index])
                chord = 2 * np.sqrt(np.maximum(0, 60**2 - (columns - centre) ** 2))
                image = (image - 100) * np.exp(-0.01 * chord) + 100
            tifffile.imwrite(folder / name / f"{name}_{index:04d}.tif", image.astype(np.uint16))
    return folder


@pytest.fixture
def open_house(
    tmp_path_factory: pytest.TempPathFactory, data_set: Path
) -> Iterator[Callable[..., House]]:
    """A function that starts a server with everything real behind it."""
    if not PROXY.is_file():
        pytest.skip("the proxy is not built: npm run build")
    houses: list[House] = []

    def start(home: Path | None = None, **options: object) -> House:
        house = House.start(home or tmp_path_factory.mktemp("home"), data_set, **options)
        houses.append(house)
        return house

    yield start
    for house in houses:
        house.stop()


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory, data_set: Path) -> dict[str, bytes]:
    """The slices of an uninterrupted job, by file name."""
    house = House.start(tmp_path_factory.mktemp("home"), data_set)
    try:
        job = Job(house)
        assert job.wait_until("finished", 60)["slices"] == {"done": ROWS, "total": ROWS}
        slices = job.slices()
    finally:
        house.stop()
    assert len(slices) == ROWS
    return slices
