"""Frames: how arrays and answers travel. The layout is in ``src/api/frame.ts``."""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO, Dict, List, Optional, Tuple

import numpy as np

MAGIC = b"TMF1"
MAX_HEADER = 1 << 20
_PREFIX = struct.Struct("<4sIQ")


class FrameError(Exception):
    """What came is no frame."""


def encode(header: Dict[str, Any], body: Optional[np.ndarray] = None) -> Tuple[bytes, memoryview]:
    """A frame as its head and its body, little-endian in C order."""
    text = json.dumps(header, allow_nan=False).encode("utf-8")
    text += b" " * (-len(text) % 8)
    if body is None:
        return _PREFIX.pack(MAGIC, len(text), 0) + text, memoryview(b"")
    little = np.ascontiguousarray(body, body.dtype.newbyteorder("<"))
    view = little.data.cast("B") if little.size else memoryview(b"")
    return _PREFIX.pack(MAGIC, len(text), little.nbytes) + text, view


def read_header(stream: BinaryIO) -> Optional[Dict[str, Any]]:
    """The header of the next frame; None when the stream has ended. A body is read over.

    Raises
    ------
    FrameError
        When it is no frame.
    """
    prefix = _exactly(stream, _PREFIX.size)
    if prefix is None:
        return None
    magic, length, size = _PREFIX.unpack(prefix)
    if magic != MAGIC or length > MAX_HEADER or length % 8 or size > MAX_HEADER:
        raise FrameError("What came on standard input is not a frame.")
    text = _exactly(stream, length)
    if text is None or (size and _exactly(stream, size) is None):
        return None
    try:
        header = json.loads(text)
    except ValueError:
        raise FrameError("The header of a frame is not JSON.") from None
    if not isinstance(header, dict):
        raise FrameError("The header of a frame is not an object.")
    return header


def _exactly(stream: BinaryIO, count: int) -> Optional[bytes]:
    parts = []
    while count:
        part = stream.read(count)
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def image_frame(
    header: Dict[str, Any], image: np.ndarray, bin: int = 1, encoding: str = "float32"
) -> Tuple[Dict[str, Any], np.ndarray]:
    """Header and body of an image.

    Parameters
    ----------
    image
        float32 (row, column); ``range`` is that of the whole image.
    bin
        Averages squares of so many pixels; what does not fill a square at the end is averaged
        over what is there.
    encoding
        ``float32``, or ``uint16``: 16 bits over the range of what is sent, with slope and
        offset, so that a value is off by half of range / 65535 at most. An image with NaN or
        infinities in it goes as float32 all the same: 16 bits have no place for them.
    """
    limits = _limits(image)
    small = binned(np.ascontiguousarray(image, np.float32), bin)
    described = {**header, "shape": list(small.shape), "range": limits, "encoding": "raw"}
    if bin > 1:
        described.update(bin=bin, whole=list(image.shape))
    if encoding != "uint16" or not np.isfinite(small).all():
        return {**described, "dtype": "float32"}, small
    low, high = float(small.min()), float(small.max())
    slope = (high - low) / 65535 or 1.0
    stored = np.rint((small.astype(np.float64) - low) / slope).astype(np.uint16)
    linear = {"dtype": "uint16", "encoding": "linear", "slope": slope, "offset": low}
    return {**described, **linear}, stored


def _limits(image: np.ndarray) -> Optional[List[float]]:
    """Least and greatest of the finite values; None when there are none."""
    if image.size:
        limits = [float(image.min()), float(image.max())]
        if np.isfinite(limits).all():
            return limits
    # A copy without the others costs more than all the rest of a frame.
    finite = image[np.isfinite(image)]
    return [float(finite.min()), float(finite.max())] if finite.size else None


def binned(image: np.ndarray, bin: int) -> np.ndarray:
    """Mean of squares of ``bin`` x ``bin`` pixels, float32."""
    if bin <= 1:
        return image
    total = _summed(_summed(image, bin).T, bin).T
    rows, columns = (_summed(np.ones(length), bin) for length in image.shape)
    mean: np.ndarray = (total / np.outer(rows, columns)).astype(np.float32)
    return mean


def _summed(values: np.ndarray, bin: int) -> np.ndarray:
    """Sums of ``bin`` neighbours along the first axis, float64; the last may be of fewer."""
    total = values[::bin].astype(np.float64)
    for shift in range(1, bin):
        part = values[shift::bin]
        total[: len(part)] += part
    return total
