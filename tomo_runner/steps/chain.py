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

__all__ = ["Chain", "Counts", "Frame", "Measures"]


class Stage(Protocol):
    """Changes one image; pixels within its halo of the window's edge may be wrong afterwards."""

    cleans_references: bool

    def apply(self, image: np.ndarray, frame: Frame) -> np.ndarray: ...


def _outliers(stages: List[Stage], parameters: Mapping[str, Any]) -> None:
    stages.append(Outliers(parameters))


def _normalise(stages: List[Stage], parameters: Mapping[str, Any]) -> None:
    _attenuation(stages).normalise(parameters)


def _air(stages: List[Stage], parameters: Mapping[str, Any]) -> None:
    _attenuation(stages).air(parameters)


def _minus_log(stages: List[Stage], parameters: Mapping[str, Any]) -> None:
    _attenuation(stages).minus_log(parameters)


def _attenuation(stages: List[Stage]) -> Attenuation:
    """Neighbouring pixel-wise steps share one pass."""
    last = stages[-1] if stages else None
    if isinstance(last, Attenuation):
        return last
    stage = Attenuation()
    stages.append(stage)
    return stage


STEPS: Dict[str, Callable[[List[Stage], Mapping[str, Any]], None]] = {
    "outliers": _outliers,
    "normalise": _normalise,
    "air": _air,
    "minus-log": _minus_log,
}
"""Projection steps by name."""


class Chain:
    """The projection steps that are on.

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
    """

    def __init__(self, recipe: Recipe) -> None:
        self.steps: List[ActiveStep] = active_steps(recipe, "projection")
        self._stages: List[Stage] = []
        for step in self.steps:
            STEPS[step.name](self._stages, step.parameters)
        self.halo = _sum(self.steps)
        self.reference_halo = _sum([step for step in self.steps if step.name == "outliers"])
        self.average = self._find_average()
        self.air = any(step.name == "air" for step in self.steps)

    @property
    def noise_size(self) -> Optional[int]:
        """Size of the median with which the noise is measured; None when nothing asks for it."""
        sizes = [stage.size for stage in self._stages if isinstance(stage, Outliers)]
        return sizes[0] if sizes else None

    def apply(self, image: np.ndarray, frame: Frame) -> np.ndarray:
        """All steps on one projection (row, column), float32."""
        frame.counts.pixels += image.size
        for stage in self._stages:
            image = stage.apply(image, frame)
        return image

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


def _sum(steps: List[ActiveStep]) -> Tuple[int, int]:
    return sum(step.halo_rows for step in steps), sum(step.halo_columns for step in steps)
