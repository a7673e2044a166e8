"""An axis that leans a little: each row has its own column, in the preview and in the run."""

from __future__ import annotations

import json
import math

import numpy as np
import phantom
import tifffile


def test_each_row_has_its_own_column(cli, tmp_path):
    made = phantom.scan(64, 40, 60, 180, False, 30.5, tilt=0.8)
    path = phantom.write_nxtomo(tmp_path / "scan.nxs", phantom.counts(made), made.angles)
    recipe = {
        "version": 1,
        "dataset": {"path": str(path)},
        "regions": {"centre": {"column": 30.5, "row": 19.5, "tilt": 0.8}},
        "filters": [{"name": "normalise"}, {"name": "minus-log"}],
    }
    leaning = tmp_path / "leaning.tomo.json"
    leaning.write_text(json.dumps(recipe))
    code, _, _ = cli("run", leaning, "--output", tmp_path / "out")
    assert code == 0
    for row in (0, 19, 39):
        column = 30.5 + (row - 19.5) * math.tan(math.radians(0.8))
        recipe["regions"]["centre"] = {"column": column}
        upright = tmp_path / "upright.tomo.json"
        upright.write_text(json.dumps(recipe))
        images = []
        for name in (leaning, upright):
            output = tmp_path / "slice.tif"
            code, shown, _ = cli("preview", name, "--row", str(row), "--output", output)
            assert code == 0 and abs(shown["centre"]["column"] - column) < 1e-9
            images.append(tifffile.imread(output))
        written = tifffile.imread(tmp_path / "out" / f"slice_{row:05d}.tif")
        assert np.array_equal(written, images[0])
        assert np.abs(images[0] - images[1]).max() <= 1e-6 * np.abs(images[0]).max()
