"""The wheel in a fresh environment that has neither Node nor npm on its PATH."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
import requests
from bare_environment import bare_variables

CHECKOUT = Path(__file__).parents[3]
BUILT = (
    "jupyterlab_tomo/labextension/static",
    "jupyterlab_tomo/_built/proxy.mjs",
    "jupyterlab_tomo/_built/runtime/manifest.json",
    "tomo_runner/_built/engine.wasm",
)
missing = [name for name in BUILT if not (CHECKOUT / name).exists()]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing), reason=f"not built (npm run build): {', '.join(missing)}"),
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
        timeout=180,
    )
    (found,) = out.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment with the wheel and what pip brings for it."""
    folder = tmp_path_factory.mktemp("wheel") / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=120)
    done = subprocess.run(
        [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", str(wheel)],
        capture_output=True,
        text=True,
        timeout=400,
    )
    if done.returncode != 0 and "onnection" in done.stderr:
        pytest.skip(f"no package index: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


def variables(environment: Path, home: Path) -> dict[str, str]:
    """A PATH with the environment and a shell's tools, but no Node."""
    tools = home / "tools"
    tools.mkdir(exist_ok=True)
    for name in ("env", "sh", "uname"):
        if not (tools / name).exists():
            (tools / name).symlink_to(f"/bin/{name}" if name == "sh" else f"/usr/bin/{name}")
    return bare_variables(
        home, PATH=f"{environment / 'bin'}{os.pathsep}{tools}", JUPYTER_ALLOW_INSECURE_WRITES="1"
    )


def run(environment: Path, home: Path, *command: str) -> str:
    done = subprocess.run(
        [str(environment / "bin" / command[0]), *command[1:]],
        cwd=home,
        env=variables(environment, home),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_contains_both_packages_and_all_that_is_built(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    data = f"{wheel.name.rsplit('-', 3)[0]}.data/data"
    assert {
        "jupyterlab_tomo/__init__.py",
        "jupyterlab_tomo/_built/proxy.mjs",
        "jupyterlab_tomo/_built/savu.mjs",
        "jupyterlab_tomo/_built/runtime/common/tifffile/__init__.py",
        "jupyterlab_tomo/_built/runtime/linux-x86_64/wasmtime/__init__.py",
        "tomo_runner/__main__.py",
        "tomo_runner/_built/engine.wasm",
        "tomo_runner/_built/recipe.schema.json",
        "tomo_runner/_built/savu.json",
        f"{data}/etc/jupyter/jupyter_server_config.d/jupyterlab_tomo.json",
        f"{data}/share/jupyter/labextensions/jupyterlab-tomo/package.json",
        f"{data}/share/jupyter/labextensions/jupyterlab-tomo/install.json",
        f"{data}/share/jupyter/labextensions/jupyterlab-tomo/schemas/jupyterlab-tomo/plugin.json",
    } <= names
    assert wheel.name.endswith("py3-none-any.whl")
    assert not [name for name in names if "/node_modules/" in name or "__pycache__" in name]
    assert not [name for name in names if name.startswith("jupyterlab_tomo/labextension")]


def test_jupyter_sees_both_extensions(environment: Path, tmp_path: Path) -> None:
    listed = run(environment, tmp_path, "jupyter", "labextension", "list")
    line = next(line for line in listed.splitlines() if "jupyterlab-tomo" in line)
    assert "enabled" in line
    assert "OK" in line
    listed = run(environment, tmp_path, "jupyter", "server", "extension", "list")
    line = next(line for line in listed.splitlines() if line.strip().startswith("jupyterlab_tomo"))
    assert "enabled" in line


def test_the_command(environment: Path, tmp_path: Path) -> None:
    assert "builtin" in run(environment, tmp_path, "jupyter", "tomo", "tools", "--json")


def test_the_proxy_runs_on_the_node_of_the_package(environment: Path, tmp_path: Path) -> None:
    """`hello` through the real server, the real proxy and the wheel's own Node."""
    info = tmp_path / "runtime"
    process = subprocess.Popen(
        [
            str(environment / "bin" / "jupyter-server"),
            "--no-browser",
            "--allow-root",
            "--ServerApp.port=0",
            "--IdentityProvider.token=t",
        ],
        cwd=tmp_path,
        env={**variables(environment, tmp_path), "JUPYTER_RUNTIME_DIR": str(info)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        file = info / f"jpserver-{process.pid}.json"
        until = time.monotonic() + 40
        while not (file.exists() and file.read_text()) and time.monotonic() < until:
            time.sleep(0.1)
        import json

        url = json.loads(file.read_text())["url"]
        headers = {"Authorization": "token t"}
        reply = requests.get(f"{url}jupyterlab-tomo/api/hello", headers=headers, timeout=60)
        assert reply.status_code == 200, reply.text
        assert reply.json()["resources"][0]["kind"] == "local-kernel"
    finally:
        process.terminate()
        process.wait(60)
