"""Whether images were written anew: the own time of their folder does not say.

Names, times and sizes do.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Tuple

from .tiff import EXTENSIONS

_PAUSE = 20.0
"""Looking takes a share of the time: this many times as long as a look took, the next one waits."""
_MOST = 64
"""Folders that are remembered."""


class Looks:
    """Names, times and sizes of the images of folders, as one word each.

    On a disk at hand a look takes milliseconds and every request has one; a thousand files of a
    network disk may take a second, and are not asked for with every step of a wheel.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: OrderedDict[Tuple[str, int], Tuple[str, float]] = OrderedDict()

    def of(self, folder: Path, since: int) -> str:
        """A word that changes when an image of the folder does.

        Parameters
        ----------
        folder
            Which may be missing: then the word is empty.
        since
            The folder's own time: files that come and go are seen at once.
        """
        key = (str(folder), since)
        began = time.monotonic()
        with self._lock:
            word, due = self._seen.get(key, ("", 0.0))
            if began < due:
                self._seen.move_to_end(key)
                return word
        word = _word(folder)
        ended = time.monotonic()
        with self._lock:
            self._seen[key] = (word, ended + _PAUSE * (ended - began))
            self._seen.move_to_end(key)
            while len(self._seen) > _MOST:
                self._seen.popitem(last=False)
        return word


def _word(folder: Path) -> str:
    try:
        with os.scandir(folder) as entries:
            found = sorted(
                (entry.name, status.st_mtime_ns, status.st_size)
                for entry in entries
                if entry.name.lower().endswith(EXTENSIONS)
                for status in (entry.stat(),)
            )
    except OSError:
        # Who opens the data says what is wrong with them.
        return ""
    return hashlib.blake2b(repr(found).encode(), digest_size=8).hexdigest() if found else ""
