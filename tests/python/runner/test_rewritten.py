"""A scan that another program writes anew, in its place, while it is open here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import phantom
import pytest

from tomo_runner.failures import Failure
from tomo_runner.readers import hdf_file
from tomo_runner.readers.nxtomo import open_nxtomo
from tomo_runner.service import Service
from tomo_runner.stopping import Stop
from tomo_runner.workers import Workers

WRITER = """
import sys
from pathlib import Path
import h5py, numpy as np, phantom

path, step = Path(sys.argv[1]), sys.stdin.readline
for line in iter(step, ""):
    exec(line)
    print("done", flush=True)
"""
"""Carries out lines. This process could not write a file that it has open itself."""


@pytest.fixture
def write(tmp_path):
    """Carry out a line of Python elsewhere; ``path`` is the scan."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path / "a.nxs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(phantom.__file__).parent,
    )

    def carry_out(line: str) -> None:
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "done\n"

    yield carry_out
    process.stdin.close()
    assert process.wait(60) == 0
    process.stdout.close()


def scan(columns: int, rows: int, frames: int) -> str:
    """A line that writes a scan of this shape over the one that is there."""
    return (
        f"s = phantom.scan({columns}, {rows}, {frames}); "
        "phantom.write_nxtomo(path, phantom.counts(s), s.angles)"
    )


@pytest.fixture
def ask(tmp_path):
    service = Service(Workers(1), 1 << 28)
    recipe = {
        "version": 1,
        "dataset": {"path": "a.nxs"},
        "regions": {"centre": {"column": 30}},
        "filters": [{"name": "normalise"}, {"name": "minus-log"}],
    }

    def answer(operation, **more):
        request = {"op": operation, "base": str(tmp_path), "recipe": recipe, **more}
        return service.answer(request, Stop())

    yield answer
    service.close()


def test_sizes_and_pixels_are_those_of_one_file(ask, write):
    stamps = set()
    for columns, rows, frames in [(96, 12, 30), (64, 20, 45), (128, 6, 20), (128, 6, 24)]:
        write(scan(columns, rows, frames))
        described = ask("describe")[0]["reply"]
        assert (described["frames"], described["rows"]) == (frames, rows)
        assert (described["columns"], described["flats"], described["darks"]) == (columns, 3, 2)
        assert described["angles"]["count"] == frames
        stamps.add(described["stamp"])
        made = phantom.scan(columns, rows, frames)
        raw = ask("projection", index=frames - 1, stage="raw")[1]
        np.testing.assert_array_equal(raw, phantom.counts(made)[-1])
        processed = ask("projection", index=frames - 1, stage="processed")[1]
        np.testing.assert_allclose(processed, made.attenuation[-1], atol=2e-3)
        assert ask("preview", row=2, product="slice")[1].shape == (columns, columns)
    assert len(stamps) == 4


def test_a_file_that_is_being_written_is_told_so_until_it_is_complete(ask, write, monkeypatch):
    monkeypatch.setattr(hdf_file, "_PAUSES", (0.01, 0.01))
    write(scan(96, 12, 30))
    assert ask("describe")[0]["reply"]["frames"] == 30
    for line in [
        "f = h5py.File(path, 'w')",
        "f['entry/instrument/detector/data'] = np.full((40, 20, 64), 7, 'u2')",
    ]:
        write(line)
        with pytest.raises(Failure) as told:
            ask("describe")
        assert told.value.code == "data-being-written"
        assert "a.nxs is being written" in told.value.message
        with pytest.raises(Failure, match="is being written"):
            ask("projection", index=0, stage="raw")
    write("f.close()")
    assert ask("describe")[0]["reply"]["frames"] == 40
    assert (ask("projection", index=39, stage="raw")[1] == 7).all()


def test_what_nobody_has_written_of_late_is_told_to_be_broken(ask, tmp_path, write):
    (tmp_path / "a.nxs").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(80))
    write("import os; os.utime(path, (1e9, 1e9))")
    with pytest.raises(Failure, match="is not a readable HDF5 file") as told:
        ask("describe")
    assert told.value.code == "file-broken"


def test_a_file_that_has_gone_or_is_not_for_everybody_is_not_being_written(tmp_path, monkeypatch):
    path = tmp_path / "a.nxs"

    def told():
        with pytest.raises(Failure) as said:
            open_nxtomo(path, {}, tmp_path)
        return said.value

    said = told()
    assert said.code == "file-broken" and "No such file" in said.message
    assert "is not a readable HDF5 file" in said.message
    path.write_bytes(b"written just now")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(h5py, "File", refuse)
    said = told()
    assert said.code == "data-unreadable" and "a.nxs" in said.message
    assert said.hint == "Ask for read permission."


