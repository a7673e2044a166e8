"""The axis of rotation: by several methods, each where the angles allow it."""

from .answer import Centre, Picture
from .find import find_centre, opposite_projection
from .methods import METHODS, described, tool_of_method
from .pairs import opposite_pairs

__all__ = [
    "METHODS",
    "Centre",
    "Picture",
    "described",
    "find_centre",
    "opposite_pairs",
    "opposite_projection",
    "tool_of_method",
]
