"""A minimal PNG writer, so that showing an image needs no imaging library."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray


def to_grey(image: NDArray[np.float32], low: float, high: float) -> NDArray[np.uint8]:
    """Values as 8-bit grey: `low` and below is 0, `high` and above 255, NaN 0."""
    span = high - low if high > low else 1.0
    scaled = (image.astype(np.float64) - low) * (255.0 / span)
    clipped = np.clip(np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0), 0.0, 255.0)
    return np.rint(clipped).astype(np.uint8)


def encode_png(grey: NDArray[np.uint8]) -> bytes:
    """An 8-bit grey image (rows, columns) as a PNG file."""
    rows, columns = grey.shape
    # Each line begins with its filter; 0: as it is.
    lines = np.zeros((rows, columns + 1), np.uint8)
    lines[:, 1:] = grey
    header = struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
