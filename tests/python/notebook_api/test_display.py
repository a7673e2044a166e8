from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
import pytest

from jupyterlab_tomo.display import MIME, Image, Slice
from jupyterlab_tomo.png import encode_png, to_grey


def read_png(data: bytes) -> np.ndarray:
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(
            kind + body
        )
        chunks[kind] = body
        at += 12 + length
    width, height, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colour) == (8, 0)
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert not lines[:, 0].any()
    return lines[:, 1:]


def test_png_holds_the_pixels():
    grey = np.arange(15, dtype=np.uint8).reshape(3, 5) * 17
    np.testing.assert_array_equal(read_png(encode_png(grey)), grey)


def test_grey_is_clipped_and_nan_is_black():
    image = np.array([[-1, 0, 0.5, 1, 9], [np.nan, np.inf, -np.inf, 0.25, 0.75]], np.float32)
    expected = [[0, 0, 128, 255, 255], [0, 255, 0, 64, 191]]
    assert to_grey(image, 0, 1).tolist() == expected


def test_bundle_is_what_the_viewer_reads():
    array = np.linspace(0, 1, 200 * 100, dtype=np.float32).reshape(200, 100)
    shown = Slice(array, 48, "phantom", "1/cm", {"centre": {"used": 131.304}})
    bundle = shown._repr_mimebundle_()
    assert set(bundle) == {MIME, "image/png", "text/plain"}
    payload = bundle[MIME]
    assert payload["version"] == 1
    assert payload["shape"] == [200, 100]
    assert payload["title"] == "phantom, row 48"
    assert payload["unit"] == "1/cm"
    assert payload["facts"] == [["centre", "131.30"]]
    low, high = payload["range"]
    assert low == pytest.approx(0.05 + 0.9 * 0.005, abs=0.002)
    assert high == pytest.approx(0.95 - 0.9 * 0.005, abs=0.002)
    assert read_png(base64.b64decode(payload["png"])).shape == (200, 100)
    assert "200 x 100" in bundle["text/plain"]


@pytest.mark.parametrize("value", [np.nan, 0.25])
def test_flat_and_empty_images_are_shown(value):
    image = Image(np.full((10, 10), value, np.float32), "flat")
    low, high = image.levels()
    assert high > low
    assert read_png(base64.b64decode(image._repr_mimebundle_()["image/png"])).shape == (10, 10)


def test_an_image_is_an_array():
    array = np.ones((4, 6), np.float32)
    assert np.asarray(Image(array)).sum() == 24
