"""Settings that were saved reach a Node that runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import psutil
import requests
from jupyter_servers import ECHO, Server, StartServer, eventually
from processes import command_of

SCHEMA = Path(__file__).parents[3] / "schema" / "plugin.json"


def write_settings(home: Path, settings: dict[str, Any]) -> None:
    folder = home / "config" / "lab" / "user-settings" / "jupyterlab-tomo"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plugin.jupyterlab-settings").write_text(json.dumps(settings))


def start_lab(start_server: StartServer, home: Path) -> Server:
    extensions = home / "labextensions"
    schemas = extensions / "jupyterlab-tomo" / "schemas" / "jupyterlab-tomo"
    schemas.mkdir(parents=True)
    shutil.copy(SCHEMA, schemas / "plugin.json")
    config = [
        "c.ServerApp.jpserver_extensions = {'jupyterlab_tomo': True, 'jupyterlab': True}",
        f"c.LabApp.extra_labextensions_path = [{str(extensions)!r}]",
    ]
    return start_server("\n".join(config), home=home)


def saved(server: Server, **options: Any) -> requests.Response:
    return server._ask("POST", f"{server.url}jupyterlab-tomo/settings", **options)


def nodes(server: Server) -> int:
    children = psutil.Process(server.process.pid).children()
    return sum(str(ECHO) in command_of(child) for child in children)


def test_a_running_node_is_told_of_saved_settings(
    start_server: StartServer, tmp_path: Path
) -> None:
    write_settings(tmp_path, {"localJobs": 2})
    server = start_lab(start_server, tmp_path)
    assert server.get("line").json()["settings"]["localJobs"] == 2

    cluster = {"name": "scarf", "host": "scarf.example"}
    write_settings(tmp_path, {"localJobs": 3, "resources": [cluster]})
    assert saved(server).status_code == 204
    eventually(lambda: len(server.get("told").json()) == 1, 60)
    (told,) = server.get("told").json()
    assert told["settings"]["localJobs"] == 3
    assert told["settings"]["resources"] == [cluster]
    assert told["settings"]["poll"] == 30, "defaults are filled in"


def test_saved_settings_start_no_node(start_server: StartServer) -> None:
    server = start_server()
    assert saved(server).status_code == 204
    assert nodes(server) == 0
    assert server.get("told").json() == [], "it has read them at its start"


def test_strangers_tell_no_settings(server: Server) -> None:
    url = f"{server.url}jupyterlab-tomo/settings"
    assert requests.post(url, timeout=10).status_code == 403
