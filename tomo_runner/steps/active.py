"""Which steps a recipe switches on, with all their parameters, in the order of ``steps.json``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List

from .. import catalogue
from ..dataset import Dataset
from ..recipe import Recipe


@dataclass(frozen=True)
class ActiveStep:
    """One step of a run.

    ``halo_rows`` and ``halo_columns`` are the rules of ``steps.json`` for the pixels beyond its own
    that it needs.
    """

    name: str
    domain: str
    parameters: Dict[str, Any]
    halo_rows: Any
    halo_columns: Any


def active_steps(recipe: Recipe, domain: str) -> List[ActiveStep]:
    """Steps of a domain (``projection`` or ``sinogram``) that are on and fit the data's state."""
    state = recipe.get("dataset", {}).get("state", "raw")
    chosen: List[ActiveStep] = []
    for entry in catalogue.steps():
        if entry["domain"] != domain or state not in entry["states"]:
            continue
        for step in recipe.get("filters", []):
            if step["name"] != entry["name"] or not step.get("enabled", True):
                continue
            given = {key: value for key, value in step.items() if key in entry["schema"]}
            parameters = {**catalogue.defaults(entry["schema"]), **given}
            halo = entry["halo"]
            chosen.append(
                ActiveStep(entry["name"], domain, parameters, halo["rows"], halo["columns"])
            )
    return chosen


def is_attenuation(recipe: Recipe, dataset: Dataset) -> bool:
    """Whether the sinograms are attenuation, not transmission."""
    steps = active_steps(recipe, "projection")
    return dataset.state == "attenuation" or any(step.name == "minus-log" for step in steps)
