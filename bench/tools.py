"""External tools through the tool host against the bare tool on the same sinograms, as JSON lines.

The bare tool runs in a process of its own, too, and is timed there without start and import; the
host is timed as a run has it: loaded already, arrays in shared memory, each slice handed over.
Pairs alternate, so that what else the machine does meets both. Tools that are not installed are
said so on standard error.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from rows import row

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tomo_runner import catalogue  # noqa: E402
from tomo_runner.external import ToolHost, python_of  # noqa: E402
from tomo_runner.stopping import Stop  # noqa: E402
from tomo_runner.tools import probe_tool  # noqa: E402

ROWS, ANGLES, COLUMNS = 16, 361, 513
CENTRE = (COLUMNS - 1) / 2
PAIRS = 7

BARE = """
import json, sys, time
import numpy as np
from concurrent.futures import ThreadPoolExecutor
rows, count, columns, cores = json.loads(sys.argv[1])
angles = np.linspace(0, np.pi, count)
sinograms = np.load(sys.argv[2])
if sys.argv[3] == "astra":
    import astra
    wide = columns
    left = (wide - columns) // 2
    picture = astra.create_vol_geom(columns, columns)
    geometry = astra.create_proj_geom("parallel", 1.0, wide, -angles)
    def one(sinogram):
        padded = np.zeros((count, wide), np.float32)
        padded[:, left : left + columns] = sinogram
        out = np.zeros((columns, columns), np.float32)
        cfg = astra.astra_dict("FBP")
        cfg["ProjectorId"] = astra.create_projector("linear", geometry, picture)
        cfg["ProjectionDataId"] = astra.data2d.link("-sino", geometry, padded)
        cfg["ReconstructionDataId"] = astra.data2d.link("-vol", picture, out)
        astra.algorithm.run(astra.algorithm.create(cfg), 1)
        return out
    def work():
        with ThreadPoolExecutor(cores) as pool:
            return list(pool.map(one, sinograms))
else:
    import tomopy
    def work():
        padded = np.pad(sinograms, ((0, 0), (0, 0), ((1024 - columns) // 2, 256)))[:, :, :1024]
        return tomopy.recon(padded, angles, center=(columns - 1) / 2 + (1024 - columns) // 2,
            sinogram_order=True, algorithm="gridrec", filter_name="shepp", ncore=cores,
            num_gridx=columns + 1, num_gridy=columns + 1)
work()
for line in sys.stdin:
    begun = time.perf_counter()
    work()
    print(time.perf_counter() - begun, flush=True)
"""


def sinograms() -> np.ndarray:
    """Two discs and a little noise, float32 (row, angle, column)."""
    angles = np.linspace(0, np.pi, ANGLES)[:, None]
    s = np.arange(COLUMNS)[None, :] - CENTRE
    total = 0.02 * np.sqrt(np.maximum(200.0**2 - s**2, 0))
    total = total + 0.05 * np.sqrt(np.maximum(30.0**2 - (s - 100 * np.cos(angles)) ** 2, 0))
    noise = np.random.default_rng(1).standard_normal((ROWS, ANGLES, COLUMNS))
    return (total[None] + 0.01 * noise).astype(np.float32)


class Bare:
    """The tool without us, in its Python."""

    def __init__(self, tool: str, data: Path, cores: int) -> None:
        shape = json.dumps([ROWS, ANGLES, COLUMNS, cores])
        argv = [python_of(tool), "-c", BARE, shape, str(data), tool]
        self._process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def seconds(self) -> float:
        """Time of one reconstruction."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        stdin.write("\n")
        stdin.flush()
        for line in stdout:
            try:
                return float(line)
            except ValueError:
                # The tool prints, too.
                continue
        raise SystemExit("The bare tool ended.")

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


def hosted(host: ToolHost, method: str, parameters: dict[str, object], cores: int) -> float:
    """Time of one reconstruction by the host; the sinograms are in its memory."""
    begun = time.perf_counter()
    host.reconstruct(
        method,
        parameters,
        np.linspace(0, 180, ANGLES),
        np.full(ROWS, CENTRE),
        (ROWS, ANGLES, COLUMNS),
        COLUMNS,
        cores,
        Stop(),
        lambda row, image: None,
        lambda text: None,
    )
    return time.perf_counter() - begun


def measure(tool: str, method: str, data: Path, pixels: np.ndarray) -> None:
    """Print the rows of one tool."""
    title = catalogue.title(tool)
    found = probe_tool(tool, title)
    if not found["available"]:
        print(f"{found['why']} It is not measured.", file=sys.stderr)
        return
    defaults = catalogue.defaults(catalogue.method(tool, method)["schema"])
    parameters = {**defaults, "edge": "zero"}
    host = ToolHost(tool, title, python_of(tool))
    bare = Bare(tool, data, 2)
    try:
        host.sinograms(pixels.shape)[...] = pixels
        hosted(host, method, parameters, 2)
        pairs = [(bare.seconds(), hosted(host, method, parameters, 2)) for _ in range(PAIRS)]
        ratio = statistics.median(ours / theirs for theirs, ours in pairs)
        over = 100 * (ratio - 1)
        row(f"{title} {method}, host over bare", over, "%", 5)
        if tool == "astra":
            each = [
                hosted(host, method, parameters, 1) / hosted(host, method, parameters, 2)
                for _ in range(PAIRS)
            ]
            gain = statistics.median(each)
            row(f"{title} {method}, two threads over one", gain, "x", 1.8, gain >= 1.8)
    finally:
        bare.close()
        host.close()


def main() -> None:
    """Print a row for each tool and measure."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "sinograms.npy")
        pixels = sinograms()
        np.save(data, pixels)
        measure("astra", "FBP", data, pixels)
        measure("tomopy", "gridrec", data, pixels)


if __name__ == "__main__":
    main()
