"""Commands in recipes run only after their user has approved them.

A recipe may come from anywhere, so what it wants to run is nobody's word but the user's: approvals
are hashes in a file of the user's own configuration, or in the job that was submitted.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Optional, Set

from ..failures import RecipeFailure, output_failure
from ..files import replace_json
from ..recipe import Recipe

COMMAND = "command"
"""Name of the tool."""


def command_of(recipe: Recipe) -> Optional[str]:
    """The command that a recipe wants to run; None when it has none."""
    reconstruction = recipe.get("reconstruction", {})
    if reconstruction.get("tool") != COMMAND:
        return None
    return str(reconstruction.get("parameters", {}).get("command", ""))


def command_hash(command: str) -> str:
    """SHA-256 of a command as hexadecimal digits."""
    return hashlib.sha256(command.encode("utf-8")).hexdigest()


def check_approved(recipe: Recipe, approved: Optional[str] = None) -> None:
    """Refuse a recipe whose command nobody has approved.

    Parameters
    ----------
    approved
        Hash that came with the job.

    Raises
    ------
    RecipeFailure
        With the command, word for word.
    """
    command = command_of(recipe)
    if command is None or command_hash(command) in {approved, *_approved()}:
        return
    raise RecipeFailure(
        "command-not-approved",
        f"The recipe wants to run a command that has not been approved: {command}",
        "reconstruction.parameters.command",
        "Read it; if you trust it, approve it with: jupyter tomo approve RECIPE.",
    )


def approve(command: str) -> Path:
    """Keep that the user has approved a command; returns the file that says so."""
    path = _path()
    known = sorted({*_approved(), command_hash(command)})
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise output_failure(error, path.parent) from None
    replace_json(path, {"approved": known})
    return path


def _approved() -> Set[str]:
    try:
        kept = json.loads(_path().read_text(encoding="utf-8"))
        return {str(entry) for entry in kept["approved"]}
    except (OSError, ValueError, KeyError, TypeError):
        # Nothing was approved yet, or somebody broke the file: then nothing is.
        return set()


def _path() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base, "jupyterlab-tomo", "approved-commands.json")
