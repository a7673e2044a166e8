"""ASTRA: filtered back-projection and iterative methods, on the processor or a CUDA card.

Its angles turn the other way, so they are negated. The sub-pixel axis is in the geometry
(``parallel_vec``) except for filtered back-projection, which takes no such geometry: there the
sinogram is moved. Algorithms on the processor use one thread each and let go of Python's lock,
so slices are shared out over threads.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, List, Optional, Tuple

import numpy as np

from .astra_filters import OWN, SHAPES, spectrum
from .astra_methods import METHODS, REFUSED
from .contract import Task, ToolError
from .geometry import centred, spread

NAME = "astra"
TITLE = "ASTRA"
HELP = "The ASTRA toolbox: accurate projectors, iterative methods, constraints, graphics cards."
OLDEST = (2, 1)
"""2.0 changed how values scale with the detector's pixels, and FBP_CUDA could hang before 2.1."""
INSTALL = "pip install astra-toolbox, or conda install -c astra-toolbox -c nvidia astra-toolbox."

_CARD = 5.0e-12
"""Not measured: only how the work of two runs on a card compares."""


def probe() -> Dict[str, Any]:
    """Whether ASTRA can be loaded, and whether it finds a graphics card."""
    try:
        import astra
    except ImportError as error:
        return {
            "available": False,
            "why": f"ASTRA is not installed in this Python ({error}).",
            "install": INSTALL,
        }
    version = str(getattr(astra, "__version__", "0"))
    if _numbers(version) < OLDEST:
        return {
            "available": False,
            "version": version,
            "why": f"ASTRA {version} is too old; {OLDEST[0]}.{OLDEST[1]} or newer is needed.",
            "install": INSTALL,
        }
    return {"available": True, "version": version, "gpu": bool(astra.use_cuda())}


def cost(
    method: str, parameters: Dict[str, Any], angles: int, columns: int, size: int
) -> Dict[str, float]:
    """One slice: 3.7 ns a pixel and projection on a core; what a card takes, its runs tell."""
    passes = 1.0
    if "iterations" in parameters:
        # An iteration projects and projects back, through weights that are made anew.
        passes = 2.2 * float(parameters["iterations"]) + (parameters.get("start") == "fbp")
    each = {"line": 4.0e-9, "strip": 8.7e-9}.get(str(parameters.get("projector")), 3.7e-9)
    if method.endswith("_CUDA"):
        each = _CARD
    sinogram, picture = 4.0 * angles * columns, 4.0 * size * size
    whole = 4.0 * (sinogram + picture) if "3D" in method else 0.0
    return {
        "seconds": each * passes * angles * float(size) * float(size),
        "unmeasured": float(each == _CARD),
        "thread": 24.0 * sinogram + 6.0 * picture,
        "row": whole,
    }


def reconstruct(task: Task) -> None:
    """Fill the slices, see ``contract.py``.

    Raises
    ------
    ToolError
        When ASTRA is missing, too old, without the card that the method needs, or cannot do it.
    """
    if task.method in REFUSED:
        raise ToolError(
            "tool-method",
            REFUSED[task.method],
            "reconstruction.method",
            "Choose FBP or FBP_CUDA.",
        )
    found = probe()
    if not found["available"]:
        raise ToolError(
            "tool-missing", found["why"], "reconstruction.tool", "Install it: " + found["install"]
        )
    gpu = task.method.endswith("_CUDA")
    if gpu and not found["gpu"]:
        raise ToolError(
            "no-gpu",
            f"{task.method} needs an NVIDIA graphics card, and ASTRA finds none here.",
            "reconstruction.method",
            f"Choose {_without_gpu(task.method)}, or a resource that has a graphics card.",
        )
    try:
        if "3D" in task.method:
            _volume(task)
        elif gpu:
            # One card: the slices queue up for it anyway.
            _rows(task, 1)
        else:
            _rows(task, task.cores)
    except ToolError:
        raise
    except Exception as error:
        raise ToolError(
            "tool-failed",
            f"ASTRA cannot do {task.method}: {str(error).strip().rstrip('.')}.",
            "reconstruction.parameters",
            "Change the parameters, or choose another method.",
        ) from error


def _rows(task: Task, threads: int) -> None:
    """All rows, shared out over threads."""
    with ThreadPoolExecutor(max(1, min(threads, len(task.slices)))) as pool:
        own = threading.local()

        def one(row: int) -> None:
            _slice(task, row, own)
            task.done(row)

        for finished in [pool.submit(one, row) for row in range(len(task.slices))]:
            finished.result()


def _slice(task: Task, row: int, own: Optional[threading.local] = None) -> None:
    """One slice. Its values come straight into the task's array."""
    sinogram, geometry = prepared(task, row)
    start = task.parameters.get("start") == "fbp"
    if start:
        _start_image(task, row)
    _run(task, geometry, sinogram, task.slices[row], start)


