"""The relay: authenticated requests to Node and its replies back, as streams."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import httputil, web
from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters
from tornado.iostream import IOStream, StreamClosedError

from .credentials import user_name
from .failures import proxy_died
from .handlers import TomoHandler
from .node_process import NodeProcess
from .relay_headers import reply_headers, request_headers, request_target

ROUTE = "jupyterlab-tomo/api/"
_CHUNK = 1 << 18
_PARAMETERS = HTTP1ConnectionParameters(
    no_keep_alive=True, chunk_size=_CHUNK, max_body_size=1 << 50
)
_CONNECT_SECONDS = 1.0
_SHORT_BODY = 16 << 20
"""Bytes of a request that are read to their end although it is refused or answered already."""


@web.stream_request_body
class RelayHandler(TomoHandler):
    """Passes one request on while it arrives, and its reply while that arrives.

    Nothing is kept in memory: each side is read only as fast as the other one takes it. A client
    that leaves closes the connection to Node, which then stops working for it.
    """

    SUPPORTED_METHODS = ("GET", "HEAD", "POST", "DELETE", "OPTIONS")

    def initialize(self, node: NodeProcess) -> None:
        """Take the process to relay to."""
        self._node = node
        self._upstream: HTTP1Connection | None = None
        self._reply = _Reply(self)
        self._reading: asyncio.Task[None] | None = None
        self._body_sent = False
        self._client_left = False
        self._refusal: Exception | None = None

    def check_xsrf_cookie(self) -> None:
        """Refuse forged requests, after their body."""
        try:
            super().check_xsrf_cookie()
        except web.HTTPError as refusal:
            self._refuse(refusal)

    async def prepare(self) -> None:  # type: ignore[override]
        """Check who asks, then send the head of the request on."""
        if self._refusal is not None:
            return
        try:
            await super().prepare()
            # What `check_xsrf_cookie` refused meanwhile must never reach Node.
            open_ = self._refusal is None and not self._finished
            if open_ and self.request.method != "OPTIONS":
                reading = self.request.method in ("GET", "HEAD")
                await (self._open_to_read() if reading else self._open_to_write())  # type: ignore[misc]
        except Exception as refusal:
            self._refuse(refusal)

    def _refuse(self, refusal: Exception) -> None:
        """Keep a refusal until the body is read, unless that is long.

        A connection that closes before is reset: the client sees a broken network, no sentence.
        """
        if not self._short_body():
            raise refusal
        self._refusal = refusal

    def _short_body(self) -> bool:
        """Whether the request's body is worth reading although nobody wants it."""
        length = self.request.headers.get("Content-Length", "0")
        chunked = "Transfer-Encoding" in self.request.headers
        return not chunked and length.isdigit() and int(length) <= _SHORT_BODY

    async def data_received(self, chunk: bytes) -> None:
        """Send a piece of the body on; waits until Node has taken it."""
        if self._upstream is None or self._reading is None or self._reading.done():
            return
        if self.request.method != "POST":
            # No route has one, and without a length its end could not be told.
            return
        written = self._upstream.write(chunk)
        # A connection that breaks forgets its writes: the reading side tells of its end.
        await asyncio.wait((written, self._reading), return_when=asyncio.FIRST_COMPLETED)
        if written.done() and not written.cancelled():
            written.exception()

    async def get(self) -> None:
        """Wait for the end of the reply."""
        await self._answer()

    async def head(self) -> None:
        """Wait for the end of the reply, which has no body."""
        await self._answer()

    async def post(self) -> None:
        """Wait for the end of the reply."""
        await self._answer()

    async def delete(self) -> None:
        """Wait for the end of the reply."""
        await self._answer()

    def finish(self, chunk: str | bytes | dict[str, Any] | None = None) -> asyncio.Future[None]:
        """End the reply; one that ends before the body was read ends the connection, and says so.

        Tornado closes it without a word, and a request that the client sends meanwhile is reset.
        """
        if not self._body_sent and not self._headers_written:
            self.set_header("Connection", "close")
        return super().finish(chunk)

    def on_connection_close(self) -> None:
        """Tell Node that nobody waits any more."""
        self._client_left = True
        self._close_upstream()
        super().on_connection_close()

    def on_finish(self) -> None:
        """Leave no connection to Node behind, whatever ended the request."""
        self._close_upstream()
        super().on_finish()

    def begin_reply(self, status: int, reason: str, headers: httputil.HTTPHeaders) -> None:
        """Take over status and headers of Node's reply."""
        self.set_status(status, reason)
        self.clear_header("Content-Type")
        for name, value in reply_headers(headers):
            self.add_header(name, value)
        if not self._body_sent and not self._short_body():
            self.set_header("Connection", "close")

    async def pass_on(self, chunk: bytes = b"") -> None:
        """Send a piece of the reply to the client; waits until it has been taken."""
        try:
            if chunk:
                self.write(chunk)
            await self.flush()
        except StreamClosedError:
            self._close_upstream()

    def reply_complete(self) -> None:
        """End the reply when a long body still arrives, for it is not wanted any more.

        A short one is read to its end: to finish before would end the connection, and a request
        that its client has already sent there would be lost.
        """
        if not self._body_sent and not self._finished and not self._short_body():
            self.finish()

    # Two, for the decorator keeps the action of its first call when it is given none.
    @web.authenticated
    @authorized("read")  # type: ignore[untyped-decorator]
    async def _open_to_read(self) -> None:
        await self._open()

    @web.authenticated
    @authorized("write")  # type: ignore[untyped-decorator]
    async def _open_to_write(self) -> None:
        await self._open()

    async def _open(self) -> None:
        self._upstream = await self._connect()
        user = user_name(self.current_user, self.identity_provider)
        start = httputil.RequestStartLine(
            self.request.method or "GET",
            request_target(self.request.uri or "", f"{self.base_url}{ROUTE}"),
            "HTTP/1.1",
        )
        self._upstream.write_headers(start, request_headers(self.request, user))
        self._reading = asyncio.create_task(self._read())

    async def _connect(self) -> HTTP1Connection:
        # Node may have ended by itself, idle, a moment ago: then it is started again.
        for _ in range(5):
            path = await self._node.socket()
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.settimeout(_CONNECT_SECONDS)
                connection.connect(path)
            except OSError:
                connection.close()
                await asyncio.sleep(0.1)
                continue
            connection.setblocking(False)
            stream = IOStream(connection, read_chunk_size=_CHUNK)
            return HTTP1Connection(stream, True, _PARAMETERS)
        raise proxy_died()

    async def _read(self) -> None:
        assert self._upstream is not None
        try:
            await self._upstream.read_response(self._reply)
        except StreamClosedError:
            # Whether the reply was whole by then is for `_answer` to see.
            return

    async def _answer(self) -> None:
        self._body_sent = True
        if self._refusal is not None:
            raise self._refusal
        if self._upstream is None or self._reading is None:
            return
        if not self._upstream.stream.closed():
            self._upstream.finish()
        await self._reading
        if self._client_left or self._finished or self._reply.complete:
            return
        if not self._reply.begun:
            raise proxy_died()
        # A reply cut short must not look whole to the client.
        self.log.warning("jupyterlab-tomo: Node broke off its reply to %s", self.request.path)
        if isinstance(self.request.connection, HTTP1Connection):
            self.request.connection.stream.close()

    def _close_upstream(self) -> None:
        if self._upstream is not None:
            self._upstream.close()


class _Reply(httputil.HTTPMessageDelegate):
    """Node's reply on its way to the client."""

    def __init__(self, handler: RelayHandler) -> None:
        self._handler = handler
        self.begun = False
        self.complete = False

    async def headers_received(
        self,
        start_line: httputil.RequestStartLine | httputil.ResponseStartLine,
        headers: httputil.HTTPHeaders,
    ) -> None:
        assert isinstance(start_line, httputil.ResponseStartLine)
        if start_line.code < 200:
            return
        self.begun = True
        self._handler.begin_reply(start_line.code, start_line.reason, headers)
        await self._handler.pass_on()

    async def data_received(self, chunk: bytes) -> None:
        await self._handler.pass_on(chunk)

    def finish(self) -> None:
        self.complete = True
        self._handler.reply_complete()
