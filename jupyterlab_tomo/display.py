"""Images as a notebook shows them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .png import encode_png, to_grey

MIME = "application/vnd.jupyterlab-tomo.image+json"


class Image:
    """An image with its unit and what is known about it; shows itself in a notebook.

    Parameters
    ----------
    array
        float32 (rows, columns).
    title
        Shown above the image.
    unit
        Of the values, as ``1/cm``; empty when they have none.
    facts
        Pairs of label and value that are shown beside the image.
    """

    def __init__(
        self,
        array: NDArray[np.float32],
        title: str = "",
        unit: str = "",
        facts: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.array = array
        self.title = title
        self.unit = unit
        self.facts = tuple(facts)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.array.shape
        return rows, columns

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.array, dtype=dtype, copy=bool(copy) or dtype is not None)

    def levels(self) -> tuple[float, float]:
        """The values shown as black and white: 0.5 to 99.5 % of the inner 90 % of the image."""
        rows, columns = self.array.shape
        top, left = rows // 20, columns // 20
        inner = self.array[top : rows - top, left : columns - left]
        finite = inner[np.isfinite(inner)]
        if finite.size == 0:
            return 0.0, 1.0
        low, high = np.percentile(finite, (0.5, 99.5))
        return (float(low), float(high)) if high > low else (float(low), float(low) + 1.0)

    def __repr__(self) -> str:
        rows, columns = self.array.shape
        low, high = self.levels()
        unit = f" {self.unit}" if self.unit else ""
        facts = "".join(f", {label} {value}" for label, value in self.facts)
        return (
            f"<{self.title or 'Image'}: {rows} x {columns}, {low:.4g} to {high:.4g}{unit}{facts}>"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        low, high = self.levels()
        png = base64.b64encode(encode_png(to_grey(self.array, low, high))).decode()
        return {
            MIME: {
                "version": 1,
                "png": png,
                "shape": list(self.array.shape),
                "range": [low, high],
                "title": self.title,
                "unit": self.unit,
                "facts": [list(fact) for fact in self.facts],
            },
            "image/png": png,
            "text/plain": repr(self),
        }


class Slice(Image):
    """A reconstructed slice.

    Attributes
    ----------
    array
        float32 (y, x): attenuation per pixel, or per cm when the pixel size is known. The axis of
        rotation is in the middle, x to the right and y down.
    row
        Row of the full image that it was reconstructed from.
    about
        What the runner says about it: the centre used, the seconds taken.
    """

    def __init__(
        self,
        array: NDArray[np.float32],
        row: int,
        name: str,
        unit: str = "",
        about: dict[str, Any] | None = None,
    ) -> None:
        self.row = row
        self.about = dict(about or {})
        super().__init__(array, f"{name}, row {row}", unit, _facts(self.about))


def _facts(about: dict[str, Any]) -> list[tuple[str, str]]:
    """What a reader wants to see beside the slice."""
    centre = about.get("centre")
    # A result's record has both what was asked for and what was used.
    used = centre.get("used", centre) if isinstance(centre, dict) else centre
    column = used.get("column") if isinstance(used, dict) else used
    return [("centre", f"{column:.2f}")] if isinstance(column, (int, float)) else []
