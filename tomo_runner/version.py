"""The version of the runner, which results and agents carry."""

from __future__ import annotations

VERSION = "0.1.0"
"""Version of the package; the one in ``package.json``."""

PROTOCOL = 1
"""Version of what agent and proxy say to each other."""
