"""Every tool puts things in the same place, the same way round, with the same values."""

from __future__ import annotations

import make_data
import numpy as np
import pytest
import tifffile
from scipy.ndimage import uniform_filter

from tomo_runner.dataset import Dataset
from tomo_runner.pipeline import Pipeline
from tomo_runner.preview import preview_row
from tomo_runner.recipe import validate
from tomo_runner.stopping import Stop
from tomo_runner.toolhost.agreement import STATED
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
    ("tomopy", "grad", {"iterations": 200}),
    ("tomopy", "tikh", {"iterations": 200}),
    *((tool, name, given) for tool, methods in STATED.items() for name, given in methods.items()),
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


PENALTIES = [
    ("tv", {"iterations": 200, "penalty": 0.001}, 0.999),
    ("tv", {"iterations": 200, "penalty": 0.01}, 0.990),
    ("tv", {"iterations": 200, "penalty": 0.1}, 0.907),
    ("pml_quad", {"iterations": 60, "penalty": 10}, 0.998),
    ("pml_quad", {"iterations": 60, "penalty": 100}, 0.991),
    ("pml_hybrid", {"iterations": 60, "penalty": 100}, 0.996),
    ("tikh", {"iterations": 200, "towards": 0.01, "start": "gridrec"}, 0.951),
    ("tikh", {"iterations": 200, "towards": 0.05, "start": "gridrec"}, 0.807),
]
"""What methods take of the values of the example by their penalties: the slope, as documented."""


@pytest.mark.parametrize(("method", "parameters", "stated"), PENALTIES)
def test_a_penalty_takes_what_is_stated(method, parameters, stated, recipe, geometry, available):
    """Such a method cannot have the values of one without; things stay in their places."""
    available("tomopy")
    found, _ = sliced(recipe("tomopy", method, parameters))
    expected, wire = truth(geometry)
    slope, _ = line(expected, found, disc(128, 58))
    assert slope == pytest.approx(stated, abs=0.004)
    level = 1.2 * geometry.pixel
    at, there = (place(each, wire.x, wire.y, 7, level) for each in (found, expected))
    assert abs(at[0] - there[0]) < 0.1 and abs(at[1] - there[1]) < 0.1


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


FULL_WIDTH = [
    ("astra", "FBP", {"filter": "ram-lak"}),
    ("tomopy", "gridrec", {"filter": "ramlak"}),
    *(
        (tool, name, given)
        for tool, methods in STATED.items()
        for name, given in methods.items()
        # Ray by ray they take minutes: those are compared on coarser pixels alone.
        if name not in ("ART", "SART")
    ),
]
"""Whatever iterations the methods' help states."""


@pytest.fixture(scope="module")
def neutrons(shared):
    """A recipe of real data over a full turn with the axis off the middle, and its row 64."""
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
    return made, sliced(made, 64)[0]


@pytest.mark.parametrize(("tool", "method", "parameters"), FULL_WIDTH)
def test_real_neutrons(tool, method, parameters, neutrons, available):
    """Against the engine, in full width."""
    available(tool)
    made, reference = neutrons
    reconstruction = {"tool": tool, "method": method, "parameters": parameters}
    found, _ = sliced({**made, "reconstruction": reconstruction}, 64)
    inside = disc(len(reference), 300)
    slope, offset = line(reference, found, inside)
    iterative = "iterations" in parameters
    limit = 0.03 if iterative else 0.01
    assert abs(slope - 1) < limit
    assert abs(offset) < limit
    smooth = [uniform_filter(each, 5) for each in (reference, found)]

    def alike(picture):
        return np.corrcoef(smooth[0][inside], picture[inside])[0, 1]

    assert alike(smooth[1]) > (0.98 if iterative else 0.995)
    turned = [smooth[1][::-1], smooth[1][:, ::-1], smooth[1].T]
    assert max(alike(each) for each in turned) < 0.95

    # What has edges, off the axis, stands in the same place.
    assert np.abs(moved_by(*smooth)).max() < 0.1


