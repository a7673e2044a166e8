"""The notebook API with the real runner behind it."""

from __future__ import annotations

import time

import numpy as np
import pytest

import jupyterlab_tomo as tomo
from jupyterlab_tomo.agent_client import AgentClient
from jupyterlab_tomo.progress import describe, part_done


def test_describe_says_what_was_generated(example):
    found = tomo.describe(example / "phantom_nxtomo.nxs")
    assert (found["frames"], found["rows"], found["columns"]) == (61, 24, 64)
    assert (found["flats"], found["darks"]) == (20, 10)
    assert "61 projections of 24 x 64, 0 to 180 degrees (from file)" in repr(found)


def test_centre_is_found(example):
    centre = tomo.centre(tomo.Recipe.load(example / "phantom.tomo.json"))
    assert centre.column == pytest.approx(32.45, abs=0.25)


def test_a_missing_data_set_is_one_sentence(tmp_path):
    with pytest.raises(tomo.TomoError) as caught:
        tomo.describe(tmp_path / "missing.nxs")
    assert "missing.nxs" in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["phantom", "phantom_tiff"])
def test_a_run_holds_the_slice_that_the_preview_showed(example, tmp_path, name, capsys):
    recipe = tomo.Recipe.load(example / f"{name}.tomo.json").set("regions.centre.column", 32.45)
    shown = recipe.preview(12)
    assert shown.shape == (64, 64)
    rows = tuple(np.arange(8, 17, 8))
    # Numbers as computations give them.
    options = {"cores": np.int64(2), "memory": np.float64(2e9)}
    result = recipe.run(output=tmp_path / "out", rows=rows, **options)
    assert result.complete
    assert result.rows == (8, 16)
    assert result.shape == (8, 64, 64)
    np.testing.assert_array_equal(result.slice(12).array, shown.array)
    assert result.volume().shape == (8, 64, 64)
    assert len(list((tmp_path / "out").glob("slice_*.tif"))) == 8
    assert "8 of 8 slices" in capsys.readouterr().err
    again = tomo.open_result(tmp_path / "out")
    assert again.record["centre"]["used"]["column"] == pytest.approx(32.45)
    assert result.slice(12).facts == (("centre", "32.45"),)
    assert result.slice(12).unit == shown.unit == "1/cm"


def test_a_run_goes_where_the_recipe_says_at_the_time_that_it_starts(example):
    recipe = tomo.Recipe.load(example / "phantom.tomo.json").set("regions.centre.column", 32.45)
    before = time.strftime("%Y-%m-%d_%H%M%S")
    folder = recipe.run(rows=(8, 9)).folder
    after = time.strftime("%Y-%m-%d_%H%M%S")
    assert folder.parent == example / "processed"
    assert before <= folder.name.removeprefix("phantom_builtin_") <= after


def test_a_full_output_folder_is_refused(example, tmp_path):
    (tmp_path / "mine.txt").write_text("kept")
    recipe = tomo.Recipe.load(example / "phantom.tomo.json").set("regions.centre.column", 32.45)
    with pytest.raises(tomo.TomoError, match="not empty"):
        recipe.run(output=tmp_path, rows=(8, 9))
    assert (tmp_path / "mine.txt").read_text() == "kept"


def test_an_agent_that_ends_is_replaced(example):
    client = AgentClient()
    try:
        keys = {
            "base": str(example),
            "recipe": tomo.Recipe.load(example / "phantom.tomo.json").data,
        }
        assert client.ask("describe", **keys)["frames"] == 61
        client._process.kill()
        client._process.wait()
        assert client.ask("describe", **keys)["frames"] == 61
    finally:
        client.close()


def test_an_agent_that_cannot_start_says_why(tmp_path):
    false = tmp_path / "python"
    false.write_text("#!/bin/sh\necho no Python here >&2\nexit 3\n")
    false.chmod(0o755)
    with pytest.raises(tomo.TomoError) as caught:
        AgentClient(str(false)).ask("describe")
    assert caught.value.code == "agent-lost"
    assert "no Python here" in str(caught.value)


def test_progress_is_told_in_words():
    status = {
        "state": "running",
        "stage": "reconstructing",
        "slices": {"done": 44, "total": 128},
        "remaining": 2.2,
    }
    assert describe(status) == "running, 44 of 128 slices, reconstructing, 2 s left"
    assert part_done(status) == pytest.approx(0.34375)
    assert part_done({"state": "starting"}) == 0.0
    ended = {"state": "finished", "slices": {"done": 8, "total": 8}, "warnings": ["One pixel."]}
    assert describe(ended) == "finished, 8 of 8 slices, One pixel."
