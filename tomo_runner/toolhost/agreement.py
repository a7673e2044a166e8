"""At which iterations a method comes within 3 % of filtered back-projection, and to the same place.

Measured on a row of neutrons of a full turn: 835 columns, 376 projections, the axis off the middle.
What the methods' help says, what the tests ask for and what the documentation lists is this.
"""

from __future__ import annotations

from typing import Mapping, Union

Parameters = Mapping[str, Union[int, str]]

STATED: Mapping[str, Mapping[str, Parameters]] = {
    "astra": {
        "SIRT": {"iterations": 4, "start": "fbp"},
        "SART": {"iterations": 4},
        "ART": {"iterations": 2},
        "CGLS": {"iterations": 12},
    },
    "tomopy": {
        "sirt": {"iterations": 10, "start": "gridrec"},
        "art": {"iterations": 5},
    },
}
"""Parameters by tool and method; those that are not here are at their defaults."""


def sentence(tool: str, method: str) -> str:
    """What the help of a method's iterations says; empty where nothing was measured."""
    given = STATED.get(tool, {}).get(method)
    if given is None:
        return ""
    start = f" from {given['start']}" if "start" in given else ""
    return f" Within 3 % of FBP on 835 columns: {given['iterations']}{start}."