def prepared(task: Task, row: int) -> Tuple[np.ndarray, Dict[str, Any]]:
    """Sinogram and projection geometry of a row."""
    import astra

    radians = -np.deg2rad(task.angles)
    centre = float(task.centres[row])
    if task.method in ("FBP", "FBP_CUDA", "BP"):
        if task.method == "BP":
            sinogram = np.array(task.sinograms[row])
            return sinogram, _shifted(radians, sinogram.shape[1], centre)
        sinogram, _ = centred(
            task.sinograms[row], task.angles, centre, str(task.parameters["edge"])
        )
        return sinogram, astra.create_proj_geom("parallel", 1.0, sinogram.shape[1], radians)
    sinogram = np.array(task.sinograms[row])
    if task.method == "EM_CUDA":
        sinogram = np.maximum(sinogram, 0)
    return sinogram, _shifted(radians, sinogram.shape[1], centre)


def _shifted(radians: np.ndarray, columns: int, centre: float) -> Dict[str, Any]:
    """A parallel geometry whose axis stands at column ``centre``; radians as ASTRA turns."""
    import astra

    offset = (columns - 1) / 2 - centre
    cosines, sines = np.cos(radians), np.sin(radians)
    vectors = np.stack([sines, -cosines, offset * cosines, offset * sines, cosines, sines], axis=1)
    geometry: Dict[str, Any] = astra.create_proj_geom("parallel_vec", columns, vectors)
    return geometry


def _start_image(task: Task, row: int) -> None:
    """A filtered back-projection, put where the slice is to be."""
    method = "FBP_CUDA" if task.method.endswith("_CUDA") else "FBP"
    schema = next(entry for entry in METHODS if entry["name"] == method)["schema"]
    parameters = {key: field["default"] for key, field in schema.items() if "default" in field}
    parameters.update({key: task.parameters[key] for key in parameters if key in task.parameters})
    first = Task(
        method,
        parameters,
        task.sinograms,
        task.angles,
        task.centres,
        task.slices,
        1,
        lambda _: None,
        task.say,
    )
    sinogram, geometry = prepared(first, row)
    _run(first, geometry, sinogram, task.slices[row], False)


def _run(
    task: Task,
    geometry: Dict[str, Any],
    sinogram: np.ndarray,
    out: np.ndarray,
    started: bool,
) -> None:
    import astra

    picture = astra.create_vol_geom(task.size, task.size)
    if not started:
        out.fill(0)
    made: List[Callable[[], None]] = []

    def keep(module: Any, identity: int) -> int:
        made.append(lambda: module.delete(identity))
        return identity

    try:
        cfg = astra.astra_dict(task.method)
        cfg["ProjectionDataId"] = keep(astra.data2d, astra.data2d.link("-sino", geometry, sinogram))
        cfg["ReconstructionDataId"] = keep(astra.data2d, astra.data2d.link("-vol", picture, out))
        if not task.method.endswith("_CUDA"):
            kind = str(task.parameters["projector"])
            cfg["ProjectorId"] = keep(
                astra.projector, astra.create_projector(kind, geometry, picture)
            )
        cfg["option"] = options(task, geometry)
        own = _own_filter(task, sinogram.shape[1])
        if own is not None:
            line = astra.create_proj_geom("parallel", 1.0, own.shape[1], [0.0])
            cfg["option"]["FilterSinogramId"] = keep(
                astra.data2d, astra.data2d.create("-sino", line, own)
            )
        if task.parameters.get("disc"):
            mask = _disc(task.size, sinogram.shape[1])
            cfg["option"]["ReconstructionMaskId"] = keep(
                astra.data2d, astra.data2d.create("-vol", picture, mask)
            )
            out *= mask
        algorithm = keep(astra.algorithm, astra.algorithm.create(cfg))
        astra.algorithm.run(algorithm, steps(task, sinogram.shape))
    finally:
        for delete in reversed(made):
            delete()


def options(task: Task, geometry: Dict[str, Any]) -> Dict[str, Any]:
    """ASTRA's options for the parameters of a task, but the mask and a filter of ours."""
    given = task.parameters
    found: Dict[str, Any] = {}
    if "filter" in given:
        if given["filter"] in OWN:
            found["FilterType"] = given["filter"]
            found["FilterD"] = float(given["cutoff"])
        else:
            found["FilterType"] = "projection"
    if "minimum" in given:
        found["MinConstraint"] = float(given["minimum"])
    if "maximum" in given:
        found["MaxConstraint"] = float(given["maximum"])
    if "relaxation" in given:
        found["Relaxation"] = float(given["relaxation"])
    if given.get("order") == "spread":
        count = len(task.angles)
        if task.method == "ART":
            columns = _columns(geometry)
            order = spread(count * columns)
            found["RayOrder"] = "custom"
            found["RayOrderList"] = np.stack(np.divmod(order, columns), 1).ravel().tolist()
        else:
            found["ProjectionOrder"] = "custom"
            found["ProjectionOrderList"] = spread(count).tolist()
    elif given.get("order") == "sequential":
        found["RayOrder" if task.method == "ART" else "ProjectionOrder"] = "sequential"
    if task.method.endswith("_CUDA"):
        found["GPUindex"] = int(given["gpu"])
        if "detectorSampling" in given:
            found["DetectorSuperSampling"] = int(given["detectorSampling"])
        if "pixelSampling" in given:
            found["PixelSuperSampling"] = int(given["pixelSampling"])
    return found


