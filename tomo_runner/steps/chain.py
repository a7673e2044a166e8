"""The projection steps of a recipe, as one chain for every window of the image.

A step of ``steps.json`` gets its code here: its name leads to a function that appends a stage.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional, Protocol, Tuple

import numpy as np

from ..recipe import Recipe
from .active import ActiveStep, active_steps
from .attenuation import Attenuation
from .frame import Counts, Frame, Measures
from .outliers import Outliers
from .phase import Phase, reach_of

__all__ = ["Chain", "Counts", "Frame", "Measures"]


class Stage(Protocol):
    """Changes one image; pixels within its halo of the window's edge may be wrong afterwards."""

    cleans_references: bool

    def apply(self, image: np.ndarray, frame: Frame) -> np.ndarray: ...


_Add = Callable[[List[Stage], Mapping[str, Any], Optional[float]], None]
"""Appends a stage, given the parameters and the width of a pixel in centimetres."""


def _outliers(stages: List[Stage], parameters: Mapping[str, Any], pixel: Optional[float]) -> None:
    stages.append(Outliers(parameters))


def _normalise(stages: List[Stage], parameters: Mapping[str, Any], pixel: Optional[float]) -> None:
    _attenuation(stages).normalise(parameters)


def _air(stages: List[Stage], parameters: Mapping[str, Any], pixel: Optional[float]) -> None:
    _attenuation(stages).air(parameters)


def _phase(stages: List[Stage], parameters: Mapping[str, Any], pixel: Optional[float]) -> None:
    if stages and isinstance(stages[-1], Attenuation):
        stages[-1].keep_gaps()
    stages.append(Phase(parameters, pixel))


def _minus_log(stages: List[Stage], parameters: Mapping[str, Any], pixel: Optional[float]) -> None:
    _attenuation(stages).minus_log(parameters)


def _attenuation(stages: List[Stage]) -> Attenuation:
    """Neighbouring pixel-wise steps share one pass."""
    last = stages[-1] if stages else None
    if isinstance(last, Attenuation):
        return last
    stage = Attenuation()
    stages.append(stage)
    return stage


STEPS: Dict[str, _Add] = {
    "outliers": _outliers,
    "normalise": _normalise,
    "air": _air,
    "phase": _phase,
    "minus-log": _minus_log,
}
"""Projection steps by name."""

_REACH: Dict[str, Callable[[Mapping[str, Any], Optional[float]], int]] = {"phase": reach_of}
"""Halos that ``steps.json`` leaves to the code."""
_ALL = 1 << 20
"""More than an image has: windows end where it ends."""


class Chain:
    """The projection steps that are on.

    Parameters
    ----------
    recipe
        A checked recipe.
    pixel
        Width of a pixel in centimetres; None when it is not known.

    Attributes
    ----------
    halo
        Rows and columns around a window that its result depends on.
    reference_halo
        The same for flats and darks, which only the cleaning steps change.
    average
        How references are averaged; None when they are not used.
    air
        Whether the air region is asked for.
    phase
        Rows above and below that phase retrieval needs; 0 when it is off.

    Raises
    ------
    RecipeFailure
        When a step cannot be done with its parameters.
    """

    def __init__(self, recipe: Recipe, pixel: Optional[float]) -> None:
        self.steps: List[ActiveStep] = active_steps(recipe, "projection")
        self._stages: List[Stage] = []
        for step in self.steps:
            STEPS[step.name](self._stages, step.parameters, pixel)
        self.halo = _sum(self.steps, pixel)
        self.reference_halo = _sum([s for s in self.steps if s.name == "outliers"], pixel)
        self.phase = _sum([s for s in self.steps if s.name == "phase"], pixel)[0]
        self.average = self._find_average()
        self.air = any(step.name == "air" for step in self.steps)

    @property
    def noise_size(self) -> Optional[int]:
        """Size of the median with which the noise is measured; None when nothing asks for it."""
        sizes = [stage.size for stage in self._stages if isinstance(stage, Outliers)]
        return sizes[0] if sizes else None

    def apply(self, image: np.ndarray, frame: Frame, cut: Tuple[slice, slice]) -> np.ndarray:
        """All steps on one projection (row, column), float32.

        Parameters
        ----------
        cut
            Rows and columns that are wanted; the rest is their halo.

        Returns
        -------
        numpy.ndarray
            What is wanted.
        """
        frame.counts.pixels += image.size
        rows, columns = cut
        for stage in self._stages:
            if isinstance(stage, Phase):
                # Nothing after it looks at neighbours: most pixels were read for it alone.
                image = stage.apply(image, frame, (rows.start, rows.stop))[:, columns]
                rows, columns = slice(None), slice(None)
            else:
                image = stage.apply(image, frame)
        return image[rows, columns]

    def clean(self, image: np.ndarray, frame: Frame) -> np.ndarray:
        """The steps that flats and darks go through, too."""
        for stage in self._stages:
            if stage.cleans_references:
                image = stage.apply(image, frame)
        return image

    def _find_average(self) -> Optional[str]:
        for stage in self._stages:
            if isinstance(stage, Attenuation) and stage.average:
                return stage.average
        return None


def _sum(steps: List[ActiveStep], pixel: Optional[float]) -> Tuple[int, int]:
    """Rows and columns of the halos of steps one after the other."""
    return (
        sum(_halo(step.halo_rows, step, pixel) for step in steps),
        sum(_halo(step.halo_columns, step, pixel) for step in steps),
    )


def _halo(rule: Any, step: ActiveStep, pixel: Optional[float]) -> int:
    """A rule of ``steps.json`` as a number."""
    if rule == "all":
        return _ALL
    if rule == "computed":
        return _REACH[step.name](step.parameters, pixel)
    return int(step.parameters[rule]) // 2 if isinstance(rule, str) else int(rule)
