"""Reconstruction by other programs, each in a process of its own.

The code in here runs with numpy and one tool only, in whatever Python has the tool, and imports
nothing else of the project: ``launch.py`` is started by its path. What a tool's module holds is in
``contract.py``; the other side of the pipe is ``tomo_runner/external``.
"""

from __future__ import annotations

from .contract import Task, ToolError
from .registry import built_in, described, load

__all__ = ["Task", "ToolError", "built_in", "described", "load"]
