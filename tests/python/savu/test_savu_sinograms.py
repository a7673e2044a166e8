"""What the tool hands to Savu: sinograms with the axis exactly in the middle."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from tomo_runner.toolhost.contract import Task
from tomo_runner.toolhost.savu import write_data

CENTRES = [20.0, 20.5, 23.25, 17.8]


@pytest.mark.parametrize("parameters", [{"edge": "zero"}, {"edge": "taper"}, {"iterations": 5}])
def test_every_row_has_its_axis_in_the_middle(tmp_path, parameters):
    columns = np.arange(41)
    rows = [np.exp(-0.5 * ((columns - centre) / 2.0) ** 2) for centre in CENTRES]
    angles = np.linspace(0.0, 180.0, 12, endpoint=False)
    sinograms = np.repeat(np.array(rows, np.float32)[:, None], len(angles), axis=1)
    task = Task(
        "FBP",
        parameters,
        sinograms,
        angles,
        np.array(CENTRES),
        np.empty((4, 41, 41), np.float32),
        1,
        lambda _: None,
        lambda _: None,
    )
    wide, middle = write_data(task, tmp_path / "d.nxs")
    with h5py.File(tmp_path / "d.nxs") as file:
        data = file["entry1/tomo_entry/data/data"][()]
    assert data.shape == (12, 4, wide) and middle == (wide - 1) / 2
    found = (data * np.arange(wide)).sum(-1) / data.sum(-1)
    assert np.abs(found - middle).max() < 0.01
