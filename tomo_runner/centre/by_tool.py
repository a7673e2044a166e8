"""Finders of external tools, asked through the tool host for one band of rows after the other."""

from __future__ import annotations

from contextlib import nullcontext
from typing import List, Optional

import numpy as np

from .. import catalogue
from ..dataset import Window
from ..external import ToolHosts
from ..failures import DataFailure, ToolFailure
from ..process import machine_bytes
from ..stopping import Stop
from .alive import Alive
from .answer import Estimates, Picture
from .pairs import partner


def from_tool(
    alive: Alive,
    angles: np.ndarray,
    windows: List[Window],
    stop: Stop,
    tool: str,
    finder: str,
    hosts: Optional[ToolHosts],
    python: Optional[str],
) -> Estimates:
    """One estimate a band; a band in which the tool finds nothing has no weight.

    Parameters
    ----------
    angles
        Degrees of the kept projections, over half a turn.
    finder
        What the tool calls its method.

    Raises
    ------
    DataFailure
        When the tool finds nothing in any band.
    ToolFailure
        When it is missing or fails.
    """
    title = catalogue.title(tool)
    columns = np.full((1, len(windows)), np.nan)
    refused: Optional[ToolFailure] = None
    with nullcontext(hosts) if hosts else ToolHosts(machine_bytes() // 2) as kept:
        for band, window in enumerate(windows):
            sinograms, seen = _band(alive, angles, window, finder == "pc", stop)
            with kept.borrow(tool, title, python) as host:
                host.sinograms(sinograms.shape)[...] = sinograms
                try:
                    columns[0, band] = host.find_centre(
                        finder, seen, sinograms.shape, alive.pipeline.workers.count, stop
                    )
                except ToolFailure as failure:
                    if failure.code != "nothing-to-register":
                        raise
                    refused = failure
    if refused is not None and not np.isfinite(columns).any():
        raise DataFailure(refused.code, refused.message, refused.where, refused.hint)
    weights = np.isfinite(columns).astype(float)
    points = [
        ((w.top + w.bottom - 1) / 2, float(column))
        for w, column in zip(windows, columns[0])
        if np.isfinite(column)
    ]
    picture = Picture(f"{title}: the axis by row", "row", "column", points)
    return Estimates(columns, weights, windows, picture)


def _band(
    alive: Alive, angles: np.ndarray, window: Window, ends: bool, stop: Stop
) -> tuple[np.ndarray, np.ndarray]:
    """Sinograms of a band sorted by angle, with their angles; of the two ends only when asked."""
    kept = alive.pipeline.dataset.kept
    if not ends:
        order = np.argsort(angles, kind="stable")
        whole = alive.sinograms(window, stop)
        return whole[:, order], angles[order]
    pair = partner(angles)
    assert pair is not None
    frames = [pair.first, *(index for index, _ in pair.opposite)]
    images = alive.sinograms(window, stop, kept[frames])
    opposite = sum(
        np.float32(weight) * images[:, 1 + place] for place, (_, weight) in enumerate(pair.opposite)
    )
    return np.stack([images[:, 0], np.asarray(opposite)], axis=1), np.array([0.0, 180.0])
