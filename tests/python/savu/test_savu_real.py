"""Runs with the real Savu, against ASTRA, TomoPy and the engine."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import phantom
import pytest

from tomo_runner.failures import ToolFailure
from tomo_runner.savu.plugins import plugin
from tomo_runner.stopping import Stop
from tomo_runner.toolhost.savu_files import ProcessList, read_list, write_list

SPOT = 2.5
"""Standard deviation of a spot in pixels."""


@pytest.mark.parametrize("method", ["FBP", "SIRT", "CGLS"])
def test_the_real_savu_agrees_with_astra(real, recipe, nxtomo, run, method, tmp_path):
    pytest.importorskip("astra")
    parameters, bar = ({}, 0.01) if method == "FBP" else ({"iterations": 20}, 0.03)
    _, theirs, _ = run(recipe(nxtomo, "savu", method, parameters), rows=(1, 3))
    shutil.rmtree(tmp_path / "out")
    shutil.rmtree(tmp_path / "job")
    _, ours, _ = run(recipe(nxtomo, "astra", method, parameters), rows=(1, 3))
    inside = np.hypot(*(np.mgrid[:64, :64] - 31.5)) < 28
    for row in (1, 2):
        slope, offset = np.polyfit(ours[row][inside], theirs[row][inside], 1)
        assert abs(slope - 1) < bar
        assert abs(offset) < bar * np.abs(ours[row][inside]).max()


def test_the_real_savu_runs_an_exported_list(real, recipe, folder, run, tmp_path, small):
    from tomo_runner.savu import export

    wanted = recipe(folder)
    export(wanted, tmp_path, Stop(), {"savu": tmp_path / "l.nxs"})
    _, theirs, _ = run(recipe(folder, "savu", "process-list", {"list": "l.nxs"}))
    assert sorted(theirs) == list(range(6))
    shutil.rmtree(tmp_path / "out")
    shutil.rmtree(tmp_path / "job")
    _, ours, _ = run(wanted)
    inside = np.hypot(*(np.mgrid[:64, :64] - 31.5)) < 26
    same = np.corrcoef(ours[3][inside], theirs[3][inside])[0, 1]
    turned = [
        np.corrcoef(ours[3][inside], picture[inside])[0, 1]
        for picture in (theirs[3][::-1], theirs[3][:, ::-1], theirs[3][::-1, ::-1])
    ]
    assert same > 0.9 and same > max(turned) + 0.2


def shift(one, other):
    """Pixels (y, x) by which the second image stands further on, to a fraction."""
    window = np.hanning(64)[:, None] * np.hanning(64)
    spectra = [np.fft.fft2((image - image.mean()) * window) for image in (one, other)]
    alike = np.fft.fftshift(np.fft.ifft2(np.conj(spectra[0]) * spectra[1]).real)
    y, x = np.unravel_index(alike.argmax(), alike.shape)
    fine = []
    for at, line in ((y, alike[:, x]), (x, alike[y])):
        low, top, high = line[at - 1 : at + 2]
        fine.append(at - 32 + (low - high) / (2 * (low - 2 * top + high)))
    return np.array(fine)


def test_the_real_savu_has_things_where_the_engine_has_them(real, recipe, nxtomo, run, tmp_path):
    theirs = run(recipe(nxtomo, "savu", "FBP", {}), rows=(2, 4))[1]
    shutil.rmtree(tmp_path / "out")
    shutil.rmtree(tmp_path / "job")
    ours = run(recipe(nxtomo), rows=(2, 4))[1]
    for row in (2, 3):
        assert np.abs(shift(ours[row], theirs[row])).max() < 0.1
        same, mirrored = (
            np.corrcoef(ours[row].ravel(), image.ravel())[0, 1]
            for image in (theirs[row], theirs[row][::-1])
        )
        assert same > 0.9 and same > mirrored + 0.2


def opposite_spots(columns, column):
    """A scan over 180 degrees of a soft spot; odd rows have it across the axis from even rows.

    Returns
    -------
    scan
        Its axis is at ``column``.
    places
        Of the spot in each row, (y, x) in pixels from the axis, y downwards.
    """
    angles = np.linspace(0, 180, 180, endpoint=False)
    turns = np.deg2rad(angles)[:, None, None]
    places = np.array([0.11, 0.17]) * columns * np.array([1, -1] * 3)[:, None]
    along = places[:, 1, None] * np.cos(turns) + places[:, 0, None] * np.sin(turns)
    attenuation = np.exp(-((np.arange(columns) - column - along) ** 2) / (2 * SPOT**2))
    return phantom.Scan(attenuation, angles, column), places


def axis_of(slices, places):
    """Where slices have the axis, (y, x) in pixels from their middle.

    The mean over opposite spots, as what shifts a spot towards the axis or away from it (values
    that fall off to the corners) shifts its opposite the other way.
    """
    found = []
    for row, place in enumerate(places):
        middle = (np.array(slices[row].shape) - 1) / 2
        corner = np.rint(middle + place).astype(int) - 7
        window = slices[row][corner[0] : corner[0] + 15, corner[1] : corner[1] + 15]
        weights = np.where(window > 0.2 * window.max(), window, 0).astype(float) ** 2
        centre = [(weights * at).sum() / weights.sum() for at in np.mgrid[:15, :15]]
        found.append(corner + centre - middle - place)
    return np.mean(found, axis=0)


@pytest.mark.parametrize(("columns", "expected"), [(96, 0.5), (97, 1.0)])
def test_the_real_savu_has_the_axis_of_gridrec_on_a_pixel(
    real, recipe, run, tmp_path, columns, expected
):
    """Gridrec takes a slice out of a grid whose pixel 0 is on the axis.

    With n pixels of a grid of p, a power of two, the axis is at n / 2 where n is even and at
    (n + 1) / 2 where it is odd: p / 2 - (p - n) / 2 in whole numbers. The middle of a slice, where
    slices here have it, is (n - 1) / 2, so it is 1/2 or 1 further. A column in the list that is
    wrong by d would move spots by 4 d / pi more in y: over 180 degrees, all move the same way.
    """
    from tomo_runner.savu import export

    column = (columns - 1) / 2 + 2.3
    made, places = opposite_spots(columns, column)
    phantom.write_nxtomo(tmp_path / "spots.nxs", phantom.counts(made), made.angles)
    wanted = recipe("spots.nxs", "tomopy", "gridrec")
    wanted["regions"]["centre"]["column"] = column
    export(wanted, tmp_path, Stop(), {"savu": tmp_path / "l.nxs"})
    theirs = run(recipe("spots.nxs", "savu", "process-list", {"list": "l.nxs"}))[1]
    shutil.rmtree(tmp_path / "out")
    shutil.rmtree(tmp_path / "job")
    wanted["reconstruction"].update(tool="builtin", method="gridding")
    ours = run(wanted)[1]
    assert axis_of(ours, places) == pytest.approx([0, 0], abs=0.02)
    assert axis_of(theirs, places) == pytest.approx([expected] * 2, abs=0.05)


@pytest.fixture
def spots(tmp_path):
    """A scan of opposite spots as ``spots.nxs``: its axis, a multiple of 1/2, and their places."""
    column = 50.0
    made, places = opposite_spots(96, column)
    phantom.write_nxtomo(tmp_path / "spots.nxs", phantom.counts(made), made.angles)
    return column, places


@pytest.mark.parametrize("given", [True, False])
def test_the_real_savu_has_the_axis_of_an_exported_back_projection(
    real, recipe, run, spots, tmp_path, given
):
    """Of TomoPy's fbp, which counts from the edge of a column; also when VoCentering finds it."""
    from tomo_runner.savu import export

    column, places = spots
    wanted = recipe("spots.nxs", "tomopy", "fbp")
    wanted["regions"] = {"centre": {"column": column}} if given else {}
    export(wanted, tmp_path, Stop(), {"savu": tmp_path / "l.nxs"})
    made = read_list(tmp_path / "l.nxs").plugins
    write_list(tmp_path / "l.nxs", ProcessList([near(each) for each in made]))
    theirs = run(recipe("spots.nxs", "savu", "process-list", {"list": "l.nxs"}))[1]
    assert axis_of(theirs, places) == pytest.approx([0, 0], abs=0.1)


