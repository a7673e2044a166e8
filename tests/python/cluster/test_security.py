"""Secrets stay in memory: no file, no command line and no answer has them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import psutil
from analyst import Analyst, RemoteJob, resource
from cluster import Cluster


def files_with(secret: bytes, *folders: Path) -> list[str]:
    """Files below the folders that have the secret in them; their names count, too."""
    found = []
    for folder in folders:
        for file in folder.rglob("*"):
            readable = file.is_file() and not file.is_symlink()
            if secret in str(file).encode() or (readable and secret in file.read_bytes()):
                found.append(str(file))
    return found


def test_a_secret_is_in_no_file_and_on_no_command_line(
    start_analyst: Callable[..., Analyst], cluster: Cluster, remote_data: Path, tmp_path: Path
) -> None:
    user = cluster.user("analyst")
    secrets = [user.password, user.keyPassphrase]
    home = tmp_path / "home"
    home.mkdir()
    analyst = start_analyst(
        [resource(cluster, user), resource(cluster, user, name="by-key")], home=home
    )
    wrong = analyst.try_log_in(method="password", password=f"{user.password} but wrong")
    assert wrong.status_code == 401
    analyst.log_in(method="password")
    analyst.log_in("by-key", method="key")
    told = [wrong.text]
    lines = []
    for name in ("scarf", "by-key"):
        job = RemoteJob(analyst, str(remote_data), name)
        while job.get()["state"] not in ("finished", "failed"):
            for process in psutil.process_iter(["cmdline"]):
                lines.append(" ".join(process.info["cmdline"] or []))
        assert job.get()["state"] == "finished"
        told += [json.dumps(job.get()), job.log()]
        assert (job.folder / "batch.sh").exists()
    told.append(json.dumps(analyst.resource()))
    for secret in secrets:
        assert len(secret) >= 8
        assert not [line for line in lines if secret in line]
        assert not [text for text in told if secret in text]
        assert files_with(secret.encode(), home, Path(user.work) / "jobs", analyst.house.jobs) == []
    # The search finds what is there.
    (home / "note.txt").write_text(f"password: {user.password}")
    assert files_with(user.password.encode(), home) == [str(home / "note.txt")]
