"""Frames: what is written is read, and what 16 bits and bins make of an image."""

from __future__ import annotations

import io

import numpy as np

from tomo_runner.frames import binned, encode, image_frame, read_header


def test_frames_round_trip():
    values = np.arange(12, dtype=np.float32).reshape(3, 4)
    head, body = encode({"id": 1, "channel": "é"}, values)
    assert read_header(io.BytesIO(head + bytes(body))) == {"id": 1, "channel": "é"}
    np.testing.assert_allclose(binned(values, 2), [[2.5, 4.5], [8.5, 10.5]])


def test_sixteen_bits_are_off_by_half_a_step_at_most():
    values = np.random.default_rng(3).normal(0.4, 7.0, (37, 53)).astype(np.float32)
    header, stored = image_frame({"id": 1}, values, encoding="uint16")
    assert header["dtype"] == "uint16" and header["encoding"] == "linear"
    assert header["range"] == [float(values.min()), float(values.max())]
    back = header["offset"] + header["slope"] * stored.astype(np.float64)
    span = float(values.max()) - float(values.min())
    assert np.abs(back - values).max() <= 0.5001 * span / 65535
    assert stored.min() == 0 and stored.max() == 65535
    # One value everywhere, and one that is no number.
    header, stored = image_frame({"id": 1}, np.full((2, 2), 3.5, np.float32), 1, "uint16")
    assert header["offset"] == 3.5 and not stored.any()
    values[3, 4] = np.nan
    header, stored = image_frame({"id": 1}, values, encoding="uint16")
    assert header["dtype"] == "float32" and stored.dtype == np.float32
