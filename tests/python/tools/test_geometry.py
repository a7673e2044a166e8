"""What tools leave to their user: each direction counts for its share of the circle."""

from __future__ import annotations

import numpy as np
import pytest

from tomo_runner.toolhost.geometry import density, weigh


def test_both_ends_of_a_half_turn_share_one_weight():
    weights = density(np.linspace(0, 180, 181))
    # 180 gaps for 181 projections; the first and the last are one direction.
    assert weights[1:-1] == pytest.approx(181 / 180)
    assert weights[[0, -1]] == pytest.approx(181 / 360)


def test_projections_of_one_direction_share_its_weight():
    weights = density(np.array([0, 45, 45, 90, 90, 90, 135], float))
    assert weights == pytest.approx(7 / 4 * np.array([1, 1 / 2, 1 / 2, 1 / 3, 1 / 3, 1 / 3, 1]))


def test_weighing_in_place_or_into_another_is_the_same():
    sinogram = np.random.default_rng(4).random((91, 40)).astype(np.float32)
    for last, centre in ((180.0, 19.5), (360.0, 19.5), (360.0, 12.0)):
        angles = np.linspace(0, last, 91)
        out = np.full((91, 60), np.nan, np.float32)
        weigh(sinogram, angles, centre, out[:, 10:50])
        here = sinogram.copy()
        weigh(here, angles, centre)
        np.testing.assert_array_equal(out[:, 10:50], here)
        assert np.isnan(out[:, :10]).all() and np.isnan(out[:, 50:]).all()
    # Even angles and an axis in the middle: nothing to do, and all of it is there.
    out = np.full_like(sinogram, np.nan)
    weigh(sinogram, np.arange(91) * (180 / 91), 19.5, out)
    np.testing.assert_array_equal(out, sinogram)
