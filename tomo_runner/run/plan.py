"""How a run is cut into slabs that fit the memory: pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Tuple

from ..failures import RecipeFailure

_AGAIN = 0.1
"""What a row that is read for a rotation alone takes of the time of one that becomes a slice."""
_MARGIN = 24 << 20
"""Bytes for what is small and many: Python's own, thread stacks, file buffers."""


@dataclass(frozen=True)
class Sizes:
    """What memory depends on.

    Attributes
    ----------
    frames
        Projections that are used.
    columns
        Columns of the region of interest.
    width
        Columns of the full image, which reading a row brings along.
    pixel_bytes
        Bytes of a pixel on disk.
    batch
        Images that are read at once.
    halo
        Rows on each side of a slab that the steps need.
    references
        Flats or darks of the largest set.
    reference_sets
        Sets of flats and darks.
    whole_rows
        Rows that one read brings at least, as when the image is turned by 90 degrees.
    image
        Width of a slice.
    tool_thread, tool_row, tool_fixed
        Bytes that an external tool needs for each thread, for each row of a slab, and anyway.
    phase
        Rows of the halo that phase retrieval needs, and computes again for each slab.
    tilt
        Rows of the halo that the rotation of projections needs, and reads again.
    """

    frames: int
    columns: int
    width: int
    pixel_bytes: int
    batch: int
    halo: int
    references: int
    reference_sets: int
    whole_rows: int
    image: int
    tool_thread: float = 0.0
    tool_row: float = 0.0
    tool_fixed: float = 0.0
    phase: int = 0
    tilt: int = 0


@dataclass(frozen=True)
class Plan:
    """Slabs [first, past last) in rows of the full image, and the threads that do them."""

    slabs: List[Tuple[int, int]]
    threads: int
    slab_rows: int
    memory: int
    """Bytes that the run is expected to take at its peak."""


def engine_bytes(frames: int, columns: int, image: int) -> int:
    """Memory of one engine: sinograms, spectra, the 1.5 times finer grid, tables, the slice."""
    padded = 1 << max(4, (2 * columns - 1).bit_length())
    grid = max(1.5 * columns, 1.5 * image) + 64
    return int(frames * (8 * columns + 4 * padded) + 12 * grid * grid + 8 * image * image) + (
        2 << 20
    )


def phase_bytes(width: int, reach: int) -> int:
    """Memory of one engine for phase retrieval: the spectra of as many rows as it keeps."""
    padded = 1 << max(5, (max(2 * width, width + 2 * reach) - 1).bit_length())
    return padded * (4 * (3 * reach + 192) + 300)


def make_plan(rows: Tuple[int, int], sizes: Sizes, cores: int, memory: int, resident: int) -> Plan:
    """Cut rows into slabs.

    Parameters
    ----------
    rows
        First row and one past the last.
    sizes
        What the memory depends on.
    cores
        Threads at most.
    memory
        Limit in bytes for the whole process.
    resident
        Bytes that the process holds already.

    Raises
    ------
    RecipeFailure
        When not even one row fits.
    """
    total = rows[1] - rows[0]
    needed, best, speed = 0, None, 0.0
    for threads in range(max(1, cores), 0, -1):
        fixed, by_row = _needs(sizes, threads)
        fixed += resident + _MARGIN
        fits = int((memory - fixed) // by_row)
        needed = int(fixed + by_row)
        wanted = min(total, 4 if threads > 1 else 1)
        if fits >= wanted:
            slab = min(total, fits)
            count = -(-total // slab)
            slab = -(-total // count)
            slabs = [(a, min(rows[1], a + slab)) for a in range(rows[0], rows[1], slab)]
            # Fewer threads leave room for larger slabs, which have less to do twice.
            gained = threads * slab / (slab + 2 * (sizes.phase + _AGAIN * sizes.tilt))
            if gained > speed:
                best, speed = Plan(slabs, threads, slab, int(fixed + by_row * slab)), gained
    if best is not None:
        return best
    raise RecipeFailure(
        "memory-too-small",
        f"{_mebibytes(memory)} MiB of memory are not enough: one slice needs "
        f"{_mebibytes(needed)} MiB.",
        "--memory",
        "Give more memory, or fewer columns by a region of interest.",
    )


def _needs(sizes: Sizes, threads: int) -> Tuple[float, float]:
    """Bytes that a run needs anyway, and for each row of a slab."""
    row = sizes.width
    sinogram = 4.0 * sizes.frames * sizes.columns
    # Each thread holds a batch as read, one image as float, cleaned, attenuated, and its cut.
    reading = threads * row * (sizes.batch * sizes.pixel_bytes + 4 * 4)
    if sizes.phase:
        # Its halo is so large that what the engine holds of the images counts, too.
        reading += threads * row * 4 * 4
    elif sizes.tilt:
        # In the engine before and after it, and once more behind it.
        reading += threads * row * 4 * 3
    references = 4.0 * row * (2 * sizes.references + sizes.reference_sets + 3)
    by_row = sinogram + reading + references + sizes.tool_row
    fixed = (
        threads * engine_bytes(sizes.frames, sizes.columns, sizes.image)
        + threads * 12.0 * sizes.image * sizes.image
        + threads * sizes.tool_thread
        + sizes.tool_fixed
        + 2 * sizes.halo * (reading + references)
        + (threads * phase_bytes(row, sizes.phase) if sizes.phase else 0)
        + threads * row * sizes.whole_rows * sizes.pixel_bytes * sizes.batch
    )
    return fixed, by_row


def _mebibytes(count: int) -> int:
    return -(-count // (1 << 20))
