"""What computes at once: through relay, proxy and agent to the same bits as the job's files."""

from __future__ import annotations

import json
import os
import signal
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import psutil
import tifffile
from house import House, Job
from jupyter_servers import eventually
from processes import command_of

OpenHouse = Callable[..., House]


def frame(reply: Any) -> tuple[dict[str, Any], np.ndarray]:
    """Header and image of a frame."""
    assert reply.status_code == 200, reply.text
    raw = reply.content
    assert raw[:4] == b"TMF1"
    length, body = struct.unpack("<IQ", raw[4:16])
    assert len(raw) == 16 + length + body
    header = json.loads(raw[16 : 16 + length])
    image = np.frombuffer(raw[16 + length :], header["dtype"]).reshape(header["shape"])
    return header, image


def agents(house: House) -> list[psutil.Process]:
    children = house.node().children(recursive=True)
    return [child for child in children if "agent" in command_of(child)]


def test_the_agent(open_house: OpenHouse) -> None:
    house = open_house()
    job = Job(house, options={"rows": [60, 64]})
    job.wait_until("finished")
    asked = {"channel": "tab:view", "base": str(job.base), "recipe": job.submission()["recipe"]}
    described = house.server.post("data/describe", json=asked)
    assert described.status_code == 200, described.text
    sizes = {key: described.json()[key] for key in ("frames", "rows", "columns")}
    assert sizes == {"frames": 241, "rows": 192, "columns": 480}

    written = tifffile.imread(job.result() / "slice_00062.tif")
    preview = house.server.post("data/preview", json={**asked, "row": 62, "product": "slice"})
    assert np.array_equal(frame(preview)[1], written)
    shown = house.server.post(
        "results/slice", json={"channel": "tab:result", "folder": str(job.result()), "row": 62}
    )
    assert np.array_equal(frame(shown)[1], written)

    refused = house.server.post("data/preview", json={**asked, "row": 900, "product": "slice"})
    assert refused.status_code == 422
    assert set(refused.json()) == {"code", "message", "where", "hint"}
    wrong = house.server.post("data/preview", json={**asked, "row": -1, "product": "slice"})
    assert (wrong.status_code, wrong.json()["where"]) == (400, "row")

    # One for data and one for results; a dead one is followed by a fresh one.
    before = agents(house)
    assert len(before) == 2
    for agent in before:
        os.kill(agent.pid, signal.SIGKILL)
    eventually(lambda: not any(psutil.pid_exists(agent.pid) for agent in before), 60)
    assert house.server.post("data/describe", json=asked).status_code == 200
    after = agents(house)
    assert len(after) == 1

    # None outlives the proxy.
    house.stop()
    eventually(lambda: not psutil.pid_exists(after[0].pid), 60)
