"""TomoPy's methods and their parameters."""

from __future__ import annotations

from typing import Any, Dict, List

from .agreement import sentence
from .parameters import choice, integer, number, sinogram_ends, switch
from .tomopy_stripes import SCHEMA

FILTERS = (
    "shepp",
    "ramlak",
    "cosine",
    "hann",
    "hamming",
    "parzen",
    "butterworth",
    "none",
)
_GRIDREC = {
    "filter": choice(
        "Filter",
        "Window on the ramp: ramlak is sharpest, parzen calms noise most, none: no ramp either.",
        FILTERS,
        "shepp",
    ),
    "cutoff": number(
        "Cut-off",
        "Of the butterworth filter, as a fraction of the highest frequency.",
        0.25,
        above=0.0,
        maximum=1.0,
        level="advanced",
    ),
    "order": number(
        "Order", "Of the butterworth filter: higher is steeper.", 2.0, 0.5, 16.0, level="advanced"
    ),
    **sinogram_ends(),
    "calibrated": switch(
        "True values",
        "Take out gridrec's own gain (about 12 %, more outwards), measured on known points.",
        True,
        level="advanced",
    ),
}
COUNTED = {"osem", "mlem", "pml_hybrid", "pml_quad", "ospml_hybrid", "ospml_quad"}
"""Methods for counts, which know no zero (they give NaN) and nothing below."""


def _start(counted: bool) -> Dict[str, Any]:
    text = "What the first iteration starts from: nearly zero, or gridrec, which saves most of them"
    text += "; from there values may be negative, as gridrec's." if counted else "."
    return {"start": choice("Start", text, ("zero", "gridrec"), "zero", level="advanced")}


_BLOCKS = {
    "blocks": integer(
        "Blocks",
        "Into how many interleaved sets the projections are divided: more is faster and rougher.",
        8,
        1,
        1000,
    )
}


def _iterations(default: int) -> Dict[str, Any]:
    return {"iterations": integer("Iterations", "Rounds over all projections.", default, 1, 10000)}


def _penalty(default: float, text: str, title: str = "Penalty") -> Dict[str, Any]:
    return {"penalty": number(title, text, default, above=0.0, maximum=1e9)}


_STEP = {
    "delta": number(
        "Edge",
        "Differences between neighbours above this are taken for edges and kept.",
        0.01,
        0.0,
        1e9,
        level="advanced",
    )
}


def _method(
    name: str, title: str, text: str, kind: str, level: str, *schemas: Dict[str, Any]
) -> Dict[str, Any]:
    schema: Dict[str, Any] = {}
    for part in (*schemas, SCHEMA):
        schema.update(part)
    if "iterations" in schema:
        schema["iterations"]["description"] += sentence("tomopy", name)
        schema.update(_start(name in COUNTED))
    return {
        "name": name,
        "title": title,
        "help": text,
        "kind": kind,
        "level": level,
        "schema": schema,
    }


METHODS: List[Dict[str, Any]] = [
    _method(
        "gridrec",
        "Gridrec",
        "Direct Fourier reconstruction: the fast one, padded here to twice the width.",
        "analytic",
        "basic",
        _GRIDREC,
    ),
    _method(
        "sirt",
        "SIRT",
        "All rays at once in each iteration: calm with noise and few projections, slow.",
        "iterative",
        "basic",
        _iterations(100),
    ),
    _method(
        "osem",
        "OSEM",
        "Ordered subsets of the likelihood: quick, and never negative when it starts from zero.",
        "iterative",
        "basic",
        _iterations(10),
        _BLOCKS,
    ),
    _method(
        "mlem",
        "MLEM",
        "Maximum likelihood for counted events: never negative from zero, calm, slow.",
        "iterative",
        "basic",
        _iterations(50),
    ),
    _method(
        "art",
        "ART",
        "One ray after the other: for few projections without noise.",
        "iterative",
        "basic",
        _iterations(10),
    ),
    _method(
        "bart",
        "BART",
        "ART in blocks of projections.",
        "iterative",
        "advanced",
        _iterations(20),
        _BLOCKS,
    ),
    _method(
        "fbp",
        "FBP (unfiltered)",
        "Despite its name a back-projection without filter: blurred, its values no attenuation.",
        "unfiltered",
        "advanced",
    ),
    _method(
        "pml_hybrid",
        "PML hybrid",
        "Penalised likelihood that smooths but keeps edges.",
        "iterative",
        "advanced",
        _iterations(30),
        _penalty(1.0, "How much neighbours are drawn together."),
        _STEP,
    ),
    _method(
        "pml_quad",
        "PML quadratic",
        "Penalised likelihood that smooths everywhere.",
        "iterative",
        "advanced",
        _iterations(30),
        _penalty(1.0, "How much neighbours are drawn together."),
    ),
    _method(
        "ospml_hybrid",
        "OSPML hybrid",
        "Penalised likelihood with ordered subsets that keeps edges.",
        "iterative",
        "advanced",
        _iterations(8),
        _BLOCKS,
        _penalty(1.0, "How much neighbours are drawn together."),
        _STEP,
    ),
    _method(
        "ospml_quad",
        "OSPML quadratic",
        "Penalised likelihood with ordered subsets that smooths everywhere.",
        "iterative",
        "advanced",
        _iterations(8),
        _BLOCKS,
        _penalty(1.0, "How much neighbours are drawn together."),
    ),
    _method(
        "tv",
        "Total variation",
        "Flat areas with sharp borders; the penalty must be found by trying.",
        "iterative",
        "advanced",
        _iterations(100),
        _penalty(0.001, "How much of the variation is taken away in each iteration."),
    ),
    _method(
        "grad",
        "Gradient descent",
        "Plain gradient descent; diverges unless the step is small enough.",
        "iterative",
        "advanced",
        _iterations(100),
        _penalty(0.1, "Length of a step: short ones are slow, long ones diverge.", "Step"),
    ),
    _method(
        "tikh",
        "Tikhonov",
        "Gradient descent with values drawn towards zero; diverges unless the step is small.",
        "iterative",
        "advanced",
        _iterations(100),
        _penalty(0.1, "Length of a step: short ones are slow, long ones diverge.", "Step"),
        {
            "towards": number(
                "Damping",
                "How strongly values are drawn towards zero.",
                0.0,
                0.0,
                1e9,
                level="advanced",
            )
        },
    ),
]
