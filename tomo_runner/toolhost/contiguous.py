"""HDF5 datasets that lie in one piece, so that pixels are written past the library.

The disk's own errors reach the caller then, and threads write at the same time.
"""

from __future__ import annotations

import os
from typing import Any, Sequence

import numpy as np

_BLOCK = 1 << 26
"""Bytes a write."""


def create_contiguous(group: Any, name: str, shape: Sequence[int], dtype: Any) -> int:
    """A dataset without pixels yet, in an open file that is being written.

    Returns
    -------
    int
        Where its first byte is in the file.
    """
    import h5py

    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_layout(h5py.h5d.CONTIGUOUS)
    creation.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    creation.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    kind = h5py.h5t.py_create(np.dtype(dtype))
    space = h5py.h5s.create_simple(tuple(shape))
    made = h5py.h5d.create(group.id, name.encode(), kind, space, creation)
    return int(made.get_offset())


def write_at(file: int, position: int, data: np.ndarray) -> None:
    """Write a C-ordered array at a byte of an open file descriptor."""
    view = data.data.cast("B")
    while len(view):
        written = os.pwrite(file, view[:_BLOCK], position)
        position += written
        view = view[written:]
