"""The engine in Python: plans from recipes, and ``engine.wasm`` run by wasmtime."""

from __future__ import annotations

from .failure import EngineError
from .host import Engine
from .plan import compile_plan

__all__ = ["Engine", "EngineError", "compile_plan"]