@pytest.fixture(scope="module")
def binned_neutrons(shared, tmp_path_factory):
    """A row of the neutrons as attenuation: every other projection, four columns in one."""
    made = {
        "version": 1,
        "dataset": {
            "path": str(shared / "psi-neutron-ct"),
            "angles": {"first": 0, "last": 360},
        },
        "regions": {"centre": {"column": 399.4}},
        "filters": [{"name": "outliers"}, {"name": "normalise"}, {"name": "minus-log"}],
        "reconstruction": {},
    }
    dataset = Dataset(made, make_data.__file__)
    with Workers(2) as workers:
        pipeline = Pipeline(made, dataset, workers)
        whole = preview_row(made, pipeline, 64, "attenuation", Stop()).image
    count, columns = whole.shape
    row = whole[::2, : columns // 4 * 4].reshape(len(whole[::2]), -1, 4).mean(axis=2)
    folder = tmp_path_factory.mktemp("neutrons")
    for index, line in enumerate(row):
        tifffile.imwrite(folder / f"tomo_{index:04d}.tif", np.tile(line, (3, 1)))
    last = 360.0 * 2 * (len(row) - 1) / (count - 1)
    return {
        "version": 1,
        "dataset": {
            "path": str(folder),
            "state": "attenuation",
            "angles": {"first": 0, "last": last},
        },
        "regions": {"centre": {"column": (399.4 - 1.5) / 4}},
        "reconstruction": {"parameters": {"filter": "ramp"}},
    }


@pytest.mark.parametrize(
    ("tool", "method", "parameters"),
    [
        ("astra", "SIRT", {"iterations": 100}),
        ("astra", "SART", {"iterations": 10}),
        ("astra", "ART", {"iterations": 5}),
        ("astra", "CGLS", {"iterations": 12}),
        ("tomopy", "sirt", {"iterations": 100}),
        ("tomopy", "osem", {"iterations": 10}),
        ("tomopy", "mlem", {"iterations": 60}),
        ("tomopy", "art", {"iterations": 5}),
        ("tomopy", "bart", {"iterations": 20}),
        ("tomopy", "pml_hybrid", {"iterations": 60}),
        ("tomopy", "pml_quad", {"iterations": 60}),
        ("tomopy", "ospml_hybrid", {"iterations": 10}),
        ("tomopy", "ospml_quad", {"iterations": 10}),
        ("tomopy", "tv", {"iterations": 200}),
        ("tomopy", "grad", {"iterations": 200}),
    ],
)
def test_real_neutrons_by_iteration(tool, method, parameters, binned_neutrons, available):
    """Against the engine, at these iterations; binned, since they take minutes in full."""
    available(tool)
    reference, _ = sliced(binned_neutrons, 1)
    made = {
        **binned_neutrons,
        "reconstruction": {"tool": tool, "method": method, "parameters": parameters},
    }
    found, _ = sliced(made, 1)
    assert found.shape == reference.shape
    inside = disc(len(reference), 75)
    slope, offset = line(reference, found, inside)
    assert abs(slope - 1) < 0.03
    assert abs(offset) < 0.03
    smooth = [uniform_filter(each, 3) for each in (reference, found)]

    def alike(picture):
        return np.corrcoef(smooth[0][inside], picture[inside])[0, 1]

    assert alike(smooth[1]) > 0.98
    turned = [smooth[1][::-1], smooth[1][:, ::-1], smooth[1].T]
    assert max(alike(each) for each in turned) < 0.95
    assert np.abs(moved_by(*smooth, reach=8, within=70, beyond=20)).max() < 0.1


def moved_by(reference, found, reach=24, within=280, beyond=80):
    """How far the patches with the strongest edges in a ring around the axis have moved, in pixels.

    One patch alone says little: slices of every other projection have them 0.09 pixels (one
    standard deviation) beside those of all projections, by noise. So it is taken of twelve.

    Returns
    -------
    numpy.ndarray
        All together to the right and down; then, at the outer end of the ring, outwards and around.
    """
    down, right = np.gradient(reference)
    strength = uniform_filter(down**2 + right**2, 2 * reach + 1)
    strength[~disc(len(reference), within) | disc(len(reference), beyond)] = 0
    places, moves = [], []
    while strength.any() and len(moves) < 12:
        y, x = np.unravel_index(np.argmax(strength), strength.shape)
        patch = (slice(y - reach, y + reach + 1), slice(x - reach, x + reach + 1))
        strength[y - 2 * reach : y + 2 * reach, x - 2 * reach : x + 2 * reach] = 0
        parts = [each[patch].ravel() for each in (reference, right, down)]
        design = np.stack([*parts, np.ones(len(parts[0]))], axis=1)
        (height, across, along, _), *_ = np.linalg.lstsq(design, found[patch].ravel(), rcond=None)
        places.append(complex(x, y) - complex(1, 1) * (len(reference) - 1) / 2)
        moves.append(-complex(across, along) / height)
    design = np.stack([np.ones(len(moves)), np.divide(places, within)], axis=1)
    (together, apart), *_ = np.linalg.lstsq(design, np.array(moves), rcond=None)
    return np.array([together.real, together.imag, apart.real, apart.imag])
