"""The runner's agent, asked from Python: the same answers that panel and viewer get.

One agent serves a whole notebook. It keeps what it has read and measured of a data set, so that a
second slice costs a fraction of the first.
"""

from __future__ import annotations

import atexit
import collections
import contextlib
import itertools
import json
import struct
import subprocess
import sys
import threading
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from tomo_runner import frames

from .failure import TomoError

GREETING = b"TOMO-AGENT 1\n"
PREFIX = struct.Struct("<4sIQ")
IDLE = 600
"""Seconds without a request after which an agent ends; the next request starts another."""


def decode(stream: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """Read one frame: its header and its body.

    Raises
    ------
    EOFError
        When the stream ends before the frame does.
    ValueError
        When it is no frame.
    """
    magic, length, size = PREFIX.unpack(_exactly(stream, PREFIX.size))
    if magic != frames.MAGIC or length > frames.MAX_HEADER:
        raise ValueError("The agent's answer is not a frame.")
    header = json.loads(_exactly(stream, length))
    return header, _exactly(stream, size)


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


class AgentClient:
    """Asks one agent, a child process, one request at a time.

    Parameters
    ----------
    python
        The interpreter that runs it.
    """

    def __init__(self, python: str = sys.executable) -> None:
        self._python = python
        self._process: subprocess.Popen[bytes] | None = None
        self._said: collections.deque[str] = collections.deque(maxlen=50)
        self._ids = itertools.count(1)
        self._lock = threading.Lock()

    def ask(self, op: str, **keys: Any) -> Any:
        """The JSON answer to a request of the api, as ``describe`` or ``centre``."""
        return self._ask(op, keys)[0].get("reply")

    def image(self, op: str, **keys: Any) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """The image that answers a request, float32 in C order, and what is said about it."""
        header, body = self._ask(op, keys)
        stored = np.frombuffer(body, dtype=np.dtype(header["dtype"]).newbyteorder("<"))
        image = stored.reshape(header["shape"]).astype(np.float32)
        if header.get("encoding") == "linear":
            image = np.float32(header["offset"]) + np.float32(header["slope"]) * image
        return image, header.get("about") or {}

    def close(self) -> None:
        """End the agent."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin:
            # It may have gone already.
            with contextlib.suppress(OSError):
                process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()

    def _ask(self, op: str, keys: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        with self._lock:
            process = self._running()
            assert process.stdin is not None and process.stdout is not None
            request = {"id": next(self._ids), "channel": "notebook", "op": op, **keys}
            head, _ = frames.encode(request)
            try:
                process.stdin.write(head)
                process.stdin.flush()
                header, body = decode(process.stdout)
            except (EOFError, OSError, ValueError) as error:
                self.close()
                raise self._lost(error) from error
            except KeyboardInterrupt:
                # The answer would be taken for that of the next request.
                process.terminate()
                self.close()
                raise
        if header.get("error"):
            raise TomoError.from_json(header["error"])
        return header, body

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        self._said.clear()
        process = subprocess.Popen(
            [self._python, "-m", "tomo_runner", "agent", "--idle", str(IDLE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # The interrupt of a kernel is for the notebook, which then ends the agent itself.
            start_new_session=True,
        )
        self._process = process
        threading.Thread(target=self._listen, args=(process.stderr,), daemon=True).start()
        assert process.stdout is not None
        try:
            # What a start-up script of Python prints comes before the mark.
            while (line := process.stdout.readline()) != GREETING:
                if not line:
                    raise EOFError
            decode(process.stdout)
        except (EOFError, ValueError) as error:
            self.close()
            raise self._lost(error) from error
        return process

    def _listen(self, stream: IO[bytes]) -> None:
        # Closed from the other side when the agent is ended.
        with contextlib.suppress(ValueError, OSError):
            for line in stream:
                self._said.append(line.decode(errors="replace").rstrip())

    def _lost(self, error: BaseException) -> TomoError:
        said = "; ".join(list(self._said)[-3:]) or str(error) or "it said nothing"
        return TomoError(
            "agent-lost",
            f"The runner's agent ended unexpectedly: {said}.",
            self._python,
            "Try it again; a new one is started.",
        )


_shared: AgentClient | None = None


def agent() -> AgentClient:
    """The agent of this Python process, started when it is first asked."""
    global _shared
    if _shared is None:
        _shared = AgentClient()
        atexit.register(_shared.close)
    return _shared
