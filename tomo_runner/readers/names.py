"""What file names tell: groups, order, numbers and golden angles."""

from __future__ import annotations

import re
from typing import Dict, List, Optional, Sequence, Tuple

_GOLDEN = re.compile(r"^(?P<prefix>.*?)[_-]?(?P<angle>-?\d{1,4}\.\d+)[_-](?P<number>\d+)$")
_NUMBERED = re.compile(r"^(?P<prefix>.*?)[_-]?(?P<number>\d+)$")
_DIGITS = re.compile(r"(\d+)")

_BY_PREFIX: Sequence[Tuple[str, str]] = (
    (r"^(bb|black)", "ignore"),
    (r"(^|[_-])(flat|ob|openbeam|open_beam|ff)s?[_-]?(after|2)", "flat-after"),
    (r"(^|[_-])(dark|dc|df|di)s?[_-]?(after|2)", "dark-after"),
    (r"(^|[_-])(flat|ob|openbeam|open_beam|ff|brightfield)s?([_-]|$)", "flat"),
    (r"(^|[_-])(dark|dc|df|darkfield|darkcurrent)s?([_-]|$)", "dark"),
    (r"(^|[_-])180([_-]?deg(rees?)?)?$", "180"),
    (r"^(flat|openbeam)", "flat"),
    (r"^dark", "dark"),
)


def natural(name: str) -> List[Tuple[int, int, str]]:
    """A sort key by which ``a_2`` comes before ``a_10``."""
    parts = _DIGITS.split(name)
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts if part]


def acquired(stem: str) -> List[Tuple[int, int, str]]:
    """A sort key for the order of acquisition: the angle in a golden name does not count."""
    match = _GOLDEN.match(stem)
    return natural(f"{match.group('prefix')}_{match.group('number')}" if match else stem)


def prefix_of(stem: str) -> str:
    """A file's group: its name without golden angle and number."""
    match = _GOLDEN.match(stem) or _NUMBERED.match(stem)
    return (match.group("prefix") if match else stem) or "images"


def number_of(stem: str) -> Optional[int]:
    """The number at the end of a name."""
    match = _NUMBERED.match(stem)
    return int(match.group("number")) if match else None


def angle_of(stem: str) -> Optional[float]:
    """The angle in a golden name (``sample_GRtomo_111.2461_001``), in degrees."""
    match = _GOLDEN.match(stem)
    return float(match.group("angle")) if match else None


def role_of(name: str) -> Optional[str]:
    """The role that a prefix or a folder's name speaks for; None when it says nothing."""
    lowered = name.lower()
    for pattern, role in _BY_PREFIX:
        if re.search(pattern, lowered):
            return role
    return None


def missing_numbers(stems: Sequence[str]) -> Dict[str, int]:
    """Gaps in the numbering: the name before each gap, and how many numbers it lacks."""
    gaps: Dict[str, int] = {}
    previous: Optional[Tuple[str, int]] = None
    for stem in stems:
        number = number_of(stem)
        if number is None:
            return {}
        if previous is not None and number > previous[1] + 1:
            gaps[previous[0]] = number - previous[1] - 1
        previous = (stem, number)
    return gaps
