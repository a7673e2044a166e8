"""Other programs from the runner's side of the pipe; ``tomo_runner/toolhost`` is theirs."""

from __future__ import annotations

from .child import Child, Limits
from .host import ToolHost
from .hosts import ToolHosts
from .pythons import python_of
from .slab import SlabReconstructor

__all__ = ["Child", "Limits", "SlabReconstructor", "ToolHost", "ToolHosts", "python_of"]
