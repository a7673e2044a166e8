"""The server extension: starts Node, relays to it, resolves paths. No tomography in here."""

from __future__ import annotations

from .app import TomoServer

__all__ = ["TomoServer"]