def test_a_whole_file_with_odd_values_is_neither_broken_nor_being_written(tmp_path, write):
    path = tmp_path / "a.nxs"
    write(scan(96, 12, 30))
    write(
        "f = h5py.File(path, 'a'); d = f['entry/instrument/detector']; "
        "del d['x_pixel_size']; d['x_pixel_size'] = 'small'; "
        "d['x_pixel_size'].attrs['units'] = 'mm'; f.close()"
    )
    assert open_nxtomo(path, {}, tmp_path).pixel_size is None
    write(
        "f = h5py.File(path, 'a'); d = f['entry/instrument/detector']; "
        "del d['x_pixel_size']; d['x_pixel_size'] = np.empty(0); "
        "d['x_pixel_size'].attrs['units'] = 'mm'; "
        "del f['entry/sample/rotation_angle']; f['entry/sample/rotation_angle'] = 'many'; f.close()"
    )
    opened = open_nxtomo(path, {}, tmp_path)
    assert opened.pixel_size is None and opened.angles.values is None
    assert any("rotation_angle has values that are not numbers" in said for said in opened.warnings)
    write(
        "f = h5py.File(path, 'a'); d = f['entry/instrument/detector']; "
        "del d['image_key']; d['image_key'] = 'none'; f.close()"
    )
    with pytest.raises(Failure, match="values that are not numbers") as told:
        open_nxtomo(path, {}, tmp_path)
    assert told.value.code == "image-key"


def test_frames_that_are_not_used_may_become_others(tmp_path, write):
    """A file that was made at its full length, whose frames are told as they are measured."""
    path = tmp_path / "a.nxs"
    write(
        "f = h5py.File(path, 'w'); f['entry/instrument/detector/data'] = np.ones((6, 4, 5)); "
        "f['entry/instrument/detector/image_key'] = [0, 0, 0, 0, 3, 3]; "
        "f['entry/sample/rotation_angle'] = [np.nan, 1, 2, 3, np.nan, np.nan]; f.close()"
    )
    series = open_nxtomo(path, {}, tmp_path).projections
    write(
        "f = h5py.File(path, 'a'); f['entry/instrument/detector/image_key'][4:] = 0; "
        "f['entry/sample/rotation_angle'][4:] = [4, 5]; f.close()"
    )
    assert (series.read(0, 4, 0, 4, 0, 5) == 1).all()
    write("f = h5py.File(path, 'a'); f['entry/sample/rotation_angle'][2] = 7; f.close()")
    with pytest.raises(Failure, match="is another scan now"):
        series.read(0, 4, 0, 4, 0, 5)


def test_an_open_scan_goes_on_when_it_grows_and_stops_when_it_is_another(tmp_path, write):
    path = tmp_path / "a.nxs"
    write(
        "f = h5py.File(path, 'w'); d = f.create_dataset("
        "'entry/instrument/detector/data', data=np.arange(5)[:, None, None] + np.zeros((5, 4, 6)), "
        "maxshape=(None, 4, 6)); f.flush()"
    )
    series = open_nxtomo(path, {}, tmp_path).projections
    assert series.shape == (5, 4, 6)
    write("d.resize(9, 0); d[5:] = 8; f.flush()")
    assert (series.read(3, 4, 0, 4, 0, 6) == 3).all() and series.shape == (5, 4, 6)
    assert open_nxtomo(path, {}, tmp_path).projections.shape == (9, 4, 6)
    write(
        "f.close(); f = h5py.File(path, 'w'); f['entry/instrument/detector/data'] = "
        "np.full((5, 7, 6), 2.0); f.close()"
    )
    with pytest.raises(Failure, match="is another scan now") as told:
        series.read(3, 4, 0, 4, 0, 6)
    assert told.value.code == "data-changed"
    assert (open_nxtomo(path, {}, tmp_path).projections.read(3, 4, 0, 7, 0, 6) == 2).all()


def test_a_scan_that_is_replaced_by_another_file_is_read_to_its_end(tmp_path, write):
    path = tmp_path / "a.nxs"
    write(scan(96, 12, 30))
    before = open_nxtomo(path, {}, tmp_path).projections
    write("path = path.with_name('b.nxs')")
    write(scan(64, 8, 20))
    write("path.replace(path.with_name('a.nxs'))")
    assert open_nxtomo(path, {}, tmp_path).projections.shape == (20, 8, 64)
    whole = before.read(0, 30, 0, 12, 0, 96)
    np.testing.assert_array_equal(whole, phantom.counts(phantom.scan(96, 12, 30)))


def test_images_behind_a_link_are_followed_into_their_file(tmp_path, write):
    path = tmp_path / "a.nxs"
    write(
        "g = h5py.File(path.with_name('raw.h5'), 'w'); g['images'] = np.full((3, 4, 5), 6, 'u2'); "
        "g.close(); f = h5py.File(path, 'w'); "
        "f['entry/instrument/detector/data'] = h5py.ExternalLink('raw.h5', 'images'); f.close()"
    )
    series = open_nxtomo(path, {}, tmp_path).projections
    assert (series.read(0, 3, 0, 4, 0, 5) == 6).all()
    write("f = h5py.File(path, 'a'); f.attrs['a'] = 'word'; f.close()")
    assert (series.read(0, 3, 0, 4, 0, 5) == 6).all()
