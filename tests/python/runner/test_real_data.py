"""Real data sets, where they are present."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile

TURN = 'dataset.angles={"first":0,"last":360}'


def test_psi_groups(cli, shared):
    code, found, _ = cli("describe", shared / "psi-neutron-ct")
    assert code == 0
    roles = {group["name"]: (group["count"], group["proposed"]) for group in found["groups"]}
    assert roles == {
        "ct5s": (376, "projection"),
        "ob": (10, "flat"),
        "dc": (10, "dark"),
        "bbob": (5, "ignore"),
        "bbs": (5, "ignore"),
    }
    assert (found["frames"], found["rows"], found["columns"]) == (376, 128, 835)
    assert found["angles"]["source"] == "unknown" and found["angles"]["first"] is None
    assert found["proposed"]["dataset"]["angles"] == {"first": 0, "last": 360, "endpoint": True}


def test_psi_centre(cli, shared):
    code, found, _ = cli("centre", "--data", shared / "psi-neutron-ct", "--set", TURN)
    assert code == 0 and found["confidence"]["level"] == "good"
    assert found["column"] == pytest.approx(399.4, abs=0.4)


def test_savu_centre(cli, shared):
    values = np.linspace(-88.2, 91.8, 91).round(4).tolist()
    code, found, _ = cli(
        "centre", "--data", shared / "savu-image-test", "--set", f"dataset.angles.values={values}"
    )
    assert code == 0 and found["column"] == pytest.approx(86.0, abs=0.5)


def test_every_method_on_real_data(cli, shared):
    values = np.linspace(-88.2, 91.8, 91).round(4).tolist()
    for data, angles, centre, margin in [
        ("psi-neutron-ct", TURN, 399.4, 0.5),
        ("savu-image-test", f"dataset.angles.values={values}", 86.0, 0.5),
    ]:
        code, found, _ = cli("centre", "--data", shared / data, "--set", angles, "--method", "all")
        assert code == 0 and found["confidence"]["level"] == "good"
        answers = [one["column"] for one in found["tried"] if one["column"] is not None]
        assert len(answers) >= 2
        assert [found["column"], *answers] == pytest.approx(
            [centre] * (len(answers) + 1), abs=margin
        )


def test_psi_rows(cli, shared, tmp_path):
    code, reply, _ = cli(
        "run", "--data", shared / "psi-neutron-ct", "--set", TURN, "--rows", "63:66",
        "--set", "filters.stripes-sorting.size=21", "--set", "regions.centre.column=399.4",
        "--output", tmp_path / "o",
    )  # fmt: skip
    assert code == 0 and len(reply["files"]) == 3
    image = tifffile.imread(tmp_path / "o" / "slice_00064.tif")
    assert image.shape == (835, 835) and np.isfinite(image).all()
    # Metal in air: the sample attenuates, the corner outside the mask is nothing.
    assert image[300:535, 300:535].mean() > 3e-4 and image[0, 0] == 0
