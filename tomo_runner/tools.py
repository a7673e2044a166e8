"""The reconstruction tools: which there are, and which can run here."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Optional, Tuple

from . import catalogue
from .external import COMMAND, ToolHost, others_of, python_of
from .failures import Failure, Stopped, ToolFailure
from .stopping import Stop

_PATIENCE = 60.0
"""Seconds that a tool may take to say whether it can run."""

_lock = threading.Lock()
_probed: Dict[Tuple[str, str], Dict[str, Any]] = {}


def list_tools(python: Optional[str] = None, again: bool = False) -> List[Dict[str, Any]]:
    """Tools with their methods, the schema of each method's parameters, and availability.

    Parameters
    ----------
    python
        The chosen kernel's interpreter; this one when left out.
    again
        Look again at tools that were looked at before.

    Returns
    -------
    list
        The api's ``Tool``, of other packages those of the Python that is asked: as
        ``tools.json``, with ``available``, ``version``, ``gpu``, ``why``
        (what is missing), ``install`` (what to do) and ``python``; methods that need a graphics
        card where there is none have a ``why`` of their own.
    """
    known = catalogue.tools()
    names = {tool["name"] for tool in known}
    broken: List[Dict[str, Any]] = []
    for name, found in others_of(python, again):
        if name in names:
            continue
        if isinstance(found, ToolFailure):
            broken.append(_not_there(name, found, python_of(name, python)))
        else:
            known.append(found)
    with ThreadPoolExecutor(max(1, len(known))) as pool:
        listed = list(pool.map(lambda tool: _listed(tool, python, again), known))
    return [*listed, *broken]


def probe_tool(name: str, title: str, python: Optional[str] = None, again: bool = False) -> Any:
    """What a tool says of a Python; it is started for that once."""
    key = (name, python_of(name, python))
    with _lock:
        found = _probed.get(key)
    if found is None or again:
        found = _ask(name, title, key[1])
        with _lock:
            _probed[key] = found
    return found


def _listed(tool: Dict[str, Any], python: Optional[str], again: bool) -> Dict[str, Any]:
    if tool["name"] in ("builtin", COMMAND):
        found: Dict[str, Any] = {"available": True, "version": "", "gpu": False}
    else:
        found = probe_tool(tool["name"], tool["title"], python, again)
    methods = []
    for method in tool["methods"]:
        listed = {
            key: method[key]
            for key in ("name", "title", "help", "level", "kind", "gpu", "schema")
            if key in method
        }
        if method.get("gpu") and found["available"] and not found["gpu"]:
            listed["why"] = f"{method['name']} needs an NVIDIA graphics card, and there is none."
        methods.append(listed)
    about = {key: tool[key] for key in ("name", "title", "help")}
    return {**about, "why": "", "install": "", **found, "methods": methods}


def _not_there(name: str, failure: ToolFailure, python: str) -> Dict[str, Any]:
    """A tool of another package that does not say what it is."""
    return {
        "name": name,
        "title": name,
        "help": "A tool of another package.",
        "available": False,
        "version": "",
        "gpu": False,
        "why": failure.message,
        "install": failure.hint,
        "python": python,
        "methods": [],
    }


def _ask(name: str, title: str, python: str) -> Dict[str, Any]:
    late = time.monotonic() + _PATIENCE
    stop = Stop(lambda: "cancelled" if time.monotonic() > late else None)
    try:
        host = ToolHost(name, title, python)
        try:
            return {**host.probe(stop), "python": python}
        finally:
            host.close()
    except Stopped:
        why = f"{title} said nothing for {_PATIENCE:g} s."
        hint = "Try again when the machine is less busy."
    except Failure as failure:
        why, hint = failure.message, failure.hint
    return {
        "available": False,
        "version": "",
        "gpu": False,
        "why": why,
        "install": hint,
        "python": python,
    }
