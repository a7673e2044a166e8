"""Every tool puts things in the same place, the same way round, with the same values."""

from __future__ import annotations

import make_data
import numpy as np
import pytest
from scipy.ndimage import uniform_filter

from tomo_runner.dataset import Dataset
from tomo_runner.pipeline import Pipeline
from tomo_runner.preview import preview_row
from tomo_runner.recipe import validate
from tomo_runner.stopping import Stop
from tomo_runner.workers import Workers

ROW = 4
"""Of the example's rows; row 24 of the whole, which cuts letters and helix."""

ANALYTIC = [
    ("builtin", "gridding", {"filter": "ramp"}),
    ("astra", "FBP", {}),
    ("astra", "FBP", {"projector": "strip"}),
    ("tomopy", "gridrec", {"filter": "ramlak"}),
]
ITERATIVE = [
    ("astra", "SIRT", {"iterations": 150}),
    ("astra", "SART", {"iterations": 10}),
    ("astra", "ART", {"iterations": 5}),
    ("astra", "CGLS", {"iterations": 15}),
    ("tomopy", "sirt", {"iterations": 150}),
    ("tomopy", "osem", {"iterations": 10}),
    ("tomopy", "mlem", {"iterations": 60}),
    ("tomopy", "art", {"iterations": 10}),
    ("tomopy", "bart", {"iterations": 20}),
    ("tomopy", "pml_hybrid", {"iterations": 60}),
    ("tomopy", "pml_quad", {"iterations": 60}),
    ("tomopy", "ospml_hybrid", {"iterations": 8}),
    ("tomopy", "ospml_quad", {"iterations": 8}),
    ("tomopy", "tv", {"iterations": 100}),
]


def sliced(recipe, row=ROW, base=None):
    """A slice as the agent and the command line make it, and what is said about it."""
    validate(recipe)
    with Workers(2) as workers:
        pipeline = Pipeline(recipe, Dataset(recipe, base or make_data.__file__), workers)
        made = preview_row(recipe, pipeline, row, "slice", Stop())
    return made.image.astype(float), made.about


def disc(size, radius):
    offset = np.arange(size) - (size - 1) / 2
    return offset[:, None] ** 2 + offset[None, :] ** 2 <= radius**2


def line(expected, found, inside):
    """Slope and offset (relative to the largest value) of one picture over another, smoothed."""
    x, y = (uniform_filter(picture, 9)[inside] for picture in (expected, found))
    (slope, offset), *_ = np.linalg.lstsq(np.stack([x, np.ones_like(x)], 1), y, rcond=None)
    return slope, offset / x.max()


def place(picture, x, y, radius, background):
    """Centre of mass of something bright near (x, y) from the axis."""
    offset = np.arange(len(picture)) - (len(picture) - 1) / 2
    near = (offset[None, :] - x) ** 2 + (offset[:, None] - y) ** 2 <= radius**2
    weight = np.where(near, np.maximum(picture - background, 0), 0)
    return (
        float((weight * offset[None, :]).sum() / weight.sum()),
        float((weight * offset[:, None]).sum() / weight.sum()),
    )


def truth(geometry):
    """The slice per pixel, and the wire of the helix in it."""
    expected = make_data.truth(geometry, 20 + ROW) * geometry.pixel
    wire = make_data.helix(geometry.scale, 1.5 * (20 + ROW) / geometry.rows)
    return expected, wire


