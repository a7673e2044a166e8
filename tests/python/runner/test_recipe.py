"""Recipes: what is refused, where, and in which words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tomo_runner import recipe as recipes
from tomo_runner.failures import RecipeFailure

FIXTURES = json.loads(
    (Path(__file__).parents[2] / "fixtures" / "recipes.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", FIXTURES, ids=[case["name"] for case in FIXTURES])
def test_names_the_path(case):
    """The same recipes are checked with ajv in the browser's tests: same file, same paths."""
    if case["path"] is None:
        recipes.validate(case["recipe"])
        return
    with pytest.raises(RecipeFailure) as failed:
        recipes.validate(case["recipe"])
    assert failed.value.where == case["path"]
    assert failed.value.exit_code == 2
    assert failed.value.message.endswith(".") and failed.value.hint.endswith(".")


def test_unknown_key_names_it_and_the_allowed():
    with pytest.raises(RecipeFailure) as failed:
        recipes.validate({"version": 1, "dataset": {"stat": "raw"}})
    assert failed.value.code == "unknown-key"
    assert '"stat"' in failed.value.message
    assert "state" in failed.value.hint and "angles" in failed.value.hint


def test_newer_version_says_update():
    with pytest.raises(RecipeFailure) as failed:
        recipes.validate({"version": 7})
    assert failed.value.code == "recipe-newer"
    assert "made by a newer version" in failed.value.message
    assert failed.value.hint.startswith("Update")


def test_default_recipe_is_valid_and_a_copy():
    first = recipes.default_recipe()
    recipes.validate(first)
    first["filters"].clear()
    assert recipes.default_recipe()["filters"]


def test_assign_sets_dotted_paths():
    recipe = recipes.default_recipe()
    recipes.assign(recipe, "regions.centre.column=399.4")
    recipes.assign(recipe, "filters.0.size=5")
    recipes.assign(recipe, "filters.stripes-sorting.size=31")
    recipes.assign(recipe, "dataset.path=some folder/x")
    recipes.assign(recipe, "dataset.flip=true")
    recipes.validate(recipe)
    assert recipe["regions"]["centre"]["column"] == 399.4
    assert recipe["filters"][0]["size"] == 5
    assert recipe["filters"][-1] == {"name": "stripes-sorting", "size": 31}
    assert recipe["dataset"] == {"path": "some folder/x", "flip": True}


@pytest.mark.parametrize("setting", ["nothing", "=1", "filters.9.size=3", "version.x=1"])
def test_assign_refuses(setting):
    with pytest.raises(RecipeFailure) as failed:
        recipes.assign(recipes.default_recipe(), setting)
    assert failed.value.exit_code == 2


@pytest.mark.parametrize("content", [None, b"\x89HDF\r\n\x1a\n\xff"], ids=["folder", "HDF5"])
def test_data_in_the_place_of_a_recipe_are_told_where_they_belong(tmp_path, content):
    path = tmp_path / "scan"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(RecipeFailure) as failed:
        recipes.load_recipe(path)
    assert failed.value.message == f"{path} is no recipe."
    assert "--data" in failed.value.hint


def test_broken_file_is_named_with_its_line(tmp_path):
    path = tmp_path / "a 'quoted' name.tomo.json"
    path.write_text('{\n  "version": 1,\n}', encoding="utf-8")
    with pytest.raises(RecipeFailure) as failed:
        recipes.load_recipe(path)
    assert str(path) in failed.value.message and "line 3" in failed.value.message
    with pytest.raises(RecipeFailure) as failed:
        recipes.load_recipe(tmp_path / "absent.tomo.json")
    assert failed.value.where.endswith("absent.tomo.json")
    assert recipes.recipe_name(path) == "a 'quoted' name"
