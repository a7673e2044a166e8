"""The relay: what crosses it, as streams, and what does not."""

from __future__ import annotations

import getpass
import hashlib
import http.client
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from jupyter_servers import Server, eventually

MIB = 1 << 20


def test_forwards_path_query_and_body_as_they_are(server: Server) -> None:
    query = f"path=a%2Fb%20c&x=%2B&token={quote(server.token)}&no_track_activity=1&y"
    reply = server.post(f"headers?{query}", data=b"\x00\xffbody")
    seen = reply.json()
    assert reply.status_code == 200
    assert seen["method"] == "POST"
    assert seen["url"] == "/headers?path=a%2Fb%20c&x=%2B&y"
    assert seen["headers"]["content-length"] == "6"


def test_forwards_an_odd_path_unread(server: Server) -> None:
    reply = server.get("jobs/a%2F..%2Fb/%C3%A4")
    assert reply.status_code == 404
    assert reply.json()["url"] == "/jobs/a%2F..%2Fb/%C3%A4"


def test_strips_credentials_and_says_who_asks(server: Server) -> None:
    headers = {"Cookie": "a=b", "X-Tomo-User": "root", "x-tomo-other": "1", "X-Mine": "kept"}
    seen = server.get("headers", headers=headers).json()["headers"]
    assert "authorization" not in seen
    assert "cookie" not in seen
    assert "x-tomo-other" not in seen
    assert seen["x-mine"] == "kept"
    # The server has no names of its own: whoever has the token is its owner.
    assert seen["x-tomo-user"] == getpass.getuser()


def test_replies_are_no_pages(server: Server) -> None:
    reply = server.get("page")
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert "stolen" not in str(reply.headers)


def test_passes_empty_and_head_replies(server: Server) -> None:
    assert server.get("empty").status_code == 204
    reply = server.session.head(
        server.api("down?bytes=1000&length=1"),
        headers={"Authorization": f"token {server.token}"},
        timeout=10,
    )
    assert (reply.status_code, reply.headers["Content-Length"], reply.content) == (200, "1000", b"")


def test_refuses_methods_that_no_route_has(server: Server) -> None:
    reply = server.session.put(
        server.api("headers"), headers={"Authorization": f"token {server.token}"}, timeout=10
    )
    assert reply.status_code == 405
    assert reply.json()["code"] == "method-not-allowed"
    # It is answered before its body is read.
    assert reply.headers["Connection"] == "close"


@pytest.mark.parametrize("length", ["", "&length=1"])
def test_50_mb_down_with_flat_memory(server: Server, length: str) -> None:
    size = 50 * MIB + 17
    before = server.rss()
    highest = before
    received = 0
    with server.get(f"down?bytes={size}{length}", stream=True) as reply:
        for part in reply.iter_content(MIB):
            assert not part.strip(b"\x07")
            received += len(part)
            highest = max(highest, server.rss())
    assert received == size
    assert highest - before < 20 * MIB


def test_a_slow_client_slows_node_down(server: Server) -> None:
    before = server.rss()
    with server.get(f"down?bytes={400 * MIB}&length=1", stream=True) as reply:
        next(reply.iter_content(MIB))
        time.sleep(1)
        assert server.rss() - before < 20 * MIB


@pytest.mark.parametrize("chunked", [True, False])
def test_50_mb_up_with_flat_memory(server: Server, chunked: bool) -> None:
    block = bytes(range(256)) * 4096
    blocks = 50
    before = server.rss()
    highest = before

    def body() -> Iterator[bytes]:
        nonlocal highest
        for _ in range(blocks):
            highest = max(highest, server.rss())
            yield block

    url = urlsplit(server.api("up"))
    connection = http.client.HTTPConnection(url.netloc, timeout=30)
    headers = {"Authorization": f"token {server.token}"}
    if not chunked:
        headers["Content-Length"] = str(blocks * len(block))
    connection.request("POST", url.path, body(), headers, encode_chunked=chunked)
    seen = json.loads(connection.getresponse().read())
    connection.close()
    assert seen["bytes"] == 50 * MIB
    assert seen["sha256"] == hashlib.sha256(block * blocks).hexdigest()
    assert highest - before < 20 * MIB


