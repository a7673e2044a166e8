"""A line to the cluster that can be slow, and can be cut: a TCP relay."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
PIECE = 16 << 10


class Link:
    """Relays connections to a port of loopback; works in a thread of its own.

    Parameters
    ----------
    target
        Port to relay to.
    rate
        Bytes a second in each direction; None: as fast as it goes.

    Attributes
    ----------
    port
        Where to connect to.
    sent, received
        Bytes relayed to the target, and from it.
    connections
        How many were made so far.
    """

    def __init__(self, target: int, rate: float | None = None) -> None:
        self.target = target
        self.rate = rate
        self.port = 0
        self.sent = 0
        self.received = 0
        self.connections = 0
        self._refusing = False
        self._loop = asyncio.new_event_loop()
        self._thawed = asyncio.Event()
        self._cut_sent: int | None = None
        self._cut_received: int | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.freeze(False)
        self._server = self._do(asyncio.start_server(self._relay, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]

    def __enter__(self) -> Link:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def cut(self) -> int:
        """Reset all connections; how many there were."""
        return self._do(self._reset())

    def cut_after(self, sent: int | None = None, received: int | None = None) -> None:
        """Reset all connections once so many more bytes have gone to, or come from, the target."""
        self._cut_sent = None if sent is None else self.sent + sent
        self._cut_received = None if received is None else self.received + received

    def refuse(self, refusing: bool = True) -> None:
        """Take no new connections: they are reset at once."""
        self._refusing = refusing

    def freeze(self, frozen: bool = True) -> None:
        """Let nothing through, in silence, as when a laptop sleeps."""
        change = self._thawed.clear if frozen else self._thawed.set
        self._loop.call_soon_threadsafe(change)

    def close(self) -> None:
        self.refuse()
        self.freeze(False)
        self.cut()
        self._server.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _reset(self) -> int:
        count = len(self._writers) // 2
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()
        return count

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        self.connections += 1
        there: asyncio.StreamWriter | None = None
        try:
            answers, there = await asyncio.open_connection("127.0.0.1", self.target)
            self._writers |= {writer, there}
            await asyncio.gather(
                self._pump(reader, there, True), self._pump(answers, writer, False)
            )
        except (ConnectionError, OSError):
            pass
        finally:
            for end in (writer, there):
                if end:
                    self._writers.discard(end)
                    end.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sending: bool
    ) -> None:
        due = time.monotonic()
        while data := await reader.read(PIECE):
            if self.rate:
                due = max(due, time.monotonic()) + len(data) / self.rate
                await asyncio.sleep(max(0.0, due - time.monotonic()))
            await self._thawed.wait()
            if sending:
                self.sent += len(data)
                over = self._cut_sent is not None and self.sent >= self._cut_sent
            else:
                self.received += len(data)
                over = self._cut_received is not None and self.received >= self._cut_received
            if over:
                self._cut_sent = self._cut_received = None
                await self._reset()
                return
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
