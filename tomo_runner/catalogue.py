"""The shipped descriptions of recipe, steps and tools, which all parts of the project share."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Dict, List

from .failures import ToolFailure

FOLDER = Path(__file__).parent / "_built"
"""Where the build puts the shared files."""


@cache
def document(name: str) -> Any:
    """Read a shared JSON file by its name, once. The result must not be changed."""
    path = FOLDER / name
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ToolFailure(
            "not-built",
            f"The runner is not built: {name} is missing.",
            str(path),
            "Build the project or install its wheel.",
        ) from None


def steps() -> List[Dict[str, Any]]:
    """The pre-processing steps, in the order in which they run."""
    return list(document("steps.json")["steps"])


def step(name: str) -> Dict[str, Any]:
    """One step by its name; the recipe was validated, so it is there."""
    return next(entry for entry in steps() if entry["name"] == name)


def tools(everywhere: bool = False) -> List[Dict[str, Any]]:
    """The tools whose parameters are known.

    Parameters
    ----------
    everywhere
        Those of other packages, too; their modules are loaded, each in a process of its own.
    """
    known = list(document("tools.json")["tools"])
    if everywhere:
        names = {tool["name"] for tool in known}
        known += [tool for tool in _others() if tool["name"] not in names]
    return known


@cache
def _others() -> List[Dict[str, Any]]:
    # Here, as these modules need the catalogue themselves.
    from .external.others import describe_others

    return describe_others()


def method(tool: str, name: str) -> Dict[str, Any]:
    """A method of a tool; the recipe was validated, so it is there."""
    found = _tool(tool)
    return dict(next(entry for entry in found["methods"] if entry["name"] == name))


def first_method(tool: str) -> str:
    """The method that stands for a tool when a recipe names none."""
    return str(_tool(tool)["methods"][0]["name"])


def title(tool: str) -> str:
    """What a tool is called in sentences."""
    return str(_tool(tool)["title"])


def _tool(name: str) -> Dict[str, Any]:
    """A tool of a checked recipe; those of other packages are looked at last."""
    for everywhere in (False, True):
        for entry in tools(everywhere):
            if entry["name"] == name:
                return entry
    raise ToolFailure(
        "unknown-tool",
        f"There is no tool {name}.",
        "reconstruction.tool",
        "Install the package that has it in this Python, or choose another tool.",
    )


def defaults(schema: Dict[str, Any]) -> Dict[str, Any]:
    """Defaults of the parameters in a step's or a method's schema."""
    return {key: field["default"] for key, field in schema.items() if "default" in field}
