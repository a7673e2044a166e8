"""Node, started when it is needed, watched, and ended with the server."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from logging import Logger
from pathlib import Path
from typing import Any

from .failures import ServerFailure, proxy_down

FIRST_DELAY = 0.25
LONGEST_DELAY = 10.0
HEALTHY_AFTER = 30.0
# Restarted on its own this often; from then on only when somebody asks for something.
RESTARTS_UNASKED = 8
_KEPT_LINES = 20
_LONGEST_LINE = 500
# Node needs no credentials in its environment: those it gets come on stdin.
_SECRET_VARIABLES = ("JUPYTER_TOKEN", "JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN")


@dataclass
class Launch:
    """What one start of Node needs.

    Attributes
    ----------
    argv
        The command.
    line
        The object that goes to its stdin as one JSON line.
    """

    argv: list[str]
    line: dict[str, Any]


class NodeProcess:
    """Runs Node and starts it again when it crashes.

    Parameters
    ----------
    prepare
        Gives what to start; called before every start, may raise a `ServerFailure`.
    log
        Log of the server.
    ready_within
        Seconds within which Node has to say that it is ready.
    """

    def __init__(
        self, prepare: Callable[[], Awaitable[Launch]], log: Logger, ready_within: float = 15.0
    ) -> None:
        self._prepare = prepare
        self._log = log
        self._ready_within = ready_within
        self._process: asyncio.subprocess.Process | None = None
        self._starting: asyncio.Task[str] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._socket: str | None = None
        self._delay = 0.0
        self._failures = 0
        self._stopped = False
        self._last_lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._errors: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the running Node, or None."""
        return self._process.pid if self._process and self._socket else None

    async def socket(self) -> str:
        """Path of the socket of a Node that is ready; starts it when it does not run.

        Raises
        ------
        ServerFailure
            Node cannot be started, or is not ready in time.
        """
        if self._stopped:
            raise proxy_down("the Jupyter server is stopping")
        if self._socket is not None:
            return self._socket
        starting = self._start_once()
        try:
            # Shielded: a client that leaves must not end what others wait for.
            return await asyncio.wait_for(asyncio.shield(starting), self._ready_within)
        except asyncio.TimeoutError:
            raise proxy_down(f"it was not ready after {self._ready_within:g} s") from None

    async def tell(self, line: dict[str, Any]) -> bool:
        """Write a further line to a Node that runs or starts.

        Returns
        -------
        bool
            Whether there was one; one that starts later is told by `prepare`.

        Raises
        ------
        ServerFailure
            Node was starting, and did not come up.
        """
        if self._starting is not None:
            # What it is starting with may have been read before.
            await asyncio.shield(self._starting)
        process = self._process
        if process is None or self._socket is None or process.stdin is None:
            return False
        try:
            process.stdin.write(json.dumps(line).encode() + b"\n")
            await process.stdin.drain()
        except OSError:
            # It has just ended; the next one reads everything afresh.
            return False
        return True

    async def stop(self) -> None:
        """End Node: SIGTERM, and after three seconds SIGKILL to its whole group."""
        self._stopped = True
        for task in (self._starting, self._watching):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, ServerFailure):
                    await task
        await self._end()

    def _start_once(self) -> asyncio.Task[str]:
        if self._starting is None:
            self._starting = asyncio.create_task(self._start())
            # Whoever waited may have left before it failed.
            self._starting.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._starting

    async def _start(self) -> str:
        try:
            await asyncio.sleep(self._delay)
            launch = await self._prepare()
            try:
                socket = await self._launch(launch)
            except ServerFailure:
                self._grow_delay()
                raise
        finally:
            self._starting = None
        self._socket = socket
        self._watching = asyncio.create_task(self._watch(time.monotonic()))
        return socket

    async def _launch(self, launch: Launch) -> str:
        environment = {k: v for k, v in os.environ.items() if k not in _SECRET_VARIABLES}
        with contextlib.suppress(FileNotFoundError):
            # Left behind by a Node that was killed; the next could not listen there.
            Path(launch.line["socket"]).unlink()
        self._last_lines.clear()
        try:
            process = await asyncio.create_subprocess_exec(
                *launch.argv,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=environment,
                # A group of its own: Ctrl+C in the terminal of Jupyter is not meant for Node.
                start_new_session=True,
            )
        except OSError as error:
            raise proxy_down(f"{launch.argv[0]} does not run ({error.strerror})") from error
        self._process = process
        assert process.stdin and process.stdout and process.stderr
        self._errors = asyncio.create_task(self._log_lines(process.stderr))
        try:
            process.stdin.write(json.dumps(launch.line).encode() + b"\n")
            await process.stdin.drain()
            said = await asyncio.wait_for(process.stdout.readline(), self._ready_within)
            if json.loads(said or b"{}").get("ready") is not True:
                raise ValueError
        except (OSError, ValueError, AttributeError, asyncio.TimeoutError) as error:
            late = isinstance(error, asyncio.TimeoutError)
            await self._end()
            await self._errors
            reason = "it was not ready in time" if late else "it ended before it was ready"
            last = self._last_lines[-1] if self._last_lines else ""
            raise proxy_down(f"{reason} ({last})" if last else reason) from None
        except asyncio.CancelledError:
            await self._end()
            raise
        self._log.info("jupyterlab-tomo: Node runs (pid %d)", process.pid)
        return str(launch.line["socket"])

    async def _watch(self, since: float) -> None:
        """Wait for the end of Node, and start it again after a crash."""
        process = self._process
        assert process and process.stdout
        await self._log_lines(process.stdout)
        code = await process.wait()
        self._socket = None
        # Agents of a Node that was killed.
        _signal_group(process.pid, signal.SIGKILL)
        if code == 0:
            self._delay, self._failures = 0.0, 0
            self._log.info("jupyterlab-tomo: Node stopped; the next request starts it again")
            return
        if time.monotonic() - since >= HEALTHY_AFTER:
            self._delay, self._failures = 0.0, 0
        self._log.warning(
            "jupyterlab-tomo: Node ended with %s; it is started again. Its last lines:\n%s",
            code,
            "\n".join(self._last_lines) or "(none)",
        )
        self._grow_delay()
        while not self._stopped and self._failures <= RESTARTS_UNASKED and self._socket is None:
            try:
                await asyncio.shield(self._start_once())
            except ServerFailure as failure:
                self._log.warning("jupyterlab-tomo: %s", failure.message)
                if failure.code != "proxy-down":
                    # Something is missing: waiting does not bring it, and a request will say so.
                    return

    def _grow_delay(self) -> None:
        self._failures += 1
        self._delay = min(LONGEST_DELAY, max(FIRST_DELAY, self._delay * 2))

    async def _end(self) -> None:
        process, self._process, self._socket = self._process, None, None
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        if process.returncode is None:
            _signal_group(process.pid, signal.SIGTERM)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(process.wait(), 3)
        _signal_group(process.pid, signal.SIGKILL)
        await process.wait()

    async def _log_lines(self, stream: asyncio.StreamReader) -> None:
        """Pass a stream on to the log, however long its lines are."""
        rest = b""
        while block := await stream.read(8192):
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                self._log_line(line)
            if len(rest) > 8192:
                self._log_line(rest)
                rest = b""
        if rest:
            self._log_line(rest)

    def _log_line(self, line: bytes) -> None:
        text = line.decode(errors="replace").rstrip()[:_LONGEST_LINE]
        self._last_lines.append(text)
        self._log.debug("jupyterlab-tomo: node: %s", text)


def _signal_group(leader: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
