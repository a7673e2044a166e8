"""Results as HDF5: slabs, the volume over them, and what goes wrong with them."""

from __future__ import annotations

import json
import os
import sys
import threading

import h5py
import numpy as np
import pytest

from tomo_runner.failures import DataFailure, OutputFailure
from tomo_runner.results import describe_result, read_slice
from tomo_runner.run.names import rows_of, slab_name, slice_name
from tomo_runner.run.slabs import DATASET, SlabWriter, write_volume

SIZE = 6


def image(row: int) -> np.ndarray:
    return np.arange(SIZE * SIZE, dtype=np.float32).reshape(SIZE, SIZE) + 100 * row


def fill(folder, first: int, stop: int) -> None:
    writer = SlabWriter(folder, first, stop, None)
    for row in range(first, stop):
        writer.write(row, image(row))
    writer.keep()


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_names_tell_rows():
    assert rows_of(slice_name(7)) == (7, 8)
    assert rows_of(slab_name(3, 9)) == (3, 9)
    assert slab_name(3, 9) == "slab_00003_00008.h5"
    assert rows_of("volume.h5") is None


def test_a_run_as_hdf5_is_the_run_as_tiff(cli, folder, recipe, save, tmp_path, monkeypatch):
    """To the bit; the volume is found from any working directory and says what it is."""
    made = recipe(folder)
    code, _, err = cli("run", save(made), "--output", tmp_path / "tiff")
    assert code == 0, err
    path = save({**made, "output": {"format": "hdf5"}})
    code, _, err = cli("run", path, "--output", tmp_path / "hdf5")
    assert code == 0, err
    monkeypatch.chdir(tmp_path)
    tiff, hdf5 = describe_result(tmp_path / "tiff"), describe_result(tmp_path / "hdf5")
    assert not list((tmp_path / "hdf5").glob("*.tif"))
    assert hdf5["record"]["format"] == "hdf5"
    assert hdf5["record"]["files"][0] == "volume.h5"
    assert set(hdf5["record"]["files"]) <= set(names(tmp_path / "hdf5"))
    for key in ("rows", "finished", "height", "width", "range", "histogram", "complete"):
        assert hdf5[key] == tiff[key], key
    first, last = tiff["rows"]
    with h5py.File(tmp_path / "hdf5" / "volume.h5") as file:
        data = file["entry/data"]
        assert data.attrs["signal"] == "data"
        assert data["row"][:].tolist() == list(range(first, last))
        assert data["data"].shape == (last - first, tiff["height"], tiff["width"])
        assert data["data"].attrs["units"] == tiff["unit"]
        for row in range(first, last):
            expected = read_slice(tmp_path / "tiff", row)
            np.testing.assert_array_equal(data["data"][row - first], expected)
            np.testing.assert_array_equal(read_slice(tmp_path / "hdf5", row), expected)


def test_what_was_written_before_an_interruption_is_kept(tmp_path):
    """A slab that is not whole leaves whole ones; the rest of the rows has no name."""
    writer = SlabWriter(tmp_path, 10, 20, (2.0, "um"))
    threads = [threading.Thread(target=writer.write, args=(r, image(r))) for r in (12, 10, 11, 17)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.keep()
    assert names(tmp_path) == ["slab_00010_00012.h5", "slab_00017_00017.h5"]
    for row in (10, 11, 12, 17):
        np.testing.assert_array_equal(read_slice(tmp_path, row), image(row))
    with h5py.File(tmp_path / "slab_00010_00012.h5") as file:
        np.testing.assert_allclose(file["entry/data/x"][:], (np.arange(SIZE) - 2.5) * 2)
        assert file["entry/data/x"].attrs["units"] == "um"
    assert describe_result(tmp_path)["finished"] == [(10, 13), (17, 18)]


def test_nothing_was_written(tmp_path):
    SlabWriter(tmp_path, 0, 4, None).keep()
    assert names(tmp_path) == []


def test_a_volume_over_slabs_of_any_length(tmp_path):
    """As after a run that was interrupted: each row from the file that has it."""
    for first, stop in ((4, 7), (7, 8), (8, 15), (15, 16)):
        fill(tmp_path, first, stop)
    made = write_volume(tmp_path, (4, 16), SIZE, "1/pixel", None)
    assert len(made) == 5
    with h5py.File(tmp_path / "volume.h5") as file:
        for row in range(4, 16):
            np.testing.assert_array_equal(file[DATASET][row - 4], image(row))


def test_a_slab_that_is_cut_off_is_named(tmp_path):
    """HDF5 itself would show zeros."""
    fill(tmp_path, 0, 3)
    fill(tmp_path, 3, 5)
    os.truncate(tmp_path / slab_name(3, 5), 1500)
    with pytest.raises(OutputFailure) as caught:
        write_volume(tmp_path, (0, 5), SIZE, "1/pixel", None)
    assert caught.value.code == "slab-broken"
    assert slab_name(3, 5) in caught.value.message
    assert "resume" in caught.value.hint
    assert "volume.h5" not in names(tmp_path)


def test_a_full_disk_while_a_slab_is_written(tmp_path, monkeypatch):
    """The slices before it stay, nothing half-written has its name."""
    writer = SlabWriter(tmp_path, 0, 4, None)
    writer.write(0, image(0))
    write = os.pwrite

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(OutputFailure) as caught:
        writer.write(1, image(1))
    assert caught.value.code == "disk-full"
    monkeypatch.setattr(os, "pwrite", write)
    writer.keep()
    assert names(tmp_path) == [slab_name(0, 1)]


def test_without_h5py_it_is_refused_before_anything_is_written(
    cli, folder, recipe, save, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "h5py", None)
    path = save({**recipe(folder), "output": {"format": "hdf5"}})
    out = tmp_path / "out"
    code, _, err = cli("run", path, "--output", out)
    assert code != 0
    assert "no h5py" in err
    assert "choose TIFF" in err
    assert not out.exists() or names(out) == []


def test_a_slice_that_is_not_there(tmp_path):
    fill(tmp_path, 2, 4)
    (tmp_path / "result.json").write_text(json.dumps({"rows": [2, 4]}))
    with pytest.raises(DataFailure) as caught:
        read_slice(tmp_path, 4)
    assert caught.value.code == "no-slice"
