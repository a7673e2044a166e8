"""Contents paths and absolute paths, over the route."""

from __future__ import annotations

from pathlib import Path

import pytest
from jupyter_servers import Server


@pytest.fixture(scope="module")
def root(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    outside = tmp_path_factory.mktemp("facility")
    (outside / "run 1").mkdir()
    data = server.root / "data ä"
    data.mkdir()
    (data / "a:b.tif").touch()
    (server.root / "link").symlink_to(outside)
    return server.root


@pytest.mark.parametrize(
    ("path", "inside", "directory"),
    [
        ("", "", True),
        ("data ä", "data ä", True),
        ("/data ä/a:b.tif", "data ä/a:b.tif", False),
        ("RTC:data ä/a:b.tif", "data ä/a:b.tif", False),
        ("RTC:", "", True),
        ("data ä/../data ä", "data ä", True),
        ("link/run 1", "link/run 1", True),
    ],
)
def test_contents_paths(
    server: Server, root: Path, path: str, inside: str, directory: bool
) -> None:
    reply = server.resolve(path=path)
    assert reply.status_code == 200, reply.text
    expected = str(root / inside)
    assert reply.json() == {"resource": "local", "path": expected, "directory": directory}


@pytest.mark.parametrize(
    ("path", "status", "code", "named"),
    [
        ("../config.py", 403, "path-outside-root", "../config.py"),
        ("data ä/../../config.py", 403, "path-outside-root", "config.py"),
        ("RTC:../config.py", 403, "path-outside-root", "config.py"),
        ("a\0b", 403, "path-outside-root", ""),
        ("s3:bucket/x", 400, "drive-without-files", "s3"),
        ("none.tif", 404, "path-not-found", "none.tif"),
    ],
)
def test_refused_paths(
    server: Server, root: Path, path: str, status: int, code: str, named: str
) -> None:
    reply = server.resolve(path=path)
    assert reply.status_code == status
    failure = reply.json()
    assert set(failure) == {"code", "message", "where", "hint"}
    assert failure["code"] == code
    assert named in failure["message"]
    assert failure["hint"]


def test_absolute_paths(server: Server, root: Path) -> None:
    def inside(path: Path) -> object:
        return server.resolve(absolute=str(path)).json()

    assert inside(root / "data ä") == {"path": "data ä"}
    assert inside(root) == {"path": ""}
    assert inside(root / "link" / "run 1") == {"path": "link/run 1"}
    assert inside((root / "link" / "run 1").resolve()) is None
    assert inside(root / ".." / "config.py") is None
    assert server.resolve(absolute="data").json()["code"] == "path-not-absolute"


@pytest.mark.parametrize("body", [{}, {"path": 1}, {"path": "a", "absolute": "/a"}, {"other": "a"}])
def test_bad_requests(server: Server, body: dict[str, object]) -> None:
    reply = server.resolve(**body)
    assert (reply.status_code, reply.json()["code"]) == (400, "bad-request")
