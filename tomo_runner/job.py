"""Execute a job folder, or a part of it. What its files mean is in ``docs/architecture.md``."""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

from .estimate import remember
from .events import JobMonitor
from .failures import RecipeFailure, Stopped, as_failure
from .lease import Lease
from .recipe import load_recipe
from .run import RunRequest, Whole, execute, finish
from .stopping import Stop

_LOOK = 0.1
"""Seconds between two looks for the cancel file."""

Work = Callable[[JobMonitor, Stop], None]


def run_job(folder: Path) -> int:
    """Run a job, or one task of it, to its end, whatever that is.

    Parameters
    ----------
    folder
        Absolute job folder with ``job.json`` and ``recipe.tomo.json``. With ``part: true`` in
        ``job.json`` it is ``tasks/<k>`` in the job folder of the whole run.

    Returns
    -------
    int
        Exit code as of ``run``; ``status.json`` says the rest.

    Raises
    ------
    Failure
        When the folder is no job, or another process works on it: then its status is not ours.
    """
    job = _read(folder / "job.json")
    whole: Optional[Whole] = None
    if job.get("part"):
        above = folder.parent.parent
        whole = Whole(above, _rows(_read(above / "job.json")))

    def work(monitor: JobMonitor, stop: Stop) -> None:
        request = _request(folder, job, whole)
        stop.check()
        remember(execute(request, monitor, stop), request.cores, request.recipe)

    return _carry_out(folder, job, whole, work)


def finish_job(folder: Path) -> int:
    """Complete the result of a job that tasks have carried out; again changes nothing.

    Parameters
    ----------
    folder
        Absolute job folder of the whole run, with ``tasks/``.

    Returns
    -------
    int
        Exit code as of ``run``; ``status.json`` says the rest.

    Raises
    ------
    Failure
        As ``run_job``.
    """
    job = _read(folder / "job.json")

    def work(monitor: JobMonitor, stop: Stop) -> None:
        finish(_request(folder, job, None), _tasks(folder), monitor, stop)

    return _carry_out(folder, job, None, work)


def _carry_out(folder: Path, job: Dict[str, Any], whole: Optional[Whole], work: Work) -> int:
    with Lease(folder):
        monitor = JobMonitor(folder, _attempt(folder))
        stop = _stop(folder, whole, job.get("kernel") != "")
        try:
            work(monitor, stop)
        except Stopped as stopped:
            print(stopped.sentence(), file=sys.stderr)
            monitor.ended(stopped.code, stopped)
            return stopped.exit_code
        except Exception as error:
            failure = as_failure(error)
            if failure.code == "unexpected":
                traceback.print_exc()
            print(failure.sentence(), file=sys.stderr)
            monitor.ended("failed", failure)
            return failure.exit_code
        monitor.ended("finished")
    return 0


def _request(folder: Path, job: Dict[str, Any], whole: Optional[Whole]) -> RunRequest:
    return RunRequest(
        recipe=load_recipe(folder / "recipe.tomo.json"),
        base=Path(job["base"]),
        name=str(job["name"]),
        output=Path(job["output"]),
        folder=folder,
        identity=str(job["id"]),
        cores=int(job["cores"]),
        memory=int(job["memory"]),
        rows=_rows(job),
        whole=whole,
        approved=job.get("approved"),
    )


def _rows(job: Dict[str, Any]) -> Optional[Tuple[int, int]]:
    rows = job.get("rows")
    return None if rows is None else (int(rows[0]), int(rows[1]))


def _tasks(folder: Path) -> List[Path]:
    """The tasks' folders in the order of their numbers."""
    tasks = folder / "tasks"
    found = [path for path in tasks.iterdir() if path.name.isdigit()] if tasks.is_dir() else []
    return sorted(found, key=lambda path: int(path.name))


def _read(path: Path) -> Dict[str, Any]:
    try:
        job = json.loads(path.read_text(encoding="utf-8"))
        missing = {"id", "name", "base", "output", "cores", "memory"} - set(job)
    except (OSError, ValueError, TypeError) as error:
        raise RecipeFailure(
            "no-job", f"{path} cannot be read ({error}).", str(path), "Give a job folder."
        ) from None
    if missing:
        raise RecipeFailure(
            "no-job", f"{path} lacks {sorted(missing)[0]}.", str(path), "Submit the job again."
        )
    return dict(job)


def _attempt(folder: Path) -> int:
    """Which attempt this is: the proxy's count, else one more than the last."""
    for name, more in (("kernel.json", 0), ("status.json", 1)):
        try:
            known = json.loads((folder / name).read_text(encoding="utf-8"))
            return int(known["attempt"]) + more
        except (OSError, ValueError, KeyError, TypeError):
            # Not there, or from somebody else: the next one may know.
            continue
    return 1


def _stop(folder: Path, whole: Optional[Whole], piped: bool) -> Stop:
    """Listen to the cancel file, to signals, and to the end of a piped standard input.

    ``piped`` is false for jobs without a kernel: nobody holds the other end of their input.
    """
    cancels = [folder / "cancel"] if whole is None else [folder / "cancel", whole.folder / "cancel"]
    looked = [0.0]

    def cancelled() -> bool:
        return any(path.exists() for path in cancels)

    def probe() -> Optional[str]:
        moment = time.monotonic()
        if moment - looked[0] < _LOOK:
            return None
        looked[0] = moment
        return "cancelled" if cancelled() else None

    stop = Stop(probe)

    def interrupted() -> None:
        stop.request("cancelled" if cancelled() else "interrupted")

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: interrupted())
    if piped and _is_pipe():
        threading.Thread(target=_until_end, args=(interrupted,), name="stdin", daemon=True).start()
    return stop


def _is_pipe() -> bool:
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _until_end(ended: Callable[[], None]) -> None:
    """Whoever started this holds the other end: when it closes, they are gone."""
    while os.read(0, 4096):
        continue
    ended()
