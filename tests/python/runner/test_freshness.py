"""Files that come, go or are written anew while they are looked at."""

from __future__ import annotations

import os
import time

import numpy as np
import pytest
import tifffile

from tomo_runner.failures import Failure
from tomo_runner.readers import freshness
from tomo_runner.readers.tiff import TiffSeries
from tomo_runner.stopping import Stop


@pytest.mark.parametrize("opened", ["", "Tomo", "Tomo/tomo_0000.tif"])
def test_what_is_added_in_sub_folders_is_seen(service, tmp_path, opened):
    images = np.full((4, 8, 9), 10000, np.uint16)
    made = [("Tomo", "tomo", 10000), ("Flat_Before", "ob", 20000), ("mine", "ob", 40000)]
    for kind, prefix, level in made:
        (tmp_path / kind).mkdir()
        for index in range(3):
            tifffile.imwrite(tmp_path / kind / f"{prefix}_{index:04d}.tif", images[0] * 0 + level)
    recipe = {
        "version": 1,
        "dataset": {"path": opened or ".", "angles": {"first": 0, "last": 180}},
        "filters": [{"name": "normalise"}],
    }

    def value(index, **dataset):
        asked = {**recipe, "dataset": {**recipe["dataset"], **dataset}}
        request = {"op": "projection", "base": str(tmp_path), "recipe": asked, "index": index}
        return service.answer({**request, "stage": "processed"}, Stop())[1][0, 0]

    named = {"flats": {"before": "mine"}}
    assert value(2) == pytest.approx(0.5) and value(2, **named) == pytest.approx(0.25)
    with pytest.raises(Failure, match="no projection 3"):
        value(3)
    tifffile.imwrite(tmp_path / "Tomo" / "tomo_0003.tif", images[0])
    assert value(3) == pytest.approx(0.5)
    for index in range(3, 6):
        tifffile.imwrite(tmp_path / "Flat_Before" / f"ob_{index:04d}.tif", images[0] * 0)
        tifffile.imwrite(tmp_path / "mine" / f"ob_{index:04d}.tif", images[0] * 0)
    assert value(3) == pytest.approx(1.0) and value(3, **named) == pytest.approx(0.5)


@pytest.mark.parametrize("compression", [None, "zlib"])
def test_an_image_that_is_written_anew_under_its_name_is_seen(service, tmp_path, compression):
    def write(index, level, comment=""):
        path, before = tmp_path / f"tomo_{index:04d}.tif", None
        if path.exists():
            before = path.stat().st_mtime_ns
        image = np.full((8, 9), level, np.uint16)
        tifffile.imwrite(path, image, compression=compression, description=comment)
        if before is not None and path.stat().st_mtime_ns == before:
            # Disks whose clock ticks slowly.
            os.utime(path, ns=(before + 1, before + 1))

    for index in range(3):
        write(index, 1000)
    folder_time = tmp_path.stat().st_mtime_ns
    recipe = {
        "version": 1,
        "dataset": {
            "path": ".",
            "state": "transmission",
            "angles": {"first": 0, "last": 180},
        },
        "filters": [],
    }
    asked = {"base": str(tmp_path), "recipe": recipe}

    def value(index, stage):
        request = {"op": "projection", **asked, "index": index, "stage": stage}
        return service.answer(request, Stop())[1][3, 4]

    def word():
        return service.answer({"op": "describe", **asked}, Stop())[0]["reply"]["stamp"]

    def another(old):
        """A busy machine may take long to look, and looks again the later."""
        until = time.monotonic() + 60
        while word() == old and time.monotonic() < until:
            time.sleep(0.01)
        return word()

    assert value(1, "raw") == value(1, "processed") == 1000
    first = word()
    assert word() == first
    write(1, 2000)
    second = another(first)
    assert second != first
    assert value(1, "raw") == value(1, "processed") == 2000
    # Longer in front of the pixels: they lie elsewhere in the file now.
    write(1, 3000, "counts of an hour " * 40)
    assert another(second) not in (first, second)
    assert value(1, "raw") == value(1, "processed") == 3000
    assert value(0, "raw") == 1000
    assert tmp_path.stat().st_mtime_ns == folder_time


def test_an_open_series_follows_a_file_that_is_written_anew(tmp_path):
    paths = [tmp_path / f"a_{index}.tif" for index in range(2)]
    for path in paths:
        tifffile.imwrite(path, np.full((4, 5), 7, np.uint16))
    series = TiffSeries(paths)
    assert (series.read(0, 2, 0, 4, 0, 5) == 7).all()
    tifffile.imwrite(paths[1], np.full((4, 5), 9, np.uint16), description="another " * 99)
    assert (series.read(1, 2, 0, 4, 0, 5) == 9).all()
    tifffile.imwrite(paths[1], np.full((4, 6), 9, np.uint16))
    with pytest.raises(Failure, match="4 x 6 pixels"):
        series.read(1, 2, 0, 4, 0, 5)
    paths[1].unlink()
    with pytest.raises(Failure, match="is missing"):
        series.read(1, 2, 0, 4, 0, 5)


def test_looking_at_files_takes_a_share_of_the_time(tmp_path, monkeypatch):
    now, looked = [0.0], []
    monkeypatch.setattr(freshness.time, "monotonic", lambda: now[0])

    def slowly(folder):
        looked.append(folder)
        now[0] += 0.5
        return f"word {len(looked)}"

    monkeypatch.setattr(freshness, "_word", slowly)
    looks = freshness.Looks()
    assert looks.of(tmp_path, 1) == "word 1"
    now[0] += 9.0
    assert looks.of(tmp_path, 1) == "word 1" and len(looked) == 1
    # What came or went has changed the folder's own time, and is seen at once.
    assert looks.of(tmp_path, 2) == "word 2"
    now[0] += 1.5
    assert looks.of(tmp_path, 1) == "word 3"
