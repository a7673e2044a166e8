"""The loop of a tool's process.

Requests are JSON lines on standard input, ``{op, ...}``; events are JSON lines on what was standard
output when the process began. Whatever the tool prints goes to standard error instead. The end of
standard input ends the process and whatever the tool has started.

``describe``
    Answered by ``{event: "done", tool}``.
``probe``
    Answered by ``{event: "done", probe}``.
``cost``
    ``{method, parameters, angles, columns, size}``; answered by ``{event: "done", cost}``.
``warm``
    Loads what the tool needs; ``{event: "done"}``.
``reconstruct``
    ``{method, parameters, rows, angles: [...], columns, centres: [...], size, cores}``; arrays are
    in the files whose descriptors stand on the command line. Events are ``row {index}``,
    ``warning {text}``, then ``done`` or ``failed {code, message, where, hint}``.
``centre``
    ``{finder, rows, angles: [...], columns, cores}``; answered by ``{event: "done", column}``.
"""

from __future__ import annotations

import json
import mmap
import os
import queue
import signal
import threading
import traceback
from typing import Any, Callable, Dict, List, Optional, Sequence

import numpy as np

from .contract import Search, Task, Tool, ToolError
from .registry import described, load

Request = Dict[str, Any]


def main(argv: Sequence[str]) -> int:
    """Serve one tool.

    Parameters
    ----------
    argv
        Name of the tool, and the descriptors of the files of sinograms and slices.
    """
    name, source, target = argv[0], int(argv[1]), int(argv[2])
    events = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    # The end of whatever this Python has printed so far.
    events.write("\n")
    lock = threading.Lock()

    def tell(event: str, **fields: Any) -> None:
        with lock:
            events.write(json.dumps({"event": event, **fields}) + "\n")
            events.flush()

    requests: queue.Queue[Optional[Request]] = queue.Queue()
    threading.Thread(target=_listen, args=(requests,), name="requests", daemon=True).start()
    while True:
        request = requests.get()
        if request is None:
            return 0
        try:
            _answer(request, name, source, target, tell)
        except ToolError as error:
            tell(
                "failed",
                code=error.code,
                message=error.message,
                where=error.where,
                hint=error.hint,
            )
        except MemoryError:
            tell("failed", **_no_memory(name))
        except Exception as error:
            traceback.print_exc()
            tell("failed", **_unexpected(name, error))


def _listen(requests: "queue.Queue[Optional[Request]]") -> None:
    """Pass on requests; at the end of the input, whatever the tool does, the process is over.

    The runner may have been killed: then nobody else ends the workers of the tool.
    """
    buffer = b""
    while True:
        data = os.read(0, 65536)
        if not data:
            if os.getpgrp() == os.getpid():
                os.killpg(0, signal.SIGKILL)
            os._exit(0)
        *lines, buffer = (buffer + data).split(b"\n")
        for line in lines:
            requests.put(json.loads(line))


def _answer(
    request: Request, name: str, source: int, target: int, tell: Callable[..., None]
) -> None:
    tool = load(name)
    op = request["op"]
    if op == "describe":
        tell("done", tool=described(tool))
    elif op == "probe":
        tell("done", probe=_probe(tool))
    elif op == "cost":
        keys = ("method", "parameters", "angles", "columns", "size")
        tell("done", cost=tool.cost(*(request[key] for key in keys)))
    elif op == "warm":
        # What the tool has to load, it loads while the sinograms are made.
        _probe(tool)
        tell("done")
    elif op == "centre":
        tell("done", column=_centre(tool, request, source))
    else:
        _reconstruct(tool, request, source, target, tell)
        tell("done")


def _probe(tool: Tool) -> Dict[str, Any]:
    found = {"available": False, "version": "", "gpu": False, "why": "", "install": ""}
    try:
        found.update(tool.probe())
    except Exception as error:
        # A broken installation fails in ways of its own.
        found["why"] = f"{tool.TITLE} cannot be loaded ({type(error).__name__}: {error})."
    return found


def _reconstruct(
    tool: Tool, request: Request, source: int, target: int, tell: Callable[..., None]
) -> None:
    angles = np.array(request["angles"], np.float64)
    rows, size = int(request["rows"]), int(request["size"])
    shape = (rows, len(angles), int(request["columns"]))
    finished: List[int] = []

    def done(row: int) -> None:
        if not 0 <= row < rows:
            raise ToolError(
                "tool-row",
                f"{tool.TITLE} reported row {row} of a slab of {rows} rows.",
                "reconstruction.method",
                "Choose another method, or report it to its authors.",
            )
        finished.append(row)
        tell("row", index=row)

    slices = _mapped(target, (rows, size, size), mmap.ACCESS_WRITE)
    # What a tool leaves unwritten is told: some lines of each slice are enough to see it.
    slices[:, ::8] = np.nan
    task = Task(
        method=str(request["method"]),
        parameters=dict(request["parameters"]),
        sinograms=_mapped(source, shape, mmap.ACCESS_READ),
        angles=angles,
        centres=np.array(request["centres"], np.float64),
        slices=slices,
        cores=int(request["cores"]),
        done=done,
        say=lambda text: tell("warning", text=text),
    )
    tool.reconstruct(task)
    missing = sorted(set(range(rows)) - set(finished))
    if missing:
        raise ToolError(
            "tool-incomplete",
            f"{tool.TITLE} {task.method} ended without {len(missing)} of {rows} slices.",
            "reconstruction.method",
            "Its messages are in the log; choose another method or report it to its authors.",
        )


def _centre(tool: Tool, request: Request, source: int) -> float:
    find: Optional[Callable[[Search], float]] = getattr(tool, "find_centre", None)
    if find is None:
        raise ToolError(
            "method-impossible",
            f"{tool.TITLE} has no way to find the centre of rotation.",
            "regions.centre.method",
            "Choose another method.",
        )
    angles = np.array(request["angles"], np.float64)
    shape = (int(request["rows"]), len(angles), int(request["columns"]))
    sinograms = _mapped(source, shape, mmap.ACCESS_READ)
    return float(find(Search(str(request["finder"]), sinograms, angles, int(request["cores"]))))


def _mapped(descriptor: int, shape: Sequence[int], access: int) -> np.ndarray:
    """float32 over shared memory; it never shrinks, so a mapping that is large enough is kept."""
    count = int(np.prod(shape))
    memory = _mappings.get(descriptor)
    if memory is None or len(memory) < 4 * count:
        memory = _mappings[descriptor] = mmap.mmap(descriptor, 4 * count, access=access)
    return np.frombuffer(memory, np.float32, count).reshape(shape)


_mappings: Dict[int, mmap.mmap] = {}


def _no_memory(name: str) -> Dict[str, str]:
    return {
        "code": "tool-memory",
        "message": f"{name} found not enough memory.",
        "where": "memory",
        "hint": "Give the run more memory, fewer cores or a smaller region.",
    }


def _unexpected(name: str, error: Exception) -> Dict[str, str]:
    return {
        "code": "tool-failed",
        "message": f"{name} failed with {type(error).__name__}: {error}.",
        "where": "reconstruction",
        "hint": "Its messages are in the log; check the parameters or choose another method.",
    }
