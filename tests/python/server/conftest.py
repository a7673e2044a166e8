"""Servers that the tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_servers import ECHO, Server, StartServer, start_server_process


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartServer]:
    """A function that starts a server; all are stopped at the end of the session."""
    started: list[Server] = []

    def start(
        config: str = "",
        token: str | None = "secret token",
        environment: dict[str, str] | None = None,
        script: Path | None = ECHO,
        home: Path | None = None,
    ) -> Server:
        home = home or tmp_path_factory.mktemp("home")
        server = start_server_process(home, config, token, environment or {}, script)
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def server(start_server: StartServer) -> Server:
    """A server with a token under a base URL, running the stand-in for the proxy."""
    return start_server("c.ServerApp.base_url = '/user/a%40b/'")
