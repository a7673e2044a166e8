"""Node: started when it is needed, started again after a crash, never left behind."""

from __future__ import annotations

import json
import os
import signal
import stat
import time
from pathlib import Path

import psutil
import pytest
from jupyter_servers import ECHO, Server, StartServer, eventually
from processes import command_of


@pytest.fixture(scope="module")
def lively(start_server: StartServer) -> Server:
    return start_server()


def nodes(server: Server) -> list[int]:
    """Process ids of the Nodes that the server has started for us."""
    children = psutil.Process(server.process.pid).children()
    return [child.pid for child in children if str(ECHO) in command_of(child)]


def pid_of(server: Server) -> int:
    return int(server.get("line").json()["pid"])


def failure_of(server: Server, status: int, code: str) -> dict[str, str]:
    reply = server.get("line")
    assert reply.status_code == status, reply.text
    failure: dict[str, str] = reply.json()
    assert set(failure) == {"code", "message", "where", "hint"}
    assert failure["code"] == code
    assert failure["hint"]
    return failure


def test_starts_on_the_first_request_only(lively: Server) -> None:
    assert nodes(lively) == []
    assert pid_of(lively) == pid_of(lively)
    assert nodes(lively) == [pid_of(lively)]


def test_a_killed_node_comes_back_by_itself(lively: Server) -> None:
    first = pid_of(lively)
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: nodes(lively) not in ([], [first]), 10) > 0.2
    assert pid_of(lively) != first


def test_a_request_during_a_crash_says_so(lively: Server) -> None:
    before = pid_of(lively)
    reply = lively.post("crash")
    assert reply.status_code == 502
    assert reply.json()["code"] == "proxy-died"
    assert pid_of(lively) != before
    assert "the last word" in lively.log.read_text()


def test_exit_0_is_a_stop_until_the_next_request(lively: Server) -> None:
    before = pid_of(lively)
    assert lively.post("stop").status_code == 200
    eventually(lambda: not nodes(lively), 60)
    time.sleep(0.6)
    assert nodes(lively) == []
    assert pid_of(lively) != before


def test_many_first_requests_start_one_node(start_server: StartServer) -> None:
    from concurrent.futures import ThreadPoolExecutor

    server = start_server()
    with ThreadPoolExecutor(8) as pool:
        pids = set(pool.map(lambda _: pid_of(server), range(16)))
    assert len(pids) == 1


def test_ends_with_the_server(start_server: StartServer) -> None:
    server = start_server()
    line = server.get("line").json()
    server.stop()
    eventually(lambda: not psutil.pid_exists(line["pid"]), 60)
    assert not Path(line["socket"]).parent.exists()


def test_ends_when_the_server_is_killed_and_is_swept(start_server: StartServer) -> None:
    server = start_server()
    line = server.get("line").json()
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait(60)
    eventually(lambda: not psutil.pid_exists(line["pid"]), 60)
    left = Path(line["socket"]).parent
    assert left.exists()
    following = start_server(home=server.home)
    assert following.get("line").json()["pid"] != line["pid"]
    assert not left.exists()


def test_a_node_that_heeds_nothing_is_killed(start_server: StartServer, tmp_path: Path) -> None:
    script = tmp_path / "deaf.mjs"
    script.write_text(
        ECHO.read_text().replace("process.exit(0)", "0")
        + "\nprocess.on('SIGTERM', () => 0);\nsetInterval(() => 0, 1000);\n"
    )
    server = start_server(script=script)
    pid = pid_of(server)
    server.stop()
    eventually(lambda: not psutil.pid_exists(pid), 60)


def test_a_script_that_is_not_there(start_server: StartServer, tmp_path: Path) -> None:
    server = start_server(script=tmp_path / "none.mjs")
    failure = failure_of(server, 503, "proxy-not-built")
    assert failure["where"] == str(tmp_path / "none.mjs")


def test_a_script_that_ends_at_once(start_server: StartServer, tmp_path: Path) -> None:
    script = tmp_path / "ends.mjs"
    script.write_text("process.stderr.write('no such thing\\n'); process.exit(1);")
    server = start_server(script=script)
    assert "no such thing" in failure_of(server, 503, "proxy-down")["message"]
    # Each start is tried later than the one before; the server stays well.
    since = time.monotonic()
    failure_of(server, 503, "proxy-down")
    failure_of(server, 503, "proxy-down")
    assert time.monotonic() - since > 0.25 + 0.5
    assert server.resolve(path="").status_code == 200


def test_a_script_that_never_says_ready(start_server: StartServer, tmp_path: Path) -> None:
    script = tmp_path / "mute.mjs"
    script.write_text("setInterval(() => 0, 1000);")
    server = start_server("c.TomoServer.ready_within = 1.0", script=script)
    assert "ready" in failure_of(server, 503, "proxy-down")["message"]

    def left() -> list[psutil.Process]:
        children = psutil.Process(server.process.pid).children()
        return [child for child in children if str(script) in command_of(child)]

    eventually(lambda: not left(), 60)


@pytest.mark.parametrize("says", ["v18.19.0", "not a version"])
def test_a_node_that_is_too_old(start_server: StartServer, tmp_path: Path, says: str) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho {says}\n")
    node.chmod(node.stat().st_mode | stat.S_IXUSR)
    server = start_server(f"c.TomoServer.node = {str(node)!r}")
    failure = failure_of(server, 503, "node-missing")
    assert str(node) in failure["message"]
    assert failure["where"] == "TomoServer.node"


def test_settings_of_administrator_and_user(start_server: StartServer, tmp_path: Path) -> None:
    extension = tmp_path / "labextensions" / "jupyterlab-tomo"
    schema = extension / "schemas" / "jupyterlab-tomo" / "plugin.json"
    schema.parent.mkdir(parents=True)
    (extension / "package.json").write_text(
        json.dumps({"name": "jupyterlab-tomo", "version": "0.1.0", "jupyterlab": {"extension": 1}})
    )
    number = {"type": "number"}
    properties = {
        "cores": {**number, "default": 1},
        "memory": {**number, "default": 2},
        "poll": {**number, "default": 3},
        "local": {"type": "object", "default": {"jobs": 1, "kernel": "python3"}},
    }
    schema.write_text(json.dumps({"title": "T", "type": "object", "properties": properties}))
    overrides = tmp_path / "settings" / "overrides.json"
    overrides.parent.mkdir()
    plugin = "jupyterlab-tomo:plugin"
    overrides.write_text(json.dumps({plugin: {"memory": 20, "poll": 30}}))
    user = tmp_path / "user" / "jupyterlab-tomo" / "plugin.jupyterlab-settings"
    user.parent.mkdir(parents=True)
    user.write_text('{\n// mine\n"poll": 300, "local": {"jobs": 2}}')
    server = start_server(
        f"c.LabServerApp.extra_labextensions_path = [{str(tmp_path / 'labextensions')!r}]\n"
        f"c.LabServerApp.app_settings_dir = {str(overrides.parent)!r}\n"
        f"c.LabServerApp.user_settings_dir = {str(tmp_path / 'user')!r}\n"
        f"c.LabApp.extra_labextensions_path = [{str(tmp_path / 'labextensions')!r}]\n"
        f"c.LabApp.app_settings_dir = {str(overrides.parent)!r}\n"
        f"c.LabApp.user_settings_dir = {str(tmp_path / 'user')!r}\n"
        "c.TomoServer.idle = 5\n"
    )
    line = server.get("line").json()
    assert line["settings"] == {
        "cores": 1,
        "memory": 20,
        "poll": 300,
        "local": {"jobs": 2, "kernel": "python3"},
    }
    assert line["idle"] == 5
