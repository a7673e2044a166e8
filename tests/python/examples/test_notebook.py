"""The example notebooks run from their first cell to their last."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

CHECKOUT = Path(__file__).resolve().parents[3]
NOTEBOOKS = CHECKOUT / "examples" / "notebooks"


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_no_outputs_and_no_paths_of_a_machine_are_committed(path):
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert str(CHECKOUT) not in cell.source


def outputs_of(name, tmp_path, **changes):
    """What the cells of a notebook show, by their ids; it finds only the maker of the data.

    Parameters
    ----------
    **changes
        Sources of cells, by their ids.
    """
    shutil.copy(CHECKOUT / "examples" / "make_data.py", tmp_path)
    folder = tmp_path / "notebooks"
    folder.mkdir()
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    for cell in notebook.cells:
        cell.source = changes.get(cell.id, cell.source)
    client = nbclient.NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    client.execute()
    return {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}


@pytest.mark.slow
def test_the_first_reconstruction_runs(tmp_path):
    outputs = outputs_of("first_reconstruction.ipynb", tmp_path)

    assert "241 projections of 96 x 256" in outputs["describe"][0].data["text/plain"]
    centre = float(outputs["centre"][0].data["text/plain"].split()[1])
    assert centre == pytest.approx(131.3, abs=0.25)
    for cell in ("preview", "no-stripes", "slice"):
        shown = outputs[cell][-1].data["application/vnd.jupyterlab-tomo.image+json"]
        assert shown["shape"] == [256, 256]
        assert shown["unit"] == "1/cm"
    assert "96 slices of 256 x 256" in outputs["run"][-1].data["text/plain"]
    value = float(outputs["value"][0].data["text/plain"])
    assert value == pytest.approx(0.2, abs=0.05)
    assert len(list(tmp_path.glob("data/processed/*/slice_*.tif"))) == 96


@pytest.mark.slow
def test_tuning_runs(tmp_path):
    outputs = outputs_of("tuning.ipynb", tmp_path)

    def value(cell):
        return ast.literal_eval(outputs[cell][-1].data["text/plain"])

    assert float(outputs["centre"][0].data["text/plain"].split()[1]) == pytest.approx(
        131.3, abs=0.25
    )
    rings = value("filters")
    assert list(rings) == ["none", "sorting", "wavelet", "all"]
    # The rings of the generated detector are there, and each filter takes some of them.
    assert all(rings[name] < 0.9 * rings["none"] for name in ("sorting", "wavelet", "all"))
    for cell, shape in (("side-by-side", [256, 256]), ("strip", [256, 384])):
        shown = outputs[cell][-1].data["application/vnd.jupyterlab-tomo.image+json"]
        assert shown["shape"] == shape and shown["unit"] == "1/cm"
    assert outputs["sweep"][-1].text.count("\n") == 6
    best = value("write")
    written = json.loads((tmp_path / "data" / "phantom-tuned.tomo.json").read_text())
    sorting = next(step for step in written["filters"] if step["name"] == "stripes-sorting")
    assert sorting["size"] == best and best == 7
    assert "8 slices of 256 x 256" in outputs["run"][-1].data["text/plain"]
    assert value("same") is True


@pytest.mark.slow
def test_tuning_goes_on_from_a_recipe_that_was_tuned(tmp_path):
    """With half of the frequencies no window halves the rings: the best of them is taken."""
    tuned = 'recipe.set("reconstruction.parameters.cutoff", 0.5).centre()'
    outputs = outputs_of("tuning.ipynb", tmp_path, centre=tuned)
    best = ast.literal_eval(outputs["write"][-1].data["text/plain"])
    lines = outputs["sweep"][-1].text.splitlines()
    left = {int(words[1]): float(words[3]) for words in map(str.split, lines)}
    assert len(left) == 6 and best == min(left, key=left.__getitem__)
    assert "8 slices of 256 x 256" in outputs["run"][-1].data["text/plain"]
