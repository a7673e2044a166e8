"""External tools through relay, proxy, kernel and agent: listed, run, previewed bit by bit."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tifffile
from house import House, Job
from test_agent_of_the_proxy import frame

OpenHouse = Callable[..., House]


def recipe_of(house: House, reconstruction: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": 1,
        "dataset": {
            "path": str(house.data_set / "Tomo"),
            "flats": {"before": str(house.data_set / "Flat_Before")},
            "darks": {"before": str(house.data_set / "Dark_Before")},
            "angles": {"first": 0, "last": 180, "endpoint": True},
        },
        "regions": {"centre": {"column": 239.5}},
        "filters": [{"name": "normalise"}, {"name": "minus-log"}],
        "reconstruction": reconstruction,
        "output": {"folder": "results/{name}"},
    }


def test_astra_in_a_kernel(open_house: OpenHouse) -> None:
    pytest.importorskip("astra")
    house = open_house()
    reply = house.server.post("tools", json={"channel": "tab:tools", "kernel": ""})
    assert reply.status_code == 200, reply.text
    found = {tool["name"]: tool for tool in reply.json()["tools"]}
    assert found["astra"]["available"] and found["astra"]["version"]
    assert found["astra"]["python"].startswith("/")

    recipe = recipe_of(house, {"tool": "astra", "method": "FBP"})
    job = Job(house, options={"rows": [60, 62], "recipe": recipe, "memory": 1 << 30})
    job.wait_until("finished")
    written = tifffile.imread(job.result() / "slice_00061.tif")
    assert np.isfinite(written).all() and written.max() > 0
    asked = {"channel": "tab:view", "base": str(job.base), "recipe": recipe}
    preview = house.server.post(
        "data/preview", json={**asked, "row": 61, "product": "slice", "kernel": ""}
    )
    assert np.array_equal(frame(preview)[1], written)


def test_a_command_needs_its_user(open_house: OpenHouse) -> None:
    house = open_house()
    command = "true {output}"
    tool = {"tool": "command", "method": "run", "parameters": {"command": command}}
    asked = {
        "id": str(uuid.uuid4()),
        "name": "command",
        "base": str(house.data_set),
        "recipe": recipe_of(house, tool),
        "resource": "local",
        "kernel": "",
        "cores": 1,
        "memory": 1 << 30,
    }
    refused = house.server.post("jobs", json=asked)
    assert refused.status_code == 422
    assert refused.json()["code"] == "command-not-approved"
    assert command in refused.json()["message"]
