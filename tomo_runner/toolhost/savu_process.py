"""Savu as a process: its command, its log, its kill file."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, List, Optional

from .contract import ToolError

COMMAND = "JUPYTER_TOMO_SAVU"
"""Environment variable with the command line that starts Savu."""
INSTALL = (
    "It comes with conda only, see https://github.com/DiamondLightSource/Savu; "
    f"set {COMMAND} to the command that starts it."
)
MPI = "JUPYTER_TOMO_MPI"
"""Environment variable with the command line that starts Savu in several processes."""
MPI_DEFAULT = "mpirun -np {all} --map-by ppr:{each}:node"
KILL_FILE = "killsignal"
_POLL = 0.1
_PERCENT = re.compile(r"(\w+) - +(\d+)% complete")
_RUNNING = re.compile(r"\*Running the (\w+) plugin\*")
_OF_RANK = re.compile(r"^L +\d+ M\d+ ")
"""What every process of several logs besides; the first one's lines come plainly, too."""
_FATAL = re.compile(r"^\w*(?:Error|Exception)\b.*")
_DEATH_SIGNAL = 1


def command() -> Optional[List[str]]:
    """What starts Savu: ``$JUPYTER_TOMO_SAVU``, ``savu`` on the path, or this Python's own."""
    given = os.environ.get(COMMAND, "").strip()
    if given:
        return shlex.split(given)
    found = shutil.which("savu")
    if found:
        return [found]
    spec = importlib.util.find_spec("savu")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        script = Path(folder) / "tomo_recon.py"
        if script.exists():
            return [sys.executable, str(script)]
    return None


def require_command() -> List[str]:
    """The command.

    Raises
    ------
    ToolError
        When there is none.
    """
    found = command()
    if found is None or shutil.which(found[0]) is None:
        what = f"{found[0]} cannot be run" if found else "there is no command savu"
        raise ToolError("tool-missing", f"Savu is not here: {what}.", COMMAND, INSTALL)
    return found


@dataclass(frozen=True)
class Processes:
    """How many Savu is: on each of the nodes as many as the others, the first ones with a card.

    Attributes
    ----------
    nodes
        Of a cluster; mpirun learns from Slurm which.
    each
        On each node.
    gpus
        Of these, how many use a graphics card.
    """

    nodes: int = 1
    each: int = 1
    gpus: int = 0

    @property
    def names(self) -> str:
        """What Savu calls those of one node: graphics cards first."""
        gpus = min(self.gpus, self.each)
        cards = [f"GPU{index}" for index in range(gpus)]
        return ",".join(cards + [f"CPU{index}" for index in range(self.each - gpus)])

    def launcher(self) -> List[str]:
        """What starts them all; nothing when there is one process."""
        count = self.nodes * self.each
        if count == 1:
            return []
        given = os.environ.get(MPI, "").strip() or MPI_DEFAULT
        filled = {"{all}": count, "{each}": self.each, "{nodes}": self.nodes}
        words = shlex.split(given)
        for mark, value in filled.items():
            words = [word.replace(mark, str(value)) for word in words]
        if shutil.which(words[0]) is None:
            raise ToolError(
                "mpi-missing",
                f"Savu in {count} processes needs MPI: {words[0]} cannot be run.",
                MPI,
                "Load the module of MPI in the set-up of the resource, or run one process.",
            )
        return words


ONE = Processes()
"""A single process, as Savu is by itself."""


class Progress:
    """Reads Savu's lines: which plugin runs, and how far it is.

    Parameters
    ----------
    plugins
        How many run after the loaders.
    tell
        Called with the name of the plugin and the part of the whole that is done, 0 to 1.
    """

    def __init__(self, plugins: int, tell: Callable[[str, float], None]) -> None:
        self._plugins, self._tell = max(1, plugins), tell
        self._begun = 0
        self.error = ""

    def line(self, text: str) -> None:
        """Take a line of its output or log."""
        running, percent = _RUNNING.search(text), _PERCENT.search(text)
        if _OF_RANK.match(text):
            return
        if running:
            self._begun += 1
            self._tell(running.group(1), (self._begun - 1) / self._plugins)
        elif percent and self._begun:
            part = self._begun - 1 + int(percent.group(2)) / 100.0
            self._tell(percent.group(1), min(1.0, part / self._plugins))
        elif _FATAL.match(text):
            self.error = text.strip()


