"""`npm start` opens copies of the notebooks, and what somebody did with one stays."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    notebooks, work = tmp_path / "notebooks", tmp_path / "work"
    notebooks.mkdir()
    (notebooks / "a.ipynb").write_text("first")
    (notebooks / "b.ipynb").write_text("second")
    (notebooks / "notes.txt").write_text("no notebook")
    copy(notebooks, work)
    return notebooks, work


def copy(notebooks: Path, work: Path) -> None:
    code = "import(process.argv[1]).then(m => m.copyNotebooks(process.argv[2], process.argv[3]))"
    module = (CHECKOUT / "scripts" / "notebooks.mjs").as_uri()
    subprocess.run(["node", "-e", code, module, str(notebooks), str(work)], check=True)


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def test_the_notebooks_are_copied(folders):
    _, work = folders
    assert texts(work) == {"a.ipynb": "first", "b.ipynb": "second"}


def test_what_was_changed_stays_and_the_rest_follows(folders):
    notebooks, work = folders
    (work / "a.ipynb").write_text("mine")
    (notebooks / "a.ipynb").write_text("first, newer")
    (notebooks / "b.ipynb").write_text("second, newer")
    copy(notebooks, work)
    assert texts(work) == {"a.ipynb": "mine", "b.ipynb": "second, newer"}
    copy(notebooks, work)
    assert texts(work) == {"a.ipynb": "mine", "b.ipynb": "second, newer"}


def test_what_was_deleted_comes_back(folders):
    notebooks, work = folders
    (work / "a.ipynb").unlink()
    copy(notebooks, work)
    assert texts(work)["a.ipynb"] == "first"
