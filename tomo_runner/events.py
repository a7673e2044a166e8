"""What a job tells the world: ``status.json`` by rename, ``events.jsonl`` appended."""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any, Dict, List, Optional

from .failures import Failure
from .files import replace_json
from .process import family_bytes, peak_bytes

_STATUS = 0.2
"""Seconds between two versions of the status, while it changes."""
_PROGRESS = 1.0
"""Seconds between two progress events."""
_MEASURE = 1.0
"""Seconds between two looks at the memory."""


def now() -> str:
    """The time as ISO 8601 in UTC."""
    seconds = time.time()
    return (
        time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds % 1 * 1e3):03d}Z"
    )


class JobMonitor:
    """A monitor that keeps a job folder's status and events.

    Parameters
    ----------
    folder
        The job folder.
    attempt
        Which attempt of the job this is, counted from 1.
    """

    def __init__(self, folder: Path, attempt: int) -> None:
        self._status_path = folder / "status.json"
        self._events_path = folder / "events.jsonl"
        self._lock = threading.Lock()
        self._seq = _last_seq(self._events_path)
        self._begun: Optional[float] = None
        self._had = 0
        self._told = self._measured = 0.0
        self._changed = True
        self._end = threading.Event()
        self._status: Dict[str, Any] = {
            "state": "running",
            "stage": "open",
            "done": 0,
            "total": 1,
            "slices": {"done": 0, "total": 0},
            "rate": None,
            "remaining": None,
            "memory": None,
            "started": now(),
            "ended": None,
            "output": "",
            "warnings": [],
            "failure": None,
            "seq": self._seq,
            "attempt": attempt,
        }
        self._write()
        self._thread = threading.Thread(target=self._keep, name="status", daemon=True)
        self._thread.start()

    def stage(self, name: str, total: int) -> None:
        """A new stage begins."""
        with self._lock:
            self._status.update(stage=name, done=0, total=total)
            self._tell("stage", stage=name, total=total)

    def progress(self, done: int) -> None:
        """Pieces of the stage that are done."""
        with self._lock:
            self._status["done"] = max(done, self._status["done"])
            self._changed = True
            moment = time.monotonic()
            if moment - self._told >= _PROGRESS:
                self._told = moment
                fields = {key: self._status[key] for key in ("stage", "done", "total", "slices")}
                self._tell("progress", **fields)

    def slices(self, done: int, total: int) -> None:
        """Slices of the whole run that are written."""
        with self._lock:
            known = self._status["slices"]["done"]
            self._status["slices"] = {"done": max(done, known), "total": total}
            self._changed = True
            if self._begun is None:
                self._begun, self._had = time.monotonic(), done
            elif done > self._had:
                spent = max(time.monotonic() - self._begun, 1e-3)
                rate = (done - self._had) / spent
                self._status["rate"] = round(rate, 3)
                self._status["remaining"] = round((total - done) / rate, 1)

    def warning(self, text: str) -> None:
        """Something to know."""
        with self._lock:
            warnings: List[str] = self._status["warnings"]
            if text not in warnings:
                warnings.append(text)
            self._tell("warning", text=text)

    def output(self, folder: str) -> None:
        """The result folder is made."""
        with self._lock:
            self._status["output"] = folder
            self._tell("output", folder=folder)

    def ended(self, state: str, failure: Optional[Failure] = None) -> None:
        """The last status of this attempt; it is on disk when this returns."""
        with self._lock:
            self._status.update(state=state, ended=now(), remaining=None)
            if failure is not None and state == "failed":
                self._status["failure"] = failure.to_json()
                self._tell("failed", failure=failure.to_json())
            else:
                self._tell("done", state=state)
        self._end.set()
        self._thread.join()
        self._measure(last=True)
        self._write()

    def _tell(self, kind: str, **fields: Any) -> None:
        self._seq += 1
        self._status["seq"] = self._seq
        self._changed = True
        moment = now()
        line = json.dumps({"seq": self._seq, "time": moment, "kind": kind, **fields})
        said = _sentence(kind, fields)
        try:
            if said:
                print(moment[11:19], said, file=sys.stderr, flush=True)
            with open(self._events_path, "a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError:
            # A full disk ends the run where its slices are written; telling must not hide that.
            return

    def _keep(self) -> None:
        while not self._end.wait(_STATUS):
            self._measure()
            if self._changed:
                try:
                    self._write()
                except Failure:
                    # As above; the next time may work.
                    continue

    def _measure(self, last: bool = False) -> None:
        """The most memory that the run has held, with what it has started."""
        moment = time.monotonic()
        if last or moment - self._measured >= _MEASURE:
            self._measured = moment
            known = self._status["memory"] or 0
            most = max(known, family_bytes(), peak_bytes())
            with self._lock:
                self._status["memory"] = most
                # Little changes go with the next that is told.
                self._changed = self._changed or most > 1.02 * known

    def _write(self) -> None:
        with self._lock:
            self._changed = False
            status = json.loads(json.dumps(self._status))
        replace_json(self._status_path, {k: v for k, v in status.items() if v is not None})


def _sentence(kind: str, fields: Dict[str, Any]) -> str:
    """An event as a line of the job's log; empty for what is no news there."""
    if kind == "stage":
        return str(fields["stage"])
    if kind == "progress":
        return f"{fields['stage']} {fields['done']} of {fields['total']}"
    if kind == "warning":
        return f"Warning: {fields['text']}"
    if kind == "output":
        return f"Slices go to {fields['folder']}"
    return str(fields["state"]) if kind == "done" else ""


def _last_seq(path: Path) -> int:
    """The number of the last event of earlier attempts."""
    try:
        with open(path, encoding="utf-8") as file:
            return sum(1 for _ in file)
    except FileNotFoundError:
        return 0