def run(
    data: Path,
    process_list: Path,
    output: Path,
    name: str,
    line: Callable[[str], None],
    stopping: Callable[[], bool] = lambda: False,
    grace: float = 30.0,
    options: Optional[List[str]] = None,
    look: Optional[Callable[[int], None]] = None,
    processes: Processes = ONE,
) -> int:
    """Run Savu and wait for its end.

    Parameters
    ----------
    data, process_list
        What it reads.
    output, name
        It writes into ``output/name``.
    line
        Called with each line that it prints.
    stopping
        Asked now and then; when true, Savu is asked to stop by its kill file, which it heeds after
        the plugin in hand; after ``grace`` seconds it is ended by a signal.
    options
        Further arguments.
    look
        Called now and then with the process's id; Savu then is in a process group of its own,
        and is ended when this raises.
    processes
        How many it is.

    Returns
    -------
    int
        Its exit code; negative: the signal that ended it.

    Raises
    ------
    ToolError
        When it cannot be started.
    """
    argv = [
        *processes.launcher(),
        *require_command(),
        str(data),
        str(process_list),
        str(output),
        "-f",
        name,
        *(["-n", processes.names] if processes != ONE else []),
        *(options or []),
    ]
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            start_new_session=look is not None,
            preexec_fn=_die_with_us(),
        )
    except OSError as error:
        os.close(reading)
        raise ToolError(
            "tool-not-started",
            f"Savu cannot be started: {argv[0]}: {error.strerror or error}.",
            COMMAND,
            INSTALL,
        ) from None
    finally:
        os.close(writing)
    lines = _Lines(reading, line)
    asked: Optional[float] = None
    try:
        while process.poll() is None:
            lines.take()
            if look is not None:
                look(process.pid)
            if stopping():
                asked = asked or _ask(output / name)
                if time.monotonic() - asked > grace:
                    _end(process, look is not None)
            time.sleep(_POLL)
        lines.take()
    finally:
        _end(process, look is not None)
        lines.close()
    return int(process.returncode)


def _ask(folder: Path) -> float:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / KILL_FILE).touch()
    return time.monotonic()


def _end(process: "subprocess.Popen[bytes]", group: bool) -> None:
    """Savu heeds SIGTERM; what does not is killed, with all that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            break
        if group:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        try:
            process.wait(3.0)
        except subprocess.TimeoutExpired:
            continue
    if group:
        try:
            # Its leader may have died first, of memory for instance.
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            # All of the group have gone (macOS says so by refusing).
            pass


class _Lines:
    """Whole lines of a pipe that does not block."""

    def __init__(self, descriptor: int, line: Callable[[str], None]) -> None:
        self._descriptor, self._line = descriptor, line
        self._rest = b""

    def take(self) -> None:
        """Pass on what is there."""
        while True:
            try:
                data = os.read(self._descriptor, 1 << 16)
            except BlockingIOError:
                return
            if not data:
                return
            *lines, self._rest = (self._rest + data).split(b"\n")
            for text in lines:
                self._line(text.decode("utf-8", "replace").rstrip("\r"))

    def close(self) -> None:
        """Pass on the last line, and give the pipe up."""
        self.take()
        if self._rest:
            self._line(self._rest.decode("utf-8", "replace"))
        os.close(self._descriptor)


def _die_with_us() -> Optional[Callable[[], Any]]:
    """On Linux the child is ended when this process dies, however it does."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)

    def ask() -> None:
        library.prctl(_DEATH_SIGNAL, signal.SIGTERM)

    return ask
