"""Tools that other packages bring along by an entry point."""

from __future__ import annotations

import sys
from typing import Any, Dict, List

from ..failures import Failure
from ..stopping import Stop
from ..toolhost.registry import others
from .host import ToolHost
from .pythons import python_of


def describe_others() -> List[Dict[str, Any]]:
    """What the tools of other packages in this Python say of themselves.

    A module that cannot be loaded is left out, and the log says why: one broken package must not
    take the others away.
    """
    found: List[Dict[str, Any]] = []
    for name in sorted(others()):
        try:
            host = ToolHost(name, name, python_of(name))
            try:
                described = host.describe(Stop())
            finally:
                host.close()
        except Failure as failure:
            print(f"Tool {name} is left out: {failure.sentence()}", file=sys.stderr)
            continue
        if described["name"] == name:
            found.append(described)
        else:
            print(
                f"Tool {name} is left out: its module calls itself {described['name']}.",
                file=sys.stderr,
            )
    return found
