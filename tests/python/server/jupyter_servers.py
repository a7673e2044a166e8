"""A real Jupyter server as a child process, and a client of its routes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import requests

ECHO = Path(__file__).parent / "echo_proxy.mjs"
EXTENSION = "jupyterlab-tomo"


@dataclass
class Server:
    """A running `jupyter server`."""

    process: subprocess.Popen[bytes]
    url: str
    home: Path
    root: Path
    token: str
    log: Path
    session: requests.Session = field(default_factory=requests.Session)

    def api(self, path: str) -> str:
        return f"{self.url}{EXTENSION}/api/{path}"

    def get(self, path: str, **options: Any) -> requests.Response:
        return self._ask("GET", self.api(path), **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self._ask("POST", self.api(path), **options)

    def resolve(self, **body: Any) -> requests.Response:
        return self._ask("POST", f"{self.url}{EXTENSION}/resolve", json=body)

    def _ask(self, method: str, url: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"token {self.token}"} if self.token else {}
        headers.update(options.pop("headers", {}))
        return self.session.request(method, url, headers=headers, timeout=120, **options)

    def log_in(self, password: str) -> None:
        """Log in with a password, as a browser does; XSRF header included."""
        page = self.session.get(f"{self.url}login", timeout=120)
        page.raise_for_status()
        xsrf = self.session.cookies["_xsrf"]
        reply = self.session.post(
            f"{self.url}login",
            data={"password": password, "_xsrf": xsrf},
            allow_redirects=False,
            timeout=120,
        )
        assert reply.status_code == 302, reply.text
        # The cookie that belongs to the user now.
        self.session.get(f"{self.url}api/status", timeout=120).raise_for_status()
        self.session.headers["X-XSRFToken"] = self.session.cookies["_xsrf"]

    def rss(self) -> int:
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)


StartServer = Callable[..., Server]


def start_server_process(
    home: Path, config: str, token: str | None, environment: dict[str, str], script: Path | None
) -> Server:
    """Start a server with all its folders in `home`.

    `config` is Python text of the server's configuration; `token` None leaves authentication to
    that text; `script` None takes the real proxy.
    """
    root = home / "root"
    root.mkdir(exist_ok=True)
    text = [
        "c.ServerApp.jpserver_extensions = {'jupyterlab_tomo': True}",
        "c.ServerApp.ip = '127.0.0.1'",
        "c.ServerApp.open_browser = False",
        "c.ServerApp.allow_root = True",
        "c.ServerApp.port = 0",
        f"c.ServerApp.root_dir = {str(root)!r}",
    ]
    if script is not None:
        text.append(f"c.TomoServer.node_script = {str(script)!r}")
    if token is not None:
        text.append(f"c.IdentityProvider.token = {token!r}")
    file = home / "config.py"
    file.write_text("\n".join([*text, config]))
    log = home / "server.log"
    clean = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("JUPYTER", "JPY_", "PYTEST"))
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", "--config", str(file)],
            cwd=home,
            env={
                **clean,
                "HOME": str(home),
                "JUPYTER_CONFIG_DIR": str(home / "config"),
                "JUPYTER_DATA_DIR": str(home / "data"),
                "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
                **(environment or {}),
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    info = _info(process, home / "runtime", log)
    server = Server(process, info["url"], home, root, token or "", log)
    return server


def _info(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> dict[str, Any]:
    until = time.monotonic() + 30
    file = runtime / f"jpserver-{process.pid}.json"
    while time.monotonic() < until and process.poll() is None:
        if file.exists() and (text := file.read_text()):
            info: dict[str, Any] = json.loads(text)
            # Written a moment before the server listens.
            with contextlib.suppress(requests.ConnectionError):
                requests.get(f"{info['url']}api", timeout=10)
                return info
        time.sleep(0.05)
    raise RuntimeError(f"The server did not start:\n{log.read_text()[-3000:]}")


def eventually(condition: Callable[[], bool], seconds: float) -> float:
    """Seconds until a condition held; fails when it did not in time."""
    since = time.monotonic()
    while not condition():
        if time.monotonic() - since > seconds:
            raise AssertionError(f"not so after {seconds} s")
        time.sleep(0.02)
    return time.monotonic() - since
