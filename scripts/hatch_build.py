"""The build hook of the Python package: what npm builds must be there first."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = (
    "jupyterlab_tomo/labextension/package.json",
    "jupyterlab_tomo/_built/proxy.mjs",
    "jupyterlab_tomo/_built/savu.mjs",
    "jupyterlab_tomo/_built/runtime/manifest.json",
    "tomo_runner/_built/engine.wasm",
)


class BuiltFirst(BuildHookInterface):
    """Builds the frontend, the proxy and the engine unless they are there."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run `npm run build:prod` when a built file is missing."""
        root = Path(self.root)
        # A checkout uses its built files where they are; only the labextension is copied.
        needed = BUILT[:1] if version == "editable" else BUILT
        missing = [name for name in needed if not (root / name).is_file()]
        if not missing or self.target_name not in ("wheel", "sdist"):
            return
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError(
                f"{missing[0]} is not built, and npm is not on the PATH to build it. "
                "Install Node 20 or newer, or take a wheel."
            )
        if not (root / "node_modules").is_dir():
            subprocess.run([npm, "ci"], cwd=root, check=True)
        subprocess.run([npm, "run", "build:prod"], cwd=root, check=True)
        still = [name for name in needed if not (root / name).is_file()]
        if still:
            raise RuntimeError(f"`npm run build:prod` did not make {', '.join(still)}.")
