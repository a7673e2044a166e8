"""The shipped descriptions of recipe, steps and tools, which all parts of the project share."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Dict, List, Optional

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


def tools() -> List[Dict[str, Any]]:
    """The tools of the project, whose parameters are always known."""
    return list(document("tools.json")["tools"])


def is_of_another_package(name: str) -> bool:
    """Whether a tool is known only where it is installed; the others' names have no hyphen."""
    return "-" in name and all(tool["name"] != name for tool in tools())


def tool(name: str, python: Optional[str] = None) -> Dict[str, Any]:
    """A tool by its name.

    Parameters
    ----------
    python
        The chosen kernel's interpreter, asked for tools of other packages; this one when left out.

    Raises
    ------
    ToolFailure
        When nobody has it.
    """
    for entry in tools():
        if entry["name"] == name:
            return entry
    # Here, as that module needs the catalogue itself.
    from .external.others import other

    return other(name, python)


def method(tool_name: str, name: str, python: Optional[str] = None) -> Dict[str, Any]:
    """A method of a tool; the recipe was checked, so it is there."""
    found = tool(tool_name, python)
    return dict(next(entry for entry in found["methods"] if entry["name"] == name))


def first_method(tool_name: str, python: Optional[str] = None) -> str:
    """The method that stands for a tool when a recipe names none."""
    return str(tool(tool_name, python)["methods"][0]["name"])


def title(tool_name: str, python: Optional[str] = None) -> str:
    """What a tool is called in sentences."""
    return str(tool(tool_name, python)["title"])


def defaults(schema: Dict[str, Any]) -> Dict[str, Any]:
    """Defaults of the parameters in a step's or a method's schema."""
    return {key: field["default"] for key, field in schema.items() if "default" in field}
