"""Which Python has a tool."""

from __future__ import annotations

import os
import sys
from typing import List, Optional

from ..toolhost.registry import BUILT_IN

_PREFIX = "JUPYTER_TOMO_PYTHON_"


def python_of(tool: str, asked: Optional[str] = None) -> str:
    """The interpreter that a tool runs in.

    Parameters
    ----------
    tool
        Name of the tool.
    asked
        The chosen kernel's interpreter.

    Returns
    -------
    str
        ``$JUPYTER_TOMO_PYTHON_<TOOL>`` where that is set, as for an environment that has no
        kernel; else the one asked for; else this one.
    """
    return os.environ.get(_variable(tool)) or asked or sys.executable


def pythons_named() -> List[str]:
    """The interpreters that the environment names for tools, but for those of the project."""
    own = {_variable(tool) for tool in BUILT_IN}
    named = [
        python
        for variable, python in os.environ.items()
        if variable.startswith(_PREFIX) and variable not in own and python
    ]
    return sorted(set(named))


def _variable(tool: str) -> str:
    return _PREFIX + tool.upper().replace("-", "_")
