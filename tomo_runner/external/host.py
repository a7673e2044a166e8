"""A tool's process: asked by JSON lines, answered by events, its arrays in shared memory."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

import numpy as np

from ..failures import Failure, RecipeFailure, ToolFailure
from ..stopping import Stop
from .child import Child, Limits
from .shared import SharedMemory

LAUNCH = Path(__file__).parent.parent / "toolhost" / "launch.py"
SILENCE = 3600.0
"""Seconds without a finished slice after which a tool counts as hung."""
_POLL = 0.05
_EVENT = b'{"event": "'
"""How a line of the loop begins."""

Event = Dict[str, Any]


def silence() -> float:
    """Seconds that a tool may be silent: ``$JUPYTER_TOMO_TOOL_LIMIT`` or an hour; 0: for ever."""
    text = os.environ.get("JUPYTER_TOMO_TOOL_LIMIT", "")
    try:
        return max(0.0, float(text)) if text else SILENCE
    except ValueError:
        raise RecipeFailure(
            "bad-limit",
            f"JUPYTER_TOMO_TOOL_LIMIT is {text!r}, which is no number of seconds.",
            "JUPYTER_TOMO_TOOL_LIMIT",
            "Set it to a number, or unset it.",
        ) from None


class ToolHost:
    """One tool in one Python. Not for several threads at once.

    Parameters
    ----------
    tool
        Its name.
    title
        What messages call it.
    python
        Interpreter that has it.
    memory
        Bytes that the process may take; 0: no limit.
    """

    def __init__(self, tool: str, title: str, python: str, memory: int = 0) -> None:
        self.tool, self.python = tool, python
        self._sinograms = SharedMemory("tomo-sinograms")
        self._slices = SharedMemory("tomo-slices")
        descriptors = (self._sinograms.descriptor, self._slices.descriptor)
        argv = [python, "-u", str(LAUNCH), tool, *map(str, descriptors)]
        try:
            self._child = Child(
                argv,
                title,
                Limits(memory, silence()),
                {
                    "stdin": subprocess.PIPE,
                    "stdout": subprocess.PIPE,
                    "pass_fds": descriptors,
                    "env": tool_environment(),
                },
            )
        except Failure:
            self._sinograms.close()
            self._slices.close()
            raise
        self._events: queue.Queue[Optional[Event]] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, name="tool events", daemon=True)
        self._listener.start()

    @property
    def running(self) -> bool:
        """Whether it can be asked."""
        return self._child.running

    def sinograms(self, shape: Tuple[int, int, int]) -> np.ndarray:
        """float32 (row, angle, column) to be filled for ``reconstruct``."""
        return self._sinograms.array(shape)

    def probe(self, stop: Stop) -> Dict[str, Any]:
        """What the tool's module says of this Python."""
        return dict(self._ask({"op": "probe"}, stop)["probe"])

    def describe(self, stop: Stop) -> Dict[str, Any]:
        """The tool as ``tools.json`` has it."""
        return dict(self._ask({"op": "describe"}, stop)["tool"])

    def cost(
        self,
        method: str,
        parameters: Dict[str, Any],
        angles: int,
        columns: int,
        size: int,
        stop: Stop,
    ) -> Dict[str, float]:
        """Time and memory of a slice, see ``toolhost/contract.py``."""
        request = {
            "op": "cost",
            "method": method,
            "parameters": parameters,
            "angles": angles,
            "columns": columns,
            "size": size,
        }
        return dict(self._ask(request, stop)["cost"])

    def warm(self) -> None:
        """Let it load what it needs while other work goes on."""
        self._send({"op": "warm"})
        self._unanswered += 1

    def reconstruct(
        self,
        method: str,
        parameters: Dict[str, Any],
        angles: np.ndarray,
        centres: np.ndarray,
        shape: Tuple[int, int, int],
        size: int,
        cores: int,
        stop: Stop,
        row: Callable[[int, np.ndarray], None],
        say: Callable[[str], None],
    ) -> None:
        """Reconstruct what is in ``sinograms``.

        Parameters
        ----------
        parameters
            All of the method, defaults filled in.
        angles
            Degrees, ascending.
        centres
            Axis of each row in columns, 0-based.
        shape
            Shape of the sinograms.
        size
            Width and height of a slice.
        row
            Called with index and slice, float32 (y, x), of each row as soon as it is finished;
            the slice is a view that holds until the next call.
        say
            Called with what the tool has to say.

        Raises
        ------
        ToolFailure
            When it fails, crashes, hangs, takes too much memory or leaves rows out.
        Stopped
            When somebody asks to stop; the process is gone then.
        """
        slices = self._slices.array((shape[0], size, size))
        # A new mapping of the same memory: the process may have had a smaller one.
        request = {
            "op": "reconstruct",
            "method": method,
            "parameters": parameters,
            "rows": shape[0],
            "columns": shape[2],
            "angles": [float(angle) for angle in angles],
            "centres": [float(centre) for centre in centres],
            "size": size,
            "cores": cores,
        }

        def heard(event: Event) -> None:
            if event["event"] == "row":
                row(int(event["index"]), slices[int(event["index"])])
            elif event["event"] == "warning":
                say(str(event["text"]))

        self._ask(request, stop, heard)

    def find_centre(
        self,
        finder: str,
        angles: np.ndarray,
        shape: Tuple[int, int, int],
        cores: int,
        stop: Stop,
    ) -> float:
        """Column of the axis of what is in ``sinograms``, see ``Search`` in the tool's contract.

        Raises
        ------
        ToolFailure
            When it finds none, or fails as ``reconstruct`` may.
        Stopped
            When somebody asks to stop; the process is gone then.
        """
        request = {
            "op": "centre",
            "finder": finder,
            "rows": shape[0],
            "columns": shape[2],
            "angles": [float(angle) for angle in angles],
            "cores": cores,
        }
        return float(self._ask(request, stop)["column"])

    def close(self) -> None:
        """End it."""
        self._child.kill()
        self._listener.join(1.0)
        for stream in (self._child.process.stdin, self._child.process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    # Something was left to be written to a process that has gone.
                    pass
        self._sinograms.close()
        self._slices.close()

    _unanswered = 0

    def _ask(
        self, request: Event, stop: Stop, heard: Callable[[Event], None] = lambda _: None
    ) -> Event:
        """Send a request and hear its events; the last one, which is ``done``."""
        try:
            self._send(request)
            while True:
                stop.check()
                self._child.look()
                try:
                    event = self._events.get(timeout=_POLL)
                except queue.Empty:
                    continue
                if event is None:
                    raise self._child.ended()
                self._child.alive()
                if event["event"] in ("done", "failed") and self._unanswered:
                    # What was loaded ahead; whether it could be, the request itself will say.
                    self._unanswered -= 1
                elif event["event"] == "done":
                    return event
                elif event["event"] == "failed":
                    raise self._failed(event)
                else:
                    heard(event)
        except BaseException as error:
            # Whatever it was doing, nobody waits for it any more.
            if not (isinstance(error, ToolFailure) and self.running and error.code in _KNOWN):
                self.close()
            raise

    def _failed(self, event: Event) -> ToolFailure:
        code, message, where, hint = (
            str(event.get(key, "")) for key in ("code", "message", "where", "hint")
        )
        return ToolFailure(code, message, where, hint, self._child.tail)

    def _send(self, request: Event) -> None:
        stdin = self._child.process.stdin
        assert stdin is not None
        self._child.alive()
        try:
            stdin.write(json.dumps(request).encode() + b"\n")
            stdin.flush()
        except (OSError, ValueError):
            raise self._child.ended() from None

    def _listen(self) -> None:
        stdout = self._child.process.stdout
        assert stdout is not None
        try:
            for line in stdout:
                if line.startswith(_EVENT):
                    self._events.put(json.loads(line))
                # All else was printed by its Python before the loop began.
        except ValueError:
            # The stream was closed by us, or the process died in the middle of a line.
            pass
        self._events.put(None)


_KNOWN: List[str] = [
    "no-gpu",
    "nothing-to-register",
    "tool-method",
    "tool-missing",
    "tool-tilt",
    "unknown-tool",
]
"""Refusals that leave the process good for the next request."""


def tool_environment() -> Dict[str, str]:
    """Our environment, but for the path that belongs to this runner's Python alone."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    theirs = [
        entry
        for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep)
        if entry and not _is_runtime(Path(entry))
    ]
    if theirs:
        kept["PYTHONPATH"] = os.pathsep.join(theirs)
    return kept


def _is_runtime(entry: Path) -> bool:
    """Whether a path is the folder that this runner itself lies in."""
    try:
        return (entry / "tomo_runner").exists() or entry.resolve() == LAUNCH.parents[2].resolve()
    except OSError:
        return False
