"""Who may ask, and how Node gets at the server; authentication is on in all of them."""

from __future__ import annotations

import getpass
import time
from pathlib import Path

import pytest
from jupyter_servers import Server, StartServer, eventually

PASSWORD = "a pass word"
FAILURE = {"code", "message", "where", "hint"}


def refusal(reply) -> str:
    """The code of a refusal, which is JSON with all four fields."""
    assert reply.status_code == 403, reply.text
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert set(reply.json()) == FAILURE
    assert reply.json()["hint"]
    return str(reply.json()["code"])


@pytest.fixture(scope="module")
def locked(start_server: StartServer) -> Server:
    """A server that opens with a password only, with the user logged in."""
    from jupyter_server.auth import passwd

    hashed = passwd(PASSWORD, "sha1")
    server = start_server(
        f"c.PasswordIdentityProvider.hashed_password = {hashed!r}\n"
        "c.IdentityProvider.token = ''\nc.ServerApp.base_url = '/b/'",
        token=None,
    )
    server.log_in(PASSWORD)
    return server


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "HEAD"])
@pytest.mark.parametrize("token", [None, "wrong"])
def test_without_the_token(server: Server, method: str, token: str | None) -> None:
    import requests

    headers = {} if token is None else {"Authorization": f"token {token}"}
    reply = requests.request(method, server.api("headers"), headers=headers, timeout=10)
    if method == "HEAD":
        assert reply.status_code == 403
    else:
        assert refusal(reply) == "not-allowed"


def test_resolve_without_the_token(server: Server) -> None:
    import requests

    url = f"{server.url}jupyterlab-tomo/resolve"
    assert refusal(requests.post(url, json={"path": ""}, timeout=10)) == "not-allowed"


