"""Random recipes over small data sets, and what the run gives for each: a row as raw float32.

Usage: ``live_recipes.py FOLDER COUNT``. Writes data sets, ``live-NN.tomo.json`` and ``live-NN.raw``
into the folder, and prints one JSON document: the file, row and size of each.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import tifffile

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "python")]

from phantom import scan  # noqa: E402 - found by the line above

from tomo_runner.cli import main  # noqa: E402

ROWS = 7
GOLDEN = {
    "golden": np.arange(75) * 180 * (5**0.5 - 1) / 2 % 180,
    "golden-turns": np.arange(75) * 180 * (5**0.5 - 1),
}
"""Directions with gaps of several sizes, in half a turn and over many whole ones."""
DATA = {
    "odd": (191, 180.0, False),
    "full-turn": (196, 360.0, True),
    "off-centre": (201, 360.0, False),
    "golden": (77, None, False),
    "golden-turns": (98, None, False),
    "falling": (64, -180.0, False),
    # Looked at coarsely first.
    "wide": (1101, 180.0, False),
}
PHASE = {"energy": (15, 40), "distance": (10, 60), "ratio": (20, 200)}
"""On pixels of 5 um: a filter of some pixels."""


def make_data(folder: Path, name: str) -> dict[str, Any]:
    """An NXtomo file with noise and stripes; its columns and the column of its axis."""
    columns, span, endpoint = DATA[name]
    axis = (columns - 1) / 2 + {"off-centre": 14.3, "golden-turns": 9.1}.get(name, 2.3)
    made = scan(columns, ROWS, 75, span or 180.0, endpoint, axis, angles=GOLDEN.get(name))
    angles = made.angles
    noise = np.random.default_rng(len(name))
    gain = 1 + 0.05 * noise.standard_normal((1, ROWS, columns))
    counts = 20000 * np.exp(-made.attenuation) * gain + 80 * noise.standard_normal(
        made.attenuation.shape
    )
    frames = np.clip(counts, 0, 65535).astype(np.uint16)
    flats = np.full((4, ROWS, columns), 20000, np.uint16)
    darks = np.zeros((2, ROWS, columns), np.uint16)
    with h5py.File(folder / f"{name}.nxs", "w") as file:
        entry = file.create_group("entry1/tomo_entry")
        entry["definition"] = "NXtomo"
        detector = entry.create_group("instrument/detector")
        detector["data"] = np.concatenate([darks, flats, frames])
        detector["image_key"] = [2] * 2 + [1] * 4 + [0] * len(frames)
        entry["sample/rotation_angle"] = np.concatenate([np.zeros(6), angles])
        for key, target in {
            "data": "instrument/detector/data",
            "image_key": "instrument/detector/image_key",
            "rotation_angle": "sample/rotation_angle",
        }.items():
            entry[f"data/{key}"] = h5py.SoftLink(f"/entry1/tomo_entry/{target}")
    span = (float(angles.min()), float(angles.max()) - 40)
    return {"columns": columns, "axis": axis, "span": span}


def drawn(schema: dict[str, Any], dice: random.Random) -> Any:
    """A value that a parameter may have, on the small side."""
    if "enum" in schema:
        return dice.choice(schema["enum"])
    if schema.get("type") == "boolean":
        return dice.random() < 0.5
    low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
    high = min(schema.get("maximum", 10), max(2 * schema.get("default", 1), low))
    if schema.get("type") == "integer":
        return dice.randint(int(low), int(high))
    return float(f"{dice.uniform(low + 0.01 * (high - low), high):.3g}")


def make_filters(index: int, dice: random.Random) -> list[dict[str, Any]]:
    """Every step has its turn, and some recipes have two on the sinogram."""
    steps = json.loads((ROOT / "src/recipe/steps.json").read_text())["steps"]
    sinogram = [step for step in steps if step["domain"] == "sinogram"]
    before = [step for step in steps if step["domain"] == "projection"]
    chosen = [before[index % len(before)], sinogram[index % len(sinogram)]]
    chosen += dice.sample(sinogram, dice.randint(0, 1))
    drawn_of: dict[str, dict[str, Any]] = {"normalise": {}, "minus-log": {}}
    for step in chosen:
        values = {key: drawn(schema, dice) for key, schema in step["schema"].items()}
        if step["name"] == "phase":
            values = {key: round(dice.uniform(*ends), 1) for key, ends in PHASE.items()}
        drawn_of[step["name"]] = values
    return [{"name": name, **values} for name, values in drawn_of.items()]


def make_recipe(
    index: int, names: dict[str, dict[str, Any]], dice: random.Random
) -> dict[str, Any]:
    """A recipe on one of the data sets."""
    tools = json.loads((ROOT / "src/recipe/tools.json").read_text())["tools"]
    name = list(DATA)[index % len(DATA)]
    about = names[name]
    filters = make_filters(index, dice)
    method = next(tool for tool in tools if tool["name"] == "builtin")["methods"][0]
    parameters = {key: drawn(schema, dice) for key, schema in method["schema"].items()}
    centre = {"column": round(about["axis"] + dice.uniform(-3, 3), 2)}
    if dice.random() < 0.3:
        # From 0.15 to 0.9 degrees on, by the width of the data, projections are rotated.
        centre |= {"row": 1, "tilt": round(dice.uniform(-2, 2), 2)}
    # Half of the recipes use some of the projections, and half are turned.
    used: dict[str, Any] = {}
    if dice.random() < 0.5:
        low, high = sorted(dice.uniform(*about["span"]) for _ in range(2))
        every = dice.randint(1, 3)
        used = {"from": round(low, 1), "to": round(max(high, low + 40), 1), "every": every}
        if dice.random() < 0.3:
            used = {"every": every}
    turned = {"rotation": round(dice.uniform(-360, 360), 2)} if dice.random() < 0.5 else {}
    regions: dict[str, Any] = {"centre": centre}
    if dice.random() < 0.3 and name != "off-centre":
        regions["roi"] = [dice.randint(0, 8), 0, about["columns"] - dice.randint(0, 8), ROWS]
    if any(step["name"] == "air" for step in filters):
        regions["air"] = [0, 0, 5, ROWS]
    return {
        "version": 1,
        "dataset": {"path": f"{name}.nxs", "pixelSize": {"value": 5, "unit": "um"}},
        "regions": regions,
        "filters": filters,
        "reconstruction": {
            "tool": "builtin",
            "method": "gridding",
            "parameters": parameters,
            "mask": dice.choice([0, 0.9, 1]),
            **({"angles": used} if used else {}),
            **turned,
        },
        "output": {"folder": f"slices-{index:02d}"},
    }


def run_all(folder: Path, count: int) -> list[dict[str, Any]]:
    """Write data sets and recipes, and run each recipe on one row."""
    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(6)
    names = {name: make_data(folder, name) for name in DATA}
    made = []
    for index in range(count):
        file = folder / f"live-{index:02d}.tomo.json"
        file.write_text(json.dumps(make_recipe(index, names, dice), indent=2))
        row = dice.randrange(ROWS)
        code = main(["run", str(file), "--rows", f"{row}:{row + 1}", "--cores", "1", "--json"])
        if code != 0:
            raise SystemExit(f"{file.name} ended with {code}")
        image = tifffile.imread(folder / f"slices-{index:02d}" / f"slice_{row:05d}.tif")
        image.astype("<f4").tofile(folder / f"live-{index:02d}.raw")
        made.append({"file": file.name, "row": row, "size": image.shape[0]})
    return made


if __name__ == "__main__":
    rows = run_all(Path(sys.argv[1]), int(sys.argv[2]))
    # What the runs print goes before it.
    print("\n" + json.dumps(rows))
