"""Answers requests that come as frames on standard input, with frames on standard output.

Each request has a channel; a newer one on the same channel cancels the older. Work looks for that
between its pieces, so a cancelled request is answered within a tenth of a second.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO, Callable, Dict, Optional, Tuple

import numpy as np

from .failures import RecipeFailure, as_failure
from .frames import FrameError, encode, image_frame, read_header
from .service import Answer, Service
from .stopping import Stop
from .version import PROTOCOL, VERSION
from .workers import Workers

MARK = b"TOMO-AGENT 1\n"
_AT_ONCE = 4
"""Requests that are worked on at the same time."""
_PIECE = 1 << 20
"""Bytes that are written at once."""
_FRESH = 30.0
"""Seconds for which an image that was looked at is held."""
_FAREWELL = 5.0
"""Seconds that work in hand has to end after standard input has ended."""


def serve(cores: int, budget: int, idle: float) -> None:
    """Answer until standard input ends.

    Parameters
    ----------
    cores
        Threads that compute.
    budget
        Bytes that may be kept between requests.
    idle
        Seconds without a request after which the process ends; 0 for never.
    """
    # Libraries print: from here on their standard output is standard error.
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    agent = Agent(out, cores, budget)
    if idle > 0:
        threading.Thread(target=agent.watch, args=(idle,), name="idle", daemon=True).start()
    agent.run(sys.stdin.buffer)


def content_hash() -> str:
    """Hash over the runner's own files: what an agent is."""
    digest = hashlib.sha256()
    root = Path(__file__).parent
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


class Seen:
    """The image of which a coarse look was sent last: the whole of it is asked for next."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: Optional[Tuple[str, float, Answer]] = None

    def keep(self, request: Dict[str, Any], answer: Dict[str, Any], image: np.ndarray) -> None:
        """Hold an image for the next request."""
        # The engine may use the memory of its own again.
        kept = (_meant(request), time.monotonic(), (answer, image.copy()))
        with self._lock:
            self._kept = kept

    def take(self, request: Dict[str, Any]) -> Optional[Answer]:
        """The image when it is the one that is meant and nothing can have changed; given once."""
        with self._lock:
            if self._kept is None or request.get("bin", 1) > 1:
                return None
            meant, when, answer = self._kept
            self._kept = None
        fresh = time.monotonic() - when < _FRESH
        return answer if fresh and meant == _meant(request) else None


def _meant(request: Dict[str, Any]) -> str:
    how = ("id", "channel", "bin", "encoding")
    return json.dumps({key: request[key] for key in request if key not in how}, sort_keys=True)


class Agent:
    """The requests in hand, by id and by channel."""

    def __init__(self, out: BinaryIO, cores: int, budget: int) -> None:
        self._out = out
        self._writing = threading.Lock()
        self._workers = Workers(cores)
        self._service = Service(self._workers, budget)
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="request")
        self._lock = threading.Lock()
        self._by_id: Dict[int, Stop] = {}
        self._by_channel: Dict[str, int] = {}
        self._last = time.monotonic()
        self._writes = False
        self._seen = Seen()

    def run(self, source: BinaryIO) -> None:
        """Read requests until the stream ends; then everything in hand is dropped."""
        with self._writing:
            self._out.write(MARK)
        hello = {"protocol": PROTOCOL, "runner": VERSION, "hash": content_hash()}
        self._send(encode({"id": 0, "channel": "", "reply": hello}))
        try:
            while True:
                request = read_header(source)
                if request is None:
                    break
                self._take(request)
        except FrameError as error:
            print(f"{error} The agent ends.", file=sys.stderr)
        # Whoever asked is gone: what does not stop by itself is left behind.
        last = threading.Timer(_FAREWELL, os._exit, (0,))
        last.daemon = True
        last.start()
        with self._lock:
            for stop in self._by_id.values():
                stop.request("cancelled")
        self._pool.shutdown(wait=True)
        self._service.close()
        self._workers.close()
        last.cancel()

    def watch(self, idle: float) -> None:
        """End the process when nothing was asked for long, or nobody takes an answer.

        Behind a connection that was cut without a word, the answer in hand would wait for ever.
        """
        while True:
            time.sleep(min(1.0, idle / 4))
            with self._lock:
                waited = time.monotonic() - self._last
                busy = bool(self._by_id) and not self._writes
            if not busy and waited >= idle:
                # The main thread sits in a read that nothing else can end.
                os._exit(0)

    def _take(self, request: Dict[str, Any]) -> None:
        number, channel = request.get("id"), str(request.get("channel", ""))
        if not isinstance(number, int):
            raise FrameError("A request has no id.")
        with self._lock:
            self._last = time.monotonic()
            if request.get("op") == "cancel":
                stop = self._by_id.get(request.get("target", -1))
                if stop is not None:
                    stop.request("cancelled")
                return
            older = self._by_id.get(self._by_channel.get(channel, -1))
            if older is not None:
                older.request("superseded")
            stop = Stop()
            self._by_id[number] = stop
            self._by_channel[channel] = number
        self._pool.submit(self._answer, number, channel, request, stop)

    def _answer(self, number: int, channel: str, request: Dict[str, Any], stop: Stop) -> None:
        header: Dict[str, Any] = {"id": number, "channel": channel}
        body: Optional[np.ndarray] = None
        try:
            bin, encoding = _scale(request)
            answer, image = self._seen.take(request) or self._service.answer(request, stop)
            stop.check()
            header.update(answer)
            if image is not None:
                if bin > 1:
                    self._seen.keep(request, answer, image)
                header, body = image_frame(header, image, bin, encoding)
            frame = encode(header, body)
        except Exception as error:
            failure = as_failure(error)
            if failure.code == "unexpected":
                traceback.print_exc()
            frame = encode({"id": number, "channel": channel, "error": failure.to_json()})
        try:
            self._send(frame)
        finally:
            with self._lock:
                self._by_id.pop(number, None)
                if self._by_channel.get(channel) == number:
                    del self._by_channel[channel]
                self._last = time.monotonic()

    def _send(self, frame: Tuple[bytes, memoryview]) -> None:
        head, data = frame
        with self._writing:
            try:
                self._writes = True
                _write(self._out, head, self._stir)
                _write(self._out, data, self._stir)
            except BrokenPipeError:
                # Nobody reads any more; the end of standard input follows.
                return
            finally:
                self._writes = False

    def _stir(self) -> None:
        """Somebody has asked or read: the idle time begins again."""
        self._last = time.monotonic()


def _scale(request: Dict[str, Any]) -> "tuple[int, str]":
    """How many pixels become one, and how values are stored."""
    bin, encoding = request.get("bin", 1), request.get("encoding", "float32")
    if not isinstance(bin, int) or not 1 <= bin <= 64:
        raise RecipeFailure("bad-request", "bin is not from 1 to 64.", "bin", "Report this.")
    if encoding not in ("float32", "uint16"):
        raise RecipeFailure(
            "bad-request", "encoding is neither float32 nor uint16.", "encoding", "Report this."
        )
    return bin, str(encoding)


def _write(stream: BinaryIO, data: Any, moved: Callable[[], None]) -> None:
    """All of it in pieces, as an unbuffered pipe takes them; ``moved`` is called after each."""
    view = memoryview(data)
    while len(view):
        count = stream.write(view[:_PIECE])
        view = view[count:]
        moved()
