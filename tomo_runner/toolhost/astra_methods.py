"""ASTRA's methods and their parameters."""

from __future__ import annotations

from typing import Any, Dict, List

from .agreement import sentence
from .parameters import choice, integer, number, projector, sinogram_ends, switch

FILTERS = (
    "ram-lak",
    "shepp-logan",
    "cosine",
    "hamming",
    "hann",
    "tukey",
    "lanczos",
    "triangular",
    "gaussian",
    "barlett-hann",
    "blackman",
    "nuttall",
    "blackman-harris",
    "blackman-nuttall",
    "flat-top",
    "parzen",
)
_FILTER = {
    "filter": choice(
        "Filter",
        "Window on the ramp: ram-lak is sharpest, hann calms noise most.",
        FILTERS,
        "ram-lak",
    ),
    "cutoff": number(
        "Cut-off",
        "Frequencies above are left out, as a fraction of the highest.",
        1.0,
        above=0.0,
        maximum=1.0,
    ),
    "shape": number(
        "Shape",
        "Flat part of tukey (0.5), width of gaussian (0.4), alpha of blackman (0.16).",
        minimum=0.0,
        maximum=1.0,
        level="advanced",
    ),
    **sinogram_ends(),
}
_PROJECTOR = projector()
_DISC = {
    "disc": switch("Only the disc", "Reconstruct only the disc that all rays cross.", True),
}
_START = {
    "start": choice(
        "Start",
        "What the first iteration starts from: zero, or a filtered back-projection.",
        ("zero", "fbp"),
        "zero",
        level="advanced",
    )
}
_LIMITS = {
    "minimum": number(
        "Least value",
        "After each iteration smaller values become this; 0 forbids negative attenuation.",
        unit="1/pixel",
    ),
    "maximum": number(
        "Greatest value",
        "After each iteration greater values become this.",
        unit="1/pixel",
        level="advanced",
    ),
}
_SAMPLING = {
    "detectorSampling": integer(
        "Rays a detector pixel",
        "Rays along each side of a detector pixel: more are slower, and truer for big pixels.",
        1,
        1,
        8,
        level="advanced",
    ),
    "pixelSampling": integer(
        "Samples a pixel",
        "Samples along each side of a slice's pixel in back-projection.",
        1,
        1,
        8,
        level="advanced",
    ),
}
_GPU = {
    "gpu": integer("GPU", "Which graphics card, counted from 0.", 0, 0, 63, level="advanced"),
}


def _iterations(default: int, what: str = "Rounds over all projections.") -> Dict[str, Any]:
    return {"iterations": integer("Iterations", what, default, 1, 10000)}


def _relaxation(default: float, maximum: float = 2.0) -> Dict[str, Any]:
    return {
        "relaxation": number(
            "Relaxation",
            "How much of each correction is taken: less is calmer and slower.",
            default,
            above=0.0,
            maximum=maximum,
        )
    }


_ORDER = {
    "order": choice(
        "Order",
        "In which order projections are used: far apart converges fastest.",
        ("spread", "sequential"),
        "spread",
        level="advanced",
    )
}


def _method(
    name: str, title: str, text: str, kind: str, *schemas: Dict[str, Any]
) -> Dict[str, Any]:
    gpu = name.endswith("_CUDA")
    schema: Dict[str, Any] = {}
    for part in schemas:
        schema.update(part)
    if "iterations" in schema:
        schema["iterations"]["description"] += sentence("astra", name)
    return {
        "name": name,
        "title": title,
        "help": text,
        "kind": kind,
        "gpu": gpu,
        "level": "advanced" if gpu and "3D" in name else "basic",
        "schema": schema,
    }


METHODS: List[Dict[str, Any]] = [
    _method(
        "FBP",
        "FBP",
        "Filtered back-projection: the one to begin with on a processor.",
        "analytic",
        _FILTER,
        _PROJECTOR,
    ),
    _method(
        "SIRT",
        "SIRT",
        "All rays at once in each iteration: calm with noise and few projections, slow.",
        "iterative",
        _iterations(100),
        _LIMITS,
        _relaxation(1.0),
        _START,
        _DISC,
        _PROJECTOR,
    ),
    _method(
        "SART",
        "SART",
        "One projection after the other: fewer rounds than SIRT, more noise.",
        "iterative",
        _iterations(10),
        _LIMITS,
        _relaxation(0.5),
        _ORDER,
        _START,
        _DISC,
        _PROJECTOR,
    ),
    _method(
        "ART",
        "ART",
        "One ray after the other: for few projections without noise.",
        "iterative",
        _iterations(5),
        _LIMITS,
        _relaxation(0.2),
        _ORDER,
        _START,
        _DISC,
        _PROJECTOR,
    ),
    _method(
        "CGLS",
        "CGLS",
        "Least squares by conjugate gradients: quick, but noise grows with each iteration.",
        "iterative",
        _iterations(15),
        _START,
        _DISC,
        _PROJECTOR,
    ),
    _method(
        "BP",
        "BP (unfiltered)",
        "Back-projection without filter: a blurred picture whose values are no attenuation.",
        "unfiltered",
        _PROJECTOR,
    ),
    _method(
        "FBP_CUDA",
        "FBP (GPU)",
        "Filtered back-projection on a graphics card.",
        "analytic",
        _FILTER,
        {"pixelSampling": _SAMPLING["pixelSampling"]},
        _GPU,
    ),
    _method(
        "SIRT_CUDA",
        "SIRT (GPU)",
        "All rays at once in each iteration, on a graphics card.",
        "iterative",
        _iterations(200),
        _LIMITS,
        _relaxation(1.0),
        _START,
        _DISC,
        _SAMPLING,
        _GPU,
    ),
    _method(
        "SART_CUDA",
        "SART (GPU)",
        "One projection after the other, on a graphics card.",
        "iterative",
        _iterations(10),
        _LIMITS,
        _relaxation(0.5),
        _ORDER,
        _START,
        _DISC,
        _SAMPLING,
        _GPU,
    ),
    _method(
        "CGLS_CUDA",
        "CGLS (GPU)",
        "Conjugate gradients on a graphics card: more than 15 iterations amplify noise.",
        "iterative",
        _iterations(15),
        _START,
        _DISC,
        _SAMPLING,
        _GPU,
    ),
    _method(
        "EM_CUDA",
        "EM (GPU)",
        "Expectation maximisation on a graphics card: never negative; negative input becomes 0.",
        "iterative",
        _iterations(50),
        _SAMPLING,
        _GPU,
    ),
    _method(
        "SIRT3D_CUDA",
        "SIRT of whole slabs (GPU)",
        "SIRT on all rows of a slab at once: quickest on big cards, needs their memory.",
        "iterative",
        _iterations(200),
        _LIMITS,
        _relaxation(1.0),
        _START,
        _DISC,
        _SAMPLING,
        _GPU,
    ),
    _method(
        "CGLS3D_CUDA",
        "CGLS of whole slabs (GPU)",
        "CGLS on all rows of a slab at once: quickest on big cards, needs their memory.",
        "iterative",
        _iterations(15),
        _START,
        _DISC,
        _SAMPLING,
        _GPU,
    ),
]
REFUSED = {
    "FDK_CUDA": "FDK is for cone beams; these data are taken with a parallel beam.",
}
