"""Tools that other packages bring along by an entry point, as the Pythons that have them say.

A Python is asked for the names of its tools, then each tool for what it is, in a process of its
own: one that cannot be loaded takes no other away. Answers are kept until the Python is another,
or something is installed into it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

from ..failures import Failure, Stopped, ToolFailure
from ..stopping import Stop
from .host import LAUNCH, ToolHost, tool_environment
from .pythons import python_of, pythons_named

PATIENCE = 60.0
"""Seconds that a Python, or a tool, may take to say what it is."""
_LAST = 400
"""Characters of what a Python printed that a message brings along."""

Described = Dict[str, Any]
Stamp = Tuple[Tuple[str, int], ...]

_lock = threading.Lock()
_names: Dict[str, Tuple[Stamp, Union[List[str], ToolFailure]]] = {}
_tools: Dict[Tuple[str, str], Tuple[Stamp, Union[Described, ToolFailure]]] = {}


def others_of(
    python: Optional[str] = None, again: bool = False
) -> List[Tuple[str, Union[Described, ToolFailure]]]:
    """The tools of other packages by their names.

    Parameters
    ----------
    python
        The chosen kernel's interpreter; this one when left out. Those that the environment names
        for single tools are asked for these.
    again
        Ask again, whatever is kept.

    Returns
    -------
    list
        What each says of itself, or why it cannot.
    """
    wanted: List[Tuple[str, str]] = []
    for each in dict.fromkeys([python or sys.executable, *pythons_named()]):
        try:
            names = _names_in(each, again)
        except ToolFailure as failure:
            # The tools of the project are told all the same; what needs another one says this.
            print(failure.sentence(), file=sys.stderr)
            continue
        wanted += [(name, each) for name in names if python_of(name, python) == each]
    with ThreadPoolExecutor(max(1, len(wanted))) as pool:
        told = list(pool.map(lambda one: _described(one[0], one[1], again), wanted))
    return sorted(
        ((name, found) for (name, _), found in zip(wanted, told)), key=lambda pair: pair[0]
    )


def other(name: str, python: Optional[str] = None) -> Described:
    """What one tool says of itself, as ``tools.json`` has it.

    Raises
    ------
    ToolFailure
        When its Python has no such tool, or it cannot be loaded.
    """
    there = python_of(name, python)
    if name not in _names_in(there, False):
        raise ToolFailure(
            "unknown-tool",
            f"There is no tool {name} in {there}.",
            "reconstruction.tool",
            "Install the package that has it into that Python, choose a kernel that has it, or "
            "choose another tool.",
        )
    found = _described(name, there, False)
    if isinstance(found, ToolFailure):
        raise found
    return found


def forget() -> None:
    """Ask all Pythons again."""
    with _lock:
        _names.clear()
        _tools.clear()


# --- the names ------------------------------------------------------------------------------------


def _names_in(python: str, again: bool) -> List[str]:
    with _lock:
        kept = _names.get(python)
    if kept is None or again or kept[0] != _stamp([path for path, _ in kept[0]]):
        kept = _asked(python)
        with _lock:
            _names[python] = kept
            if again:
                for key in [key for key in _tools if key[1] == python]:
                    del _tools[key]
    if isinstance(kept[1], ToolFailure):
        raise kept[1]
    return kept[1]


def _asked(python: str) -> Tuple[Stamp, Union[List[str], ToolFailure]]:
    program = shutil.which(python) or python
    try:
        answer = _answer(python)
        folders = [str(folder) for folder in answer["folders"]]
        return _stamp([program, *folders]), [str(name) for name in answer["tools"]]
    except ToolFailure as failure:
        return _stamp([program]), failure
    except (KeyError, TypeError):
        return _stamp([program]), _silent(python, "its answer is not whole")


def _answer(python: str) -> Dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="tomo-tools-") as folder:
        path, log = Path(folder, "answer.json"), Path(folder, "log")
        with open(log, "wb") as file:
            try:
                child = subprocess.Popen(
                    [python, str(LAUNCH), "--list", str(path)],
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=file,
                    env=tool_environment(),
                    start_new_session=True,
                )
            except OSError as error:
                raise _silent(python, error.strerror or str(error)) from None
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise _silent(python, f"nothing within {PATIENCE:g} s") from None
        finally:
            _end(child)
        try:
            answer: Dict[str, Any] = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            said = log.read_text("utf-8", "replace").strip().splitlines()
            last = said[-1][:_LAST] if said else f"exit code {child.returncode}"
            raise _silent(python, last) from None
        return answer


def _end(child: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # All of the group have gone (macOS says so by refusing).
        pass
    child.wait()


def _silent(python: str, what: str) -> ToolFailure:
    return ToolFailure(
        "tool-python",
        f"{python} does not say which tools it has ({what}).",
        "reconstruction.tool",
        "Check that this Python starts, or choose another kernel.",
    )


def _stamp(paths: Sequence[str]) -> Stamp:
    """When the interpreter and the folders that it looks into have changed."""
    return tuple((path, _changed(path)) for path in paths)


def _changed(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


# --- what each is ---------------------------------------------------------------------------------


def _described(name: str, python: str, again: bool) -> Union[Described, ToolFailure]:
    with _lock:
        # The names have just been looked at: their stamp is today's.
        stamp = _names[python][0] if python in _names else ()
        kept = _tools.get((name, python))
    if kept is None or again or kept[0] != stamp:
        kept = (stamp, _say(name, python))
        with _lock:
            _tools[name, python] = kept
    return kept[1]


def _say(name: str, python: str) -> Union[Described, ToolFailure]:
    late = time.monotonic() + PATIENCE
    stop = Stop(lambda: "cancelled" if time.monotonic() > late else None)
    try:
        host = ToolHost(name, name, python)
        try:
            described = host.describe(stop)
        finally:
            host.close()
    except Stopped:
        return _broken(name, f"{name} in {python} said nothing for {PATIENCE:g} s.")
    except ToolFailure as failure:
        return failure
    except Failure as failure:
        return ToolFailure(failure.code, failure.message, failure.where, failure.hint)
    if described["name"] != name:
        return _broken(name, f"The module of {name} calls itself {described['name']}.")
    if not described["methods"]:
        return _broken(name, f"The module of {name} has no methods.")
    return described


def _broken(name: str, message: str) -> ToolFailure:
    return ToolFailure(
        "tool-broken",
        message,
        "reconstruction.tool",
        f"Install the package that has {name} again, or tell its authors.",
    )
