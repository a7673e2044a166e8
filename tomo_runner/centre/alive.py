"""Pixels that see nothing, and what stands in for them.

A pixel without light stands at the logarithm of the floor in every projection, and a stuck one
always at the same value. Every method would take it for a part of the sample that does not turn.
So it is bridged along its row, from the living pixels on both sides, before any of them looks.

Phase retrieval bridges what has no transmission itself, before it filters. A pixel that is only
noise it blurs into its neighbours, and nothing here recognises that any more.
"""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional

import numpy as np

from ..dataset import Window
from ..engine import Engine
from ..pipeline import Pipeline
from ..stopping import Stop
from ..tilt import Tilt
from .bridges import Bridges, bridge
from .dead import AT_ONCE, DeadPixels, clear, darkness, dead_columns, glance, inner

_MOST = 0.2
"""Share of dead columns from which an answer is doubted."""
_WIDEST = 0.05
"""The same of those side by side, with living ones on both sides."""


class _Seen(NamedTuple):
    """A window of which sinograms were looked at."""

    source: Window
    """The rows of projections as measured that it is made of."""
    bridges: Bridges
    """Over what is dead in these."""
    living: np.ndarray
    """Columns of the window that live in most rows."""


class Alive:
    """The sinograms of a recipe with their dead pixels bridged: what all methods look at.

    Parameters
    ----------
    pipeline
        The projection steps.
    tilt
        Rotate projections by it, once their dead pixels are bridged: windows are of rotated ones.
    dead
        What others have found to be dead; nothing, when it is left out.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        tilt: Optional[Tilt] = None,
        dead: Optional[DeadPixels] = None,
    ) -> None:
        self.pipeline = pipeline
        self.tilt = tilt
        self._dead = DeadPixels(pipeline) if dead is None else dead
        self._seen: Dict[Window, _Seen] = {}

    def sinograms(
        self, window: Window, stop: Stop, frames: Optional[np.ndarray] = None
    ) -> np.ndarray:
        """Float32 (row, frame, column) of a window as wide as the image, all of it finite.

        Parameters
        ----------
        frames
            Acquisition indices, ascending; all kept ones when left out.
        """
        if self.tilt is not None:
            return self._rotated(self.tilt, window, stop, frames)
        rows = self.pipeline.sinograms(window, stop, frames)
        dead = self._dead.search(rows, window, stop, frames)
        self._see(window, window, dead)

        def one(_: Engine, row: int) -> None:
            clear(rows[row])
            bridge(rows[row], dead[row])

        self.pipeline.workers.map(one, range(len(rows)), stop)
        return rows

    def _rotated(
        self, tilt: Tilt, window: Window, stop: Stop, frames: Optional[np.ndarray]
    ) -> np.ndarray:
        count, width = len(self._dead.angles(frames)), self.pipeline.dataset.columns
        # Whole rows: what is dead in them is known from others, and bridged alike.
        source = tilt.source(window)._replace(left=0, right=width)
        shape = (window.rows, count, window.columns)
        if 4 * count * source.rows * width > AT_ONCE:
            seen = self._see(window, source, self._dead.read(source, stop, frames))

            def straight(engine: Engine, image: np.ndarray) -> np.ndarray:
                return tilt.apply(engine, seen.bridges.over(image), source, window)

            made = np.empty(shape, np.float32)
            return self.pipeline.sinograms(source, stop, frames, made, through=straight)
        rows = self.pipeline.sinograms(source, stop, frames)
        seen = self._see(window, source, self._dead.search(rows, source, stop, frames))
        made = np.empty(shape, np.float32)

        def one(engine: Engine, at: int) -> None:
            made[:, at] = tilt.apply(engine, seen.bridges.over(rows[:, at]), source, window)

        self.pipeline.workers.map(one, range(count), stop)
        return made

    def binned(self, window: Window, stop: Stop, frames: np.ndarray, factor: int) -> np.ndarray:
        """Means of ``factor`` x ``factor`` pixels, float32 (row, frame, column), not rotated.

        One row of each ``factor`` is asked which columns are dead.
        """
        rows = self.pipeline.sinograms(window, stop, frames)
        seen, dark = glance(self._dead.angles(frames)), darkness(self.pipeline)
        count, columns = len(rows) // factor, rows.shape[2] // factor
        means = np.empty((count, rows.shape[1], columns), np.float32)

        def one(_: Engine, place: int) -> None:
            group = rows[place * factor : (place + 1) * factor]
            dead = dead_columns(group[factor // 2], seen, dark)
            for row in group:
                clear(row)
                bridge(row, dead)
            cut = group[:, :, : columns * factor]
            means[place] = cut.reshape(factor, -1, columns, factor).mean(axis=(0, 3))

        self.pipeline.workers.map(one, range(count), stop)
        return means

    def bridged(self, image: np.ndarray, window: Window) -> np.ndarray:
        """A window, whose sinograms were looked at, of another image (row, column), whole."""
        source, bridges, _ = self._seen[window]
        rows = bridges.over(image[source.top : source.bottom, source.left : source.right])
        return self._upright(rows, source, window)

    def _see(self, window: Window, source: Window, dead: np.ndarray) -> _Seen:
        blind = self._upright(dead.astype(np.float32), source, window) > 0.5
        seen = _Seen(source, Bridges(dead), blind.mean(axis=0) <= 0.5)
        self._seen[window] = seen
        return seen

    def _upright(self, image: np.ndarray, source: Window, window: Window) -> np.ndarray:
        if self.tilt is None:
            return image
        engine = self.pipeline.workers.engine()
        return self.tilt.apply(engine, np.ascontiguousarray(image), source, window)

    def columns(self, window: Window) -> np.ndarray:
        """Columns that live in most rows of a window whose sinograms were looked at."""
        return self._seen[window].living

    def doubt(self, windows: List[Window], bridged: bool) -> str:
        """Why an answer may be wrong, as a sentence; empty when nothing speaks against it.

        Parameters
        ----------
        windows
            Those that the answer rests on.
        bridged
            Whether the method looks at what was bridged, too.
        """
        dead = [~self.columns(window) for window in windows]
        width = len(dead[0])
        count = int(np.median([of_window.sum() for of_window in dead]))
        gaps = [max((b - a for a, b in inner(of_window)), default=0) for of_window in dead]
        gap = int(np.median(gaps))
        if count > _MOST * width:
            return f"{count} of {width} columns see nothing: what stands there is not known."
        if bridged and gap > _WIDEST * width:
            return (
                f"{gap} columns side by side see nothing: the part of the sample behind them is "
                "not known."
            )
        return ""
