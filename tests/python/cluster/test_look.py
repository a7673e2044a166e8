"""Looking at data and results that stay on the cluster: the same values as here."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import tifffile
from analyst import COLUMNS, FRAMES, ROWS, Analyst, RemoteJob, make_data
from cluster import Cluster, Link
from jupyter_servers import eventually
from processes import command_of

Frame = tuple[dict[str, Any], np.ndarray]


def frame(reply: Any) -> Frame:
    """Header and image of a frame, as float32."""
    assert reply.status_code == 200, reply.text
    raw = reply.content
    length, body = struct.unpack("<IQ", raw[4:16])
    assert raw[:4] == b"TMF1" and len(raw) == 16 + length + body
    header = json.loads(raw[16 : 16 + length])
    image = np.frombuffer(raw[16 + length :], header["dtype"]).reshape(header["shape"])
    if header["encoding"] == "linear":
        image = header["offset"] + header["slope"] * image.astype(np.float64)
    return header, image


def recipe_of(data: str, resource: str = "") -> dict[str, Any]:
    there = {"resource": resource} if resource else {}
    return {
        "version": 1,
        "dataset": {
            "path": f"{data}/Tomo",
            "flats": {"before": f"{data}/Flat_Before"},
            "darks": {"before": f"{data}/Dark_Before"},
            "angles": {"first": 0, "last": 180, "endpoint": True},
            **there,
        },
        "regions": {"centre": {"column": (COLUMNS - 1) / 2}},
        "filters": [{"name": "outliers"}, {"name": "normalise"}, {"name": "minus-log"}],
    }


class Looker:
    """Asks the same of the cluster and of this machine."""

    def __init__(self, analyst: Analyst, data: str, resource: str) -> None:
        self.analyst, self.data, self.resource = analyst, data, resource

    def ask(self, route: str, resource: str, **more: Any) -> Any:
        there = {"resource": resource} if resource else {}
        body = {"channel": f"t:{route}", "base": "/", "recipe": recipe_of(self.data, resource)}
        return self.analyst.post(route, **body, **there, **more)

    def both(self, route: str, **more: Any) -> tuple[Any, Any]:
        return self.ask(route, self.resource, **more), self.ask(route, "", **more)


def agents_there(analyst: Analyst) -> list[psutil.Process]:
    """Agents that run as the user of the cluster."""
    found = []
    for process in psutil.process_iter(["username"]):
        if process.info["username"] == analyst.user.name and "agent" in command_of(process):
            found.append(process)
    return [each for each in found if "tomo_runner" in " ".join(each.cmdline())]


@pytest.fixture
def looker(logged_in: Callable[[str], Analyst], remote_data: Path) -> Looker:
    return Looker(logged_in("scarf"), str(remote_data), "scarf")


def test_data_are_described_and_shown_as_here(looker: Looker) -> None:
    there, here = looker.both("data/describe")
    assert there.status_code == 200, there.text
    assert there.json() == here.json()
    assert (there.json()["frames"], there.json()["rows"]) == (FRAMES, ROWS)
    for more in ({"stage": "raw"}, {"stage": "processed"}, {"stage": "raw", "bin": 3}):
        there, here = looker.both("data/projection", index=7, **more)
        assert np.array_equal(frame(there)[1], frame(here)[1])
    assert float(there.headers["Server-Timing"].split("dur=")[1]) >= 0
    assert "Server-Timing" not in here.headers


def test_previews_are_those_of_here_to_the_bit(looker: Looker) -> None:
    for product in ("slice", "sinogram"):
        there, here = looker.both("data/preview", row=11, product=product)
        assert np.array_equal(frame(there)[1], frame(here)[1])
        assert frame(there)[1].std() > 0
    there, here = looker.both("data/centre")
    assert there.json()["column"] == here.json()["column"]
    assert abs(there.json()["column"] - (COLUMNS - 1) / 2) < 0.1


@pytest.mark.parametrize("route", ["data/preview", "data/projection"])
def test_sixteen_bits_are_off_by_less_than_a_65535th(looker: Looker, route: str) -> None:
    what = (
        {"row": 11, "product": "slice"}
        if route == "data/preview"
        else {"index": 3, "stage": "processed"}
    )
    header, short = frame(looker.ask(route, "scarf", encoding="uint16", **what))
    _, exact = frame(looker.ask(route, "scarf", **what))
    low, high = header["range"]
    off = np.abs(short - exact).max()
    assert header["dtype"] == "uint16" and 0 < off <= (high - low) / 65535


def test_results_are_seen_while_they_stay_there(looker: Looker) -> None:
    job = RemoteJob(looker.analyst, looker.data)
    output = job.wait_until("finished")["output"]
    described = looker.analyst.post(
        "results/describe", channel="t:r", folder=output, resource="scarf"
    )
    assert described.status_code == 200, described.text
    assert described.json()["complete"] and described.json()["finished"] == [[0, ROWS]]
    for row in (0, ROWS - 1):
        reply = looker.analyst.post(
            "results/slice", channel="t:s", folder=output, row=row, resource="scarf"
        )
        written = tifffile.imread(Path(output) / f"slice_{row:05d}.tif")
        assert np.array_equal(frame(reply)[1], written)
    gone = looker.analyst.post(
        "results/slice", channel="t:s", folder=output, row=ROWS, resource="scarf"
    )
    assert (gone.status_code, gone.json()["code"]) == (422, "no-slice")
    preview = frame(looker.ask("data/preview", "scarf", row=11, product="slice"))[1]
    assert preview.shape == written.shape


def test_a_running_job_is_seen(looker: Looker, cluster: Cluster) -> None:
    """What is finished is looked at on the way: the runner is stopped meanwhile."""
    data = Path(looker.analyst.user.work) / "tall"
    if not data.exists():
        make_data(data, rows=1500, columns=192, frames=180)
    job = RemoteJob(looker.analyst, str(data))
    runner = stopped_runner(job)
    seen: dict[str, Any] = {}

    def growing() -> bool:
        output = job.get()["output"]
        reply = looker.analyst.post(
            "results/describe", channel="t:r", folder=output, resource="scarf"
        )
        if reply.status_code != 200 or not reply.json()["finished"]:
            return False
        seen.update(reply.json())
        return True

    eventually(growing, 60)
    assert not seen["complete"]
    row = seen["finished"][0][0]
    _header, image = frame(
        looker.analyst.post(
            "results/slice", channel="t:s", folder=seen["folder"], row=row, resource="scarf"
        )
    )
    assert image.shape == (192, 192) and image.std() > 0
    assert not (Path(seen["folder"]) / "result.json").exists()
    job.wait_until("running", 60)
    runner.resume()
    job.post("cancel")
    job.wait_until("cancelled")


def stopped_runner(job: RemoteJob) -> psutil.Process:
    """The runner of a job, stopped when it has written its first slices."""
    output = Path(job.get()["output"])
    eventually(lambda: any(output.glob("slice_*.tif")), 90)
    [runner] = [
        process
        for process in psutil.process_iter(["cmdline"])
        if str(job.folder) in (process.info["cmdline"] or [])
        and "tomo_runner" in process.info["cmdline"]
    ]
    runner.suspend()
    return runner


def test_one_agent_a_user_and_none_left(
    start_analyst: Callable[..., Analyst], remote_data: Path
) -> None:
    analyst = start_analyst()
    analyst.log_in()
    before = {process.pid for process in agents_there(analyst)}
    looker = Looker(analyst, str(remote_data), "scarf")
    assert looker.ask("data/describe", "scarf").status_code == 200
    nowhere = analyst.post("results/describe", channel="t:r", folder="/nowhere", resource="scarf")
    assert (nowhere.status_code, nowhere.json()["code"]) == (422, "no-result")
    [agent] = [p for p in agents_there(analyst) if p.pid not in before]
    assert agent.nice() == 10 and "--cores 1" in " ".join(agent.cmdline())
    # Killed there: told, and the next request has a fresh one.
    agent.kill()
    eventually(lambda: not agent.is_running(), 60)
    eventually(lambda: looker.ask("data/describe", "scarf").status_code == 200, 60)
    [agent] = [p for p in agents_there(analyst) if p.pid not in before]
    # Logged out: ended, and what to do is said.
    analyst.log_out()
    eventually(lambda: not agent.is_running(), 60)
    refused = looker.ask("data/describe", "scarf")
    assert refused.status_code >= 400 and refused.json()["code"] == "logged-out"
    assert "og in" in refused.json()["hint"]
    analyst.log_in()
    assert looker.ask("data/describe", "scarf").status_code == 200
    [agent] = [p for p in agents_there(analyst) if p.pid not in before]
    # The server killed: nothing stays behind on the cluster.
    analyst.house.server.process.kill()
    eventually(lambda: not agent.is_running(), 60)


@pytest.fixture
def cut_looker(
    logged_in: Callable[[str], Analyst], remote_data: Path, line: Link
) -> Iterator[Looker]:
    line.rate = None
    yield Looker(logged_in("linked"), str(remote_data), "linked")
    line.rate = None
    line.refuse(False)


def test_a_cut_in_the_middle_of_an_image_is_told(cut_looker: Looker, line: Link) -> None:
    looker = cut_looker
    folder = Path(looker.analyst.user.work) / "wide"
    folder.mkdir(exist_ok=True)
    pixels = np.random.default_rng(1).normal(0, 1, (2000, 2000)).astype(np.float32)
    tifffile.imwrite(folder / "slice_00000.tif", pixels)
    asked = {"channel": "t:s", "folder": str(folder), "row": 0, "resource": "linked"}
    assert np.array_equal(frame(looker.analyst.post("results/slice", **asked))[1], pixels)
    before = agents_there(looker.analyst)
    line.cut_after(received=5_000_000)
    cut = looker.analyst.post("results/slice", **asked)
    assert cut.status_code == 502, cut.text
    failure = cut.json()
    assert failure["code"] == "agent-died" and "connection" in failure["message"]
    assert failure["hint"]
    looker.analyst.wait_for_state("online", "linked")

    def again() -> bool:
        reply = looker.analyst.post("results/slice", **asked)
        return reply.status_code == 200 and np.array_equal(frame(reply)[1], pixels)

    eventually(again, 60)
    # Those of the cut connection are gone.
    eventually(lambda: len(agents_there(looker.analyst)) <= len(before), 60)


def test_a_link_that_falls_silent_is_told(cut_looker: Looker, line: Link) -> None:
    """As when a laptop sleeps: nothing is reset, nothing comes."""
    looker = cut_looker
    assert looker.ask("data/describe", "linked").status_code == 200
    line.freeze()
    try:
        reply = looker.ask("data/projection", "linked", index=3, stage="raw")
    finally:
        line.freeze(False)
    assert reply.status_code >= 400 and reply.json()["hint"], reply.text
    # It came while the line was silent: nothing but the silence told.
    assert reply.json()["code"] in {"agent-died", "connection-lost"}, reply.text
    looker.analyst.wait_for_state("online", "linked")
    eventually(lambda: looker.ask("data/describe", "linked").status_code == 200, 60)


def test_over_10_mbit_a_first_image_is_small(cut_looker: Looker, line: Link) -> None:
    """2048 x 2048 float32 in squares of 5 x 5 pixels, 16 bits: 340 kB, .3 s on the line."""
    looker = cut_looker
    folder = Path(looker.analyst.user.work) / "broad"
    folder.mkdir(exist_ok=True)
    pixels = np.random.default_rng(2).normal(0, 1, (2048, 2048)).astype(np.float32)
    tifffile.imwrite(folder / "slice_00000.tif", pixels)
    asked = {"channel": "t:s", "folder": str(folder), "resource": "linked"}
    # The agent is there, as when a result is open.
    described = looker.analyst.post("results/describe", **asked)
    assert described.status_code == 200
    line.rate = 1_250_000
    before = line.received
    reply = looker.analyst.post("results/slice", **asked, row=0, bin=5, encoding="uint16")
    header, _image = frame(reply)
    assert header["shape"] == [410, 410] and header["whole"] == [2048, 2048]
    size = 2 * 410 * 410
    assert size < len(reply.content) < 1.01 * size
    # Nothing else is on the line that would hold it up; a poll now and then.
    assert line.received - before < 1.2 * size
    # What the page judges the link by is true enough to call it slow.
    duration = float(reply.headers["Server-Timing"].split("dur=")[1]) / 1000
    assert size / duration < 20e6
    line.rate = None
    whole = looker.analyst.post("results/slice", **asked, row=0)
    assert np.array_equal(frame(whole)[1], pixels)


def test_by_srun_it_runs_on_a_node(logged_in: Callable[[str], Analyst], remote_data: Path) -> None:
    analyst = logged_in("by-srun")
    looker = Looker(analyst, str(remote_data), "by-srun")
    there, here = looker.both("data/preview", row=5, product="slice")
    assert np.array_equal(frame(there)[1], frame(here)[1])
    assert "tomo-agent" in analyst.slurm("squeue", "-h", "-o", "%j %T")
    analyst.log_out("by-srun")
    eventually(lambda: "tomo-agent" not in analyst.slurm("squeue", "-h", "-o", "%j"), 60)


def test_noise_of_a_prelude_is_no_part_of_the_talk(
    analyst: Analyst, cluster: Cluster, remote_data: Path
) -> None:
    user = cluster.user("noisy")
    for name in ("noisy-prelude", "noisy-none"):
        analyst.log_in(name, user=user.name, key=user.plainKey, passphrase="")
    looker = Looker(analyst, str(remote_data), "noisy-prelude")
    there, here = looker.both("data/describe")
    assert there.status_code == 200, there.text
    assert there.json() == here.json()
    failed = looker.ask("data/describe", "noisy-none")
    assert failed.status_code == 502
    assert "/no/python" in failed.json()["message"] and "Test" in failed.json()["hint"]


def test_another_user_has_no_part_in_it(looker: Looker) -> None:
    """The agents of a log-in are asked by its user alone; here, by nobody who has none."""
    unknown = looker.ask("data/describe", "elsewhere")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no-resource")
