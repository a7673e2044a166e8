"""The engine in Python against the same file in Node, two threads against one, TomoPy's gridrec,
and how far slices are from a phantom.

Prints rows for the table: one JSON object a line. They take turns, so that a busy machine is busy
for all. TomoPy is measured where JUPYTER_TOMO_PYTHON_TOMOPY names a Python that has it; otherwise
standard error says that it is not. Its native code is what is meant: one call for many slices, one
thread.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
from rows import milliseconds, row

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "python")]

from engine.conftest import agreement, disc, picture, project, ramp_plan  # noqa: E402 - found above

from tomo_runner.engine import Engine, compile_plan  # noqa: E402
from tomo_runner.engine.host import WASM  # noqa: E402

SIZES = [(512, 360, 60), (1024, 720, 20), (2048, 1500, 5)]
ROUNDS = 5
GRIDREC = [(512, 360, 16, 3.5 / 8), (1024, 720, 8, 17 / 39), (2048, 1500, 4, 77 / 167)]
"""Columns, projections and slices of one call; most of TomoPy's time that ours may take."""
ERRORS = [(512, 360, 0.0149), (1024, 720, 0.0102), (2048, 1500, 0.0072)]
"""Columns, projections and most of the error in units of the phantom."""
TOMOPY = """
import sys, time
import numpy as np
import tomopy
columns, count, slices = map(int, sys.argv[1:])
angles = np.pi * (np.arange(count) + 0.25) / count
data = np.random.default_rng(0).random((slices, count, columns), np.float32)
def work():
    tomopy.recon(data, angles, center=(columns - 1) / 2 + 1.3, algorithm="gridrec",
        filter_name="ramlak", sinogram_order=True, ncore=1, nchunk=slices)
work()
for line in sys.stdin:
    begun = time.perf_counter()
    work()
    print("ms", (time.perf_counter() - begun) * 1000 / slices, flush=True)
"""
NODE = """
const { readFileSync } = require('node:fs');
const [file, columns, count] = [process.argv[1], Number(process.argv[2]), Number(process.argv[3])];
const module = new WebAssembly.Module(readFileSync(file));
const { exports: engine } = new WebAssembly.Instance(module, {});
const plan = [2, count, columns, (columns - 1) / 2 + 1.3, 0, 1, 0, 1, 1, 1, 0, 0];
const at = engine.allocate(8 * 12);
const angles = engine.allocate(8 * count);
new Float64Array(engine.memory.buffer, at, 12).set(plan);
new Float64Array(engine.memory.buffer, angles, count)
  .set(Float64Array.from({ length: count }, (_, i) => (180 * (i + 0.25)) / count));
if (engine.configure(at, 12, angles) !== 0) throw new Error('refused');
new Float32Array(engine.memory.buffer, engine.sinogram(), columns * count)
  .set(Float32Array.from({ length: columns * count }, () => Math.random()));
const slice = () => { engine.process(); engine.spectra(); engine.image(NaN); };
for (let i = 0; i < 3; i++) slice();
require('node:readline').createInterface({ input: process.stdin }).on('line', line => {
  const from = performance.now();
  for (let i = 0; i < Number(line); i++) slice();
  console.log((performance.now() - from) / Number(line));
});
"""


def prepared(columns: int, count: int) -> Engine:
    """An engine with random attenuation, warm."""
    recipe = {"version": 1, "reconstruction": {"parameters": {"filter": "ramp"}}}
    engine = Engine()
    engine.configure(
        compile_plan(recipe, count=count, columns=columns, centre=(columns - 1) / 2 + 1.3),
        180 * (np.arange(count) + 0.25) / count,
    )
    engine.sinogram()[...] = np.random.default_rng(0).random((count, columns), np.float32)
    for _ in range(3):
        engine.process()
        engine.image()
    return engine


def repeat(engine: Engine, slices: int) -> None:
    """Slices, one after the other."""
    for _ in range(slices):
        engine.process()
        engine.image()


