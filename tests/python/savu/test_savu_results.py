"""Folders that Savu has written are results that can be looked at."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from tomo_runner.failures import DataFailure
from tomo_runner.results import describe_result, read_slice


@pytest.fixture
def volume(tmp_path):
    """Savu's files: (x, slice, z) behind a link; returns the values."""
    values = np.arange(4 * 3 * 4, dtype=np.float32).reshape(4, 3, 4)
    with h5py.File(tmp_path / "tomo_p2_recon.h5", "w") as file:
        file["2-Recon-tomo/data"] = values
    with h5py.File(tmp_path / "scan_processed.nxs", "w") as file:
        group = file.create_group("entry/final_result_tomo")
        group.attrs["axes"] = ["voxel_x", "voxel_y", "voxel_z"]
        group["data"] = h5py.ExternalLink("tomo_p2_recon.h5", "2-Recon-tomo/data")
    return values


def test_slices_are_read_through_the_link_along_the_middle_axis(volume, tmp_path):
    found = describe_result(tmp_path)
    assert (found["name"], found["rows"], found["height"], found["width"]) == ("scan", [0, 3], 4, 4)
    assert found["finished"] == [(0, 3)] and found["complete"]
    assert found["range"][0] < 1 and found["range"][1] > 46
    for row in range(3):
        assert np.array_equal(read_slice(tmp_path, row), volume[::-1, row])
    with pytest.raises(DataFailure, match="row 3"):
        read_slice(tmp_path, 3)


def test_a_broken_link_is_told(volume, tmp_path):
    (tmp_path / "tomo_p2_recon.h5").unlink()
    with pytest.raises(DataFailure) as caught:
        describe_result(tmp_path)
    assert caught.value.code == "savu-no-result"
