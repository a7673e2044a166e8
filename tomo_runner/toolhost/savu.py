"""Savu: the pipeline of Diamond Light Source, here for its reconstruction plugins.

Sinograms go to Savu as an NXtomo file of attenuation with the axis exactly in the middle, since
Savu itself moves an axis by whole pixels only; the volume comes back out of its result file. Whole
process lists are run by ``tomo_runner/savu``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np

from .contract import Task, ToolError
from .geometry import centred, moved
from .parameters import choice, integer, projector, sinogram_ends
from .savu_files import (
    ENTRY,
    PROJECTION,
    NxtomoWriter,
    Plugin,
    ProcessList,
    find_volume,
    write_list,
)
from .savu_process import INSTALL, Progress, command, require_command, run

NAME = "savu"
TITLE = "Savu"
HELP = "Savu of Diamond Light Source: its process lists, and its reconstruction plugins."
LIST_METHOD = "process-list"
_WAIT = 120.0
_KEPT = 40
_DATA = "tomo"

FILTERS = ("ram-lak", "shepp-logan", "cosine", "hamming", "hann", "parzen", "none")
_FILTER = {
    "filter": choice(
        "Filter",
        "Window on the ramp: ram-lak is sharpest, hann calms noise most.",
        FILTERS,
        "ram-lak",
    )
}
_EDGE = sinogram_ends()
_PROJECTOR = projector()


def _iterations(default: int) -> Dict[str, Any]:
    return {"iterations": integer("Iterations", "Rounds over all projections.", default, 1, 10000)}


def _method(
    name: str,
    title: str,
    text: str,
    kind: str,
    *schemas: Dict[str, Any],
    level: str = "basic",
    gpu: bool = False,
) -> Dict[str, Any]:
    schema: Dict[str, Any] = {}
    for part in schemas:
        schema.update(part)
    return {
        "name": name,
        "title": title,
        "help": text,
        "kind": kind,
        "level": level,
        "gpu": gpu,
        "schema": schema,
    }


_LIST = {
    "list": {
        "title": "Process list",
        "description": "File that Savu or the editor of process lists has saved; "
        "relative to the recipe.",
        "type": "string",
        "default": "process_list.savu.nxs",
        "level": "basic",
    },
    "processes": integer(
        "Processes",
        "How many Savu is on a machine: more than one needs MPI, also in Savu's h5py.",
        1,
        1,
        1024,
        level="advanced",
    ),
    "gpus": integer(
        "Of these with a card",
        "Processes that use a graphics card each, for the plugins that need one.",
        0,
        0,
        64,
        level="advanced",
    ),
    "nodes": integer(
        "Nodes",
        "Machines of a cluster, each with as many processes: two or more.",
        1,
        1,
        1024,
        level="advanced",
    ),
}
METHODS: List[Dict[str, Any]] = [
    _method(
        "FBP",
        "ASTRA FBP",
        "Filtered back-projection by AstraReconCpu, after the filters of the recipe.",
        "analytic",
        _FILTER,
        _EDGE,
        _PROJECTOR,
    ),
    _method(
        LIST_METHOD,
        "Process list",
        "Savu does everything by a list, from the data as measured; filters and axis of the "
        "recipe are not used.",
        "analytic",
        _LIST,
    ),
    _method(
        "SIRT",
        "ASTRA SIRT",
        "All rays at once in each iteration, by AstraReconCpu: calm with noise, slow.",
        "iterative",
        _iterations(100),
        _PROJECTOR,
        level="advanced",
    ),
    _method(
        "CGLS",
        "ASTRA CGLS",
        "Conjugate gradients by AstraReconCpu: more than 15 iterations amplify noise.",
        "iterative",
        _iterations(15),
        _PROJECTOR,
        level="advanced",
    ),
    _method(
        "FBP_CUDA",
        "ASTRA FBP (GPU)",
        "Filtered back-projection by AstraReconGpu on a graphics card.",
        "analytic",
        _FILTER,
        _EDGE,
        gpu=True,
    ),
    _method(
        "SIRT_CUDA",
        "ASTRA SIRT (GPU)",
        "All rays at once in each iteration, by AstraReconGpu on a graphics card.",
        "iterative",
        _iterations(200),
        level="advanced",
        gpu=True,
    ),
    _method(
        "CGLS_CUDA",
        "ASTRA CGLS (GPU)",
        "Conjugate gradients by AstraReconGpu on a graphics card.",
        "iterative",
        _iterations(15),
        level="advanced",
        gpu=True,
    ),
]


def probe() -> Dict[str, Any]:
    """Whether there is a Savu to start, and what it says of its version."""
    try:
        argv = require_command()
        import h5py
    except ToolError as error:
        return {"available": False, "why": error.message, "install": INSTALL}
    except ImportError as error:
        return {
            "available": False,
            "why": f"Savu's files cannot be read without h5py ({error}).",
            "install": "pip install h5py",
        }
    del h5py
    try:
        told = subprocess.run(
            [*argv, "--version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_WAIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return {"available": False, "why": f"Savu does not start ({error}).", "install": INSTALL}
    lines = told.stdout.decode("utf-8", "replace").strip().splitlines()
    if told.returncode:
        last = lines[-1] if lines else f"exit code {told.returncode}"
        return {"available": False, "why": f"Savu does not start ({last}).", "install": INSTALL}
    version = lines[-1].split()[-1] if lines else ""
    return {"available": True, "version": version, "gpu": shutil.which("nvidia-smi") is not None}


def cost(
    method: str, parameters: Dict[str, Any], angles: int, columns: int, size: int
) -> Dict[str, float]:
    """One slice: as ASTRA on one core, and the way through files."""
    passes = 2.2 * float(parameters.get("iterations", 1)) if "iterations" in parameters else 1.0
    each = 5.0e-12 if method.endswith("_CUDA") else 4.0e-9
    sinogram = 4.0 * angles * columns
    return {
        "seconds": 0.02 + each * passes * angles * float(size) * float(size),
        "thread": 24.0 * sinogram + 8.0 * size * size,
        "row": 3.0 * sinogram,
    }


def reconstruct(task: Task) -> None:
    """Fill the slices, see ``contract.py``.

    Raises
    ------
    ToolError
        When Savu is missing, fails, or leaves no volume.
    """
    if task.method == LIST_METHOD:
        raise ToolError(
            "tool-method",
            "A process list is run as a whole: there is no preview of one row.",
            "reconstruction.method",
            "Run it, with a region of interest of few rows to try it.",
        )
    with tempfile.TemporaryDirectory(prefix="tomo-savu-") as folder:
        place = Path(folder)
        columns, middle = write_data(task, place / "data.nxs")
        write_list(place / "list.nxs", process_list(task, columns, middle))
        _run(place)
        _read_back(task, find_volume(place / "out" / "run").slices(range(len(task.slices))))


def write_data(task: Task, path: Path) -> Tuple[int, float]:
    """Sinograms with the axis in the middle, as projections; their width and that middle."""
    analytic = "iterations" not in task.parameters
    made = [_centred(task, row, analytic) for row in range(len(task.sinograms))]
    columns = max(sinogram.shape[1] for sinogram in made)
    made = [_of_parity(sinogram, columns % 2) for sinogram in made]
    columns = max(sinogram.shape[1] for sinogram in made)
    with NxtomoWriter(
        path,
        [PROJECTION] * len(task.angles),
        [float(angle) for angle in task.angles],
        (len(made), columns),
        np.float32,
    ) as writer:
        for frame in range(len(task.angles)):
            image = np.zeros((1, len(made), columns), np.float32)
            for row, sinogram in enumerate(made):
                left = (columns - sinogram.shape[1]) // 2
                image[0, row, left : left + sinogram.shape[1]] = sinogram[frame]
            writer.write(frame, image)
    return columns, (columns - 1) / 2


def _of_parity(sinogram: np.ndarray, odd: int) -> np.ndarray:
    """A sinogram of odd or even width, its middle in the middle."""
    if sinogram.shape[1] % 2 == odd:
        return sinogram
    return moved(np.pad(sinogram, ((0, 0), (0, 1))), 0.5)


def _centred(task: Task, row: int, analytic: bool) -> np.ndarray:
    sinogram, centre = task.sinograms[row], float(task.centres[row])
    if analytic:
        return centred(sinogram, task.angles, centre, str(task.parameters["edge"]))[0]
    columns = sinogram.shape[1]
    longer = max(centre, columns - 1 - centre)
    wide = 2 * int(np.ceil(longer)) + 4
    left = int(np.floor((wide - 1) / 2 - centre))
    shift = (wide - 1) / 2 - centre - left
    padded = np.pad(sinogram, ((0, 0), (left, wide - columns - left)))
    return moved(padded, shift)


def process_list(task: Task, columns: int, middle: float) -> ProcessList:
    parameters = task.parameters
    gpu = task.method.endswith("_CUDA")
    family = "astra_recons.astra_recon_gpu" if gpu else "astra_recons.astra_recon_cpu"
    recon: Dict[str, Any] = {
        "in_datasets": [_DATA],
        "out_datasets": [_DATA],
        "algorithm": task.method,
        "centre_of_rotation": middle,
        "n_iterations": int(parameters.get("iterations", 1)),
        "FBP_filter": parameters.get("filter", "none"),
        "vol_shape": max(task.size, 1),
        # The mask is ours: nothing is cut off here.
        "ratio": 3.0,
        "log": False,
        "log_func": "np.nan_to_num(-np.log(sino))",
        "force_zero": [None, None],
        "init_vol": None,
        "outer_pad": False,
        "centre_pad": False,
        "preview": [],
    }
    if gpu:
        recon["res_norm"] = False
    else:
        recon["projector"] = parameters["projector"]
    loader = {
        "preview": [],
        "name": _DATA,
        "data_path": f"{ENTRY}/data/data",
        "image_key_path": f"{ENTRY}/instrument/detector/image_key",
        "dark": [None, None, 1],
        "flat": [None, None, 1],
        "angles": None,
        "3d_to_4d": False,
        "ignore_flats": None,
    }
    return ProcessList(
        [
            Plugin("NxtomoLoader", "savu.plugins.loaders.full_field_loaders.nxtomo_loader", loader),
            Plugin(
                "AstraReconGpu" if gpu else "AstraReconCpu",
                f"savu.plugins.reconstructions.{family}",
                recon,
            ),
        ]
    )


def _run(place: Path) -> None:
    progress = Progress(1, lambda _plugin, _part: None)
    last: List[str] = []

    def line(text: str) -> None:
        print(text, flush=True)
        last.append(text)
        del last[:-_KEPT]
        progress.line(text)

    (place / "out").mkdir()
    # Statistics of tiny data end Savu with an error, and nobody looks at them here.
    code = run(
        place / "data.nxs",
        place / "list.nxs",
        place / "out",
        "run",
        line,
        options=["--stats", "off"],
    )
    if code:
        raise failed(code, progress.error)


def failed(code: int, error: str, modules: Sequence[str] = ()) -> ToolError:
    """What an exit code of Savu, and the last error that it printed, stand for.

    Parameters
    ----------
    modules
        Of the plugins that were asked for.
    """
    if "NVML" in error or "GPU plugins" in error:
        return ToolError(
            "no-gpu",
            "The plugin needs an NVIDIA graphics card, and Savu finds none here.",
            "reconstruction.method",
            "Choose a plugin for processors, or a resource that has a graphics card.",
        )
    unknown = re.search(r"No module named '([\w.]+)'", error)
    if unknown and any(f"{each}.".startswith(f"{unknown.group(1)}.") for each in modules):
        return ToolError(
            "savu-plugin",
            f"This Savu has no plugin {unknown.group(1)}.",
            "reconstruction.parameters.list",
            "Remove it from the list or switch it off, or run the list where Savu has it.",
        )
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    why = f": {error.rstrip('.')}" if error else ""
    return ToolError(
        "tool-failed",
        f"Savu {how}{why}.",
        "reconstruction",
        "Its messages are in the log; check the parameters and which plugins this Savu has.",
    )


def _read_back(task: Task, volume: Any) -> None:
    for row, image in enumerate(volume):
        if image.shape != (task.size, task.size):
            raise ToolError(
                "savu-shape",
                f"Savu made slices of {image.shape[0]} x {image.shape[1]} pixels instead of "
                f"{task.size} x {task.size}.",
                "reconstruction",
                "This Savu is of another kind; use a process list with it.",
            )
        task.slices[row] = image
        task.done(row)


__all__ = ["METHODS", "command", "cost", "probe", "reconstruct"]
