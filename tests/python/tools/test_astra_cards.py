"""ASTRA's methods for graphics cards, as far as a machine without one allows.

What ASTRA is handed (geometry, data, options, iterations) is checked here; whether a card computes
what it should with that, only a card can tell.
"""

from __future__ import annotations

import numpy as np
import pytest

from tomo_runner import catalogue, tools
from tomo_runner.dataset import Dataset
from tomo_runner.failures import ToolFailure
from tomo_runner.pipeline import Pipeline
from tomo_runner.preview import preview_row
from tomo_runner.recipe import validate
from tomo_runner.stopping import Stop
from tomo_runner.toolhost import astra as ours
from tomo_runner.toolhost.contract import Task, ToolError
from tomo_runner.workers import Workers

CARDS = [
    "FBP_CUDA",
    "SIRT_CUDA",
    "SART_CUDA",
    "CGLS_CUDA",
    "EM_CUDA",
    "SIRT3D_CUDA",
    "CGLS3D_CUDA",
]
ANGLES = np.array([0.0, 17.0, 63.5, 90.0, 141.0, 179.0])
COLUMNS, CENTRE = 40, 21.35


def task(method, rows=2, centres=None, sinograms=None, **parameters):
    schema = catalogue.method("astra", method)["schema"]
    if sinograms is None:
        sinograms = np.ones((rows, len(ANGLES), COLUMNS), np.float32)
    return Task(
        method,
        {**catalogue.defaults(schema), **parameters},
        sinograms,
        ANGLES,
        np.full(rows, CENTRE) if centres is None else np.asarray(centres),
        np.zeros((rows, COLUMNS, COLUMNS), np.float32),
        2,
        lambda row: None,
        lambda text: None,
    )


def test_these_are_all():
    listed = catalogue.tools()
    methods = next(tool for tool in listed if tool["name"] == "astra")["methods"]
    assert [method["name"] for method in methods if method["gpu"]] == CARDS


def seen(vectors, x, y):
    """Detector column of the point (x right, y down), by ASTRA's definition of its vectors."""
    columns = []
    for ray, detector, step in zip(vectors[:, 0:2], vectors[:, 2:4], vectors[:, 4:6]):
        # The point moves along the ray until it meets the detector's line.
        point = np.array([x, -y])
        _, along = np.linalg.solve(np.stack([ray, -step], axis=1), detector - point)
        columns.append((COLUMNS - 1) / 2 + along)
    return np.array(columns)


@pytest.mark.parametrize(("x", "y"), [(0.0, 0.0), (11.5, 0.0), (0.0, 7.25), (-6.0, 9.5)])
def test_points_are_seen_where_the_contract_says(x, y):
    """Axis at its sub-pixel place, and the right way round."""
    pytest.importorskip("astra")
    radians = np.deg2rad(ANGLES)
    expected = CENTRE + x * np.cos(radians) + y * np.sin(radians)
    for method in ("SIRT_CUDA", "SART_CUDA", "CGLS_CUDA", "EM_CUDA"):
        _, geometry = ours.prepared(task(method), 0)
        assert geometry["type"] == "parallel_vec" and geometry["DetectorCount"] == COLUMNS
        assert seen(geometry["Vectors"], x, y) == pytest.approx(expected, abs=1e-9)
    vectors = ours.vectors3d(task("SIRT3D_CUDA"))
    assert vectors.shape == (len(ANGLES), 12)
    flat = vectors[:, [0, 1, 3, 4, 6, 7]]
    assert seen(flat, x, y) == pytest.approx(expected, abs=1e-9)
    # Rays are level, and the detector's rows go up as ASTRA's volumes do.
    assert np.array_equal(vectors[:, [2, 5, 8]], np.zeros((len(ANGLES), 3)))
    assert np.array_equal(vectors[:, 9:], np.tile([0.0, 0.0, 1.0], (len(ANGLES), 1)))


def test_fbp_moves_the_sinogram_instead():
    """Its filter knows no other geometry: the axis comes to the middle by parts of a column."""
    pytest.importorskip("astra")
    columns = np.arange(COLUMNS)
    sinogram = np.exp(-0.5 * (columns - CENTRE) ** 2 / 2.5**2).astype(np.float32)
    sinograms = np.tile(sinogram, (1, len(ANGLES), 1))
    made, geometry = ours.prepared(task("FBP_CUDA", 1, sinograms=sinograms, edge="zero"), 0)
    assert geometry["type"] == "parallel"
    middle = (made.shape[1] - 1) / 2
    places = (made * np.arange(made.shape[1])).sum(axis=1) / made.sum(axis=1)
    assert places == pytest.approx(np.full(len(ANGLES), middle), abs=0.01)


def test_counts_are_never_negative_for_em():
    pytest.importorskip("astra")
    sinograms = np.full((1, len(ANGLES), COLUMNS), -0.5, np.float32)
    made, _ = ours.prepared(task("EM_CUDA", 1, sinograms=sinograms), 0)
    assert made.min() == 0


