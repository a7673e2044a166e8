"""What goes wrong, as a notebook sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class TomoError(Exception):
    """Something that could not be done.

    Attributes
    ----------
    code
        Stable name in kebab-case, for programs.
    message
        One sentence: what is wrong.
    where
        The file or field; empty when there is none.
    hint
        What to do; empty when nothing can be done.
    """

    def __init__(self, code: str, message: str, where: str = "", hint: str = "") -> None:
        super().__init__(" ".join(part for part in (message, hint) if part))
        self.code = code
        self.message = message
        self.where = where
        self.hint = hint

    @classmethod
    def from_json(cls, failure: Mapping[str, Any]) -> TomoError:
        """From the four fields that every door of the project uses."""
        fields = (str(failure.get(key, "")) for key in ("code", "message", "where", "hint"))
        return cls(*fields)
