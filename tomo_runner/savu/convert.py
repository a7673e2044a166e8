"""A recipe as a process list of Savu: what can be said in one, and notes of what cannot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from .. import catalogue
from ..dataset import Dataset, Window
from ..failures import RecipeFailure
from ..recipe import Recipe
from ..regions import Axis, given_axis, region_of_interest
from ..steps.phase import reach_of
from ..tilt import is_rotated, rows_off
from ..toolhost.savu_files import Plugin, ProcessList
from .plugins import plugin

_DATA = "tomo"
_FILTERS = {"ramp": "ram-lak", "shepp": "shepp-logan"}
_ASTRA = ("FBP", "SIRT", "SART", "ART", "CGLS", "BP")
_SEEN = 0.05
"""Columns by which an axis may be off before it is told."""


@dataclass(frozen=True)
class Converted:
    """A list, and a sentence for each thing that is not in it."""

    process_list: ProcessList
    notes: List[str] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """Where the data lie in their file."""

    data: str
    image_key: Optional[str]


def to_list(recipe: Recipe, dataset: Dataset, place: Optional[Place]) -> Converted:
    """Convert a recipe.

    Parameters
    ----------
    recipe
        A checked recipe.
    dataset
        What it names.
    place
        Paths inside the NXtomo file; None when the data are another kind of files.

    Raises
    ------
    RecipeFailure
        When its tool cannot be said in a process list.
    """
    notes: List[str] = []
    region = region_of_interest(recipe, dataset)
    plugins = [_loader(dataset, region, place, notes)]
    steps = {step["name"]: step for step in recipe.get("filters", []) if step.get("enabled", True)}
    plugins += _projection_steps(steps, dataset, notes)
    plugins += _stripes(steps, notes)
    axis = given_axis(recipe, dataset)
    if axis is None:
        plugins.append(plugin("VoCentering", in_datasets=[_DATA]))
        notes.append(
            "The recipe states no centre of rotation, so VoCentering is to find it; it is right "
            "only for scans of 180 degrees."
        )
    if axis is not None and is_rotated(axis.tilt, dataset.columns):
        notes.append(
            "The projections are not rotated, each row has its own column of the axis: slices are "
            f"off by up to {rows_off(axis.tilt, dataset.columns):.1f} rows towards their edge. "
            "CameraRotCorrection rotates, but fills up with zeros."
        )
    log = "minus-log" in steps and dataset.state != "attenuation"
    if any(one.name == "PaganinFilter" for one in plugins):
        log = False
    plugins.append(_reconstruction(recipe, axis, region, log, notes))
    return Converted(ProcessList(plugins), notes)


def _loader(dataset: Dataset, region: Window, place: Optional[Place], notes: List[str]) -> Plugin:
    given: Dict[str, Any] = {"name": _DATA}
    if place is None:
        notes.append(
            "The data are not NXtomo, which Savu needs: write them as such with "
            "jupyter tomo export --nxtomo FILE."
        )
    else:
        given.update(data_path=place.data, image_key_path=place.image_key)
        settings = dataset.settings
        for key, what in (
            ("rotate", "turn the images"),
            ("flip", "flip the images"),
            ("exclude", "leave out projections"),
            ("angles", "state the angles"),
        ):
            if settings.get(key):
                notes.append(
                    f"The loader does not {what} (dataset.{key}): write the data anew with "
                    "jupyter tomo export --nxtomo FILE, and use that file."
                )
    given["preview"] = preview(region, dataset)
    return plugin("NxtomoLoader", **given)


def preview(region: Window, dataset: Dataset) -> List[str]:
    """A region as Savu writes it; empty when it is the whole image."""
    if region == dataset.whole:
        return []
    return [":", f"{region.top}:{region.bottom}", f"{region.left}:{region.right}"]


def _projection_steps(
    steps: Mapping[str, Mapping[str, Any]], dataset: Dataset, notes: List[str]
) -> List[Plugin]:
    plugins: List[Plugin] = []
    if "outliers" in steps:
        plugins.append(
            plugin(
                "Dezinger",
                active=False,
                in_datasets=[_DATA],
                out_datasets=[_DATA],
                kernel_size=_value(steps["outliers"], "outliers", "size"),
            )
        )
        notes.append(
            "Dezinger stands for the outliers but is off: it needs the library larix, and its "
            "threshold is another one."
        )
    if "normalise" in steps and dataset.state == "raw":
        plugins.append(plugin("DarkFlatFieldCorrection", in_datasets=[_DATA], out_datasets=[_DATA]))
    if "air" in steps and dataset.state != "attenuation":
        notes.append("Savu has no step for the air region: fluctuations of the beam stay.")
    if "phase" in steps and dataset.state != "attenuation":
        plugins.append(_phase(steps["phase"], "minus-log" in steps, dataset, notes))
    known = {"outliers", "normalise", "air", "phase", "minus-log"}
    for name in steps:
        if name not in known and not name.startswith("stripes-"):
            notes.append(f"The step {name} has no counterpart in the list.")
    return plugins


def _phase(step: Mapping[str, Any], log: bool, dataset: Dataset, notes: List[str]) -> Plugin:
    """The plugin has other units, and takes the logarithm itself."""
    values = {key: _value(step, "phase", key) for key in ("energy", "distance", "ratio")}
    padding = reach_of(values, dataset.pixel_centimetres)
    ratio = float(values["ratio"])
    notes.append(
        "PaganinFilter takes the logarithm, so it is off in the reconstruction. It makes phase of "
        f"it: values are ratio / 2 = {ratio / 2:g} times attenuation, and have an offset."
    )
    if not log:
        notes.append("The recipe takes no logarithm, PaganinFilter does.")
    return plugin(
        "PaganinFilter",
        in_datasets=[_DATA],
        out_datasets=[_DATA],
        Energy=float(values["energy"]),
        Distance=float(values["distance"]) / 1000.0,
        Ratio=ratio,
        Resolution=round(float(dataset.pixel_centimetres or 0.0) * 1e4, 6),
        Padtopbottom=padding,
        Padleftright=padding,
    )


_Stripe = Tuple[str, Dict[str, str]]
_STRIPES: Dict[str, _Stripe] = {
    "stripes-sorting": ("RingRemovalSorting", {"size": "size"}),
    "stripes-filtering": ("RingRemovalFiltering", {"sigma": "sigma", "size": "size"}),
    "stripes-fitting": ("RingRemovalFitting", {"order": "order", "sigmax": "sigma"}),
    "stripes-fourier": ("RavenFilter", {"uvalue": "cutoff", "nvalue": "order", "vvalue": "rows"}),
    "stripes-interpolation": ("RingRemovalInterpolation", {"size": "size", "snr": "snr"}),
    "stripes-wavelet": ("RingRemovalWaveletfft", {"level": "level", "sigma": "sigma"}),
    "stripes-large": ("RemoveLargeRings", {"size": "size", "snr": "snr"}),
    "stripes-dead": (
        "RemoveUnresponsiveAndFluctuatingRings",
        {"size": "size", "snr": "snr", "residual": "residual"},
    ),
    "stripes-all": (
        "RemoveAllRings",
        {"snr": "snr", "la_size": "large", "sm_size": "small"},
    ),
}
"""For a step: the plugin, and its parameters by those of the step."""


def _stripes(steps: Mapping[str, Mapping[str, Any]], notes: List[str]) -> List[Plugin]:
    plugins: List[Plugin] = []
    for name, step in steps.items():
        if not name.startswith("stripes-"):
            continue
        if name not in _STRIPES:
            notes.append(f"The step {name} has no counterpart in the list.")
            continue
        title, parameters = _STRIPES[name]
        schema = catalogue.step(name)["schema"]
        values = {
            theirs: _value(step, name, ours)
            for theirs, ours in parameters.items()
            if ours in schema
        }
        plugins.append(plugin(title, in_datasets=[_DATA], out_datasets=[_DATA], **values))
        notes.append(
            f"{title} works before the logarithm, {name} after it: its strength may need a look."
        )
    return plugins


def _value(step: Mapping[str, Any], name: str, key: str) -> Any:
    default = catalogue.step(name)["schema"][key].get("default")
    return step.get(key, default)


# --- reconstruction -----------------------------------------------------------------------------


def _reconstruction(
    recipe: Recipe, axis: Optional[Axis], region: Window, log: bool, notes: List[str]
) -> Plugin:
    wanted = recipe.get("reconstruction", {})
    tool = str(wanted.get("tool", "builtin"))
    if tool not in _CONVERTERS:
        raise RecipeFailure(
            "no-savu-tool",
            f"The tool {tool} cannot be said in a process list.",
            "reconstruction.tool",
            f"Choose one of {', '.join(_CONVERTERS)}.",
        )
    method = str(wanted.get("method", catalogue.first_method(tool)))
    schema = catalogue.method(tool, method)["schema"]
    values = {**catalogue.defaults(schema), **wanted.get("parameters", {})}
    name, given = _CONVERTERS[tool](method, values, notes)
    from_edge = name == "TomopyRecon" and given["algorithm"] == "fbp"
    if from_edge and axis is None:
        notes.append(
            "VoCentering counts columns from the middle of the first one and TomoPy's fbp from its "
            "edge, so BP of AstraReconCpu stands in its place: unfiltered as well."
        )
        name, given = "AstraReconCpu", {"algorithm": "BP", "projector": "linear"}
    if axis is not None and name.startswith("AstraRecon"):
        notes += _beside(name, axis, region)
    mask = float(wanted.get("mask", 1.0))
    return plugin(
        name,
        in_datasets=[_DATA],
        out_datasets=[_DATA],
        centre_of_rotation=0.0
        if axis is None
        else _centre(axis, region, 0.5 if from_edge else 0.0),
        log=log,
        # Beyond the corners there is nothing to cut.
        ratio=mask if mask > 0 else 1.5,
        **given,
    )


def _centre(axis: Axis, region: Window, more: float) -> Any:
    """A column of the cropped image; for a tilted axis one for the first and the last row.

    To it is added what the plugin counts from: TomoPy's fbp from the edge of the first column, all
    others, gridrec too, from its middle.
    """
    first, last = axis.at(region.top), axis.at(region.bottom - 1)
    if abs(last - first) < 1e-3:
        return round(axis.at((region.top + region.bottom - 1) / 2) - region.left + more, 4)
    return {
        "0": round(first - region.left + more, 4),
        str(region.rows - 1): round(last - region.left + more, 4),
    }


def _beside(name: str, axis: Axis, region: Window) -> List[str]:
    """A note where the plugin puts the axis beside the column that is set.

    It takes whole columns off the sinogram until the axis is in the middle.
    """
    first, last = axis.at(region.top), axis.at(region.bottom - 1)
    if abs(last - first) >= 1e-3:
        return [f"{name} moves a tilted axis by half columns: up to 0.25 beside it in each row."]
    column = axis.at((region.top + region.bottom - 1) / 2)
    middle = (region.left + region.right - 1) / 2
    used = middle + round(2 * (column - middle)) / 2
    if abs(used - column) <= _SEEN:
        return []
    return [
        f"{name} moves the axis by half columns: it uses {used:g} in place of {column:g}. "
        "TomopyRecon with gridrec (the tool TomoPy) uses the column itself."
    ]


_Result = Tuple[str, Dict[str, Any]]


def _builtin(method: str, values: Mapping[str, Any], notes: List[str]) -> _Result:
    notes.append(
        "The built-in gridding becomes FBP of AstraReconCpu, which gives the same values and "
        "takes longer."
    )
    if float(values.get("cutoff", 1.0)) != 1.0:
        notes.append("AstraReconCpu has no cut-off of the filter.")
    wanted = str(values["filter"])
    return "AstraReconCpu", {
        "algorithm": "FBP",
        "FBP_filter": _FILTERS.get(wanted, wanted),
        "projector": "linear",
    }


def _astra(method: str, values: Mapping[str, Any], notes: List[str]) -> _Result:
    gpu = method.endswith("_CUDA")
    given: Dict[str, Any] = {"algorithm": method}
    if "filter" in values:
        given["FBP_filter"] = values["filter"]
    if "iterations" in values:
        given["n_iterations"] = int(values["iterations"])
    if gpu:
        return "AstraReconGpu", given
    if method not in _ASTRA:
        notes.append(f"AstraReconCpu has no {method}: FBP stands in its place.")
        given = {"algorithm": "FBP", "FBP_filter": "ram-lak"}
    given["projector"] = values.get("projector", "linear")
    left = sorted(set(values) & {"minimum", "maximum", "relaxation", "start", "shape", "cutoff"})
    changed = [key for key in left if key in values and key not in ("relaxation", "cutoff")]
    if changed:
        notes.append(f"AstraReconCpu does not take {', '.join(changed)}.")
    return "AstraReconCpu", given


def _tomopy(method: str, values: Mapping[str, Any], notes: List[str]) -> _Result:
    if method in ("gridrec", "fbp"):
        if method == "gridrec":
            notes.append(
                "Gridrec puts the axis right of and below the middle of a slice, by half a pixel "
                "where the width is even and by a whole one where it is odd; Savu leaves it there."
            )
        return "TomopyRecon", {"algorithm": method, "filter_name": values.get("filter", "shepp")}
    iterations = int(values.get("iterations", 100))
    notes.append(
        f"Savu does not hand iterations on to TomoPy, so {method} becomes SIRT of AstraReconCpu "
        f"with {iterations} iterations."
    )
    return "AstraReconCpu", {
        "algorithm": "SIRT",
        "n_iterations": iterations,
        "projector": "linear",
    }


def _savu(method: str, values: Mapping[str, Any], notes: List[str]) -> _Result:
    if "list" in values:
        raise RecipeFailure(
            "is-a-list",
            "The recipe runs a process list already.",
            "reconstruction.method",
            "Use that list, or choose another method to export.",
        )
    return _astra(method, values, notes)


_CONVERTERS: Dict[str, Callable[[str, Mapping[str, Any], List[str]], _Result]] = {
    "builtin": _builtin,
    "astra": _astra,
    "tomopy": _tomopy,
    "savu": _savu,
}
