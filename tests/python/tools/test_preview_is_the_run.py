"""The slice that a preview shows is the one that the whole run writes, whoever makes it."""

from __future__ import annotations

import json

import numpy as np
import pytest
import tifffile

from tomo_runner.cli import main

ROWS = (1, 8)
"""Seven: a tool that takes slices in pairs has one that is left over."""


@pytest.mark.parametrize(
    ("tool", "method", "parameters"),
    [
        ("builtin", "gridding", {}),
        ("astra", "FBP", {"filter": "ram-lak"}),
        ("astra", "SIRT", {"iterations": 20}),
        ("astra", "SART", {"iterations": 2}),
        ("astra", "ART", {"iterations": 1}),
        ("astra", "CGLS", {"iterations": 5}),
        ("tomopy", "gridrec", {"filter": "ramlak"}),
        ("tomopy", "sirt", {"iterations": 20}),
        ("tomopy", "art", {"iterations": 2}),
        ("tomopy", "tv", {"iterations": 20}),
    ],
)
@pytest.mark.parametrize("filters", [[], [{"name": "stripes-sorting", "size": 5}]], ids=len)
def test_preview_is_the_run(tool, method, parameters, filters, recipe, available, tmp_path):
    if tool != "builtin":
        available(tool)
    made = {**recipe(tool, method, parameters), "filters": filters}
    path = tmp_path / "one.tomo.json"
    path.write_text(json.dumps(made))
    first, past = ROWS
    asked = ["--rows", f"{first}:{past}", "--output", str(tmp_path / "out"), "--cores", "2"]
    assert main(["run", str(path), *asked]) == 0
    written = {
        row: tifffile.imread(tmp_path / "out" / f"slice_{row:05d}.tif")
        for row in range(first, past)
    }
    for row in (first, (first + past) // 2, past - 1):
        shown = tmp_path / f"{row}.tif"
        assert main(["preview", str(path), "--row", str(row), "--output", str(shown)]) == 0
        image = tifffile.imread(shown)
        assert image.shape == written[row].shape
        span = float(np.ptp(image))
        assert span > 0
        assert np.abs(image - written[row]).max() <= 1e-5 * span
    # Rows differ by more than that, or it would tell nothing.
    assert np.abs(written[first] - written[past - 1]).max() > 1e-3 * span