def test_the_cookie_needs_the_xsrf_header(locked: Server) -> None:
    assert locked.post("headers?known").status_code == 200
    for wrong in ("", "wrong"):
        forged = locked.post("headers?forged", headers={"X-XSRFToken": wrong})
        assert refusal(forged) == "not-allowed"
    # Not only the answer is refused: the request itself goes no further.
    asked = locked.get("asked").json()
    assert "POST /headers?known" in asked
    assert "POST /headers?forged" not in asked
    assert locked.session.headers["X-XSRFToken"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_other_origins_are_refused(locked: Server, method: str) -> None:
    reply = getattr(locked, method)("headers", headers={"Origin": "https://evil.example"})
    assert refusal(reply) == "not-allowed"
    host = locked.url.split("/")[2]
    reply = getattr(locked, method)("headers", headers={"Origin": f"http://{host}"})
    assert reply.status_code == 200


def test_xsrf_header_and_cookie_do_not_reach_node(locked: Server) -> None:
    seen = locked.post("headers").json()["headers"]
    assert "x-xsrftoken" not in seen
    assert "cookie" not in seen
    assert seen["x-tomo-user"] == getpass.getuser()


def test_a_read_only_user_computes_nothing(start_server: StartServer) -> None:
    server = start_server(
        "from jupyter_server.auth import Authorizer\n"
        "class ReadOnly(Authorizer):\n"
        "    def is_authorized(self, handler, user, action, resource):\n"
        "        return action == 'read' or resource != 'jupyterlab-tomo'\n"
        "c.ServerApp.authorizer_class = ReadOnly\n"
    )
    assert server.get("headers").status_code == 200
    assert refusal(server.post("headers")) == "not-allowed"
    assert refusal(server.resolve(path="")) == "not-allowed"


def test_a_server_without_authentication(start_server: StartServer) -> None:
    server = start_server("c.ServerApp.disable_check_xsrf = True", token="")
    assert server.get("line").json()["server"] == {"baseUrl": server.url, "token": ""}
    assert server.get("rest").json() == {"status": 200}


def test_a_hub_like_token(start_server: StartServer) -> None:
    config = """
import os
from jupyter_server.auth import IdentityProvider, User

class HubLike(IdentityProvider):
    token = ""
    auth_enabled = True

    def get_user(self, handler):
        given = handler.request.headers.get("Authorization", "")
        if given != "token " + os.environ["JUPYTERHUB_API_TOKEN"]:
            return None
        handler._token_authenticated = True
        return User(username="J\\u00fcrgen @ IMAT\\n", name="J")

    def is_token_authenticated(self, handler):
        return getattr(handler, "_token_authenticated", False)

c.ServerApp.identity_provider_class = HubLike
c.ServerApp.base_url = "/user/j/"
"""
    environment = {"JUPYTERHUB_API_TOKEN": "hub token", "JUPYTERHUB_USER": "jürgen"}
    server = start_server(config, token=None, environment=environment)
    server.token = "hub token"
    line = server.get("line").json()
    assert line["server"] == {"baseUrl": server.url, "token": "hub token"}
    assert line["user"] == "jürgen"
    assert line["secrets"] == []
    assert server.get("rest").json() == {"status": 200}
    user = server.get("headers").json()["headers"]["x-tomo-user"]
    assert user == "J%C3%BCrgen%20%40%20IMAT%0A"


class TestKernelsWithoutAToken:
    """The second socket, on a server with a password only."""

    @pytest.fixture
    def ask(self, locked: Server):
        def ask(op: str, **more):
            reply = locked.post("kernels", json={"id": 7, "op": op, **more}).json()
            assert reply.pop("id") == 7
            return reply

        return ask

    def test_the_start_line(self, locked: Server) -> None:
        line = locked.get("line").json()
        assert line["server"] is None
        socket = Path(line["kernels"])
        assert socket.parent == Path(line["socket"]).parent
        assert socket.stat().st_mode & 0o777 == 0o600

    def test_specs(self, ask) -> None:
        result = ask("specs")["result"]
        assert result["default"] == "python3"
        assert result["kernelspecs"]["python3"]["language"] == "python"

    def test_a_kernel_from_start_to_shutdown(self, ask, locked: Server, tmp_path: Path) -> None:
        path = "job folder/recipe.tomo.json"
        started = ask("start", path=path, name="recipe", kernel="")["result"]
        assert started["spec"] == "python3"
        session = {"session": started["session"], "kernel": started["kernel"]}
        listed = ask("sessions")["result"]
        assert listed == [{**session, "spec": "python3", "path": path, "type": "tomo"}]
        kernel = started["kernel"]

        out = tmp_path / "out"
        code = f"import os, time; open({str(out)!r}, 'w').write(str(os.getpid()))"
        assert ask("execute", kernel=kernel, code=code) == {"result": {}}
        eventually(lambda: out.exists() and bool(out.read_text()), 60)
        eventually(lambda: ask("alive", kernel=kernel)["result"]["state"] == "idle", 60)

        stopped = tmp_path / "stopped"
        code = (
            f"try:\n    open({str(tmp_path / 'begun')!r}, 'w').close()\n    time.sleep(60)\n"
            f"except KeyboardInterrupt:\n    open({str(stopped)!r}, 'w').close()"
        )
        ask("execute", kernel=kernel, code=code)
        eventually((tmp_path / "begun").exists, 60)
        time.sleep(0.2)
        assert ask("interrupt", kernel=kernel) == {"result": {}}
        eventually(stopped.exists, 60)

        alive = ask("alive", kernel=kernel)["result"]
        assert (alive["alive"], alive["restarts"]) == (True, 0)
        import os
        import signal

        os.kill(int(out.read_text()), signal.SIGKILL)
        eventually(lambda: ask("alive", kernel=kernel)["result"]["restarts"] == 1, 60)

        assert ask("shutdown", session=started["session"]) == {"result": {}}
        assert ask("alive", kernel=kernel)["result"]["alive"] is False
        assert ask("sessions")["result"] == []
        assert ask("shutdown", session=started["session"]) == {"result": {}}

    @pytest.mark.parametrize(
        ("op", "more", "code"),
        [
            ("start", {"path": "p", "name": "n", "kernel": "none"}, "kernelspec-unknown"),
            ("start", {"path": "p"}, "bad-request"),
            ("execute", {"kernel": "gone", "code": "1"}, "kernel-gone"),
            ("interrupt", {"kernel": "gone"}, "kernel-gone"),
        ],
    )
    def test_refusals(self, ask, op: str, more: dict, code: str) -> None:
        error = ask(op, **more)["error"]
        assert error["code"] == code
        assert set(error) == FAILURE

    def test_an_unknown_operation(self, locked: Server) -> None:
        reply = locked.post("kernels", json={"id": 1, "op": "format"}).json()
        assert reply["error"]["code"] == "bad-request"