def test_an_early_answer_keeps_the_connection(server: Server) -> None:
    """The body is on its way when Node has answered: whoever asks next must not be reset."""
    url = urlsplit(server.api("early"))
    head = (
        f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\n"
        f"Authorization: token {server.token}\r\nContent-Length: 4\r\n\r\n"
    ).encode()
    with socket.create_connection((url.hostname, url.port), timeout=10) as connection:
        for _ in range(3):
            connection.sendall(head)
            # Node answers now; the body comes later.
            time.sleep(0.2)
            connection.sendall(b"body")
            reply = http.client.HTTPResponse(connection)
            reply.begin()
            assert reply.status == 413
            assert json.loads(reply.read()) == {"code": "too-large"}
            assert not reply.will_close


def test_an_early_answer_ends_the_upload(server: Server) -> None:
    url = urlsplit(server.api("early"))
    connection = http.client.HTTPConnection(url.netloc, timeout=20)
    connection.putrequest("POST", url.path)
    connection.putheader("Authorization", f"token {server.token}")
    connection.putheader("Content-Length", str(400 * MIB))
    connection.endheaders(b"x" * 1000)
    reply = connection.getresponse()
    assert reply.status == 413
    assert reply.read() == b'{"code":"too-large"}'
    assert reply.getheader("Connection") == "close"
    connection.close()


@pytest.mark.parametrize("encoding", ["identity", "gzip, deflate"])
def test_events_arrive_as_they_are_sent(server: Server, encoding: str) -> None:
    headers = {"Accept-Encoding": encoding}
    with server.get("events?held", stream=True, headers=headers) as reply:
        assert reply.headers["Content-Type"] == "text/event-stream"
        lines = (line for line in reply.iter_lines(1) if line)
        assert next(lines) == b"data: 1"
        for number in range(2, 11):
            # Each is here before the next one is sent.
            assert server.post("next").status_code == 200
            assert next(lines) == b"data: %d" % number


def test_node_learns_that_a_client_left(server: Server) -> None:
    replies = [server.get("events", stream=True) for _ in range(3)]
    # Kept: a generator that is collected closes its connection.
    lines = [reply.iter_lines(1) for reply in replies]
    assert [next(each) for each in lines] == [b"data: 1"] * 3
    assert server.get("streams").json()["streams"] == 3
    for reply in replies:
        reply.close()
    eventually(lambda: server.get("streams").json()["streams"] == 0, 60)


def test_a_reply_cut_short_does_not_look_whole(server: Server) -> None:
    url = urlsplit(server.api("cut"))
    connection = http.client.HTTPConnection(url.netloc, timeout=20)
    connection.request("GET", url.path, headers={"Authorization": f"token {server.token}"})
    with pytest.raises(http.client.IncompleteRead):
        connection.getresponse().read()


def test_polls_are_no_activity_of_the_user(server: Server) -> None:
    def last() -> str:
        return str(server.get("../../api/status?no_track_activity=1").json()["last_activity"])

    before = last()
    server.get("streams")
    with server.get("events", stream=True) as reply:
        next(reply.iter_lines(1))
    assert last() == before
    server.post("headers")
    assert last() > before


def test_the_start_line(server: Server) -> None:
    line = server.get("line").json()
    assert set(line) == {
        "socket", "jobs", "python", "runtime", "version", "user", "idle", "server", "kernels",
        "settings", "pid", "secrets",
    }  # fmt: skip
    assert line["server"] == {"baseUrl": server.url, "token": server.token}
    assert line["kernels"] is None
    assert line["secrets"] == []
    assert line["idle"] == 600
    assert Path(line["jobs"]) == server.home / "data" / "tomo" / "jobs"
    folder = Path(line["socket"]).parent
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len(line["socket"]) <= 103
    runtime = Path(line["runtime"])
    assert runtime.parent == server.home / "data" / "tomo" / "runtime"
    assert (runtime / "tomo_runner" / "__main__.py").is_file()
    assert server.get("rest").json() == {"status": 200}
