"""The plan's compiler, against numbers that the browser's compiler is held to as well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tomo_runner.engine import EngineError, compile_plan

CASES: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[2] / "fixtures" / "plans.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES["plans"], ids=lambda case: case["name"])
def test_plan(case: dict[str, Any]) -> None:
    plan = compile_plan(case["recipe"], **case["options"])
    assert plan.dtype == np.float64
    assert plan.tolist() == case["plan"]


@pytest.mark.parametrize("case", CASES["failures"], ids=lambda case: case["name"])
def test_failure(case: dict[str, Any]) -> None:
    with pytest.raises(EngineError) as refused:
        compile_plan(case["recipe"], **case["options"])
    assert (refused.value.code, refused.value.where) == (case["code"], case["where"])
    assert refused.value.message and refused.value.hint
