"""What is proposed and warned about: seldom, and for a reason."""

from __future__ import annotations

import json

import numpy as np
import phantom
import pytest


def described(cli, data):
    code, found, _ = cli("describe", data)
    assert code == 0
    return found


@pytest.mark.parametrize("centre", [100.0, 92.0])
def test_air_is_free_of_the_sample(cli, tmp_path, centre):
    """No ray through the proposed rectangle meets the sample, in any of the projections."""
    made = phantom.scan(200, 48, 181, 360, True, centre)
    data = phantom.write_folder(tmp_path / "data", phantom.counts(made, noise=0.02))
    left, top, right, bottom = described(cli, data)["proposed"]["regions"]["air"]
    assert right - left >= 6 and bottom - top >= 12
    assert 0 <= left < right <= 200 and 0 <= top < bottom <= 48
    assert made.attenuation[:, top:bottom, left:right].max() == 0.0
    # Where the axis is off the middle, the side with more room.
    if centre == 92.0:
        assert left > 100


def test_no_air_is_proposed_where_none_is_sure(cli, tmp_path):
    """A sample wider than the image, one that enters once, and a beam that is not that of flats."""
    made = phantom.scan(300, 24, 91, 180, True, 150.0)
    wide = phantom.Scan(made.attenuation[:, :, 70:230], made.angles, 80.0)
    data = phantom.write_folder(tmp_path / "wide", phantom.counts(wide, noise=0.01))
    assert "regions" not in described(cli, data)["proposed"]
    plain = phantom.scan(200, 24, 91, 180, True, 100.0)
    entered = phantom.Scan(plain.attenuation.copy(), plain.angles, 100.0)
    entered.attenuation[40:56, :, :4] += 0.1
    entered.attenuation[40:56, :, -4:] += 0.1
    data = phantom.write_folder(tmp_path / "enters", phantom.counts(entered, noise=0.01))
    assert "regions" not in described(cli, data)["proposed"]
    dim = phantom.Scan(plain.attenuation + 0.2, plain.angles, 100.0)
    data = phantom.write_folder(tmp_path / "dim", phantom.counts(dim))
    assert "regions" not in described(cli, data)["proposed"]


def test_air_of_psi(cli, shared):
    """The sample of PSI keeps to the middle: what is proposed is open beam within 1 %."""
    data = shared / "psi-neutron-ct"
    found = described(cli, data)
    left, top, right, bottom = found["proposed"]["regions"]["air"]
    assert right - left >= 16 and bottom - top >= 32
    from pathlib import Path

    from tomo_runner.dataset import Dataset, Window
    from tomo_runner.pipeline import Pipeline
    from tomo_runner.stopping import Stop
    from tomo_runner.workers import Workers

    recipe = {
        "version": 1,
        "dataset": {"path": str(data)},
        "filters": [{"name": "outliers"}, {"name": "normalise"}, {"name": "minus-log"}],
    }
    with Workers(2) as workers:
        pipeline = Pipeline(recipe, Dataset(recipe, Path.cwd()), workers)
        seen = pipeline.sinograms(Window(top, bottom, left, right), Stop())
    by_frame = seen.mean(axis=(0, 2))
    assert np.abs(by_frame - np.median(by_frame)).max() < 0.02
    assert abs(np.median(by_frame)) < 0.03


def warnings(cli, save, recipe, tmp_path, name, *options):
    out = tmp_path / name
    code, reply, _ = cli("run", save(recipe), "--output", out, *options)
    assert code == 0, reply
    assert json.loads((out / "result.json").read_text())["warnings"] == reply["warnings"]
    return reply["warnings"]


def test_a_sample_that_leaves_the_field_is_told(cli, small, recipe, save, tmp_path):
    cut = phantom.counts(small)[:, :, 24:]
    data = phantom.write_folder(tmp_path / "cut", cut)
    asked = recipe(data)
    asked["regions"]["centre"]["column"] -= 24
    told = [t for t in warnings(cli, save, asked, tmp_path, "o") if "at the edge" in t]
    assert len(told) == 1
    share = int(told[0].split("reaches ")[1].split(" %")[0])
    # Of the four columns at the edge, in the worst of sixteen parts of the scan.
    a = small.attenuation[:, :, 24:]
    parts = [p[:, r, :4].mean() for p in np.array_split(a, 16) for r in range(12)]
    assert share == pytest.approx(100 * max(parts) / a.max(), abs=3)
    whole = phantom.write_folder(tmp_path / "whole", phantom.counts(small, noise=0.02))
    assert not [t for t in warnings(cli, save, recipe(whole), tmp_path, "w") if "edge" in t]


def test_many_outliers_are_told(cli, small, recipe, save, tmp_path):
    rng = np.random.default_rng(3)
    images = phantom.counts(small, noise=0.01)
    for name, share in (("few", 0.005), ("many", 0.04)):
        spotted = images.copy()
        spotted[rng.random(images.shape) < share] = 60000
        data = phantom.write_folder(tmp_path / name, spotted)
        told = warnings(cli, save, recipe(data), tmp_path, f"o-{name}")
        said = [t for t in told if t.startswith("Outliers replaced")]
        assert len(said) == (name == "many")
        if said:
            assert float(said[0].split()[2]) == pytest.approx(4.0, abs=1.0)


def test_few_angles_and_a_short_span_are_told(cli, small, recipe, save, tmp_path):
    """96 columns ask for 151 projections in half a turn; less than half of that is told."""
    images = phantom.counts(small)
    for count, span, few, short in ((90, 180, 0, 0), (45, 180, 1, 0), (90, 120, 0, 1)):
        data = phantom.write_folder(tmp_path / f"{count}-{span}", images[:count])
        asked = recipe(data, angles={"first": 0, "last": span, "endpoint": False})
        told = warnings(cli, save, asked, tmp_path, f"o{count}-{span}", "--rows", "5:6")
        assert sum("are few for 96 columns" in t and "151" in t for t in told) == few
        assert sum("span only" in t for t in told) == short
