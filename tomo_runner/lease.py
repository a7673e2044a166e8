"""Who works on a folder: one process, seen alive by its heartbeat."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from pathlib import Path
from typing import Any, Dict, Optional

from .failures import Failure, OutputFailure, output_failure
from .files import clear_parts, replace_json

NAME = "lease.json"
BEAT = 1.0
"""Seconds between heartbeats."""
DEAD = 10.0
"""Seconds without a heartbeat after which a lease on this host counts as dead."""
_WATCH = 3.0
"""Seconds for which the heart of a lease on another host is listened to."""


class Lease:
    """Holds a folder as long as the ``with`` lasts.

    Raises
    ------
    OutputFailure
        On entering, when another living process holds it.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)
        self._start = time.time()

    def __enter__(self) -> Lease:
        owner = read_lease(self._path)
        if owner is not None and alive(owner, self._path):
            raise OutputFailure(
                "in-use",
                f"Process {owner['pid']} on {owner['host']} is working on this run.",
                str(self._path.parent),
                "Wait for it, or cancel it first.",
            )
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise output_failure(error, self._path.parent) from None
        clear_parts(self._path.parent)
        self._write()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        try:
            self._path.unlink()
        except FileNotFoundError:
            # Somebody cleaned the folder; the lease is gone either way.
            pass

    def _beat(self) -> None:
        while not self._end.wait(BEAT):
            try:
                self._write()
            except Failure:
                # A full disk must not end the run's heart: the next beat may work again.
                continue

    def _write(self) -> None:
        replace_json(
            self._path,
            {
                "host": socket.gethostname(),
                "pid": os.getpid(),
                "start": self._start,
                "heartbeat": time.time(),
            },
        )


def read_lease(path: Path) -> Optional[Dict[str, Any]]:
    """The lease in a file; None when there is none or it is no lease."""
    try:
        lease = json.loads(path.read_text(encoding="utf-8"))
        float(lease["heartbeat"]), int(lease["pid"]), str(lease["host"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return dict(lease)


def alive(lease: Dict[str, Any], path: Path) -> bool:
    """Whether the process of a lease still works: by its id on this host, else by its heart.

    Clocks of other hosts may be off by hours, so there only a beat counts that is heard now.
    """
    if lease["host"] == socket.gethostname():
        if lease["pid"] == os.getpid():
            return False
        try:
            os.kill(int(lease["pid"]), 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            # It is there and belongs to somebody else.
            pass
        return time.time() - float(lease["heartbeat"]) < DEAD
    deadline = time.monotonic() + _WATCH
    while time.monotonic() < deadline:
        time.sleep(0.1)
        seen = read_lease(path)
        if seen is None:
            return False
        if seen["heartbeat"] != lease["heartbeat"]:
            return True
    return False