def near(one):
    """The plugin; when it is VoCentering, it looks no further than so small a detector allows."""
    found = one.name == "VoCentering"
    return replace(one, data={**one.data, "search_area": [-8, 8]}) if found else one


def test_the_real_savu_uses_another_column_for_fbp_than_it_finds(
    real, recipe, run, spots, tmp_path
):
    """Half a column, which moves all spots the same way: what the editor warns of.

    Their middles move by up to 4 / pi times that, by less where they are blurred.
    """
    recon = plugin("TomopyRecon", algorithm="fbp", filter_name="none")
    plugins = ["NxtomoLoader", "DarkFlatFieldCorrection", "VoCentering"]
    before = [near(plugin(name)) for name in plugins]
    write_list(tmp_path / "l.nxs", ProcessList([*before, recon]))
    theirs = run(recipe("spots.nxs", "savu", "process-list", {"list": "l.nxs"}))[1]
    off = axis_of(theirs, spots[1])
    assert 0.3 < abs(off[0]) < 4 * 0.5 / np.pi + 0.1
    assert abs(off[1]) < 0.1


def test_the_real_savu_refuses_a_gpu_that_is_not_there(real, recipe, nxtomo, run):
    if shutil.which("nvidia-smi"):
        pytest.skip("there is a GPU here")
    with pytest.raises(ToolFailure) as caught:
        run(recipe(nxtomo, "savu", "FBP_CUDA"))
    assert caught.value.code == "no-gpu"
