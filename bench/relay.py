"""200 MB down through the relay of a real server, with a token; memory of the server meanwhile."""

from __future__ import annotations

import http.client
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from rows import row

TESTS = Path(__file__).parent.parent / "tests" / "python" / "server"
sys.path.insert(0, str(TESTS))

from jupyter_servers import ECHO, Server, start_server_process  # noqa: E402

SIZE = 200 * 10**6
ROUNDS = 5


def download(server: Server) -> float:
    """Seconds that SIZE bytes take, read as fast as they come."""
    url = urlsplit(server.api("down"))
    connection = http.client.HTTPConnection(url.netloc, timeout=60)
    buffer = memoryview(bytearray(1 << 20))
    since = time.perf_counter()
    connection.request(
        "GET",
        f"{url.path}?bytes={SIZE}&length=1",
        headers={"Authorization": f"token {server.token}"},
    )
    reply = connection.getresponse()
    left = SIZE
    while read := reply.readinto(buffer):
        left -= read
    seconds = time.perf_counter() - since
    connection.close()
    if left or reply.status != 200:
        raise RuntimeError(f"status {reply.status}, {left} bytes missing")
    return seconds


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tomo-bench-") as home:
        server = start_server_process(Path(home), "", "bench token", {}, ECHO)
        try:
            server.get("streams").raise_for_status()
            download(server)
            before = highest = server.rss()
            stop = threading.Event()

            def watch() -> None:
                nonlocal highest
                while not stop.wait(0.02):
                    highest = max(highest, server.rss())

            watcher = threading.Thread(target=watch)
            watcher.start()
            rates = sorted(SIZE / download(server) / 1e6 for _ in range(ROUNDS))
            stop.set()
            watcher.join()
            growth = (highest - before) / 1e6
            since = time.perf_counter()
            for _ in range(100):
                server.get("streams").raise_for_status()
            each = (time.perf_counter() - since) * 10
        finally:
            server.stop()
    rate = rates[ROUNDS // 2]
    row("relay: 200 MB down", rate, "MB/s", ">= 500", rate >= 500)
    row("relay: growth of the server's memory", growth, "MB", "< 30", growth < 30)
    row("relay: a small request", each, "ms", "", True)


if __name__ == "__main__":
    main()