@pytest.mark.parametrize(("tool", "method", "parameters"), ANALYTIC + ITERATIVE)
def test_example(tool, method, parameters, recipe, geometry, available):
    if tool != "builtin":
        available(tool)
    found, about = sliced(recipe(tool, method, parameters))
    assert about["unit"] == "1/pixel"
    expected, wire = truth(geometry)
    assert found.shape == expected.shape == (128, 128)

    # Right way round: the letters are those of the sample, not those of its mirror images.
    inside = disc(128, 58)

    def alike(picture):
        return np.corrcoef(expected[inside], picture[inside])[0, 1]

    assert alike(found) > 0.93
    assert max(alike(found[::-1]), alike(found[:, ::-1]), alike(found.T)) < 0.75

    # In the right place: the wire, 7 pixels wide and 38 from the axis.
    level = 0.2 * geometry.pixel + 1.0 * geometry.pixel
    at = place(found, wire.x, wire.y, 7, level)
    there = place(expected, wire.x, wire.y, 7, level)
    assert abs(at[0] - there[0]) < 0.1 and abs(at[1] - there[1]) < 0.1

    # With the right values.
    slope, offset = line(expected, found, inside)
    limit = 0.01 if (tool, method, parameters) in ANALYTIC else 0.03
    assert abs(slope - 1) < limit
    assert abs(offset) < limit


@pytest.mark.parametrize(("tool", "method"), [("astra", "BP"), ("tomopy", "fbp")])
def test_unfiltered_is_said_to_be(tool, method, recipe, geometry, available):
    """Its values are no attenuation, as its title says; the place is right all the same."""
    available(tool)
    found, _ = sliced(recipe(tool, method))
    expected, _ = truth(geometry)
    inside = disc(128, 58)
    assert np.corrcoef(expected[inside], found[inside])[0, 1] > 0.3
    assert abs(line(expected, found, inside)[0] - 1) > 1
    from tomo_runner import catalogue

    assert catalogue.method(tool, method)["kind"] == "unfiltered"
    assert "unfiltered" in catalogue.method(tool, method)["title"]


@pytest.mark.parametrize(("tool", "method"), [("astra", "FBP"), ("tomopy", "gridrec")])
@pytest.mark.parametrize("size", [127, 128])
def test_odd_and_even_widths(tool, method, size, recipe, geometry, available):
    """The axis of a slice stands between pixels or on one."""
    available(tool)
    made = recipe(tool, method)
    made["regions"]["roi"] = [0, 0, size, 8]
    found, _ = sliced(made)
    made["reconstruction"] = {"parameters": {"filter": "ramp"}}
    reference, _ = sliced(made)
    assert found.shape == reference.shape == (size, size)
    _, wire = truth(geometry)
    level = 1.2 * geometry.pixel
    at, there = (place(each, wire.x, wire.y, 7, level) for each in (found, reference))
    assert abs(at[0] - there[0]) < 0.03 and abs(at[1] - there[1]) < 0.03


@pytest.mark.parametrize(
    ("tool", "method", "parameters"),
    [
        ("astra", "FBP", {"filter": "ram-lak"}),
        ("astra", "CGLS", {"iterations": 12}),
        ("tomopy", "gridrec", {"filter": "ramlak"}),
    ],
)
def test_real_neutrons(tool, method, parameters, shared, available):
    """Slope and offset against the engine on real data, over a full turn, off-centre axis."""
    available(tool)
    made = {
        "version": 1,
        "dataset": {
            "path": str(shared / "psi-neutron-ct"),
            "angles": {"first": 0, "last": 360},
        },
        "regions": {"centre": {"column": 399.4}},
        "filters": [{"name": "outliers"}, {"name": "normalise"}, {"name": "minus-log"}],
        "reconstruction": {"parameters": {"filter": "ramp"}},
    }
    reference, _ = sliced(made, 64)
    made["reconstruction"] = {"tool": tool, "method": method, "parameters": parameters}
    found, _ = sliced(made, 64)
    inside = disc(len(reference), 300)
    slope, offset = line(reference, found, inside)
    limit = 0.03 if method == "CGLS" else 0.01
    assert abs(slope - 1) < limit
    assert abs(offset) < limit
    smooth = [uniform_filter(each, 5)[inside] for each in (reference, found)]
    assert np.corrcoef(*smooth)[0, 1] > (0.98 if method == "CGLS" else 0.995)
