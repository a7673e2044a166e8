"""Disks that refuse: full ones and folders that may not be written."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile

ROOT = Path(__file__).parents[3]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount or change the user")


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 256 KiB: a third of the twelve slices fit on it."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)],
        capture_output=True, text=True,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip(f"nothing can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@needs_root
def test_full_disk_and_going_on(cli, child, folder, recipe, save, tmp_path, small_disk):
    path, out = save(recipe(folder)), small_disk / "o"
    assert cli("run", path, "--output", tmp_path / "whole")[0] == 0
    process = child("run", path, "--output", out, "--cores", 1, "--json", stdout=-1, stderr=-1)
    stdout, stderr = process.communicate(timeout=60)
    error = json.loads(stdout)["error"]
    assert process.returncode == 5, stderr
    assert error["code"] == "disk-full" and str(out) in error["where"]
    assert "resumed run" in error["hint"]
    kept = sorted(out.glob("slice_*.tif"))
    assert 1 <= len(kept) < 12
    for file in kept:
        np.testing.assert_array_equal(
            tifffile.imread(file), tifffile.imread(tmp_path / "whole" / file.name)
        )
    assert not list(out.rglob("*.part")) and not (out / "result.json").exists()
    times = {file.name: file.stat().st_mtime_ns for file in kept}
    subprocess.run(["mount", "-o", "remount,size=4m", str(small_disk)], check=True)
    process = child("run", path, "--output", out, "--cores", 1, "--json", stdout=-1, stderr=-1)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    assert {name: (out / name).stat().st_mtime_ns for name in times} == times
    for row in range(12):
        name = f"slice_{row:05d}.tif"
        np.testing.assert_array_equal(
            tifffile.imread(out / name), tifffile.imread(tmp_path / "whole" / name)
        )
    assert not list(out.glob(".*"))


AS_NOBODY = """
import os, pwd, sys
from tomo_runner.cli import main
arguments, warm, asked = sys.argv[1:-2], sys.argv[-2], sys.argv[-1]
# The first run, still as root, loads all that nobody might not be allowed to read.
first = main([*arguments, "--output", warm])
nobody = pwd.getpwnam("nobody")
os.setgroups([])
os.setgid(nobody.pw_gid)
os.setuid(nobody.pw_uid)
sys.exit(main([*arguments, "--output", asked]) or first)
"""


def open_to_all(path):
    """Let everybody read a folder and what is in it, and pass through what it is in."""
    for child in [path, *path.rglob("*")] if path.is_dir() else [path]:
        child.chmod(child.stat().st_mode | (0o755 if child.is_dir() else 0o444))
    for above in path.parents:
        mode = stat.S_IMODE(above.stat().st_mode)
        if above.stat().st_uid == os.geteuid() and not mode & stat.S_IXOTH:
            above.chmod(mode | stat.S_IXOTH)


@needs_root
def test_read_only_folder(folder, recipe, save, tmp_path):
    data = shutil.copytree(folder, tmp_path / "data")
    path, locked, mine = save(recipe(data)), tmp_path / "locked", tmp_path / "open"
    locked.mkdir(mode=0o555)
    mine.mkdir()
    mine.chmod(0o777)
    for place in (data, path, locked, mine):
        open_to_all(place)
    replies = {}
    for place in (locked, mine):
        ended = subprocess.run(
            [
                sys.executable, "-c", AS_NOBODY, "run", str(path), "--json",
                str(tmp_path / f"warm-{place.name}"), str(place / "o"),
            ],
            env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert len(ended.stdout.splitlines()) == 2, ended.stderr
        replies[place] = (ended.returncode, json.loads(ended.stdout.splitlines()[1]))
    code, reply = replies[locked]
    assert code == 5 and reply["error"]["code"] == "output-read-only"
    assert "permission denied" in reply["error"]["message"]
    assert str(locked) in reply["error"]["where"] and reply["error"]["hint"]
    assert os.listdir(locked) == []
    # It was the folder and nothing else.
    assert replies[mine][0] == 0, replies[mine]
    assert len(replies[mine][1]["files"]) == 12
