"""A run from a notebook: a job folder and a child process, as the panel's runs are."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from .agent_client import agent
from .failure import TomoError
from .progress import Progress
from .result import Result

POLL = 0.2
PATIENCE = 20.0
"""Seconds that a cancelled run has to come to the next slice."""


def run(
    recipe: dict[str, Any],
    base: Path,
    name: str,
    output: Path | str | None,
    rows: tuple[int, int] | None,
    cores: int | None,
    memory: int | None,
) -> Result:
    """Run a recipe to its end; see :meth:`Recipe.run`."""
    # They may be NumPy's.
    cores = int(cores or os.cpu_count() or 1)
    memory = int(memory or _half_of_free_memory())
    if output is None:
        asked = {"base": str(base), "recipe": recipe, "name": name}
        told = agent().ask("estimate", **asked, cores=cores, memory=memory)["output"]
        # An estimate leaves open when the run starts: it is now.
        output = told.replace("{date}", time.strftime("%Y-%m-%d_%H%M%S"))
    folder = Path(tempfile.mkdtemp(prefix="tomo-run-"))
    try:
        job = {
            "id": str(uuid.uuid4()),
            "name": name,
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "resource": "notebook",
            "base": str(base),
            "cores": cores,
            "memory": memory,
            "rows": [int(row) for row in rows] if rows is not None else None,
            "output": str(Path(output).absolute()),
        }
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        (folder / "recipe.tomo.json").write_text(json.dumps(recipe), encoding="utf-8")
        return Result(_follow(folder, name))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _follow(folder: Path, name: str) -> str:
    """Run a job folder and show how far it is; gives the result folder back."""
    with (folder / "stderr.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tomo_runner", "job", str(folder)],
            # Its end tells the child that this process is gone.
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )
    progress = Progress(name)
    try:
        while process.poll() is None:
            progress.show(_status(folder))
            time.sleep(POLL)
    except KeyboardInterrupt:
        (folder / "cancel").touch()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        progress.show(_status(folder))
        raise
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdin:
            process.stdin.close()
    status = _status(folder)
    progress.show(status)
    if status.get("state") == "finished":
        return str(status["output"])
    if status.get("failure"):
        raise TomoError.from_json(status["failure"])
    said = (folder / "stderr.log").read_text(errors="replace").strip().splitlines()
    raise TomoError(
        "run-ended",
        f"The run ended with {process.returncode}: {said[-1] if said else 'it said nothing'}.",
        name,
        "Run it again; if it ends like this again, try fewer cores or less memory.",
    )


def _status(folder: Path) -> dict[str, Any]:
    """``status.json``; empty before there is one."""
    try:
        status = json.loads((folder / "status.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return status if isinstance(status, dict) else {}


def _half_of_free_memory() -> int:
    """Bytes; 2 GiB where the system does not say."""
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        free = 4 << 30
    return max(256 << 20, free // 2)
