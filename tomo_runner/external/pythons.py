"""Which Python has a tool."""

from __future__ import annotations

import os
import sys
from typing import Optional


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
    variable = "JUPYTER_TOMO_PYTHON_" + tool.upper().replace("-", "_")
    return os.environ.get(variable) or asked or sys.executable
