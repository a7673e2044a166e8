"""Tomographic reconstruction beside the notebook.

Nothing heavy is imported before it is used: a Jupyter server imports this
module at its start, a notebook for the recipe API.
"""

from __future__ import annotations

from typing import Any


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyterlab-tomo"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from jupyterlab_tomo.server import TomoServer

    return [{"module": "jupyterlab_tomo.server", "app": TomoServer}]


#: What ``import jupyterlab_tomo as tomo`` offers a notebook, and where it is.
_NOTEBOOK = {
    "Image": "display",
    "Recipe": "recipe",
    "Result": "result",
    "Slice": "display",
    "TomoError": "failure",
    "centre": "api",
    "describe": "api",
    "open_result": "result",
}


def __getattr__(name: str) -> Any:
    if name in _NOTEBOOK:
        from importlib import import_module

        return getattr(import_module(f"jupyterlab_tomo.{_NOTEBOOK[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_NOTEBOOK])
