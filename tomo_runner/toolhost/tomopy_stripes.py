"""TomoPy's own stripe removers, as parameters of each of its methods."""

from __future__ import annotations

import importlib
from typing import Any, Callable, Dict, Tuple

import numpy as np

from .contract import Task, ToolError
from .parameters import choice, integer, number, switch

NONE = "none"

_Keyword = Tuple[str, Callable[[Any], Any]]


def _odd(value: Any) -> int:
    """Medians over an even width would move the sinogram by half a pixel."""
    return int(value) | 1


_SNR: Dict[str, _Keyword] = {"stripe_snr": ("snr", float)}
_SIZE: Dict[str, _Keyword] = {"stripe_size": ("size", _odd)}
_DROP: Dict[str, _Keyword] = {"stripe_drop": ("drop_ratio", float)}
_NORM: Dict[str, _Keyword] = {"stripe_norm": ("norm", bool)}
_DIM: Dict[str, _Keyword] = {"stripe_square": ("dim", lambda square: 2 if square else 1)}

_REMOVERS: Dict[str, Tuple[str, Dict[str, _Keyword]]] = {
    "fw": (
        "remove_stripe_fw",
        {
            "stripe_level": ("level", int),
            "stripe_wavelet": ("wname", str),
            "stripe_sigma": ("sigma", float),
            "stripe_pad": ("pad", bool),
        },
    ),
    "ti": (
        "remove_stripe_ti",
        {"stripe_blocks": ("nblock", int), "stripe_alpha": ("alpha", float)},
    ),
    "sf": ("remove_stripe_sf", _SIZE),
    "sorting": ("remove_stripe_based_sorting", {**_SIZE, **_DIM}),
    "filtering": (
        "remove_stripe_based_filtering",
        {"stripe_sigma": ("sigma", float), **_SIZE, **_DIM},
    ),
    "fitting": (
        "remove_stripe_based_fitting",
        # Two that have one keyword are a pair of it, in this order.
        {
            "stripe_order": ("order", int),
            "stripe_across": ("sigma", float),
            "stripe_along": ("sigma", float),
        },
    ),
    "interpolation": ("remove_stripe_based_interpolation", {**_SNR, **_SIZE, **_DROP, **_NORM}),
    "large": ("remove_large_stripe", {**_SNR, **_SIZE, **_DROP, **_NORM}),
    "dead": ("remove_dead_stripe", {**_SNR, **_SIZE, **_NORM}),
    "all": (
        "remove_all_stripe",
        {**_SNR, "stripe_size": ("la_size", _odd), "stripe_small": ("sm_size", _odd), **_DIM},
    ),
}
"""TomoPy's function of each remover, and its keywords by the parameters here."""


def _when(name: str, schema: Dict[str, Any]) -> Dict[str, Any]:
    """A parameter that counts with some removers only."""
    users = [key for key, (_, keywords) in _REMOVERS.items() if name in keywords]
    return {name: {**schema, "when": {"stripes": users}}}


