"""Threads that each have an engine of their own.

The engine lets go of Python's lock while it computes, as reading and writing files do, so threads
are enough to use all cores.
"""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import Callable, Iterable, List, TypeVar

from .engine import Engine
from .stopping import Stop

Item = TypeVar("Item")
Result = TypeVar("Result")


_PATIENCE = 0.1
"""Seconds that a wait lasts at most."""


class Workers:
    """A pool of ``count`` threads."""

    def __init__(self, count: int) -> None:
        self.count = max(1, count)
        self._pool = ThreadPoolExecutor(self.count, thread_name_prefix="tomo")
        self._own = threading.local()

    def engine(self) -> Engine:
        """The engine of the calling thread, made on first use."""
        engine = getattr(self._own, "engine", None)
        if not isinstance(engine, Engine):
            engine = Engine()
            self._own.engine = engine
        return engine

    def map(
        self, work: Callable[[Engine, Item], Result], items: Iterable[Item], stop: Stop
    ) -> List[Result]:
        """Do ``work`` for each item; the results come in the order of the items.

        The first failure ends the rest and is raised; so does a request to stop.
        """

        def one(item: Item) -> Result:
            stop.check()
            return work(self.engine(), item)

        futures: List[Future[Result]] = [self._pool.submit(one, item) for item in items]
        try:
            pending = True
            while pending:
                # In pieces: the system may give a signal to another thread, and Python handles
                # it only when the main one, which waits here, comes back.
                pending = _wait(futures)
            return [future.result() for future in futures]
        finally:
            _cancel(futures)
            # A failure's traceback holds this frame: the failure must not be held by it in turn,
            # or the engines of its frames stay until the collector happens to come by.
            futures.clear()

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=True)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _wait(futures: List[Future[Result]]) -> bool:
    """Wait for a while; whether more is to come. The first failure is raised."""
    done, waiting = wait(futures, _PATIENCE, return_when=FIRST_EXCEPTION)
    pending = bool(waiting)
    failure = next((f.exception() for f in futures if f in done and f.exception()), None)
    try:
        if failure is not None:
            raise failure
        return pending
    finally:
        # As in the caller: nothing here may hold the failure.
        del failure, done, waiting, futures


def _cancel(futures: List[Future[Result]]) -> None:
    for future in futures:
        future.cancel()
    wait(futures)
