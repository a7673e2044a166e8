"""One engine: an instance of ``engine.wasm`` with a memory of its own, for one thread.

Code and compiler are shared by all threads. Python's lock is released while the engine computes.
"""

from __future__ import annotations

import ctypes
import threading
from pathlib import Path
from typing import Any

import numpy as np

from .failure import EngineError, refusal

WASM = Path(__file__).parent.parent / "_built" / "engine.wasm"
KINDS = {"bright": 1, "dark": 2, "both": 3}

_lock = threading.Lock()
_shared: dict[Path, tuple[Any, Any]] = {}


def _load(path: Path) -> tuple[Any, Any]:
    """Compiler and compiled code, once a process."""
    with _lock:
        if path not in _shared:
            if not path.is_file():
                raise EngineError(
                    "engine-not-built",
                    "The engine is missing.",
                    str(path),
                    "Build the project or install its wheel.",
                )
            try:
                import wasmtime
            except ImportError:
                raise EngineError(
                    "engine-wasmtime",
                    "The Python package wasmtime is missing.",
                    "",
                    "Install wasmtime into this environment.",
                ) from None
            compiler = wasmtime.Engine()
            _shared[path] = (compiler, wasmtime.Module.from_file(compiler, str(path)))
        return _shared[path]


class Engine:
    """Sinograms to slices, and the pixel-wise steps, in one thread.

    Arrays that methods return are views of the engine's memory unless it says otherwise; take them
    anew after each call, and copy what is to stay.

    Parameters
    ----------
    wasm
        File of the engine; the shipped one when left out.

    Raises
    ------
    EngineError
        When the engine or wasmtime is missing.
    """

    def __init__(self, wasm: Path = WASM) -> None:
        compiler, module = _load(Path(wasm))
        import wasmtime

        self._store = wasmtime.Store(compiler)
        exports = wasmtime.Instance(self._store, module, []).exports(self._store)
        memory = exports["memory"]
        if not isinstance(memory, wasmtime.Memory):
            raise EngineError(
                "engine-module", "This is not the module of the engine.", str(wasm), "Build again."
            )
        self._memory = memory
        self._functions = {
            name: item for name, item in exports.items() if isinstance(item, wasmtime.Func)
        }
        self._scratch: dict[str, tuple[int, int]] = {}
        self._plan: np.ndarray | None = None
        self._angles: np.ndarray = np.empty(0)
        self._centre = 0.0
        self._transformed = False

    # --- sinograms ---------------------------------------------------------------------------

    def configure(self, plan: np.ndarray, angles: np.ndarray) -> None:
        """Prepare for a plan; the same plan and angles again cost nothing.

        Parameters
        ----------
        plan
            float64, from :func:`compile_plan`.
        angles
            float64 (projection), degrees, acquisition order.

        Raises
        ------
        EngineError
            When the plan cannot be executed; the engine is empty then.
        """
        plan = np.ascontiguousarray(plan, np.float64)
        angles = np.ascontiguousarray(angles, np.float64).ravel()
        if len(plan) > 1 and len(angles) != plan[1]:
            raise EngineError(
                "engine-angles",
                f"There are {len(angles)} angles for {int(plan[1])} projections.",
                "dataset.angles",
                "Give one angle for each projection.",
            )
        same = self._plan is not None and np.array_equal(plan, self._plan)
        if same and np.array_equal(angles, self._angles):
            return
        self._plan = None
        at_plan = self._put("plan", plan)
        at_angles = self._put("angles", angles)
        code = self._call("configure", at_plan, len(plan), at_angles)
        if code:
            raise refusal(code)
        self._plan, self._angles = plan.copy(), angles.copy()
        self._centre = float(plan[3])
        self._transformed = False

    @property
    def count(self) -> int:
        """Projections of the plan."""
        return int(self._configured()[1])

    @property
    def columns(self) -> int:
        """Columns of the plan's sinogram."""
        return int(self._configured()[2])

    def sinogram(self) -> np.ndarray:
        """float32 (projection, column) in acquisition order, to be written to: attenuation."""
        return self._view(self._call("sinogram"), (self.count, self.columns))

    def process(self) -> None:
        """Sort by angle and run the sinogram steps. NaN and infinities count as 0."""
        self._configured()
        self._check("process")
        self._transformed = False

    def processed(self) -> np.ndarray:
        """float32 (projection, column), sorted by angle, after :meth:`process`."""
        return self._view(self._call("processed"), (self.count, self.columns))

    def order(self) -> np.ndarray:
        """int32 (projection): acquisition index of each row of :meth:`processed`."""
        return self._view(self._call("order"), (self.count,), np.int32)

    def image_size(self) -> int:
        """Width and height of a slice in pixels."""
        self._configured()
        return int(self._call("imageSize"))

    def image(self, centre: float | None = None) -> np.ndarray:
        """Slice of the processed sinogram.

        Parameters
        ----------
        centre
            Axis of rotation in columns of the sinogram; the plan's when left out.

        Returns
        -------
        numpy.ndarray
            float32 (y, x), centred on the axis.

        Notes
        -----
        The first call after :meth:`process` computes the spectra, for its axis; further calls with
        other axes use them again.
        """
        plan = self._configured()
        axis = float(plan[3]) if centre is None else float(centre)
        if not self._transformed:
            if axis != self._centre:
                self._check("recentre", axis)
                self._centre = axis
            self._check("spectra")
            self._transformed = True
        pointer = self._call("image", axis)
        if not pointer:
            raise refusal(5)
        size = self.image_size()
        return self._view(pointer, (size, size))

    # --- images ------------------------------------------------------------------------------

    def remove_outliers(
        self,
        data: np.ndarray,
        size: int,
        threshold: float,
        kind: str = "bright",
        out: np.ndarray | None = None,
    ) -> tuple[np.ndarray, int]:
        """Replace pixels far from the median around them by it.

        Parameters
        ----------
        data
            (row, column); float32 or uint16.
        size
            3 or 5: side of the square, the edge pixel repeated beyond the image.
        threshold
            Distance in units of the data.
        kind
            ``bright``, ``dark`` or ``both``.
        out
            float32 array of the same shape for the result; may be `data`.

        Returns
        -------
        (numpy.ndarray, int)
            The result (`out`, or a new float32 array), and how many pixels were replaced.
        """
        rows, columns = data.shape
        source = self._put_image("image", data)
        target = self._room("result", 4 * rows * columns)
        number = self._call(
            "removeOutliers", source, target, rows, columns, size, float(threshold), KINDS[kind]
        )
        if number < 0:
            raise refusal(14) if size in (3, 5) else _no_size(size)
        return self._take(target, data.shape, out), number

    def noise(self, data: np.ndarray, size: int = 3) -> float:
        """Standard deviation of the noise: 1.4826 x median of abs(data - local median).

        `data` is (row, column), float32 or uint16; `size` is 3 or 5. NaN when no pixel is finite.
        """
        if size not in (3, 5):
            raise _no_size(size)
        rows, columns = data.shape
        return float(self._call("noise", self._put_image("image", data), rows, columns, size))

    def attenuate(
        self,
        data: np.ndarray,
        dark: np.ndarray | None = None,
        flat: np.ndarray | None = None,
        dose: float = 1.0,
        floor: float = 0.001,
        log: bool = True,
        out: np.ndarray | None = None,
    ) -> tuple[np.ndarray, int]:
        """Counts to transmission, and to attenuation when `log` is on.

        (data - dark) / (flat - dark) * dose, at least `floor`; then -ln.

        Parameters
        ----------
        data
            Any shape; float32 or uint16.
        dark, flat
            Same shape; None stands for 0 and 1.
        dose
            Factor on the transmission.
        floor
            Least transmission.
        log
            Take minus the natural logarithm.
        out
            float32 array of the same shape for the result; may be `data`.

        Returns
        -------
        (numpy.ndarray, int)
            The result (`out`, or a new float32 array), and how many pixels were at or below zero
            or not finite.
        """
        source = self._put_image("image", data)
        at_dark = 0 if dark is None else self._put_image("dark", dark)
        at_flat = 0 if flat is None else self._put_image("flat", flat)
        number = self._call(
            "attenuate",
            source,
            source,
            at_dark,
            at_flat,
            data.size,
            float(dose),
            float(floor),
            int(log),
        )
        return self._take(source, data.shape, out), number

    def retrieve_phase(
        self,
        data: np.ndarray,
        spread: float,
        reach: int,
        rows: tuple[int, int] | None = None,
    ) -> tuple[np.ndarray, int]:
        """Filter an image by 1 / (1 + `spread` k^2), k in radians a pixel.

        Parameters
        ----------
        data
            (row, column), float32: whole rows, as the filter reaches from end to end of them.
        spread
            Square of the filter's decay length in pixels.
        reach
            Rows above and below that a row depends on; beyond the image its first and last stand.
        rows
            First row that is wanted, and one past the last; all when left out.

        Returns
        -------
        (numpy.ndarray, int)
            These rows, new, and how many pixels in them were not finite and were bridged.
        """
        first, last = (0, len(data)) if rows is None else rows
        columns = data.shape[1]
        self._check("preparePhase", columns, float(spread), reach)
        source = self._put_image("image", data)
        target = self._room("result", 4 * (last - first) * columns)
        gaps = self._call("retrievePhase", source, target, len(data), first, last)
        if gaps < 0:
            raise refusal(14)
        return self._take(target, (last - first, columns), None), gaps

    def straighten(
        self,
        data: np.ndarray,
        source: tuple[int, int, int, int],
        wanted: tuple[int, int, int, int],
        image: tuple[int, int],
        degrees: float,
    ) -> np.ndarray:
        """Rotate a projection about the middle of the image, so that its axis stands upright.

        Parameters
        ----------
        data
            (row, column), float32: what is there of the image.
        source, wanted
            Top, bottom, left, right of what is there and of what is wanted.
        image
            Rows and columns of the full image, whose edge goes on beyond it.
        degrees
            By which the axis leans towards larger columns with increasing row.

        Returns
        -------
        numpy.ndarray
            What is wanted, float32; new.
        """
        top, bottom, left, right = wanted
        at = self._put_image("image", data)
        target = self._room("result", 4 * (bottom - top) * (right - left))
        place = self._put("place", np.array([*source, *wanted, *image], np.int32))
        self._call("straighten", at, target, place, float(degrees))
        return self._take(target, (bottom - top, right - left), None)

    @property
    def memory_bytes(self) -> int:
        """Size of the engine's memory."""
        return int(self._memory.data_len(self._store))

    # --- the boundary ------------------------------------------------------------------------

    def _call(self, name: str, *arguments: Any) -> Any:
        return self._functions[name](self._store, *arguments)

    def _check(self, name: str, *arguments: Any) -> None:
        code = self._call(name, *arguments)
        if code:
            raise refusal(code)

    def _configured(self) -> np.ndarray:
        if self._plan is None:
            raise refusal(15)
        return self._plan

    def _view(self, pointer: int, shape: tuple[int, ...], kind: Any = np.float32) -> np.ndarray:
        """Array over the memory as it is now; it may move when it grows."""
        number = int(np.prod(shape, dtype=np.int64))
        base = ctypes.addressof(self._memory.data_ptr(self._store).contents)
        size = number * np.dtype(kind).itemsize
        buffer = (ctypes.c_uint8 * size).from_address(base + (pointer & 0xFFFFFFFF))
        # The array keeps the buffer, and the buffer the memory.
        buffer.store = self._store
        view: np.ndarray = np.frombuffer(buffer, kind, number).reshape(shape)
        return view

    def _room(self, name: str, size: int) -> int:
        """Scratch memory that is kept from call to call, and grows."""
        pointer, have = self._scratch.get(name, (0, 0))
        if size > have:
            self._call("release", pointer)
            self._scratch.pop(name, None)
            pointer = self._call("allocate", size) if size < 2**31 else 0
            if not pointer:
                raise refusal(14)
            self._scratch[name] = (pointer, size)
        return pointer

    def _put(self, name: str, data: np.ndarray) -> int:
        pointer = self._room(name, max(data.nbytes, 16))
        self._view(pointer, data.shape, data.dtype)[...] = data
        return pointer

    def _put_image(self, name: str, data: np.ndarray) -> int:
        pointer = self._room(name, 4 * data.size)
        if data.dtype == np.uint16:
            raw = self._put("raw", data)
            self._call("widen", raw, pointer, data.size)
        else:
            self._view(pointer, data.shape)[...] = data
        return pointer

    def _take(self, pointer: int, shape: tuple[int, ...], out: np.ndarray | None) -> np.ndarray:
        result = self._view(pointer, shape)
        if out is None:
            return np.array(result)
        out[...] = result
        return out


def _no_size(size: int) -> EngineError:
    return EngineError(
        "engine-median",
        f"The engine has no median of {size} x {size}.",
        "filters.outliers.size",
        "Choose 3 or 5.",
    )
