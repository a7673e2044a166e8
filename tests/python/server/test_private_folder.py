"""Sweeping takes what servers left, and nothing else."""

from __future__ import annotations

from pathlib import Path

from jupyterlab_tomo.server.private_folder import PrivateFolder, sweep


def test_only_folders_of_servers_are_swept(tmp_path: Path) -> None:
    foreign = tmp_path / "tomo-measurements"
    foreign.mkdir()
    (foreign / "lock").write_text("of another program")
    (foreign / "data.h5").write_text("years of work")
    held = PrivateFolder([tmp_path])
    left = tmp_path / "tomo-left"
    left.mkdir()
    for file in held.path.iterdir():
        (left / file.name).write_text("")
    assert sweep(tmp_path) == [left]
    assert (foreign / "data.h5").read_text() == "years of work"
    assert held.path.is_dir()
    held.close()
    assert not held.path.exists()
