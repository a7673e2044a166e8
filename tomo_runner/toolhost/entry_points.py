"""The tools that other packages bring into this Python, by name; nothing of them is loaded."""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path
from typing import Any, Dict, Sequence

GROUP = "jupyterlab_tomo.tools"
"""Entry points of tools in other packages."""


def others() -> Dict[str, metadata.EntryPoint]:
    """Entry points of other packages by the name of their tool, which has a hyphen in it."""
    found: Any = metadata.entry_points()
    # Before Python 3.10 this is a mapping.
    group = found.select(group=GROUP) if hasattr(found, "select") else found.get(GROUP, [])
    return {entry.name: entry for entry in group if "-" in entry.name}


def main(argv: Sequence[str]) -> int:
    """Write the names, and the folders in which another package would appear, to a file.

    Not to standard output: what a Python prints when it starts is no part of the answer.
    """
    folders = [str(Path(entry or ".").resolve()) for entry in sys.path]
    answer = {"tools": sorted(others()), "folders": folders}
    Path(argv[0]).write_text(json.dumps(answer), "utf-8")
    return 0
