"""What an external tool takes, by its own figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Optional

from .. import catalogue
from ..recipe import Recipe
from ..stopping import Stop
from ..toolhost.registry import BUILT_IN, load
from .approval import COMMAND
from .host import ToolHost
from .pythons import python_of

_PROCESS = 250 << 20
"""Bytes of a Python with a tool loaded."""


@dataclass(frozen=True)
class Cost:
    """Time and memory.

    Attributes
    ----------
    seconds
        Of one slice on one core; None when nobody can tell.
    measured
        Whether they are seconds; else they only say how the work of two slices compares.
    thread, row, fixed
        Bytes for each thread, for each row of a slab, and in any case; the arrays that are shared
        with the tool are counted.
    """

    seconds: Optional[float]
    thread: float
    row: float
    fixed: float
    measured: bool = True


NOTHING = Cost(0.0, 0.0, 0.0, 0.0)


def cost_of(
    recipe: Recipe, angles: int, columns: int, size: int, python: Optional[str] = None
) -> Cost:
    """What the recipe's tool takes besides the engine; nothing for the engine itself.

    Parameters
    ----------
    python
        The chosen kernel's interpreter; this one when left out.
    """
    reconstruction = recipe.get("reconstruction", {})
    tool = str(reconstruction.get("tool", "builtin"))
    if tool == "builtin":
        return NOTHING
    shared = 4.0 * (angles * columns + size * size)
    if tool == COMMAND:
        return Cost(None, 0.0, shared, 0.0)
    method = str(reconstruction.get("method", catalogue.first_method(tool, python)))
    parameters = {
        **catalogue.defaults(catalogue.method(tool, method, python)["schema"]),
        **reconstruction.get("parameters", {}),
    }
    asked = (method, parameters, angles, columns, size)
    told = load(tool).cost(*asked) if tool in BUILT_IN else _asked(tool, python, *asked)
    return Cost(
        told["seconds"],
        told["thread"],
        shared + told["row"],
        float(_PROCESS),
        not told.get("unmeasured"),
    )


def _asked(
    tool: str,
    python: Optional[str],
    method: str,
    parameters: Dict[str, object],
    angles: int,
    columns: int,
    size: int,
) -> Dict[str, float]:
    """The figures of another package's tool, from its process."""
    host = ToolHost(tool, catalogue.title(tool, python), python_of(tool, python))
    try:
        return host.cost(method, parameters, angles, columns, size, Stop())
    finally:
        host.close()
