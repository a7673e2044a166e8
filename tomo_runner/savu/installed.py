"""The plugins of the Savu that is installed here, as its own Python tells them; remembered."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any, Dict, List, Optional

from .. import catalogue
from ..external import python_of
from ..external.host import tool_environment
from ..stopping import Stop
from ..toolhost import ToolError
from ..toolhost.savu_process import COMMAND, INSTALL, command

SCRIPT = Path(__file__).parents[1] / "toolhost" / "savu_plugins.py"
_LIMIT = 180.0
"""Seconds that Savu may take to say what it has: it loads all its plugins."""
_POLL = 0.1
_LAST = 400
_PACKAGES = {
    "loaders": "loader",
    "corrections": "correction",
    "absorption_corrections": "correction",
    "centering": "centering",
    "ring_removal": "rings",
    "filters": "filter",
    "alignment": "alignment",
    "reconstructions": "reconstruction",
    "reshape": "reshape",
    "basic_operations": "reshape",
    "savers": "saver",
}
"""Kinds of the catalogue by the folders of Savu."""
_LEVELS = ("basic", "intermediate", "advanced", "data", "hidden")
_lock = threading.Lock()


def installed(stop: Stop, python: Optional[str] = None, again: bool = False) -> Dict[str, Any]:
    """The plugins of the Savu here.

    Parameters
    ----------
    python
        The chosen kernel's interpreter, looked at when there is no command that starts Savu.
    again
        Ask Savu, whatever is remembered.

    Returns
    -------
    dict
        The api's ``SavuPlugins``: ``available`` with ``version``, ``command``, ``gpu``,
        ``plugins`` and ``failed``; or ``why`` there are none, and what to ``install``.

    Raises
    ------
    Stopped
        When it was told to stop.
    """
    try:
        chosen, told = interpreter(python)
        with _lock:
            key = _key(chosen, told)
            found = None if again else _remembered(key)
            if found is None:
                found = _ask(chosen, stop)
                _remember(key, found)
    except ToolError as error:
        return {"available": False, "why": error.message, "install": error.hint, "plugins": []}
    return {
        "available": True,
        "version": str(found["version"]),
        "command": told,
        "gpu": shutil.which("nvidia-smi") is not None,
        "plugins": [_known(plugin, str(found["version"])) for plugin in found["plugins"]],
        "failed": [str(each["id"]) for each in found["failed"]],
    }


def interpreter(python: Optional[str] = None) -> "tuple[str, str]":
    """The Python that has Savu, and the command by which it was found.

    Raises
    ------
    ToolError
        When the command cannot be run, or is no Python program.
    """
    argv = command()
    if argv is None:
        asked = python_of("savu", python)
        return asked, asked
    started = shutil.which(argv[0])
    if started is None:
        raise ToolError(
            "tool-missing", f"Savu is not here: {argv[0]} cannot be run.", COMMAND, INSTALL
        )
    told = " ".join(argv)
    for candidate in (started, _first_line(Path(started)), *_beside(Path(started))):
        if Path(candidate).name.startswith("python") and shutil.which(candidate):
            return candidate, told
    raise ToolError(
        "savu-python",
        f"The Python of Savu is not known: {started} is no Python program.",
        COMMAND,
        f"Set {COMMAND} to the command savu in the folder bin of its environment.",
    )


def _first_line(program: Path) -> str:
    """The interpreter that a script names in its first line; empty when it names none."""
    try:
        with open(program, "rb") as file:
            line = file.readline(512)
    except OSError:
        return ""
    words = line[2:].decode("utf-8", "replace").split() if line.startswith(b"#!") else []
    return words[0] if words else ""


def _beside(program: Path) -> List[str]:
    return [str(program.parent / name) for name in ("python", "python3")]


def _ask(python: str, stop: Stop) -> Dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="tomo-savu-") as folder:
        answer, log = Path(folder, "answer.json"), Path(folder, "log")
        with open(log, "wb") as file:
            try:
                child = subprocess.Popen(
                    [python, str(SCRIPT), str(answer)],
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=file,
                    env=tool_environment(),
                )
            except OSError as error:
                raise _silent(f"{python}: {error.strerror or error}") from None
        try:
            _wait(child, stop)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        said = log.read_text("utf-8", "replace").strip().splitlines()
        try:
            found: Dict[str, Any] = json.loads(answer.read_text("utf-8"))
        except (OSError, ValueError):
            raise _silent(said[-1][:_LAST] if said else f"exit code {child.returncode}") from None
        return found


def _wait(child: "subprocess.Popen[bytes]", stop: Stop) -> None:
    left = _LIMIT
    while True:
        try:
            child.wait(_POLL)
            return
        except subprocess.TimeoutExpired:
            stop.check()
            left -= _POLL
            if left <= 0:
                raise _silent(f"nothing within {_LIMIT:g} s") from None


def _silent(what: str) -> ToolError:
    return ToolError(
        "savu-plugins", f"Savu does not say which plugins it has ({what}).", COMMAND, INSTALL
    )


# --- what is remembered ---------------------------------------------------------------------------


def _key(python: str, told: str) -> str:
    """A change of command, interpreter or script is another Savu."""
    parts = [python, told, SCRIPT.read_text("utf-8"), os.environ.get("SAVU_PLUGINS_PATH", "")]
    for path in (told.split(" ")[-1], python):
        try:
            parts.append(str(Path(path).stat().st_mtime_ns))
        except OSError:
            continue
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _path(key: str) -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache, "jupyterlab-tomo", f"savu-{key}.json")


def _remembered(key: str) -> Optional[Dict[str, Any]]:
    try:
        found: Dict[str, Any] = json.loads(_path(key).read_text("utf-8"))
        return found if {"version", "plugins", "failed"} <= set(found) else None
    except (OSError, ValueError, TypeError):
        return None


def _remember(key: str, found: Dict[str, Any]) -> None:
    path = _path(key)
    part = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(found), "utf-8")
        part.replace(path)
    except OSError:
        # It is asked again next time.
        part.unlink(missing_ok=True)


# --- as the editor needs it -----------------------------------------------------------------------


def _known(found: Dict[str, Any], version: str) -> Dict[str, Any]:
    """A plugin; what the shipped catalogue says of the same one is put better there."""
    file = catalogue.document("savu.json")
    shipped = next((p for p in file["plugins"] if p["id"] == found["id"]), None)
    package = found["id"].split(".")[2] if found["id"].count(".") > 2 else ""
    known = {
        "name": found["name"],
        "id": found["id"],
        "kind": _PACKAGES.get(package, "other"),
        "title": found["name"],
        "help": found["help"],
        "gpu": bool(found["gpu"]),
        "missing": list(found["missing"]),
        "parameters": [_parameter(parameter) for parameter in found["parameters"]],
    }
    if shipped:
        known.update({key: shipped[key] for key in ("kind", "title", "help")})
    if shipped and version == file["version"]:
        same = {p["name"]: p for p in shipped["parameters"]}
        known["parameters"] = [
            same[p["name"]]
            if p["name"] in same and same[p["name"]]["default"] == p["default"]
            else p
            for p in known["parameters"]
        ]
    return known


def _parameter(found: Dict[str, Any]) -> Dict[str, Any]:
    level = found["level"] if found["level"] in _LEVELS else "advanced"
    return {**found, "level": level}
