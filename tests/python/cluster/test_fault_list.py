"""The list of faults in the documentation names tests that there are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

HERE = Path(__file__).parent
LIST = HERE.parents[2] / "docs" / "faults.md"


def functions_of(file: Path) -> set[str]:
    """Names of a file's functions."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_fault_names_its_tests() -> None:
    rows = [line for line in LIST.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    assert len(rows) > 30
    for row in rows[2:]:
        named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", row)
        assert named, row
        for file, name in named:
            assert name in functions_of(HERE / file), row
