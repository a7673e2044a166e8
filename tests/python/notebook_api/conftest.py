from __future__ import annotations

import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def example(tmp_path_factory) -> Path:
    """The example data at a quarter of its size: 24 rows, 64 columns, axis at 32.45."""
    folder = tmp_path_factory.mktemp("example data")
    sys.path.insert(0, str(CHECKOUT / "examples"))
    try:
        from make_data import make
    finally:
        sys.path.pop(0)
    make(folder, 64)
    return folder
