"""Memory that two processes share, without a name in any folder."""

from __future__ import annotations

import mmap
import os
import tempfile
from typing import Optional, Tuple

import numpy as np


class SharedMemory:
    """A file in memory (a nameless one on disk where the system has no other) that can grow.

    It is gone when both processes are, however they ended.
    """

    def __init__(self, name: str) -> None:
        if hasattr(os, "memfd_create"):
            self.descriptor = os.memfd_create(name, 0)
        else:
            with tempfile.TemporaryFile() as file:
                self.descriptor = os.dup(file.fileno())
        self._size = 0
        self._memory: Optional[mmap.mmap] = None

    def array(self, shape: Tuple[int, ...]) -> np.ndarray:
        """float32 of a shape over the memory; it has what the other process wrote last.

        Raises
        ------
        MemoryError
            When the system does not give as much.
        """
        count = int(np.prod(shape))
        if 4 * count > self._size or self._memory is None:
            try:
                os.ftruncate(self.descriptor, 4 * count)
                self._memory = mmap.mmap(self.descriptor, 4 * count)
            except (OSError, ValueError) as error:
                raise MemoryError(str(error)) from None
            self._size = 4 * count
        return np.frombuffer(self._memory, np.float32, count).reshape(shape)

    def close(self) -> None:
        """Let go of it; arrays over it stay valid as long as somebody has them."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1
        self._memory = None
