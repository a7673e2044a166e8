"""A run that several tasks share: each does some rows, and one finishing step joins them."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

from ..failures import OutputFailure, output_failure
from .journal import Journal

_PATIENCE = 10.0
"""Seconds until a folder that another host has just made is seen here, too."""


@dataclass(frozen=True)
class Whole:
    """The run that a task is a part of.

    Attributes
    ----------
    folder
        Its job folder; the task's is ``tasks/<k>`` in it.
    rows
        First row and one past the last of the whole run; the region of interest when left out.
    """

    folder: Path
    rows: Optional[Tuple[int, int]] = None


class Shared:
    """What all tasks of a run must have in common to the bit, as noise, dose and centre.

    The first task that knows a thing writes it; everybody takes what is written. So tasks agree
    even when their processors round differently.

    Parameters
    ----------
    folder
        The whole run's job folder.
    signature
        Of recipe and data set.
    """

    def __init__(self, folder: Path, signature: str) -> None:
        self._folder = folder
        self._signature = signature

    def get(self, kind: str) -> Optional[Dict[str, Any]]:
        """What is known; None while nobody has written it.

        Raises
        ------
        OutputFailure
            When it belongs to another recipe or data set.
        """
        path = self._path(kind)
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise OutputFailure(
                "shared-broken", f"{path} cannot be read ({error}).", str(path), "Start a new run."
            ) from None
        if not isinstance(known, dict) or known.get("signature") != self._signature:
            raise OutputFailure(
                "journal-differs",
                f"{path} belongs to another recipe or data set.",
                str(path),
                "Start a new run.",
            )
        return dict(known["value"])

    def offer(self, kind: str, value: Dict[str, Any]) -> Dict[str, Any]:
        """Write it unless somebody was faster; what counts from now on."""
        path = self._path(kind)
        part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
        text = json.dumps({"signature": self._signature, "value": value})
        try:
            part.write_text(text, encoding="utf-8")
            try:
                # A link is made once, whoever comes second fails; a rename would replace.
                os.link(part, path)
            except FileExistsError:
                pass
            except OSError:
                # A file system without links: the window is small, and all compute the same.
                if not path.exists():
                    os.replace(part, path)
        except OSError as error:
            raise output_failure(error, path) from None
        finally:
            try:
                part.unlink()
            except OSError:
                # It was renamed, or never made.
                pass
        return self.get(kind) or value

    def _path(self, kind: str) -> Path:
        return self._folder / f"{kind}.json"


def finishing(folder: Path) -> Optional[Dict[str, Any]]:
    """The entry of the whole run's journal that says that its result is being completed."""
    return Journal(folder / Journal.NAME).last("finishing")


def until_ours(claim: Any) -> None:
    """Claim a result folder that other tasks may be making just now.

    Parameters
    ----------
    claim
        Raises ``OutputFailure`` with the code ``output-exists`` while the folder looks foreign.
    """
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            claim()
            return
        except OutputFailure as failure:
            if failure.code != "output-exists" or time.monotonic() > deadline:
                raise
        time.sleep(0.2)
