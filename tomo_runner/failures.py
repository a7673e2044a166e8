"""What can go wrong, each as one sentence with its place and what to do."""

from __future__ import annotations

import errno
from typing import Any, Dict, Sequence

from .engine.failure import EngineError


class Failure(Exception):
    """Something that ends a command, told so that a user can act on it.

    Parameters
    ----------
    code
        Stable name in kebab-case, for programs.
    message
        One sentence: what is wrong.
    where
        File or field; empty when there is none.
    hint
        What to do; empty when nothing can be done.
    """

    exit_code = 1

    def __init__(self, code: str, message: str, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.where = where
        self.hint = hint

    def to_json(self) -> Dict[str, str]:
        """The four fields, as every door of the project shows them."""
        return {
            "code": self.code,
            "message": self.message,
            "where": self.where,
            "hint": self.hint,
        }

    def sentence(self) -> str:
        """Message and hint on one line, for a terminal."""
        return f"{self.message} {self.hint}".strip()


class RecipeFailure(Failure):
    """The call or the recipe is wrong."""

    exit_code = 2


class DataFailure(Failure):
    """The data set is missing, broken or not enough for what was asked."""

    exit_code = 3


class ToolFailure(Failure):
    """The reconstruction itself failed.

    ``lines`` are the last that the tool printed, for the log.
    """

    exit_code = 4

    def __init__(
        self,
        code: str,
        message: str,
        where: str = "",
        hint: str = "",
        lines: Sequence[str] = (),
    ) -> None:
        super().__init__(code, message, where, hint)
        self.lines = list(lines)


class OutputFailure(Failure):
    """The result cannot be written."""

    exit_code = 5


class Stopped(Failure):
    """Somebody asked the work to stop.

    ``reason`` is ``cancelled`` (asked for), ``interrupted`` (the process that started the run is
    gone; it can be resumed) or ``superseded`` (a newer request took its place).
    """

    exit_code = 130

    def __init__(self, reason: str) -> None:
        messages = {
            "cancelled": "The work was cancelled.",
            "interrupted": "The work was interrupted.",
            "superseded": "A newer request took the place of this one.",
        }
        hint = "Run it again to compute what is missing." if reason == "interrupted" else ""
        code = "interrupted" if reason == "interrupted" else "cancelled"
        super().__init__(code, messages[reason], "", hint)
        self.reason = reason


def output_failure(error: OSError, path: Any) -> OutputFailure:
    """The failure that an error of the operating system while writing stands for."""
    where = str(path)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return OutputFailure(
            "disk-full",
            f"There is no space left to write {where}.",
            where,
            "Free some space or choose another output folder; finished slices are kept and a "
            "resumed run computes only the missing ones.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return OutputFailure(
            "output-read-only",
            f"{where} cannot be written: permission denied.",
            where,
            "Choose an output folder that you may write to.",
        )
    return OutputFailure(
        "output-failed",
        f"{where} cannot be written: {error.strerror or error}.",
        where,
        "Check the output folder and run again; finished slices are kept.",
    )


def as_failure(error: BaseException) -> Failure:
    """Any exception as a failure; one that nobody expected keeps its type and text."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, EngineError):
        return ToolFailure(error.code, error.message, error.where, error.hint)
    if isinstance(error, KeyboardInterrupt):
        return Stopped("cancelled")
    if isinstance(error, MemoryError):
        return ToolFailure(
            "out-of-memory",
            "There is not enough memory for this step.",
            "",
            "Give the run less cores or a smaller region.",
        )
    return ToolFailure(
        "unexpected",
        f"An unexpected {type(error).__name__} ended the work: {error}.",
        "",
        "The log has the details; please report it.",
    )
