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
