"""Log-ins: every method, every sentence, host keys, and who may use them."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pytest
from analyst import RESOURCE, Analyst, resource
from cluster import Cluster, Faults, Link
from cluster.codes import code_of
from jupyter_servers import eventually

Start = Callable[..., Analyst]
WRONG = "a wrong secret 7f3a"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def agent_socket(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An ssh-agent that has the analyst's key."""
    path = str(tmp_path_factory.mktemp("agent") / "agent.sock")
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", path], stdout=subprocess.DEVNULL)
    eventually(lambda: Path(path).exists(), 60)
    subprocess.run(
        ["ssh-add", cluster.user("analyst").plainKey],
        env={**os.environ, "SSH_AUTH_SOCK": path},
        check=True,
        capture_output=True,
    )
    yield path
    agent.terminate()
    agent.wait(60)


@pytest.fixture(scope="module")
def code_line(cluster: Cluster) -> Iterator[Link]:
    """A line to the host that asks for codes."""
    with Link(cluster.description["codes"]["port"]) as line:
        yield line


@pytest.fixture(scope="module")
def visitor(
    cluster: Cluster,
    remote_data: Path,
    agent_socket: str,
    line: Link,
    code_line: Link,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Analyst]:
    """A server with a resource for every way in."""
    about = cluster.description
    user = cluster.user("analyst")

    def at(name: str, **settings: Any) -> dict[str, Any]:
        return {**resource(cluster, user, name=name), **settings}

    jump = f"{about['jump']['user']}@{about['jump']['host']}:{about['jump']['port']}"
    resources = [
        at("scarf"),
        at("unnamed", user=""),
        at("first", hostKey=""),
        at("codes", port=about["codes"]["port"]),
        at("jump", jump=jump),
        at("refused", port=free_port()),
        at("nowhere", host="no-such-host.invalid"),
        at("pinned", hostKey="SHA256:" + "A" * 43),
        at("bad-jump", jump="not a host"),
        at("silent", port=line.port),
        at("cut-codes", port=code_line.port),
    ]
    home = tmp_path_factory.mktemp("home")
    analyst = Analyst.start(
        home, cluster, remote_data, resources, environment={"SSH_AUTH_SOCK": agent_socket}
    )
    yield analyst
    analyst.stop()


@pytest.fixture(autouse=True)
def logged_out(request: pytest.FixtureRequest) -> Iterator[None]:
    """Nobody stays logged in."""
    yield
    if "visitor" in request.fixturenames:
        visitor: Analyst = request.getfixturevalue("visitor")
        for each in visitor.house.server.get("resources").json():
            if each["kind"] == "slurm-ssh" and each["state"] != "offline":
                visitor.log_out(each["name"])


def shown(analyst: Analyst, name: str = RESOURCE) -> str:
    """What the host says that the home folder is: only a log-in can tell."""
    reply = analyst.post("resources/folder", resource=name, path="~")
    assert reply.status_code == 200, reply.text
    return str(reply.json()["path"])


def failure(reply: Any, code: str) -> dict[str, str]:
    told: dict[str, str] = reply.json()
    assert reply.status_code >= 400, reply.text
    assert set(told) == {"code", "message", "where", "hint"}
    assert told["code"] == code, told
    assert told["message"].endswith(".") and told["hint"].endswith(".")
    return told


def log_in_with_code(analyst: Analyst, name: str = "codes") -> None:
    """The password and the code, asked one after the other."""
    user = analyst.user
    reply = analyst.try_log_in(name, "keyboard-interactive")
    asked = reply.json()
    assert asked["state"] == "prompts", asked
    assert asked["prompts"] == [{"prompt": "Password: ", "echo": False}]
    answer = {"login": asked["login"], "answers": [user.password]}
    asked = analyst.post("resources/answer", **answer).json()
    assert asked["state"] == "prompts", asked
    assert asked["prompts"][0]["prompt"] == "Verification code: "
    answer = {"login": asked["login"], "answers": [code_of(user)]}
    done = analyst.post("resources/answer", **answer).json()
    assert done["state"] == "online", done
    assert done["resource"]["name"] == name


# --- methods


@pytest.mark.parametrize("method", ["password", "key", "agent"])
def test_a_method_of_log_in(visitor: Analyst, method: str) -> None:
    reply = visitor.log_in("scarf", method)
    assert reply["resource"]["state"] == "online"
    assert reply["resource"]["cluster"]["user"] == visitor.user.name
    assert shown(visitor) == visitor.user.home


