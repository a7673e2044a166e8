"""The tools' processes that are kept between requests."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import Dict, Iterator, List, Optional, Set, Tuple

from .host import ToolHost
from .pythons import python_of

Key = Tuple[str, str]


class ToolHosts:
    """One idle process a tool and Python; more while several are in use. Safe for threads.

    Parameters
    ----------
    memory
        Bytes that each process may take; 0: no limit.
    """

    def __init__(self, memory: int = 0) -> None:
        self._memory = memory
        self._lock = threading.Lock()
        self._idle: Dict[Key, ToolHost] = {}
        self._used: Set[ToolHost] = set()

    def warm(self, tool: str, title: str, python: Optional[str] = None) -> None:
        """Start a tool, so that it is loaded when it is needed."""
        with self.borrow(tool, title, python) as host:
            host.warm()

    @contextmanager
    def borrow(self, tool: str, title: str, python: Optional[str] = None) -> Iterator[ToolHost]:
        """A process of a tool for this thread alone.

        Parameters
        ----------
        python
            The interpreter asked for, see ``python_of``.
        """
        key = (tool, python_of(tool, python))
        with self._lock:
            host = self._idle.pop(key, None)
        if host is not None and not host.running:
            host.close()
            host = None
        if host is None:
            host = ToolHost(tool, title, key[1], self._memory)
        with self._lock:
            self._used.add(host)
        try:
            yield host
        finally:
            with self._lock:
                self._used.discard(host)
                keep = host.running and key not in self._idle
                if keep:
                    self._idle[key] = host
            if not keep:
                host.close()

    def close(self) -> None:
        """End them all."""
        with self._lock:
            hosts: List[ToolHost] = [*self._idle.values(), *self._used]
            self._idle.clear()
        for host in hosts:
            host.close()

    def __enter__(self) -> ToolHosts:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
