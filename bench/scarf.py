"""A cluster over SSH against what it cannot be faster than: OpenSSH, squeue, sacct and sbatch.

Starts a real cluster of its own (as root, on Debian); without one it says so and prints no rows.
Words after its name are the parts to measure: copies, poll, submit, slices, screen.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from rows import row

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
sys.path[:0] = [str(TESTS)]
sys.path[:0] = [str(TESTS / "python" / name) for name in ("", "cluster", "integration", "server")]

from analyst import Analyst, RemoteJob, make_data, resource  # noqa: E402
from cluster import Cluster, Link, Trouble, why_not  # noqa: E402

PARTS = ("copies", "poll", "submit", "slices", "screen")
ROUNDS = 7
TASKS = 64
WIDTH = 2048
ROWS = 12
# 10 Mbit/s.
SHAPED = 10e6 / 8


def script(name: str, *arguments: str) -> None:
    """A bench in Node; its rows are ours."""
    command = ["node", str(ROOT / "bench" / "scarf" / name), *arguments]
    subprocess.run(command, check=True)


def timed(work: Callable[[], Any]) -> float:
    since = time.perf_counter()
    work()
    return time.perf_counter() - since


def poll(cluster: Cluster, analyst: Analyst, data: str) -> None:
    """Eight ended jobs of ours, whose folders are looked at, and 1,000 tasks in the queue."""
    jobs = [RemoteJob(analyst, data, options={"rows": [0, 1]}) for _ in range(8)]
    ended = []
    for job in jobs:
        output = job.wait_until("finished", 120)["output"]
        ended.append(f"{job.slurm_json()['id']}:{job.folder}:{output}")
    number = cluster.slurm(
        *("sbatch", "--parsable", "-H", "--array=0-999", "-t", "1", "-o", "/dev/null"),
        *("--wrap", "true"),
        user=analyst.user,
    ).strip()
    try:
        script("poll.mjs", str(cluster.folder.description), *ended)
    finally:
        cluster.slurm("scancel", number)


def submit(cluster: Cluster, analyst: Analyst, data: str) -> None:
    """From the click to Slurm's id, beside the same array by the bare command."""
    ours, bare = [], []
    for _ in range(ROUNDS):
        job = RemoteJob(analyst, data, options={"tasks": TASKS, "rows": [0, TASKS]}, hold=True)
        since = time.perf_counter()
        reply = job.submit()
        assert reply.status_code == 200, reply.text
        while job.slurm_json().get("phase") != "accepted":
            assert time.perf_counter() - since < 60, job.get()
            time.sleep(0.005)
        ours.append(time.perf_counter() - since)
        assert len(job.slurm_json()["tasks"]) == TASKS, job.slurm_json()
        command = ["sbatch", "--parsable", "-t", "1", f"--array=0-{TASKS - 1}", "-o", "/dev/null"]
        words = [*command, "--wrap", "true"]
        bare.append(timed(lambda words=words: cluster.slurm(*words, user=analyst.user)))
        job.post("cancel")
        cluster.cancel_all()
    more = statistics.median(ours) - statistics.median(bare)
    row(f"bare sbatch of {TASKS} tasks", statistics.median(bare), "s")
    row(f"submission of {TASKS} tasks", statistics.median(ours), "s")
    row("submission over the bare sbatch", more, "s", "<= 1", more <= 1)


def look(analyst: Analyst, name: str, folder: str, row_: int, **how: Any) -> bytes:
    """A slice of a result that stays on the cluster."""
    body = {"channel": uuid.uuid4().hex, "folder": folder, "row": row_, "resource": name, **how}
    reply = analyst.post("results/slice", **body)
    assert reply.status_code == 200, reply.text
    return bytes(reply.content)


def result(analyst: Analyst, data: str) -> str:
    """Folder of a wide result on the cluster."""
    recipe = {"regions": {"centre": {"column": (WIDTH - 1) / 2}}}
    options = {"rows": [0, ROWS], "memory": 500 << 20}
    job = RemoteJob(analyst, data, options=options, recipe=recipe)
    return str(job.wait_until("finished", 120)["output"])


def screen(analyst: Analyst, folder: str) -> None:
    """From the slider to the screen, in a browser."""
    server = analyst.house.server
    address = f"{server.url}lab?{urlencode({'token': server.token, 'reset': ''})}"
    script("screen.mjs", address, folder, "scarf")


def slices(analyst: Analyst, line: Link, folder: str) -> None:
    whole = look(analyst, "scarf", folder, 0)
    assert len(whole) > 4 * WIDTH * WIDTH
    times = [timed(lambda r=r: look(analyst, "scarf", folder, 1 + r % 7)) for r in range(ROUNDS)]
    value = statistics.median(times) * 1000
    row(f"remote slice, {WIDTH} x {WIDTH} float32", value, "ms", "<= 250", value <= 250)

    analyst.log_in("linked")
    # The agent is there by now, as after the first look at anything.
    look(analyst, "linked", folder, 0, bin=8, encoding="uint16")
    line.rate = SHAPED
    # What the viewer asks for on a slow link: binned and in 16 bits first.
    first = [
        timed(lambda r=r: look(analyst, "linked", folder, 1 + r, bin=5, encoding="uint16"))
        for r in range(5)
    ]
    line.rate = None
    value = statistics.median(first) * 1000
    row("first image through 10 Mbit/s", value, "ms", "<= 1000", value <= 1000)


def main() -> int:
    parts = sys.argv[1:] or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        print(f"{', '.join(unknown)}: there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    if reason := why_not():
        print(reason, file=sys.stderr)
        return 0
    with tempfile.TemporaryDirectory(prefix="scarf-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        cluster = Cluster(home / "cluster")
        try:
            cluster.start()
            with Link(cluster.description["port"]) as line:
                measure(cluster, line, home, parts)
        except Trouble as trouble:
            print(trouble, file=sys.stderr)
            return 1
        finally:
            cluster.stop(purge=True)
    return 0


def measure(cluster: Cluster, line: Link, home: Path, parts: list[str]) -> None:
    user = cluster.user("analyst")
    if "copies" in parts:
        script("transfer.mjs", str(cluster.folder.description), str(home))
    if parts == ["copies"]:
        return
    data = make_data(Path(user.work) / "data", rows=TASKS)
    wide = make_data(Path(user.work) / "wide", rows=ROWS, columns=WIDTH)
    own = home / "home"
    own.mkdir()
    analyst = Analyst.start(
        own,
        cluster,
        data,
        [resource(cluster, user), resource(cluster, user, name="linked", port=line.port)],
    )
    try:
        analyst.log_in()
        if "poll" in parts:
            poll(cluster, analyst, str(data))
        if "submit" in parts:
            submit(cluster, analyst, str(data))
        if "slices" in parts or "screen" in parts:
            folder = result(analyst, str(wide))
        if "screen" in parts:
            screen(analyst, folder)
        if "slices" in parts:
            slices(analyst, line, folder)
    finally:
        analyst.stop()


if __name__ == "__main__":
    sys.exit(main())
