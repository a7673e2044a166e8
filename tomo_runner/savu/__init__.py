"""Savu and HTTomo: recipes as their pipelines, data as NXtomo, and runs of whole process lists."""

from __future__ import annotations

from .export import KINDS, export, exported

__all__ = ["KINDS", "export", "exported"]