def test_a_password_in_a_dialogue_is_asked_once(visitor: Analyst) -> None:
    asked = visitor.try_log_in("scarf", "keyboard-interactive").json()
    assert asked["state"] == "prompts"
    assert len(asked["prompts"]) == 1 and not asked["prompts"][0]["echo"]
    answers = [visitor.user.password]
    done = visitor.post("resources/answer", login=asked["login"], answers=answers).json()
    assert done["state"] == "online"
    # It is over: the same answer is for nobody.
    late = visitor.post("resources/answer", login=asked["login"], answers=answers)
    failure(late, "login-over")


def test_a_password_answers_the_dialogue_by_itself(visitor: Analyst) -> None:
    visitor.log_in("scarf", "keyboard-interactive", password=visitor.user.password)


def test_a_one_time_code_is_asked_for(visitor: Analyst) -> None:
    log_in_with_code(visitor)
    assert shown(visitor, "codes") == visitor.user.home


def test_a_wrong_code_is_told(visitor: Analyst) -> None:
    user = visitor.user
    asked = visitor.try_log_in("codes", "password").json()
    assert asked["prompts"][0]["prompt"] == "Verification code: ", "the password went by itself"
    reply = visitor.post("resources/answer", login=asked["login"], answers=["000000"])
    # The server may ask once more before it gives up.
    while reply.ok and reply.json()["state"] == "prompts":
        again = reply.json()["login"]
        reply = visitor.post("resources/answer", login=again, answers=["000000"])
    failure(reply, "wrong-answer")
    assert user.password not in reply.text


def test_through_a_jump_host(visitor: Analyst) -> None:
    asked = visitor.try_log_in("jump").json()
    # The jump host has a key of its own, which nobody knows so far.
    assert asked["state"] == "host-key"
    about = visitor.cluster.description
    assert asked["host"] == f"{about['jump']['host']}:{about['jump']['port']}"
    visitor.log_in("jump", trust=asked["fingerprint"])
    assert shown(visitor, "jump") == visitor.user.home
    visitor.log_out("jump")
    visitor.log_in("jump")


# --- sentences


@pytest.mark.parametrize(
    ("name", "request_", "code"),
    [
        ("unnamed", {"user": "", "method": "password", "password": "x"}, "empty-name"),
        ("unnamed", {"user": "a b", "method": "password", "password": "x"}, "bad-name"),
        ("scarf", {"method": "password", "password": ""}, "empty-password"),
        ("scarf", {"method": "password", "password": WRONG}, "wrong-password"),
        ("scarf", {"method": "password", "password": WRONG, "user": "nobody9"}, "wrong-password"),
        ("scarf", {"method": "key"}, "empty-key"),
        ("scarf", {"method": "key", "key": "~/no such key"}, "no-key"),
        ("scarf", {"method": "key", "key": __file__}, "bad-key"),
        ("refused", {"method": "password", "password": "x"}, "refused"),
        ("nowhere", {"method": "password", "password": "x"}, "unknown-host"),
        ("pinned", {"method": "password", "password": "x"}, "host-key-changed"),
        ("bad-jump", {"method": "password", "password": "x"}, "bad-jump"),
        ("nothing", {"method": "password", "password": "x"}, "no-resource"),
    ],
)
def test_a_log_in_that_cannot_be(
    visitor: Analyst, name: str, request_: dict[str, str], code: str
) -> None:
    reply = visitor.post("resources/login", resource=name, **request_)
    told = failure(reply, code)
    assert WRONG not in reply.text
    if name != "nothing":
        assert visitor.resource(name)["state"] == "offline"
    assert len(told["message"]) < 200


def test_keys_that_do_not_open(visitor: Analyst, cluster: Cluster) -> None:
    key = visitor.user.key
    failure(visitor.try_log_in(passphrase=""), "no-passphrase")
    failure(visitor.try_log_in(passphrase=WRONG), "wrong-passphrase")
    failure(visitor.try_log_in(key=f"{key}.pub", passphrase=""), "public-key")
    other = cluster.user("colleague").plainKey
    failure(visitor.try_log_in(key=other, passphrase=""), "wrong-key")


def test_a_method_that_the_host_does_not_have(visitor: Analyst) -> None:
    told = failure(visitor.try_log_in("codes", "key"), "method-refused")
    assert "keyboard-interactive" in told["message"]


def test_a_host_that_does_not_answer(visitor: Analyst, line: Link) -> None:
    line.freeze()
    try:
        told = failure(visitor.try_log_in("silent"), "timed-out")
    finally:
        line.freeze(False)
    assert "15 s" in told["message"]


def test_already_logged_in(visitor: Analyst) -> None:
    visitor.log_in()
    told = failure(visitor.try_log_in(), "already-logged-in")
    assert visitor.user.name in told["message"]
    visitor.log_out()
    visitor.log_in()


