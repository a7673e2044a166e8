"""The runtime folder: made once, whole, and enough for a bare environment."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from bare_environment import bare_python, bare_variables

from jupyterlab_tomo.server.failures import ServerFailure
from jupyterlab_tomo.server.runtime import Runtime, materialise, target_platform

RUNTIME = Path(materialise.__globals__["__file__"]).parent.parent / "_built" / "runtime"

pytestmark = pytest.mark.skipif(
    not (RUNTIME / "common").is_dir(), reason="the runtime folder is not built (npm run build)"
)


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    return materialise(tmp_path_factory.mktemp("store"))


def test_has_its_hash_as_its_name(runtime: Runtime) -> None:
    assert re.fullmatch("[0-9a-f]{32}", runtime.hash)
    assert runtime.path.name == runtime.hash
    names = {entry.name for entry in runtime.path.iterdir()}
    assert {"tomo_runner", "fastjsonschema", "tifffile", "wasmtime"} <= names
    assert (runtime.path / "wasmtime" / target_platform()).is_dir()
    assert not list(runtime.path.rglob("__pycache__"))


def test_is_made_once(runtime: Runtime) -> None:
    made = runtime.path.stat().st_mtime_ns
    assert materialise(runtime.path.parent) == runtime
    assert runtime.path.stat().st_mtime_ns == made


def test_servers_at_the_same_time_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: materialise(tmp_path), range(4)))
    assert len(set(made)) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == [made[0].hash]


@pytest.mark.parametrize("fault", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_one_that_is_not_whole_is_made_again(
    tmp_path: Path, fault: Callable[[Path], object]
) -> None:
    made = materialise(tmp_path)
    module = made.path / "tomo_runner" / "__main__.py"
    text = module.read_bytes()
    names = {path.relative_to(made.path) for path in made.path.rglob("*")}
    fault(module)
    assert materialise(tmp_path) == made
    assert module.read_bytes() == text
    assert {path.relative_to(made.path) for path in made.path.rglob("*")} == names
    assert [entry.name for entry in tmp_path.iterdir()] == [made.hash]


def test_old_ones_go(tmp_path: Path) -> None:
    for name, days in (("old", 31), ("young", 29)):
        (tmp_path / name).mkdir()
        used = tmp_path / name / ".used"
        used.touch()
        then = time.time() - days * 86400
        os.utime(used, (then, then))
    kept = materialise(tmp_path)
    assert {entry.name for entry in tmp_path.iterdir()} == {"young", kept.hash}


def test_another_platform(tmp_path: Path) -> None:
    with pytest.raises(ServerFailure) as raised:
        materialise(tmp_path, "beos-m68k")
    assert raised.value.code == "runtime-missing"
    assert "beos-m68k" in raised.value.message


def run_bare(runtime: Runtime, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(bare_python()), "-m", "tomo_runner", *arguments],
        cwd=home,
        env=bare_variables(home, PYTHONPATH=str(runtime.path)),
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_packages_come_from_the_runtime_alone(runtime: Runtime, tmp_path: Path) -> None:
    code = (
        "import json, fastjsonschema, tifffile, tomo_runner, wasmtime, numpy\n"
        "modules = (fastjsonschema, tifffile, tomo_runner, wasmtime, numpy)\n"
        "print(json.dumps([m.__file__ for m in modules]))"
    )
    done = subprocess.run(
        [str(bare_python()), "-c", code],
        cwd=tmp_path,
        env=bare_variables(tmp_path, PYTHONPATH=str(runtime.path)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    *ours, numpy = json.loads(done.stdout)
    assert all(Path(file).is_relative_to(runtime.path) for file in ours)
    assert not Path(numpy).is_relative_to(runtime.path)


def test_tools_in_a_bare_environment(runtime: Runtime, tmp_path: Path) -> None:
    done = run_bare(runtime, tmp_path, "tools", "--json")
    assert done.returncode == 0, done.stderr
    assert "builtin" in done.stdout
    json.loads(done.stdout)


def test_preview_in_a_bare_environment(runtime: Runtime, tmp_path: Path) -> None:
    import h5py
    import numpy as np

    # A disc of attenuation 0.02 a pixel and radius 20, whose middle is the axis.
    columns, frames = 64, 61
    x = np.arange(columns) - 31.5
    line = 0.02 * 2 * np.sqrt(np.clip(400 - x**2, 0, None))
    counts = np.round(50000 * np.exp(-line)).astype("uint16")
    data = np.full((frames + 2, 4, columns), 50000, "uint16")
    data[1:-1] = counts
    data[-1] = 0
    with h5py.File(tmp_path / "disc.nxs", "w") as file:
        entry = file.create_group("entry")
        entry.attrs["NX_class"] = "NXentry"
        tomo = entry.create_group("tomo_entry")
        tomo.attrs["NX_class"] = "NXsubentry"
        tomo["definition"] = "NXtomo"
        detector = tomo.create_group("instrument/detector")
        tomo["instrument"].attrs["NX_class"] = "NXinstrument"
        detector.attrs["NX_class"] = "NXdetector"
        detector["data"] = data
        detector["image_key"] = np.array([1] + [0] * frames + [2])
        sample = tomo.create_group("sample")
        sample.attrs["NX_class"] = "NXsample"
        angles = np.concatenate(([0], np.linspace(0, 180, frames), [0]))
        sample["rotation_angle"] = angles
        sample["rotation_angle"].attrs["units"] = "degree"
    done = run_bare(
        runtime, tmp_path, "preview", "--data", "disc.nxs", "--row", "1", "--output", "slice.tif",
        "--set", "regions.centre.column=31.5", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    import tifffile

    image = tifffile.imread(tmp_path / "slice.tif")
    middle = image.shape[0] // 2
    inside = image[middle - 8 : middle + 8, middle - 8 : middle + 8]
    assert abs(float(inside.mean()) - 0.02) < 0.0005