def both(engines: list[Engine], slices: int) -> None:
    """As many slices in each of the threads."""
    threads = [threading.Thread(target=repeat, args=(engine, slices)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def compare(columns: int, count: int, slices: int) -> None:
    """Rows of one size."""
    engines = [prepared(columns, count), prepared(columns, count)]
    command = ["node", "-e", NODE, "--", str(WASM), str(columns), str(count)]
    node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    one: list[float] = []
    two: list[float] = []
    other: list[float] = []
    try:
        assert node.stdin is not None and node.stdout is not None
        for _ in range(ROUNDS):
            one.append(milliseconds(lambda: repeat(engines[0], slices)) / slices)
            print(slices, file=node.stdin, flush=True)
            other.append(float(node.stdout.readline()))
            two.append(milliseconds(lambda: both(engines, slices)) / (2 * slices))
    finally:
        node.communicate()
    size = f"{columns}x{count}"
    ratio = min(one) / min(other)
    gain = min(one) / min(two)
    row(f"engine, Python: a slice {size}", statistics.median(one), "ms")
    row(f"engine, Node: a slice {size}", statistics.median(other), "ms")
    row(f"engine, Python to Node {size}", ratio, "x", 1.1)
    row(f"engine, two threads to one {size}", gain, "x", 1.8, gain >= 1.8)


def against_gridrec(python: str, columns: int, count: int, slices: int, bar: float) -> None:
    """Rows of one size: ours, TomoPy's, and their ratio."""
    engine = prepared(columns, count)
    command = [python, "-c", TOMOPY, str(columns), str(count), str(slices)]
    tomopy = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pairs: list[tuple[float, float]] = []
    try:
        assert tomopy.stdin is not None and tomopy.stdout is not None
        for _ in range(ROUNDS):
            print(file=tomopy.stdin, flush=True)
            # The tool prints, too.
            said = next((line for line in tomopy.stdout if line.startswith("ms ")), None)
            if said is None:
                raise SystemExit("TomoPy ended.")
            pairs.append((milliseconds(lambda: repeat(engine, slices)) / slices, float(said[3:])))
    finally:
        tomopy.communicate()
    size = f"{columns}x{count}"
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    theirs = statistics.median(theirs for _, theirs in pairs)
    row(f"TomoPy gridrec, one thread: a slice {size}", theirs, "ms")
    row(f"engine to TomoPy gridrec {size}", ratio, "x", round(bar, 3), ratio <= bar)


def against_phantom(columns: int, count: int, bar: float) -> None:
    """Root mean square errors of one size; the greater one of an axis 1.3 pixels left and right."""
    degrees = 180 * (np.arange(count) + 0.25) / count
    # Slices with the axis on a pixel are those of one pixel more: the last ones are not looked at.
    kinds = [
        ("axis on a pixel, truth 4x4", columns + 1, 4, bar),
        ("axis between pixels, truth 4x4", columns, 4, None),
        ("axis between pixels, truth 16x16", columns, 16, bar),
    ]
    truths = [picture(size, half=columns / 2, parts=parts) for _, size, parts, _ in kinds]
    worst = [0.0] * len(kinds)
    engine = Engine()
    for offset in (1.3, -1.3):
        centre = (columns - 1) / 2 + offset
        sinogram = project(columns, degrees, centre)
        for i, (_, size, _, _) in enumerate(kinds):
            plan = ramp_plan(count, columns, centre, size=size, parameters={"edge": "zero"})
            engine.configure(plan, degrees)
            engine.sinogram()[...] = sinogram
            engine.process()
            error, *_ = agreement(engine.image(), truths[i], disc(size, columns / 2 - 1))
            worst[i] = max(worst[i], error)
    for (name, _, _, most), error in zip(kinds, worst):
        row(f"engine, error of a slice {columns}x{count}, {name}", error, "", most)


if __name__ == "__main__":
    assert Path(WASM).is_file(), "Build the engine first: npm run build"
    for size in SIZES:
        compare(*size)
    for error in ERRORS:
        against_phantom(*error)
    python = os.environ.get("JUPYTER_TOMO_PYTHON_TOMOPY")
    if python is None:
        print("JUPYTER_TOMO_PYTHON_TOMOPY is not set: TomoPy is not measured.", file=sys.stderr)
    else:
        for columns, count, slices, bar in GRIDREC:
            against_gridrec(python, columns, count, slices, bar)