def test_logged_out_is_told_with_what_to_do(visitor: Analyst) -> None:
    visitor.log_in()
    visitor.log_out()
    assert visitor.resource()["state"] == "offline"
    reply = visitor.post("resources/folder", resource=RESOURCE, path="")
    failure(reply, "logged-out")


# --- host keys


def test_the_first_contact_asks_and_remembers(visitor: Analyst) -> None:
    asked = visitor.try_log_in("first").json()
    assert asked == {
        "state": "host-key",
        "host": f"127.0.0.1:{visitor.cluster.description['port']}",
        "fingerprint": visitor.cluster.description["hostKey"],
    }
    assert visitor.resource("first")["state"] == "offline"
    # Another fingerprint than the one that is shown is no acceptance of this one.
    assert visitor.try_log_in("first", trust="SHA256:" + "B" * 43).json()["state"] == "host-key"
    visitor.log_in("first", trust=asked["fingerprint"])
    visitor.log_out("first")
    visitor.log_in("first")
    remembered = (visitor.house.jobs.parent / "known_hosts").read_text()
    assert f"[127.0.0.1]:{visitor.cluster.description['port']} ssh-ed25519" in remembered


def test_a_changed_key_is_refused(
    cluster: Cluster, faults: Faults, start_analyst: Start, tmp_path: Path
) -> None:
    """Also when known_hosts has the name hashed, as Debian writes it."""
    about = cluster.description
    folder = tmp_path / ".ssh"
    folder.mkdir()
    (folder / "known_hosts").write_text(f"{about['knownHosts']} the cluster\n")
    subprocess.run(
        ["ssh-keygen", "-H", "-f", folder / "known_hosts"], check=True, capture_output=True
    )
    assert "127.0.0.1" not in (folder / "known_hosts").read_text()
    settings = resource(cluster, cluster.user("analyst"), hostKey="")
    analyst = start_analyst([settings], home=tmp_path)
    analyst.log_in()
    analyst.log_out()
    with faults.other_host_key():
        reply = analyst.try_log_in("scarf", "password")
        told = failure(reply, "host-key-changed")
        assert told["where"].endswith("known_hosts")
        # There is no accepting it, either.
        fingerprint = told["message"].split("SHA256:")[1].split(":")[0]
        reply = analyst.try_log_in("scarf", trust=f"SHA256:{fingerprint}")
        failure(reply, "host-key-changed")
    analyst.log_in()


# --- the way back


def test_a_log_in_comes_back_by_itself(visitor: Analyst, faults: Faults) -> None:
    visitor.log_in("scarf", "password")
    assert faults.kill_connections() >= 1
    visitor.wait_for_state("online", seconds=20)
    eventually(lambda: visitor.post("resources/folder", resource="scarf", path="").ok, 60)
    assert shown(visitor) == visitor.user.home


def test_the_reason_is_told_while_it_is_away(visitor: Analyst, faults: Faults) -> None:
    visitor.log_in("scarf", "password")
    with faults.listener_down():
        faults.kill_connections()
        eventually(lambda: visitor.resource()["state"] == "connecting", 60)
        eventually(lambda: visitor.resource()["reason"]["code"] == "refused", 60)
        reply = visitor.post("resources/folder", resource="scarf", path="")
        failure(reply, "connecting")
    visitor.wait_for_state("online", seconds=30)


def test_a_one_time_code_is_asked_again(visitor: Analyst, code_line: Link) -> None:
    log_in_with_code(visitor, "cut-codes")
    code_line.cut()
    visitor.wait_for_state("offline", "cut-codes", 60)
    reason = visitor.resource("cut-codes")["reason"]
    assert reason["code"] == "connection-lost"
    assert "Log in again" in reason["hint"]
    failure(visitor.post("resources/folder", resource="cut-codes", path=""), "logged-out")


def test_settings_are_taken_while_it_runs(cluster: Cluster, start_analyst: Start) -> None:
    analyst = start_analyst()
    analyst.log_in()
    server = analyst.house.server
    user = cluster.user("analyst")

    def save(resources: list[dict[str, Any]]) -> None:
        analyst.write_settings(server.home, resources)
        url = f"{server.url}jupyterlab-tomo/settings"
        assert server._ask("POST", url).status_code == 204

    # Another one, and one that is wrong: those that are right are not touched.
    save(
        [
            resource(cluster, user, cores=3),
            resource(cluster, user, name="second"),
            resource(cluster, user, name="spoilt", port=70000),
        ]
    )
    eventually(lambda: len(server.get("resources").json()) == 4, 60)
    assert analyst.resource()["state"] == "online"
    assert analyst.resource()["cluster"]["cores"] == 3
    assert analyst.resource("spoilt")["reason"]["code"] == "bad-settings"
    assert "port" in analyst.resource("spoilt")["reason"]["message"]
    analyst.log_in("second")
    # A log-in does not move to another place.
    save([resource(cluster, user, port=cluster.description["codes"]["port"])])
    eventually(lambda: len(server.get("resources").json()) == 2, 60)
    assert analyst.resource()["state"] == "offline"


