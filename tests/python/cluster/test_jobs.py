"""Jobs on a real Slurm cluster, from submission to slices."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analyst import COLUMNS, ROWS, Analyst, RemoteJob

LogIn = Callable[..., Analyst]


def record(job: RemoteJob) -> dict[str, Any]:
    return dict(json.loads((Path(job.get()["output"]) / "result.json").read_text()))


def test_one_task_from_submission_to_slices(logged_in: LogIn, remote_data: Path) -> None:
    analyst = logged_in()
    job = RemoteJob(analyst, str(remote_data))
    done = job.wait_until("finished", 60)
    assert done["slices"] == {"done": ROWS, "total": ROWS}
    assert len(job.slices()) == ROWS
    result = record(job)
    assert (result["rows"], result["width"]) == ([0, ROWS], COLUMNS)
    slurm = done["slurm"]
    assert (slurm["state"], len(slurm["tasks"])) == ("COMPLETED", 1)
    assert slurm["elapsed"] >= 0
    # It runs under its unique name, once.
    name = job.slurm_json()["uid"]
    assert name == f"tomo-{job.id}-1"
    assert analyst.queued(name) == [slurm["id"]]
    # The script can be seen, and the log is here.
    assert "-m tomo_runner job" in done["script"]
    assert f"--job-name={name}" in done["command"]
    assert "slices" in job.log()
    # Submitting the same again is no second job.
    assert job.submit().status_code == 200
    assert analyst.queued(name) == [slurm["id"]]