def _own_filter(task: Task, columns: int) -> Optional[np.ndarray]:
    """The filter where ASTRA does not have it as it is meant."""
    given = task.parameters
    name = str(given.get("filter", OWN[0]))
    if name in OWN:
        return None
    shape = float(given["shape"]) if name in SHAPES and "shape" in given else None
    return spectrum(name, columns, float(given["cutoff"]), shape)


def steps(task: Task, shape: Tuple[int, ...]) -> int:
    """What ASTRA counts as iterations: of ART rays, of SART projections, else rounds."""
    rounds = int(task.parameters.get("iterations", 1))
    if task.method == "ART":
        return rounds * shape[0] * shape[1]
    if task.method in ("SART", "SART_CUDA"):
        return rounds * shape[0]
    return rounds


def _volume(task: Task) -> None:
    """All rows at once on a graphics card."""
    import astra

    rows, count, columns = task.sinograms.shape
    picture = astra.create_vol_geom(task.size, task.size, rows)
    geometry = astra.create_proj_geom("parallel3d_vec", rows, columns, vectors3d(task))
    start = task.parameters.get("start") == "fbp"
    if not start:
        task.slices.fill(0)
    for row in range(rows if start else 0):
        _start_image(task, row)
    made: List[Callable[[], None]] = []

    def keep(module: Any, identity: int) -> int:
        made.append(lambda: module.delete(identity))
        return identity

    try:
        sinograms = np.array(task.sinograms)
        cfg = astra.astra_dict(task.method)
        cfg["ProjectionDataId"] = keep(
            astra.data3d, astra.data3d.link("-sino", geometry, sinograms)
        )
        cfg["ReconstructionDataId"] = keep(
            astra.data3d, astra.data3d.link("-vol", picture, task.slices)
        )
        cfg["option"] = options(task, geometry)
        if task.parameters.get("disc"):
            mask = np.broadcast_to(_disc(task.size, columns), task.slices.shape)
            cfg["option"]["ReconstructionMaskId"] = keep(
                astra.data3d, astra.data3d.create("-vol", picture, np.ascontiguousarray(mask))
            )
            task.slices[...] *= mask
        algorithm = keep(astra.algorithm, astra.algorithm.create(cfg))
        astra.algorithm.run(algorithm, steps(task, (count, columns)))
    finally:
        for delete in reversed(made):
            delete()
    for row in range(rows):
        task.done(row)


def vectors3d(task: Task) -> np.ndarray:
    """Rays, detector centres and axes of a slab, float64 (angle, 12).

    The detector's rows stand as the slices do. All rows share the geometry, so their axes must,
    too: with a tilted axis the middle row's stands for all when they differ by less than 0.05.
    """
    centres = task.centres
    if float(np.ptp(centres)) > 0.05:
        raise ToolError(
            "tool-tilt",
            f"{task.method} works on whole slabs, whose rows must share one axis; it is tilted.",
            "regions.centre.tilt",
            f"Choose {task.method.replace('3D', '')}, which takes each row's own axis.",
        )
    radians = -np.deg2rad(task.angles)
    cosines, sines = np.cos(radians), np.sin(radians)
    offset = (task.sinograms.shape[2] - 1) / 2 - float(centres.mean())
    zero, one = np.zeros_like(sines), np.ones_like(sines)
    rays = (sines, -cosines, zero)
    detector = (offset * cosines, offset * sines, zero)
    return np.stack([*rays, *detector, cosines, sines, zero, zero, zero, one], axis=1)


def _disc(size: int, columns: int) -> np.ndarray:
    """float32 (y, x): 1 in the disc as wide as the slice and 0 outside."""
    offset = np.arange(size) - (size - 1) / 2
    radius = max(size, columns) / 2
    inside = offset[:, None] ** 2 + offset[None, :] ** 2 <= radius**2
    disc: np.ndarray = inside.astype(np.float32)
    return disc


def _columns(geometry: Dict[str, Any]) -> int:
    return int(geometry["DetectorCount"])


def _without_gpu(method: str) -> str:
    plain = method.replace("3D", "").replace("_CUDA", "")
    return plain if plain != "EM" else "SIRT with least value 0"


def _numbers(version: str) -> Tuple[int, ...]:
    parts = version.split(".")[:2]
    return tuple(int("".join(c for c in part if c.isdigit()) or 0) for part in parts)


__all__ = ["METHODS", "REFUSED", "cost", "probe", "reconstruct"]
