"""Files that appear whole or not at all."""

from __future__ import annotations

import json
import os
import re
import threading
from pathlib import Path
from typing import Any, Callable

from .failures import output_failure

_PART = re.compile(r"^\.(.+)\.\d+\.\d+\.part$")


def replace_file(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file beside its place and rename it.

    Parameters
    ----------
    path
        The final name.
    write
        Writes the path that it is given.

    Raises
    ------
    OutputFailure
        When it cannot be written; nothing is left behind then.
    """
    part = part_of(path)
    try:
        write(part)
        os.replace(part, path)
    except OSError as error:
        raise output_failure(error, path) from None
    finally:
        try:
            part.unlink()
        except OSError:
            # It was renamed, or never made: nothing to clean.
            pass


def part_of(path: Path) -> Path:
    """Where a file is written before it gets its name."""
    return path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")


def is_part(name: str) -> bool:
    """Whether a file is on its way: written, but not renamed yet."""
    return _PART.match(name) is not None


def clear_parts(folder: Path, of: Callable[[str], bool] = lambda _name: True) -> None:
    """Remove what a killed process left half-written.

    Call it only while holding the folder's lease, before anything is written into it.

    Parameters
    ----------
    of
        Which final names are meant, where others write at the same time; all when left out.
    """
    for path in folder.iterdir():
        match = _PART.match(path.name)
        if match and of(match.group(1)):
            try:
                path.unlink()
            except FileNotFoundError:
                # It has just been renamed.
                continue
            except OSError as error:
                raise output_failure(error, path) from None


def replace_text(path: Path, text: str) -> None:
    """Write a text file by rename."""

    def write(part: Path) -> None:
        part.write_text(text, encoding="utf-8")

    replace_file(path, write)


def replace_json(path: Path, value: Any) -> None:
    """Write a JSON file by rename; NaN is refused."""
    replace_text(path, json.dumps(value, indent=1, allow_nan=False) + "\n")
