"""The example notebook runs from its first cell to its last."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

CHECKOUT = Path(__file__).resolve().parents[3]
NOTEBOOK = CHECKOUT / "examples" / "notebooks" / "first_reconstruction.ipynb"


def test_no_outputs_and_no_paths_of_a_machine_are_committed():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert str(CHECKOUT) not in cell.source


@pytest.mark.slow
def test_notebook_runs(tmp_path):
    shutil.copy(CHECKOUT / "examples" / "make_data.py", tmp_path)
    folder = tmp_path / "notebooks"
    folder.mkdir()
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    client.execute()
    outputs = {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}

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
