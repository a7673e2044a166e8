"""The folder, closed to other users, in which the sockets of one server live."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import tempfile
from pathlib import Path

PREFIX = "tomo-"
# What is swept: nobody else's folder holds a file of this name, whatever the folder is called.
LOCK = "jupyterlab-tomo.lock"
# sun_path holds 104 bytes on macOS and 108 on Linux, with the zero at the end.
LONGEST = 103
_LONGEST_NAME = "/kernels.sock"


class PrivateFolder:
    """A fresh folder of mode 0700; gone at `close`, or swept by the next server.

    Parameters
    ----------
    parents
        Folders to try in turn. One is taken when the path of a socket in it is short enough
        and its file system holds sockets (some network file systems do not).

    Raises
    ------
    OSError
        No parent will do.
    """

    def __init__(self, parents: list[Path]) -> None:
        for parent in parents:
            sweep(parent)
        reasons = []
        for parent in parents:
            try:
                self.path = _make(parent)
            except OSError as error:
                reasons.append(f"{parent}: {error}")
                continue
            self._lock = _hold(self.path / LOCK)
            return
        raise OSError(f"No folder can hold a socket ({'; '.join(reasons)}).")

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.path, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.close(self._lock)


def sweep(parent: Path) -> list[Path]:
    """Remove the folders of servers that are gone; returns those removed."""
    removed = []
    for folder in parent.glob(f"{PREFIX}*/{LOCK}"):
        try:
            if folder.lstat().st_uid != os.getuid():
                continue
            lock = _hold(folder)
        except OSError:
            # Held by a living server, or not ours to look at.
            continue
        shutil.rmtree(folder.parent, ignore_errors=True)
        os.close(lock)
        removed.append(folder.parent)
    return removed


def _hold(path: Path) -> int:
    """Lock a file; the lock is released by the kernel however the process ends."""
    held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise
    return held


def _make(parent: Path) -> Path:
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    try:
        if len(os.fsencode(folder)) + len(_LONGEST_NAME) > LONGEST:
            raise OSError("its path is too long for a socket")
        with socket.socket(socket.AF_UNIX) as trial:
            trial.bind(str(folder / "trial.sock"))
        (folder / "trial.sock").unlink()
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder
