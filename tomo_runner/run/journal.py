"""What a resumed run needs to know of the run before it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict, List, Optional

from ..failures import output_failure


class Journal:
    """Lines of JSON that are only ever appended.

    Parameters
    ----------
    path
        The file; what a run before has written into it is read.
    """

    NAME = "journal.jsonl"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: List[Dict[str, Any]] = []
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            text = ""
        complete, _, rest = text.rpartition("\n")
        for line in complete.splitlines():
            try:
                self._entries.append(json.loads(line))
            except json.JSONDecodeError:
                # Half a line that a killed run left behind; what it would have said is done again.
                continue
        self._needs_newline = bool(rest)

    def last(self, kind: str) -> Optional[Dict[str, Any]]:
        """The newest entry of a kind."""
        return next((e for e in reversed(self._entries) if e.get("kind") == kind), None)

    def all(self, kind: str) -> List[Dict[str, Any]]:
        """All entries of a kind, oldest first."""
        return [entry for entry in self._entries if entry.get("kind") == kind]

    def add(self, kind: str, **fields: Any) -> None:
        """Append an entry and bring it to the disk."""
        entry = {"kind": kind, **fields}
        self._entries.append(entry)
        lead = "\n" if self._needs_newline else ""
        self._needs_newline = False
        try:
            with open(self._path, "a", encoding="utf-8") as file:
                file.write(lead + json.dumps(entry) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise output_failure(error, self._path) from None
