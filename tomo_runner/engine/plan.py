"""From a recipe to the numbers that the engine executes.

The same compiler stands in ``src/engine/plan.ts``; ``tests/fixtures/plans.json`` holds both to the
same numbers. No step and no choice is named here: codes come from ``steps.json`` and
``tools.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .failure import EngineError

VERSION = 2
ENGINE_TOOL = "builtin"
SLOTS = ("filter", "cutoff", "edge")
"""Parameters of the engine's method, in the order of the plan."""

_FOLDER = Path(__file__).parent.parent / "_built"


@cache
def _entries(kind: str) -> list[dict[str, Any]]:
    path = _FOLDER / f"{kind}.json"
    try:
        return list(json.loads(path.read_text(encoding="utf-8"))[kind])
    except FileNotFoundError:
        raise EngineError(
            "engine-not-built",
            f"{path.name} is missing beside the engine.",
            str(path),
            "Build the project or install its wheel.",
        ) from None


def compile_plan(
    recipe: Mapping[str, Any],
    *,
    count: int,
    columns: int,
    centre: float,
    left: int = 0,
    scale: float = 1.0,
    size: int = 0,
) -> np.ndarray:
    """Compile the part of a recipe that happens to a sinogram.

    Parameters
    ----------
    recipe
        A valid recipe. When its tool is not the engine, the plan holds the steps and the
        engine's defaults.
    count
        Projections.
    columns
        Columns of the sinogram.
    centre
        Axis of rotation in columns of the image that `left` counts in, 0-based.
    left
        Column of that image with which the sinogram begins.
    scale
        Factor on the values: 1 gives attenuation per pixel, 1 / (pixel size in cm) per cm.
    size
        Width and height of the slice; 0 leaves it to the engine.

    Returns
    -------
    numpy.ndarray
        float64, as in docs/architecture.md.

    Raises
    ------
    EngineError
        When a method or a choice is unknown to the engine.
    """
    reconstruction = recipe.get("reconstruction", {})
    method, given = _method(reconstruction)
    head = [VERSION, count, columns, centre - left, size, reconstruction.get("mask", 1)]
    for slot in SLOTS:
        head.append(
            _number(method["schema"][slot], given.get(slot), f"reconstruction.parameters.{slot}")
        )
    steps = [
        numbers
        for step in _entries("steps")
        if "engine" in step
        for numbers in _step(step, recipe.get("filters", []))
    ]
    numbers = [number for step in steps for number in step]
    rotation = reconstruction.get("rotation", 0)
    return np.array([*head, scale, rotation, len(steps), *numbers], np.float64)


def _method(reconstruction: Mapping[str, Any]) -> Any:
    """The engine's method and the parameters given for it."""
    tool = next(entry for entry in _entries("tools") if entry["name"] == ENGINE_TOOL)
    if reconstruction.get("tool", ENGINE_TOOL) != ENGINE_TOOL:
        return tool["methods"][0], {}
    name = reconstruction.get("method", tool["methods"][0]["name"])
    for method in tool["methods"]:
        if method["name"] == name:
            return method, reconstruction.get("parameters", {})
    raise EngineError(
        "engine-method",
        f"The engine has no method {name}.",
        "reconstruction.method",
        "Choose one of: " + ", ".join(method["name"] for method in tool["methods"]) + ".",
    )


def _step(step: dict[str, Any], filters: Any) -> list[list[float]]:
    """Code, number of parameters and parameters of each time a step is switched on."""
    found = []
    for index, chosen in enumerate(filters):
        if chosen["name"] != step["name"] or not chosen.get("enabled", True):
            continue
        keys = step["engine"]["parameters"]
        values = [
            _number(step["schema"][key], chosen.get(key), f"filters.{index}.{key}") for key in keys
        ]
        found.append([float(step["engine"]["code"]), float(len(values)), *values])
    return found


def _number(schema: Mapping[str, Any], given: Any, where: str) -> float:
    """The number that stands for a parameter's value in a plan."""
    value = schema.get("default") if given is None else given
    codes = schema.get("engine")
    if codes is not None:
        if not isinstance(value, str) or value not in codes:
            raise EngineError(
                "engine-choice",
                f"{value} is not a choice that the engine has.",
                where,
                f"Choose one of: {', '.join(codes)}.",
            )
        return float(codes[value])
    if isinstance(value, (bool, int, float)):
        return float(value)
    raise EngineError("engine-choice", f"{value} is not a number.", where, "Give a number.")
