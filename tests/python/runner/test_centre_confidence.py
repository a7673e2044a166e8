"""An answer that is called good is right; where it cannot be told, that is said."""

from __future__ import annotations

import json

import numpy as np
import phantom
import pytest

from tomo_runner.centre.line import robust_line
from tomo_runner.centre.shifts import register

STEPS = [{"name": "normalise"}, {"name": "minus-log"}]


@pytest.fixture
def find(cli, tmp_path):
    """Write a scan and find its axis: exit code and reply."""

    def run(made, counts, method="auto", *arguments):
        number = len(list(tmp_path.iterdir()))
        path = phantom.write_nxtomo(tmp_path / f"scan-{number}.nxs", counts, made.angles)
        recipe = tmp_path / "scan.tomo.json"
        settings = {"version": 1, "dataset": {"path": str(path)}, "filters": STEPS}
        recipe.write_text(json.dumps(settings))
        code, reply, _ = cli("centre", recipe, "--method", method, *arguments)
        return code, reply

    return run


def wider(made, shape, columns, centre):
    """A scan that sees only so many columns, with the axis at ``centre`` of them."""
    first = round(made.centre - centre)
    seen = made.attenuation[:, :, first : first + columns]
    assert seen.shape[2] == columns, shape
    return phantom.Scan(seen, made.angles, made.centre - first)


def repeating(columns, frames, span, centre, rows=6):
    """Rods on a square grid of 30 pixels, which reach beyond the image."""
    angles = np.linspace(0.0, span, frames)
    theta = np.deg2rad(angles)[:, None]
    along = np.arange(columns)[None, :] - centre
    seen = np.zeros((frames, columns))
    for x in range(-450, 451, 30):
        for y in range(-450, 451, 30):
            off = along - x * np.cos(theta) - y * np.sin(theta)
            seen += 0.006 * np.sqrt(np.maximum(25.0 - off**2, 0.0))
    return phantom.Scan(np.repeat(seen[:, None], rows, axis=1), angles, centre)


@pytest.mark.parametrize("span, rows", [(180, ()), (360, ()), (180, ("--rows", "3"))])
@pytest.mark.parametrize("method", ["auto", "pairs", "opposite", "sharpness", "all"])
def test_noise_alone_has_no_axis(find, method, span, rows):
    made = phantom.scan(256, 12, 91, span, True)
    air = phantom.Scan(np.zeros_like(made.attenuation), made.angles, made.centre)
    code, reply = find(air, phantom.counts(air, 0.02), method, *rows)
    assert code == 3 and reply["error"]["code"] == "nothing-to-register", reply


def test_bright_spots_in_the_air_have_no_axis(find):
    """Spots of gamma rays: by chance they meet in a few mirror images."""
    made = phantom.scan(512, 5, 121, 360, True)
    air = phantom.Scan(np.zeros_like(made.attenuation), made.angles, made.centre)
    dice = np.random.default_rng(3)
    counts = phantom.counts(air, 0.02)
    counts[dice.random(counts.shape) < 0.002] = 65000
    code, reply = find(air, counts, "pairs", "--rows", "2")
    assert code == 3 and reply["error"]["code"] == "nothing-to-register", reply


def test_rows_of_air_do_not_count(find):
    made = phantom.scan(256, 48, 181, 180, True, 131.6)
    made.attenuation[:, 12:] = 0.0
    for method in ("auto", "sharpness"):
        code, found = find(made, phantom.counts(made, 0.02), method)
        assert code == 0 and found["confidence"]["level"] == "good"
        assert found["column"] == pytest.approx(131.6, abs=0.25)
        assert all(row < 16 for row, _ in found["rows"])


@pytest.mark.parametrize("method", ["auto", "opposite", "mass", "sharpness"])
def test_an_axis_that_leans_by_many_pixels(find, method):
    """2 degrees over 256 rows: 9 pixels from top to bottom, 18 of the mirror image."""
    made = phantom.scan(512, 256, 91, 180, True, 250.7, tilt=2.0)
    code, found = find(made, phantom.counts(made, 0.01), method)
    assert code == 0 and found["confidence"]["level"] == "good"
    assert found["column"] == pytest.approx(250.7, abs=0.1)
    assert found["tilt"] == pytest.approx(2.0, abs=0.05)
    if method != "mass" and method != "sharpness":
        # The curve is that of the leaning line: one sharp peak.
        assert found["picture"]["best"] == pytest.approx(250.7, abs=0.51)
        assert max(likeness for _, likeness in found["picture"]["points"]) > 0.99


def test_a_line_steeper_than_recipes_state_is_none():
    x = np.arange(-2.0, 3.0)
    offset, slope, spread = robust_line(x, 100.0 + 0.5 * x, np.ones(5))
    assert slope == 0.0 and offset == 100.0 and spread > 0.5


def test_a_tilt_within_the_errors_of_its_points_is_none():
    x, y = np.array([-8.0, 0.0, 8.0]), np.array([99.8, 100.0, 100.2])
    assert robust_line(x, y, np.ones(3))[1] == pytest.approx(0.025)
    assert robust_line(x, y, np.ones(3), known=0.2)[1] == 0.0


@pytest.mark.parametrize("noise", [0.01, 0.05])
def test_a_single_pair_says_how_far_it_can_be_trusted(find, noise):
    """One row and one pair: nothing scatters, but the parts of the image do."""
    off, said = [], []
    for seed in range(6):
        made = phantom.scan(256, 5, 91, 180, True, 127.3 + 0.37 * seed)
        counts = phantom.counts(made, noise, seed=seed)
        code, found = find(made, counts, "pairs", "--rows", "2")
        assert code == 0
        off.append(abs(found["column"] - made.centre))
        said.append(found["confidence"]["spread"])
    assert min(said) > 0.005
    assert np.mean(off) < 2.5 * np.mean(said) and np.mean(said) < 5.0 * np.mean(off) + 0.05


