"""Contents paths and absolute paths, each from the other."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from .failures import ServerFailure

# The drive of the collaboration extension is a view of the server's own files.
SAME_AS_DEFAULT = ("RTC",)


def resolve_contents_path(path: str, contents_manager: Any) -> dict[str, object]:
    """What a contents path stands for on disk.

    Parameters
    ----------
    path
        Contents path as the browser has it; may start with a drive, as ``RTC:``.
    contents_manager
        The server's; its files have to live under a ``root_dir``.

    Returns
    -------
    dict
        ``resource`` (always ``local``), ``path`` (absolute) and ``directory``.

    Raises
    ------
    ServerFailure
        An unknown drive, a path that leaves the root, or nothing there.
    """
    root = _root(contents_manager)
    found = _below(root, path)
    if not found.exists():
        found = _below(root, _without_drive(path))
    if not found.exists():
        raise ServerFailure(
            404,
            "path-not-found",
            f"There is no file or folder {path or '/'}.",
            path,
            "Refresh the file browser; it may have been moved or removed.",
        )
    return {"resource": "local", "path": str(found), "directory": found.is_dir()}


def contents_path_of(absolute: str, contents_manager: Any) -> str | None:
    """Contents path of an absolute path, or None when it lies outside the root."""
    if not Path(absolute).is_absolute():
        raise ServerFailure(
            400,
            "path-not-absolute",
            f"{absolute} is not an absolute path.",
            "absolute",
            "Give the path from / on.",
        )
    root = _root(contents_manager)
    # As it is written first: a folder in the root may be a link to the facility's disk.
    for base, path in (
        (root, Path(os.path.normpath(absolute))),
        (root.resolve(), Path(absolute).resolve()),
    ):
        if path.is_relative_to(base):
            inside = path.relative_to(base).as_posix()
            return "" if inside == "." else inside
    return None


def _root(contents_manager: Any) -> Path:
    root = getattr(contents_manager, "root_dir", "")
    if not isinstance(root, str) or not Path(root).is_absolute() or not Path(root).is_dir():
        raise ServerFailure(
            501,
            "contents-not-files",
            f"The files of this server ({type(contents_manager).__name__}) are not files on a disk "
            "that the runner can read.",
            "ServerApp.contents_manager_class",
            "Type the absolute path of the data instead.",
        )
    return Path(os.path.normpath(root))


def _without_drive(path: str) -> str:
    drive, colon, rest = path.partition(":")
    if not colon or "/" in drive:
        return path
    if drive not in SAME_AS_DEFAULT:
        raise ServerFailure(
            400,
            "drive-without-files",
            f"The drive {drive} has no files that the server can read.",
            path,
            "Copy the data to the server's own files, or type their absolute path.",
        )
    return rest


def _below(root: Path, path: str) -> Path:
    outside = ServerFailure(
        403,
        "path-outside-root",
        f"{path!r} leads out of the folder that this server shows.",
        path,
        "Type the absolute path of the data instead.",
    )
    if "\0" in path:
        raise outside
    found = Path(os.path.normpath(root / path.strip("/")))
    if not found.is_relative_to(root):
        raise outside
    return found
