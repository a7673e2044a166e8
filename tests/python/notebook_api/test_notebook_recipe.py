from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import jupyterlab_tomo as tomo


def test_default_recipe_has_its_steps_and_data(tmp_path):
    recipe = tomo.Recipe.default(data=tmp_path / "scan.nxs")
    assert recipe.name == "scan"
    assert recipe.data["dataset"]["path"] == str(tmp_path / "scan.nxs")
    names = [step["name"] for step in recipe.data["filters"]]
    assert names == ["outliers", "normalise", "air", "minus-log"]


def test_set_changes_adds_and_removes():
    recipe = tomo.Recipe.default()
    recipe.set("regions.centre.column", 131.3).set("filters.outliers.size", 5)
    recipe.set("filters.stripes-sorting.size", 31)
    assert recipe.data["regions"] == {"centre": {"column": 131.3}}
    assert recipe.data["filters"][0]["size"] == 5
    assert recipe.data["filters"][-1] == {"name": "stripes-sorting", "size": 31}
    recipe.set("regions.centre.column", None).set("filters.air", None)
    assert recipe.data["regions"]["centre"] == {}
    assert "air" not in [step["name"] for step in recipe.data["filters"]]


def test_a_value_that_is_not_allowed_changes_nothing():
    recipe = tomo.Recipe.default()
    before = recipe.data
    with pytest.raises(tomo.TomoError) as caught:
        recipe.set("filters.outliers.size", 4)
    assert caught.value.where == "filters.0.size"
    assert "3, 5" in caught.value.hint
    with pytest.raises(tomo.TomoError) as caught:
        recipe.set("dataset.colour", "red")
    assert caught.value.where == "dataset.colour"
    assert recipe.data == before


def test_numbers_of_numpy_are_numbers():
    recipe = tomo.Recipe.default()
    recipe.set("regions.centre.column", np.float32(131.5)).set("filters.outliers.size", np.int64(5))
    recipe.set("dataset.exclude", np.arange(3, 5)).set("dataset.path", Path("/data/scan"))
    assert recipe.data["regions"]["centre"]["column"] == 131.5
    assert recipe.data["filters"][0]["size"] == 5
    assert recipe.data["dataset"] == {"exclude": [3, 4], "path": "/data/scan"}
    angles = {"values": np.linspace(0, 180, 3)}
    made = tomo.Recipe({"version": 1, "dataset": {"path": "scan", "angles": angles}})
    assert made.data["dataset"]["angles"]["values"] == [0, 90, 180]


@pytest.mark.parametrize("value", [float("nan"), np.inf, {1, 2}, object()])
def test_what_json_cannot_say_is_refused(value):
    recipe = tomo.Recipe.default()
    before = recipe.data
    with pytest.raises(tomo.TomoError) as caught:
        recipe.set("regions.centre.column", value)
    assert caught.value.code == "not-json" and caught.value.where == "regions.centre.column"
    assert recipe.data == before
    with pytest.raises(tomo.TomoError, match="the recipe"):
        tomo.Recipe({"version": 1, "regions": {"centre": {"column": value}}})


def test_data_is_a_copy():
    recipe = tomo.Recipe.default()
    recipe.data["filters"].clear()
    assert len(recipe.data["filters"]) == 4


def test_load_and_save_keep_the_recipe(example, tmp_path):
    recipe = tomo.Recipe.load(example / "phantom.tomo.json")
    assert recipe.base == example
    saved = recipe.save(example / "again.tomo.json")
    assert json.loads(saved.read_text()) == recipe.data
    with pytest.raises(tomo.TomoError, match="relative to"):
        recipe.save(tmp_path / "elsewhere.tomo.json")


def test_save_without_a_name_writes_the_file_that_was_loaded(tmp_path):
    file = tomo.Recipe({"version": 1}, tmp_path).save(tmp_path / "scan.tomo.json")
    recipe = tomo.Recipe.load(file).set("regions.centre.column", 12.5)
    assert recipe.save() == file
    assert tomo.Recipe.load(file).data["regions"]["centre"]["column"] == 12.5
    with pytest.raises(tomo.TomoError) as caught:
        tomo.Recipe.default().save()
    assert caught.value.code == "no-file"


def test_an_unreadable_recipe_names_the_file(tmp_path):
    with pytest.raises(tomo.TomoError) as caught:
        tomo.Recipe.load(tmp_path / "none.tomo.json")
    assert str(tmp_path / "none.tomo.json") in str(caught.value)
    (tmp_path / "newer.tomo.json").write_text('{"version": 2}')
    with pytest.raises(tomo.TomoError, match="newer version"):
        tomo.Recipe.load(tmp_path / "newer.tomo.json")


def test_importing_the_package_is_cheap():
    check = (
        "import sys, jupyterlab_tomo; "
        "print([m for m in ('numpy', 'h5py', 'tornado', 'wasmtime') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_public_names():
    assert {name for name in dir(tomo) if not name.startswith("_")} >= {
        "Recipe",
        "Result",
        "Slice",
        "TomoError",
        "centre",
        "describe",
        "open_result",
    }
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        tomo.nothing  # noqa: B018
