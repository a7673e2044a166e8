"""What an agent keeps between requests, within a limit of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any, Callable, Hashable, Tuple


class Cache:
    """Values by key; the least recently used go first.

    Parameters
    ----------
    budget
        Bytes that all values together may take.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._held = 0
        self._values: OrderedDict[Hashable, Tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        """The value of a key, made when it is not there.

        ``make`` runs without a lock: two threads may both make a value, and one is kept.
        """
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key][0]
        value = make()
        count = size(value)
        with self._lock:
            if key in self._values:
                return self._values[key][0]
            if count <= self._budget:
                self._values[key] = (value, count)
                self._held += count
            while self._held > self._budget:
                _, (_, gone) = self._values.popitem(last=False)
                self._held -= gone
        return value

    def kept(self, key: Hashable) -> Any:
        """The value of a key, or None."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    @property
    def held(self) -> int:
        """Bytes that the values take."""
        return self._held
