"""A Python environment with ipykernel, numpy and h5py only, as a user's kernel may have."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

import pytest

PACKAGES = ("ipykernel", "numpy", "h5py")
_CHECKOUT = Path(__file__).parents[2]


@lru_cache(maxsize=1)
def bare_python() -> Path:
    """The interpreter of the bare environment; made once and kept in the cache.

    Skips the test, with the reason, when it cannot be made (no network).
    """
    name = f"bare-{sys.version_info.major}.{sys.version_info.minor}"
    folder = _CHECKOUT / ".cache" / name
    python = folder / "bin" / "python"
    if python.exists():
        return python
    folder.parent.mkdir(exist_ok=True)
    # Made aside, then moved: two test runs may want it at once. Scripts are not used, so that
    # the paths in them do not matter.
    aside = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder.parent))
    try:
        subprocess.run([sys.executable, "-m", "venv", str(aside)], check=True, timeout=120)
        subprocess.run(
            [str(aside / "bin" / "python"), "-m", "pip", "install", "--quiet", *PACKAGES],
            check=True,
            timeout=300,
            capture_output=True,
            text=True,
        )
        if not folder.exists():
            aside.rename(folder)
    except (subprocess.SubprocessError, OSError) as error:
        said = getattr(error, "stderr", None) or str(error)
        pytest.skip(f"no bare environment: pip could not install {PACKAGES}: {said[-300:]}")
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return python


def bare_variables(home: Path, **more: str) -> dict[str, str]:
    """Environment variables of a process that has no network and no Python path but its own."""
    return {
        "HOME": str(home),
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        # A proxy that refuses: whatever reaches for the network fails at once.
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
        **more,
    }
