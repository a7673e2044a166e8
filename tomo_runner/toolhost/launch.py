"""Start the tool host by its path, so that nothing beside this folder comes into a tool's Python.

    python launch.py TOOL SINOGRAMS SLICES    serves a tool, see serve.py
    python launch.py --list ANSWER.json       names the tools of other packages, needs no numpy

The folder of a started file is first on the path, where ``astra.py`` would hide ASTRA; it is taken
out, and the folder becomes a package of its own.
"""

from __future__ import annotations

import importlib
import importlib.util
import runpy
import sys
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent
_NAME = "tomo_toolhost"


def _package() -> None:
    spec = importlib.util.spec_from_file_location(
        _NAME, _FOLDER / "__init__.py", submodule_search_locations=[str(_FOLDER)]
    )
    assert spec is not None and spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[_NAME] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != _FOLDER]
    if sys.argv[1] == "--list":
        # By itself: a Python without numpy answers, too.
        sys.exit(runpy.run_path(str(_FOLDER / "entry_points.py"))["main"](sys.argv[2:]))
    _package()
    sys.exit(importlib.import_module(_NAME + ".serve").main(sys.argv[1:]))
