"""What the benches in Python print, and how long a call takes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping


def row(
    name: str,
    value: float,
    unit: str,
    bar: float | str | None = None,
    ok: bool | None = None,
) -> None:
    """Print one row of the table; of a bar that is a number, the value may be that much at most."""
    if ok is None and not isinstance(bar, str) and bar is not None:
        ok = value <= bar
    found = {"name": name, "value": round(value, 5), "unit": unit, "bar": bar, "ok": ok}
    print(json.dumps(found), flush=True)


def milliseconds(action: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def in_turn(actions: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each action in each round, after one that warms them up.

    They take turns, so that a busy machine is busy for all.
    """
    times: dict[str, list[float]] = {name: [] for name in actions}
    for turn in range(rounds + 1):
        for name, action in actions.items():
            spent = milliseconds(action)
            if turn:
                times[name].append(spent)
    return times
