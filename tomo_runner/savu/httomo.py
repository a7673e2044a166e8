"""A recipe as the YAML pipeline of HTTomo, Savu's successor at Diamond."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, Optional, Tuple

from .. import catalogue
from ..dataset import Dataset, Window
from ..recipe import Recipe
from ..regions import Axis, given_axis, region_of_interest
from ..steps.phase import reach_of
from ..tilt import is_rotated, rows_off
from .convert import Place

_LOADERS = "httomo.data.hdf.loaders"
_GPU = "httomolibgpu"
_EVEN = 1e-6
Method = Dict[str, Any]


def to_httomo(recipe: Recipe, dataset: Dataset, place: Optional[Place]) -> Tuple[str, List[str]]:
    """Convert a recipe.

    Parameters
    ----------
    place
        Paths inside the NXtomo file; None when the data are another kind of files.

    Returns
    -------
    text
        YAML.
    notes
        A sentence for each thing of the recipe that is not in it.
    """
    notes: List[str] = []
    region = region_of_interest(recipe, dataset)
    axis = given_axis(recipe, dataset)
    on = {step["name"]: step for step in recipe.get("filters", []) if step.get("enabled", True)}
    # As they run, however they stand in the recipe.
    steps = {entry["name"]: on[entry["name"]] for entry in catalogue.steps() if entry["name"] in on}
    methods = [_loader(dataset, region, place, notes)]
    made = _steps(steps, dataset, notes)
    if axis is None:
        # It looks at corrected projections, so it comes after the flats and before the logarithm.
        names = [method["method"] for method in made]
        flats = "dark_flat_field_correction"
        made.insert(names.index(flats) + 1 if flats in names else 0, _centring(notes))
    methods += made
    methods.append(_reconstruction(recipe, axis, region, dataset.columns, notes))
    return _yaml(methods), notes


def _method(name: str, module: str, **parameters: Any) -> Method:
    return {"method": name, "module_path": module, "parameters": parameters}


def _loader(dataset: Dataset, region: Window, place: Optional[Place], notes: List[str]) -> Method:
    parameters: Dict[str, Any] = {
        "data_path": "auto" if place is None else place.data,
        "image_key_path": "auto" if place is None else place.image_key,
        "rotation_angles": _angles(dataset, notes),
    }
    if place is None:
        notes.append(
            "The data are not NXtomo, which HTTomo needs: write them as such with "
            "jupyter tomo export --nxtomo FILE."
        )
    for key in ("rotate", "flip", "exclude"):
        if dataset.settings.get(key):
            notes.append(
                f"The loader does not know dataset.{key}: write the data anew with "
                "jupyter tomo export --nxtomo FILE."
            )
    if region != dataset.whole:
        parameters["preview"] = {
            "detector_x": {"start": region.left, "stop": region.right},
            "detector_y": {"start": region.top, "stop": region.bottom},
        }
    return _method("standard_tomo", _LOADERS, **parameters)


def _angles(dataset: Dataset, notes: List[str]) -> Any:
    """Those of the file, or evenly spaced ones; others cannot be said."""
    values = dataset.angles.values
    if "angles" not in dataset.settings or values is None or len(values) < 2:
        return "auto"
    steps = values[1:] - values[:-1]
    if abs(steps - steps[0]).max() > _EVEN:
        notes.append(
            "Angles that are not evenly spaced cannot be said: write the data anew with "
            "jupyter tomo export --nxtomo FILE, which puts them into the file."
        )
        return "auto"
    return {
        "user_defined": {
            "start_angle": float(values[0]),
            "stop_angle": float(values[-1]),
            "angles_total": len(values),
        }
    }


def _centring(notes: List[str]) -> Method:
    notes.append(
        "The recipe states no centre of rotation, so find_center_vo is to find it; it is right "
        "only for scans of 180 degrees."
    )
    return {
        **_method("find_center_vo", f"{_GPU}.recon.rotation", ind=None),
        "id": "centering",
        "side_outputs": {"cor": "centre_of_rotation"},
    }


_STRIPES: Dict[str, Tuple[str, Dict[str, str]]] = {
    "stripes-sorting": ("remove_stripe_based_sorting", {"size": "size"}),
    "stripes-wavelet": (
        "remove_stripe_fw",
        {"level": "level", "sigma": "sigma", "wname": "wavelet"},
    ),
    "stripes-fourier": (
        "raven_filter",
        {"uvalue": "cutoff", "nvalue": "order", "vvalue": "rows"},
    ),
    "stripes-all": (
        "remove_all_stripe",
        {"snr": "snr", "la_size": "large", "sm_size": "small"},
    ),
}


def _steps(
    steps: Mapping[str, Mapping[str, Any]], dataset: Dataset, notes: List[str]
) -> List[Method]:
    methods: List[Method] = []
    for name, step in steps.items():
        if name == "outliers":
            notes.append(
                "remove_outlier has a threshold in counts and not in sigmas, so the outliers are "
                "left out: add it after the loader with a threshold that fits your camera."
            )
        elif name == "normalise":
            if dataset.state == "raw":
                methods.append(_method("dark_flat_field_correction", f"{_GPU}.prep.normalize"))
        elif name == "phase":
            if dataset.state != "attenuation":
                methods.append(_phase(step, dataset, notes))
        elif name == "minus-log":
            if "phase" not in steps and dataset.state != "attenuation":
                methods.append(_method("minus_log", f"{_GPU}.prep.normalize"))
        elif name in _STRIPES:
            theirs, parameters = _STRIPES[name]
            schema = catalogue.step(name)["schema"]
            values = {
                key: step.get(ours, schema[ours].get("default"))
                for key, ours in parameters.items()
                if ours in schema
            }
            methods.append(_method(theirs, f"{_GPU}.prep.stripe", **values))
        else:
            notes.append(f"The step {name} has no counterpart in HTTomo's pipeline.")
    return methods


def _phase(step: Mapping[str, Any], dataset: Dataset, notes: List[str]) -> Method:
    """Other units, and the logarithm with it."""
    schema = catalogue.step("phase")["schema"]
    values = {key: step.get(key, schema[key]["default"]) for key in schema}
    # Refuses what cannot be computed here, too.
    reach_of(values, dataset.pixel_centimetres)
    notes.append(
        "paganin_filter takes the logarithm as well. It reckons frequencies twice as high, so the "
        "same filter has a quarter of the ratio there."
    )
    return _method(
        "paganin_filter",
        f"{_GPU}.prep.phase",
        pixel_size=round(float(dataset.pixel_centimetres or 0.0) * 1e4, 6),
        distance=float(values["distance"]) / 1000.0,
        energy=float(values["energy"]),
        ratio_delta_beta=float(values["ratio"]) / 4.0,
    )


_FILTERED = {"FBP", "GRIDDING", "GRIDREC"}
"""Methods that do what its filtered back-projection does."""


def _reconstruction(
    recipe: Recipe, axis: Optional[Axis], region: Window, columns: int, notes: List[str]
) -> Method:
    wanted = recipe.get("reconstruction", {})
    tool = str(wanted.get("tool", "builtin"))
    parameters = wanted.get("parameters", {})
    method = str(wanted.get("method", ""))
    mask = float(wanted.get("mask", 1.0))
    given: Dict[str, Any] = {
        "center": "${{centering.side_outputs.centre_of_rotation}}",
    }
    if axis is not None:
        given["center"] = round(axis.at((region.top + region.bottom - 1) / 2) - region.left, 4)
        if abs(axis.tilt) > 1e-6:
            notes.append("The tilt of the axis is left out: the centre is that of the middle row.")
        if is_rotated(axis.tilt, columns):
            off = rows_off(axis.tilt, columns)
            notes.append(
                f"HTTomo does not rotate projections: slices are off by up to {off:.1f} rows "
                "towards their edge."
            )
    if tool == "tomopy" and method in ("gridrec", ""):
        window = parameters.get("filter", "shepp")
        if window != "shepp":
            # HTTomo's template of `recon` has no filter, and its checker refuses one.
            notes.append(f"HTTomo hands no filter to gridrec: shepp is used, not {window}.")
        return {
            **_method(
                "recon",
                "tomopy.recon.algorithm",
                **given,
                sinogram_order=False,
                algorithm="gridrec",
            ),
            "save_result": True,
        }
    given["recon_mask_radius"] = mask if mask > 0 else None
    iterative = {"SIRT": "SIRT3d_tomobar", "CGLS": "CGLS3d_tomobar"}
    family = method.replace("_CUDA", "").replace("3D", "").upper()
    if family in iterative:
        if "iterations" in parameters:
            given["iterations"] = int(parameters["iterations"])
        # Left out it is true.
        given["nonnegativity"] = float(parameters.get("minimum", -1.0)) >= 0
        name = iterative[family]
    else:
        name = "FBP2d_astra"
        if method and family not in _FILTERED:
            notes.append(f"HTTomo has no {method}: {name} takes its place.")
        chosen = str(parameters.get("filter", "shepp" if tool == "builtin" else "ram-lak"))
        given["filter_type"] = {"ramp": "ram-lak", "shepp": "shepp-logan"}.get(chosen, chosen)
        given["detector_pad"] = True
    notes.append(f"{name} runs on a GPU, as most of HTTomo does.")
    return {**_method(name, f"{_GPU}.recon.algorithm", **given), "save_result": True}


# --- YAML ---------------------------------------------------------------------------------------


def _yaml(methods: List[Method]) -> str:
    """The few kinds of values that a pipeline has; scalars are written as JSON, which is YAML."""
    lines: List[str] = []
    for method in methods:
        first = True
        for key, value in method.items():
            lines += _entry(key, value, "- " if first else "  ", 2)
            first = False
    return "\n".join(lines) + "\n"


def _entry(key: str, value: Any, indent: str, depth: int) -> List[str]:
    if isinstance(value, dict) and value:
        lines = [f"{indent}{key}:"]
        for name, inner in value.items():
            lines += _entry(name, inner, " " * (depth + 2), depth + 2)
        return lines
    return [f"{indent}{key}: {_scalar(value)}"]


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-")
_WORDS = {"null", "true", "false", "yes", "no", "on", "off"}


def _scalar(value: Any) -> str:
    """Words plainly, everything else as JSON."""
    plain = isinstance(value, str) and value and set(value) <= _PLAIN
    if plain and value[0].isalpha() and value.lower() not in _WORDS:
        return str(value)
    if isinstance(value, str) and value.startswith("${{"):
        return value
    return json.dumps(value)
