"""Plugins of Savu by name, with all their parameters."""

from __future__ import annotations

from functools import cache
from typing import Any, Dict

from .. import catalogue
from ..toolhost.savu_files import Plugin


@cache
def _known() -> Dict[str, Dict[str, Any]]:
    return {plugin["name"]: plugin for plugin in catalogue.document("savu.json")["plugins"]}


def plugin(name: str, /, active: bool = True, **given: Any) -> Plugin:
    """A plugin with its defaults, and what is given instead of some.

    All parameters are said: of those left out Savu 4.2 takes some as the word "None" and fails.

    Raises
    ------
    KeyError
        When the catalogue has no such plugin or parameter.
    """
    known = _known()[name]
    values = {parameter["name"]: parameter["default"] for parameter in known["parameters"]}
    unknown = set(given) - set(values)
    if unknown:
        raise KeyError(f"{name} has no {sorted(unknown)[0]}")
    return Plugin(name, known["id"], {**values, **given}, active)


def kind_of(module: str) -> str:
    """Kind of the plugin of a module, as ``loader``; empty when the catalogue does not have it."""
    return next((p["kind"] for p in _known().values() if p["id"] == module), "")
