"""What the engine refuses, as a sentence."""

from __future__ import annotations

_PLAN = "Check the recipe."
_REFUSALS: dict[int, tuple[str, str, str, str]] = {
    1: ("engine-version", "The engine is of another version than the plan.", "", "Build again."),
    2: ("engine-plan", "The plan of the sinogram is cut short.", "", "Build again."),
    3: ("engine-count", "The number of projections is not from 1 to 1000000.", "dataset", ""),
    4: ("engine-columns", "The number of columns is not from 1 to 32768.", "regions.roi", ""),
    5: (
        "engine-centre",
        "The centre of rotation is more than one width away from the columns.",
        "regions.centre.column",
        "Give a column of the full image that is inside it.",
    ),
    6: ("engine-size", "The size of the slice is not from 0 to 32768 pixels.", "", _PLAN),
    7: ("engine-mask", "The mask is not from 0 to 1.", "reconstruction.mask", _PLAN),
    8: ("engine-filter", "The filter is unknown.", "reconstruction.parameters.filter", _PLAN),
    9: (
        "engine-cutoff",
        "The cut-off is not above 0 and at most 1.",
        "reconstruction.parameters.cutoff",
        _PLAN,
    ),
    10: (
        "engine-edge",
        "The choice for the ends of the sinogram is unknown.",
        "reconstruction.parameters.edge",
        _PLAN,
    ),
    11: ("engine-scale", "The scale of the values is not finite.", "dataset.pixelSize", _PLAN),
    12: ("engine-step", "A sinogram step or its parameter is unknown.", "filters", _PLAN),
    13: (
        "engine-angles",
        "An angle is not a finite number.",
        "dataset.angles",
        "Correct the angles of the data set.",
    ),
    14: (
        "engine-memory",
        "The engine has not enough memory for a sinogram of this size.",
        "regions.roi",
        "Choose fewer columns.",
    ),
    15: ("engine-order", "The engine was not prepared for a sinogram.", "", "Report this."),
}


class EngineError(Exception):
    """Why the engine cannot do what it was asked for.

    Parameters
    ----------
    code
        Stable name in kebab-case.
    message
        One sentence: what is wrong.
    where
        Field of the recipe, or file; empty when there is none.
    hint
        What to do; empty when there is nothing.
    """

    def __init__(self, code: str, message: str, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.where = where
        self.hint = hint


def refusal(number: int) -> EngineError:
    """The error that a number returned by the engine stands for."""
    known = _REFUSALS.get(number)
    if known is None:
        return EngineError("engine-refused", f"The engine refused with code {number}.", "", "")
    return EngineError(*known)