@pytest.mark.parametrize(
    ("method", "given", "expected"),
    [
        (
            "FBP_CUDA",
            {"filter": "hann", "cutoff": 0.7, "pixelSampling": 3, "gpu": 1},
            {"FilterType": "hann", "FilterD": 0.7, "GPUindex": 1, "PixelSuperSampling": 3},
        ),
        (
            "FBP_CUDA",
            {"filter": "tukey", "shape": 0.3},
            {"FilterType": "projection", "GPUindex": 0},
        ),
        (
            "SIRT_CUDA",
            {"minimum": 0.0, "maximum": 0.9, "detectorSampling": 2, "pixelSampling": 2},
            {
                "MinConstraint": 0.0,
                "MaxConstraint": 0.9,
                "DetectorSuperSampling": 2,
                "PixelSuperSampling": 2,
                "GPUindex": 0,
            },
        ),
        ("SART_CUDA", {"relaxation": 0.4, "minimum": 0.0}, {"MinConstraint": 0.0}),
        ("CGLS_CUDA", {"detectorSampling": 3}, {"DetectorSuperSampling": 3}),
        ("EM_CUDA", {"pixelSampling": 4}, {"PixelSuperSampling": 4}),
        ("SIRT3D_CUDA", {"minimum": 0.0, "maximum": 2.0}, {"MaxConstraint": 2.0}),
        ("CGLS3D_CUDA", {"gpu": 2}, {"GPUindex": 2}),
    ],
)
def test_options(method, given, expected, recipe):
    """Each parameter arrives as the option that ASTRA knows."""
    pytest.importorskip("astra")
    validate(recipe("astra", method, given))
    made = task(method, **given)
    geometry = ours.prepared(made, 0)[1]
    found = ours.options(made, geometry)
    assert {key: found[key] for key in expected} == expected


def test_iterations_as_astra_counts_them():
    shape = (len(ANGLES), COLUMNS)
    assert ours.steps(task("SIRT_CUDA", iterations=30), shape) == 30
    assert ours.steps(task("SIRT3D_CUDA", iterations=30), shape) == 30
    assert ours.steps(task("SART_CUDA", iterations=30), shape) == 30 * len(ANGLES)


def test_a_tilted_axis_is_refused_for_whole_slabs():
    with pytest.raises(ToolError) as raised:
        ours.vectors3d(task("SIRT3D_CUDA", centres=[20.0, 20.2]))
    assert raised.value.code == "tool-tilt"
    assert "SIRT_CUDA" in raised.value.hint
    ours.vectors3d(task("SIRT3D_CUDA", centres=[20.0, 20.04]))


@pytest.mark.parametrize("method", CARDS)
def test_refused_without_a_card(method, recipe, available):
    """In the list with the reason, and in words when it is asked for all the same."""
    found = available("astra")
    if found["gpu"]:
        pytest.skip("this machine has a graphics card")
    listed = next(tool for tool in tools.list_tools() if tool["name"] == "astra")
    why = next(each["why"] for each in listed["methods"] if each["name"] == method)
    assert "graphics card" in why
    made = recipe("astra", method)
    validate(made)
    with Workers(1) as workers, pytest.raises(ToolFailure) as raised:
        pipeline = Pipeline(made, Dataset(made, "/"), workers)
        preview_row(made, pipeline, 4, "slice", Stop())
    assert raised.value.code == "no-gpu"
    assert "NVIDIA" in raised.value.message and "resource" in raised.value.hint


# --- what is shared with the processor's methods, seen in slices ------------------------------


def rows(method, sinograms, **parameters):
    made = task(method, len(sinograms), sinograms=sinograms, **parameters)
    ours.reconstruct(made)
    return made.slices


@pytest.fixture(scope="module")
def disc():
    """Sinograms of a disc of value 0.5 and radius 9 at the axis, with a dip below zero beside."""
    offset = np.arange(COLUMNS) - CENTRE
    chord = 2 * np.sqrt(np.maximum(9.0**2 - offset**2, 0))
    return np.tile((0.5 * chord - 0.05).astype(np.float32), (1, len(ANGLES), 1))


def test_constraints_hold(disc):
    pytest.importorskip("astra")
    free = rows("SIRT", disc, iterations=30)
    bound = rows("SIRT", disc, iterations=30, minimum=0.0, maximum=0.4)
    assert free.min() < 0 and free.max() > 0.45
    assert bound.min() == 0 and bound.max() == pytest.approx(0.4, abs=1e-6)


def test_the_disc_masks(disc):
    pytest.importorskip("astra")
    assert rows("SIRT", disc, iterations=5, disc=True)[0, 0, 0] == 0
    assert rows("SIRT", disc, iterations=5, disc=False)[0, 0, 0] != 0


def test_a_start_image_is_begun_from(disc):
    """One iteration from a back-projection is nearer to the data than one from nothing."""
    pytest.importorskip("astra")
    wanted = rows("SIRT", disc, iterations=300)
    errors = [
        np.linalg.norm(rows("SIRT", disc, iterations=1, start=start) - wanted)
        for start in ("fbp", "zero")
    ]
    assert errors[0] < 0.8 * errors[1]