SCHEMA: Dict[str, Any] = {
    "stripes": choice(
        "TomoPy's stripes",
        "TomoPy's own, after the filters of the recipe. ti, sf, sorting and filtering keep the "
        "sample's values; large, dead and all lower them by 5 to 10 %, interpolation and fw by "
        "more, and fitting suits no air beside the sample.",
        (NONE, *_REMOVERS),
        NONE,
        level="advanced",
    ),
    **_when(
        "stripe_snr",
        number("Ratio", "How far beyond the usual a stripe is.", 3.0, 0.1, 100.0, level="advanced"),
    ),
    **_when(
        "stripe_size",
        integer(
            "Width",
            "Of the median or filter, in columns; left out: TomoPy's own.",
            None,
            1,
            301,
            level="advanced",
        ),
    ),
    **_when(
        "stripe_small",
        integer(
            "Small",
            "Width of the median for small stripes, in columns.",
            21,
            1,
            301,
            level="advanced",
        ),
    ),
    **_when(
        "stripe_drop",
        number(
            "Drop",
            "Part of the rays, highest and lowest, that does not count.",
            0.1,
            0.0,
            0.8,
            level="advanced",
        ),
    ),
    **_when(
        "stripe_norm",
        switch("Normalise", "Bring all columns to one level first.", True, level="advanced"),
    ),
    **_when(
        "stripe_square",
        switch("Square", "Median over columns and rays at once.", False, level="advanced"),
    ),
    **_when(
        "stripe_level",
        integer(
            "Level",
            "Of the wavelets: each lowers the sample more; TomoPy itself takes all that fit.",
            5,
            1,
            12,
            level="advanced",
        ),
    ),
    **_when(
        "stripe_wavelet",
        choice(
            "Wavelet",
            "Longer ones touch less beside the stripes.",
            ("haar", "db2", "db3", "db4", "db5", "db8", "sym4", "sym8", "coif2"),
            "db5",
            level="advanced",
        ),
    ),
    **_when(
        "stripe_sigma",
        number(
            "Strength",
            "Damping in Fourier space; left out: TomoPy's own.",
            None,
            above=0.0,
            maximum=1000.0,
            level="advanced",
        ),
    ),
    **_when(
        "stripe_pad",
        switch("Pad", "Add an eighth of zeros before the transform.", True, level="advanced"),
    ),
    **_when(
        "stripe_blocks",
        integer(
            "Blocks of angles",
            "Parts of the turn treated one by one; 0: all at once.",
            0,
            0,
            1000,
            level="advanced",
        ),
    ),
    **_when(
        "stripe_alpha",
        number("Damping", "Of Titarenko's method.", 1.5, 0.0, 1000.0, level="advanced"),
    ),
    **_when(
        "stripe_order",
        integer("Order", "Of the polynomial along the angles.", 3, 1, 5, level="advanced"),
    ),
    **_when(
        "stripe_across",
        number(
            "Window across",
            "Of the low-pass in Fourier space, across the columns.",
            5.0,
            above=0.0,
            maximum=1000.0,
            level="advanced",
        ),
    ),
    **_when(
        "stripe_along",
        number(
            "Window along",
            "Of the low-pass in Fourier space, along the angles.",
            20.0,
            above=0.0,
            maximum=1000.0,
            level="advanced",
        ),
    ),
}
"""Parameters that each method takes besides its own."""


_SLOWNESS = {
    "fw": 4e-7,
    "ti": 3e-7,
    "sf": 2e-7,
    "sorting": 7e-7,
    "filtering": 8e-7,
    "fitting": 7e-7,
    "interpolation": 1e-6,
    "large": 1.8e-6,
    "dead": 1.9e-6,
    "all": 2.8e-6,
}


def slowness(parameters: Dict[str, Any]) -> float:
    """Seconds that the remover takes for each value of a sinogram, on one core."""
    return _SLOWNESS[str(parameters["stripes"])]


def call(parameters: Dict[str, Any]) -> Tuple[str, Dict[str, Any]]:
    """TomoPy's function and its keywords for the parameters of a task with a remover."""
    name, takes = _REMOVERS[str(parameters["stripes"])]
    keywords: Dict[str, Any] = {}
    for parameter, (keyword, cast) in takes.items():
        if parameter not in parameters:
            continue
        value = cast(parameters[parameter])
        if keyword in keywords:
            value = (keywords[keyword], value)
        keywords[keyword] = value
    return name, keywords


def without(task: Task, first: int, past: int) -> np.ndarray:
    """Sinograms of some rows without stripes.

    Parameters
    ----------
    first, past
        The rows, as a range.

    Returns
    -------
    numpy.ndarray
        float32 (row, angle, column); the task's own where no remover is chosen.

    Raises
    ------
    ToolError
        When the remover gives NaN, as some do where sinograms are flat.
    """
    sinograms = task.sinograms[first:past]
    if task.parameters.get("stripes", NONE) == NONE:
        return sinograms
    name, keywords = call(task.parameters)
    remove = getattr(importlib.import_module("tomopy"), name)
    made: np.ndarray = np.array(sinograms)
    # Where all columns are alike there is no stripe; some functions give NaN for it, after minutes.
    means = sinograms.mean(axis=1)
    rows = np.flatnonzero(means.max(axis=1) > means.min(axis=1))
    if not len(rows):
        return made
    # They want (angle, row, column), and write into what they are given.
    turned = np.ascontiguousarray(made[rows].transpose(1, 0, 2))
    made[rows] = remove(turned, ncore=task.cores, **keywords).transpose(1, 0, 2)
    bad = int(np.count_nonzero(~np.isfinite(made)))
    if bad:
        raise ToolError(
            "tool-nan",
            f"TomoPy's {name} gave NaN in {bad} of {made.size} values of the sinograms.",
            "reconstruction.parameters.stripes",
            "It does so where a sinogram is flat or zero: take another remover, a stripe filter of "
            "the recipe, or a region without such columns.",
        )
    return made
