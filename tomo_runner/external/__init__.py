"""Other programs from the runner's side of the pipe; ``tomo_runner/toolhost`` is theirs."""

from __future__ import annotations

from .approval import COMMAND, approve, check_approved, command_hash, command_of
from .child import Child, Limits
from .command import CommandReconstructor, Place, check_command
from .cost import Cost, cost_of
from .host import ToolHost
from .hosts import ToolHosts
from .others import others_of
from .pythons import python_of
from .slab import SlabReconstructor

__all__ = [
    "COMMAND",
    "Child",
    "CommandReconstructor",
    "Cost",
    "Limits",
    "Place",
    "SlabReconstructor",
    "ToolHost",
    "ToolHosts",
    "approve",
    "check_approved",
    "check_command",
    "command_hash",
    "command_of",
    "cost_of",
    "others_of",
    "python_of",
]
