"""Savu and HTTomo: recipes as their pipelines, data as NXtomo, whole lists run, plugins known."""

from __future__ import annotations

from .export import KINDS, export, exported
from .installed import installed

__all__ = ["KINDS", "export", "exported", "installed"]
