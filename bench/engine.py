"""The engine in Python against the same file in Node, and two threads against one.

Prints rows for the table: one JSON object a line. Python and Node take turns, so that a busy
machine is busy for both.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tomo_runner.engine import Engine, compile_plan
from tomo_runner.engine.host import WASM

SIZES = [(512, 360, 60), (1024, 720, 20), (2048, 1500, 5)]
ROUNDS = 5
NODE = """
const { readFileSync } = require('node:fs');
const [file, columns, count] = [process.argv[1], Number(process.argv[2]), Number(process.argv[3])];
const module = new WebAssembly.Module(readFileSync(file));
const { exports: engine } = new WebAssembly.Instance(module, {});
const plan = [1, count, columns, (columns - 1) / 2 + 1.3, 0, 1, 0, 1, 1, 1, 0];
const at = engine.allocate(8 * 11);
const angles = engine.allocate(8 * count);
new Float64Array(engine.memory.buffer, at, 11).set(plan);
new Float64Array(engine.memory.buffer, angles, count)
  .set(Float64Array.from({ length: count }, (_, i) => (180 * (i + 0.25)) / count));
if (engine.configure(at, 11, angles) !== 0) throw new Error('refused');
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


def row(name: str, value: float, unit: str, bar: float | None, ok: bool | None) -> None:
    """Print one row."""
    print(
        json.dumps({"name": name, "value": round(value, 3), "unit": unit, "bar": bar, "ok": ok}),
        flush=True,
    )


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


def milliseconds(action: Callable[[], None], slices: int) -> float:
    """Wall time of a slice."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000 / slices


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
            one.append(milliseconds(lambda: repeat(engines[0], slices), slices))
            print(slices, file=node.stdin, flush=True)
            other.append(float(node.stdout.readline()))
            two.append(milliseconds(lambda: both(engines, slices), 2 * slices))
    finally:
        node.communicate()
    size = f"{columns}x{count}"
    ratio = min(one) / min(other)
    gain = min(one) / min(two)
    row(f"engine, Python: a slice {size}", statistics.median(one), "ms", None, None)
    row(f"engine, Node: a slice {size}", statistics.median(other), "ms", None, None)
    row(f"engine, Python to Node {size}", ratio, "x", 1.1, ratio <= 1.1)
    row(f"engine, two threads to one {size}", gain, "x", 1.8, gain >= 1.8)


if __name__ == "__main__":
    assert Path(WASM).is_file(), "Build the engine first: npm run build"
    for size in SIZES:
        compare(*size)
