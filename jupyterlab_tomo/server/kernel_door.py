"""The second socket: kernels for Node on a server whose API no token opens."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import Callable
from logging import Logger
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async

from .failures import ServerFailure

_LONGEST_REQUEST = 1 << 20
_SETTLE_SECONDS = 10.0
_HEARD_SECONDS = 10.0


class KernelDoor:
    """Starts, interrupts, ends and asks after kernels, one JSON line a request.

    Parameters
    ----------
    serverapp
        Its session, kernel and kernelspec managers do the work, as they do for the REST API.
    log
        Log of the server.
    """

    def __init__(self, serverapp: Any, log: Logger) -> None:
        self._sessions = serverapp.session_manager
        self._kernels = serverapp.kernel_manager
        self._specs = serverapp.kernel_spec_manager
        self._log = log
        self._server: asyncio.AbstractServer | None = None
        self._clients: dict[str, Any] = {}
        self._restarts: Counter[str] = Counter()
        self._watched: set[str] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._operations: dict[str, Callable[[dict[str, Any]], Any]] = {
            "specs": self._list_specs,
            "start": self._start,
            "sessions": self._list_sessions,
            "execute": self._execute,
            "interrupt": self._interrupt,
            "shutdown": self._shutdown,
            "alive": self._alive,
        }

    async def listen(self, path: Path) -> None:
        """Serve on a UNIX socket; its folder keeps other users out."""
        self._server = await asyncio.start_unix_server(
            self._serve, path=str(path), limit=_LONGEST_REQUEST
        )
        path.chmod(0o600)

    async def close(self) -> None:
        """Stop serving; kernels stay."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.close()
        for kernel in list(self._clients):
            self._forget(kernel)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pending: set[asyncio.Task[None]] = set()
        self._writers.add(writer)
        try:
            while line := await reader.readline():
                task = asyncio.create_task(self._answer(line, writer))
                pending.add(task)
                task.add_done_callback(pending.discard)
        except (ConnectionError, ValueError) as error:
            # ValueError: a line over the limit. What follows it cannot be told apart.
            self._log.warning("jupyterlab-tomo: kernel socket: %s", error)
        finally:
            # A start under way ends as a session that its owner finds again, never as a half one.
            if pending:
                await asyncio.wait(pending)
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, line: bytes, writer: asyncio.StreamWriter) -> None:
        reply: dict[str, Any] = {"id": None}
        request = _parsed(line)
        try:
            if not isinstance(request, dict) or request.get("op") not in self._operations:
                raise _refused("bad-request", f"Not a request: {line[:200]!r}.", "op")
            reply["id"] = request.get("id")
            reply["result"] = await self._operations[request["op"]](request)
        except ServerFailure as failure:
            reply["error"] = failure.to_json()
        except KeyError as error:
            reply["error"] = _refused(
                "bad-request", f"The key {error} is missing.", str(error)
            ).to_json()
        except Exception as error:
            # Whatever a kernel manager raises belongs to this request alone.
            self._log.warning("jupyterlab-tomo: kernel socket: %r", error, exc_info=True)
            reply["error"] = ServerFailure(
                500,
                "kernel-operation-failed",
                f"The Jupyter server could not do it: {error}",
                str(request["op"]),
                "The log of the Jupyter server has the details.",
            ).to_json()
        with contextlib.suppress(ConnectionError):
            writer.write(json.dumps(reply).encode() + b"\n")
            await writer.drain()

    async def _list_specs(self, request: dict[str, Any]) -> dict[str, Any]:
        specs = await ensure_async(self._specs.get_all_specs())
        return {
            "default": self._kernels.default_kernel_name,
            "kernelspecs": {
                name: {key: entry["spec"].get(key) for key in ("display_name", "language")}
                | {"metadata": entry["spec"].get("metadata", {})}
                for name, entry in specs.items()
            },
        }

    async def _start(self, request: dict[str, Any]) -> dict[str, Any]:
        spec = request["kernel"] or self._kernels.default_kernel_name
        known = await ensure_async(self._specs.get_all_specs())
        if spec not in known:
            raise _refused("kernelspec-unknown", f"There is no kernel {spec}.", spec)
        session = await self._sessions.create_session(
            path=request["path"],
            name=request["name"],
            type=request.get("type", "tomo"),
            kernel_name=spec,
        )
        kernel = session["kernel"]["id"]
        self._watch(kernel)
        return {"session": session["id"], "kernel": kernel, "spec": spec}

    async def _list_sessions(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            {
                "session": session["id"],
                "kernel": session["kernel"]["id"],
                "spec": session["kernel"]["name"],
                "path": session["path"],
                "type": session["type"],
            }
            for session in await self._sessions.list_sessions()
            if session.get("kernel")
        ]

    async def _execute(self, request: dict[str, Any]) -> dict[str, Any]:
        kernel = self._known(request["kernel"])
        client = self._clients.get(kernel)
        if client is None:
            client = self._kernels.get_kernel(kernel).client()
            client.start_channels(iopub=False, stdin=False, hb=False, control=False)
            # Kept open: a message on a socket that closes may not leave it.
            self._clients[kernel] = client
            await self._heard(kernel, client)
        client.execute(request["code"], store_history=False, allow_stdin=False)
        return {}

    async def _heard(self, kernel: str, client: Any) -> None:
        """Ask until the server hears the kernel: what is said before that, its state misses."""
        manager = self._kernels.get_kernel(kernel)
        until = time.monotonic() + _HEARD_SECONDS
        while getattr(manager, "execution_state", None) == "starting" and time.monotonic() < until:
            client.kernel_info()
            await asyncio.sleep(0.1)

    async def _interrupt(self, request: dict[str, Any]) -> dict[str, Any]:
        await ensure_async(self._kernels.interrupt_kernel(self._known(request["kernel"])))
        return {}

    async def _shutdown(self, request: dict[str, Any]) -> dict[str, Any]:
        for session in await self._sessions.list_sessions():
            if session["id"] == request["session"]:
                self._forget(session["kernel"]["id"])
                await self._settled(session["kernel"]["id"])
                await self._sessions.delete_session(session["id"])
        return {}

    async def _alive(self, request: dict[str, Any]) -> dict[str, Any]:
        kernel = request["kernel"]
        if kernel not in self._kernels:
            self._forget(kernel)
            return {"alive": False, "state": None, "restarts": self._restarts[kernel]}
        self._watch(kernel)
        manager = self._kernels.get_kernel(kernel)
        return {
            "alive": bool(await ensure_async(manager.is_alive())),
            "state": getattr(manager, "execution_state", None),
            "restarts": self._restarts[kernel],
        }

    async def _settled(self, kernel: str) -> None:
        """Wait while a kernel is being started again: it cannot be ended meanwhile."""
        until = time.monotonic() + _SETTLE_SECONDS
        while kernel in self._kernels and time.monotonic() < until:
            ready = getattr(self._kernels.get_kernel(kernel), "ready", None)
            if ready is None or ready.done():
                return
            await asyncio.sleep(0.05)

    def _known(self, kernel: str) -> str:
        if kernel not in self._kernels:
            raise _refused("kernel-gone", f"The kernel {kernel} does not run any more.", kernel)
        return kernel

    def _watch(self, kernel: str) -> None:
        """Count the restarts of a kernel: one that Jupyter started again has lost its job."""
        if kernel in self._watched:
            return
        self._watched.add(kernel)
        for event in ("restart", "dead"):
            self._kernels.add_restart_callback(kernel, lambda: self._restarted(kernel), event)

    def _restarted(self, kernel: str) -> None:
        self._restarts[kernel] += 1

    def _forget(self, kernel: str) -> None:
        client = self._clients.pop(kernel, None)
        if client is not None:
            client.stop_channels()
        self._watched.discard(kernel)


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _refused(code: str, message: str, where: str) -> ServerFailure:
    return ServerFailure(400, code, message, where, "Choose another kernel and try again.")