def test_noise_is_within_its_errors():
    """Slopes of noise alone hold the answer where the search began."""
    made = phantom.scan(512, 1, 2, 180, True, 262.3)

    def misses():
        dice = np.random.default_rng(5)
        for _ in range(24):
            first, last = made.attenuation[:, 0] + 0.15 * dice.standard_normal((2, 512))
            found = register(first[None, None], last[None, None, ::-1])
            assert found.weights[0, 0] > 0
            yield (255.5 + found.shifts[0, 0] / 2 - 262.3) / (found.errors[0, 0] / 2)

    assert np.sqrt(np.mean(np.square(list(misses())))) < 2.5


@pytest.mark.parametrize("centre", [452.6, 59.4])
@pytest.mark.parametrize("method", ["pairs", "opposite", "sharpness"])
def test_half_acquisition_by_another_method_is_right_or_uncertain(find, method, centre):
    whole = phantom.scan(1200, 12, 361, 360, True, 599.5)
    made = wider(whole, method, 512, centre)
    code, found = find(made, phantom.counts(made, 0.01), method)
    if code == 0 and found["confidence"]["level"] == "good":
        assert found["column"] == pytest.approx(made.centre, abs=1.0)
    code, found = find(made, phantom.counts(made, 0.01))
    assert code == 0 and found["confidence"]["level"] == "good"
    assert found["column"] == pytest.approx(made.centre, abs=0.25)


def test_a_sample_that_repeats_itself(find):
    """The axis stands where these methods do not look; a period further it looks as good."""
    made = repeating(512, 181, 360, 450.3)
    counts = phantom.counts(made, 0.02)
    code, found = find(made, counts, "opposite")
    assert code == 0 and found["confidence"]["level"] == "uncertain"
    assert "repeats itself" in found["warnings"][0]
    code, found = find(made, counts, "pairs")
    assert code == 0 and found["confidence"]["level"] == "uncertain"
    assert found["warnings"]
    code, found = find(made, counts)
    assert code == 0
    right = found["column"] == pytest.approx(450.3, abs=0.1)
    assert right or found["confidence"]["level"] == "uncertain"


def test_the_sharpest_slice_of_a_cut_sample_is_doubted(find):
    made = wider(phantom.scan(512, 12, 181, 180, True, 260.8), "cut", 300, 152.0)
    counts = phantom.counts(made, 0.01)
    code, found = find(made, counts, "sharpness")
    assert code == 0 and found["confidence"]["level"] == "uncertain"
    assert any("leaves the image" in text for text in found["warnings"])
    # Others need not agree with it.
    code, found = find(made, counts, "all")
    assert code == 0 and found["confidence"]["level"] == "good"
    assert found["column"] == pytest.approx(made.centre, abs=0.2)


def test_the_sharpest_slice_with_stripes_is_doubted(find):
    made = phantom.scan(256, 12, 181, 180, True, 131.6)
    code, found = find(made, phantom.counts(made, 0.01, 0.06), "sharpness")
    assert code == 0 and found["confidence"]["level"] == "uncertain"
    assert any("stripe filter" in text for text in found["warnings"])
    code, found = find(made, phantom.counts(made, 0.01, 0.005), "sharpness")
    assert code == 0 and found["confidence"]["level"] == "good"
    assert found["column"] == pytest.approx(131.6, abs=0.25)
    # The wider the image, the more pixels weaker ones move it.
    made = phantom.scan(1536, 5, 361, 180, True, 790.4)
    code, found = find(made, phantom.counts(made, 0.01, 0.02), "sharpness", "--rows", "2")
    assert code == 0 and found["confidence"]["level"] == "uncertain"


def test_a_wedge_moves_the_sharpest_slice(find):
    for span, frames, possible in [(176, 177, True), (170, 171, False), (165, 12, True)]:
        made = phantom.scan(256, 6, frames, span, True, 131.6)
        code, reply = find(made, phantom.counts(made, 0.01), "sharpness")
        assert (code == 0) == possible, span
        if not possible:
            assert "wedge of 10°, more than the 5° it can bear" in reply["error"]["message"]
        elif reply["confidence"]["level"] == "good":
            assert reply["column"] == pytest.approx(131.6, abs=0.5)


def test_an_axis_far_from_the_middle_by_sharpness(find):
    whole = phantom.scan(100, 6, 181, 180, True, 49.5)
    attenuation = np.zeros((181, 6, 512))
    attenuation[:, :, 20:120] = whole.attenuation
    made = phantom.Scan(attenuation, whole.angles, 69.5)
    code, found = find(made, phantom.counts(made, 0.01), "sharpness")
    assert code == 0 and found["column"] == pytest.approx(69.5, abs=0.25)


def test_two_projections_agree_with_themselves(find):
    """Over 180 degrees there is one pair: it is one measurement, not two."""
    made = phantom.scan(256, 12, 181, 180, True, 131.6)
    code, found = find(made, phantom.counts(made, 0.01), "all")
    assert code == 0 and found["column"] == pytest.approx(131.6, abs=0.1)
    why = {one["name"]: one["why"] for one in found["tried"]}
    assert why["opposite"] == "The same two projections as above."
    assert why["pairs"] == why["mass"] == why["sharpness"] == ""


def test_noise_in_the_air_is_no_cut_sample(find):
    made = phantom.scan(512, 24, 361, 180, True, 262.3)
    code, found = find(made, phantom.counts(made, 0.3), "mass")
    assert code == 0 and found["column"] == pytest.approx(262.3, abs=2.0)
    assert abs(found["column"] - 262.3) < 3.0 * found["confidence"]["spread"]
