"""The tools that this Python knows: those of the project, and those of other packages."""

from __future__ import annotations

import importlib
import sys
from typing import Any, Dict, List, cast

from .contract import Tool, ToolError
from .entry_points import others

BUILT_IN = ("tomopy", "astra", "savu")
"""Modules in this folder, in the order in which they are shown."""


def built_in() -> List[Tool]:
    """The project's own tools; loading them needs none of the programs."""
    return [_module(name) for name in BUILT_IN]


def load(name: str) -> Tool:
    """The tool of a name.

    Raises
    ------
    ToolError
        When nobody has it, or its module cannot be loaded.
    """
    if name in BUILT_IN:
        return _module(name)
    entry = others().get(name)
    if entry is None:
        raise ToolError(
            "unknown-tool",
            f"There is no tool {name} in {sys.executable}.",
            "reconstruction.tool",
            "Install the package that has it in this Python, or choose another tool.",
        )
    try:
        tool = cast(Tool, entry.load())
        described(tool)
    except Exception as error:
        # Whatever a stranger's module does when it is loaded, the tool is not there.
        raise ToolError(
            "tool-broken",
            f"The module {entry.value} of the tool {name} cannot be loaded "
            f"({type(error).__name__}: {error}).",
            entry.value,
            "Install the package again, or tell its authors.",
        ) from error
    return tool


def described(tool: Tool) -> Dict[str, Any]:
    """A tool as ``tools.json`` has it."""
    return {
        "name": tool.NAME,
        "title": tool.TITLE,
        "help": tool.HELP,
        "refused": dict(getattr(tool, "REFUSED", {})),
        "methods": [
            {
                "name": method["name"],
                "title": method["title"],
                "help": method["help"],
                "level": method.get("level", "basic"),
                "kind": method.get("kind", "analytic"),
                "gpu": bool(method.get("gpu", False)),
                "schema": dict(method["schema"]),
            }
            for method in tool.METHODS
        ],
    }


def _module(name: str) -> Tool:
    return cast(Tool, importlib.import_module(f".{name}", __package__))
