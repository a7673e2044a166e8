"""A whole run: plan, slabs, journal, and the result folder."""

from __future__ import annotations

from .execute import execute
from .finish import finish
from .journal import Journal
from .names import slice_name
from .output import ResultFolder, expand_output
from .parts import Whole
from .plan import Plan, make_plan
from .request import RunRequest

__all__ = [
    "Journal",
    "Plan",
    "ResultFolder",
    "RunRequest",
    "Whole",
    "execute",
    "expand_output",
    "finish",
    "make_plan",
    "slice_name",
]