# --- whose it is


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a socket file."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=30)
        self._path = str(path)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)


def ask_as(analyst: Analyst, who: str, route: str, **body: Any) -> tuple[int, dict[str, Any]]:
    """A request as the relay passes it on for a user of a shared server."""
    node = analyst.house.node()
    (path,) = {
        Path(each.laddr)
        for each in node.net_connections("unix")
        if str(each.laddr).endswith("proxy.sock")
    }
    connection = UnixConnection(path)
    headers = {"Content-Type": "application/json", "X-Tomo-User": quote(who)}
    connection.request("POST", f"/{route}", json.dumps(body), headers)
    reply = connection.getresponse()
    told = dict(json.loads(reply.read()))
    connection.close()
    return reply.status, told


def test_a_log_in_is_its_users_alone(visitor: Analyst) -> None:
    user = visitor.user
    # The first request starts the proxy.
    visitor.resource()
    secret = {"method": "password", "user": user.name, "password": user.password}
    status, told = ask_as(visitor, "Änne", "resources/login", resource="scarf", **secret)
    assert (status, told["state"]) == (200, "online")
    status, told = ask_as(visitor, "Änne", "resources/folder", resource="scarf", path="~")
    assert (status, told["path"]) == (200, user.home)
    for other in ("Bob", "", "änne", "Änne "):
        status, told = ask_as(visitor, other, "resources/folder", resource="scarf", path="~")
        assert (status, told["code"]) == (409, "logged-out"), other
        # The queue is not shown, and no job in it is ended.
        for route, more in (("queue", {}), ("queue/cancel", {"ids": ["1"]})):
            status, told = ask_as(visitor, other, f"resources/{route}", resource="scarf", **more)
            assert (status, told["code"]) == (409, "logged-out"), (other, route)
    # Nor can Bob go on with what Änne has begun, or end it.
    secret = {"method": "keyboard-interactive", "user": user.name}
    _, begun = ask_as(visitor, "Änne", "resources/login", resource="codes", **secret)
    answer = {"login": begun["login"], "answers": [user.password]}
    status, told = ask_as(visitor, "Bob", "resources/answer", **answer)
    assert (status, told["code"]) == (404, "login-over")
    ask_as(visitor, "Bob", "resources/logout", resource="scarf")
    status, _ = ask_as(visitor, "Änne", "resources/folder", resource="scarf", path="~")
    assert status == 200
    ask_as(visitor, "Änne", "resources/logout", resource="scarf")
    # A key that Änne has accepted is not accepted for Bob.
    secret = {"method": "password", "user": user.name, "password": user.password}
    trust = visitor.cluster.description["hostKey"]
    ask_as(visitor, "Änne", "resources/login", resource="first", trust=trust, **secret)
    ask_as(visitor, "Änne", "resources/logout", resource="first")
    status, told = ask_as(visitor, "Bob", "resources/login", resource="first", **secret)
    assert (status, told["state"]) == (200, "host-key")


def test_secrets_are_nowhere(cluster: Cluster, faults: Faults, start_analyst: Start) -> None:
    analyst = start_analyst()
    user = analyst.user
    analyst.log_in(method="password")
    assert shown(analyst) == user.home
    faults.kill_connections()
    analyst.wait_for_state("online", seconds=20)
    analyst.log_out()
    analyst.log_in(method="key")
    secrets = [user.password.encode(), user.keyPassphrase.encode()]
    replies = json.dumps(analyst.house.server.get("hello").json(), ensure_ascii=False)
    assert all(secret.decode() not in replies for secret in secrets)
    node = analyst.house.node()
    for process in [node, psutil.Process(analyst.house.server.process.pid)]:
        for place in ("cmdline", "environ"):
            held = Path("/proc", str(process.pid), place).read_bytes()
            assert all(secret not in held for secret in secrets), place
    looked = 0
    for folder in (analyst.house.server.home, Path(user.work), Path(user.home)):
        for file in folder.rglob("*"):
            if file.is_file():
                looked += 1
                held = file.read_bytes()
                assert all(secret not in held for secret in secrets), file
    assert looked > 10
