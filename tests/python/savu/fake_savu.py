"""Stands in for Savu: its arguments, files, lines and kill file, but no science.

A slice is the mean of its rows of data, with a mark at (y, x) = (1, 2) of Savu's own upside-down
picture. ``$FAKE_SAVU`` makes it misbehave: fail, crash, hang, nothing, nan, oblong, slow,
slower, late, stubborn, memory, tuned.

Started several times by MPI or srun, the first one waits for the others and does the work; who was
there, on which node and by which names, is in ``ranks/`` of the output.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

import h5py
import numpy as np


def say(text):
    print(text, file=sys.stderr, flush=True)


def plugins(path):
    """The list as Savu reads it: bytes of a fixed length, in lists of one."""
    with h5py.File(path, "r") as file:
        group = file["entry/plugin"]
        for key in sorted(group, key=int):
            entry = group[key]
            yield (
                entry["name"][0].decode(),
                entry["id"][0].decode(),
                bool(entry["active"][0]),
                json.loads(entry["data"][0]),
            )


def together(argv, folder):
    """Leave a note of this process; whether it is the first. That one waits for all."""
    names = argv[argv.index("-n") + 1] if "-n" in argv else "CPU0"
    rank, size = 0, 1
    for keys in (
        ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
        ("FAKE_RANK", "FAKE_SIZE"),
        ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS"),
    ):
        if "-n" in argv and all(key in os.environ for key in keys):
            rank, size = (int(os.environ[key]) for key in keys)
            break
    ranks = folder / "ranks"
    ranks.mkdir(parents=True, exist_ok=True)
    note = {"size": size, "names": names, "node": os.environ.get("SLURMD_NODENAME", "")}
    (ranks / f"{rank}.part").write_text(json.dumps(note))
    (ranks / f"{rank}.part").rename(ranks / f"{rank}.json")
    while rank == 0 and len(list(ranks.glob("*.json"))) < size:
        time.sleep(0.05)
    return rank == 0


def main(argv):
    if argv == ["--version"]:
        print("savu 4.2")
        return 0
    data, listed, output = argv[:3]
    name = argv[argv.index("-f") + 1]
    mode = os.environ.get("FAKE_SAVU", "")
    folder = Path(output, name)
    if not together(argv, folder):
        return 0
    active = [entry for entry in plugins(listed) if entry[2]]
    loader = active[0][3]
    with h5py.File(data, "r") as file:
        images = file[loader["data_path"]][()].astype(np.float32)
        key = file[loader["image_key_path"]][()]
    for _, module, _, _ in active:
        if not module.startswith("savu."):
            say("Traceback (most recent call last):")
            say(f"ModuleNotFoundError: No module named {module!r}")
            return 1
    cut = [slice(None)] * 3
    for axis, text in enumerate(loader["preview"]):
        if text != ":":
            cut[axis] = slice(*map(int, text.split(":")))
    projections = images[key == 0][tuple(cut)]
    say("Plugin list check complete!")
    for title, _, _, _ in active[1:]:
        say(f"L        12657 M000  CPU0   USER   *Running the {title} plugin*")
        say(f"*Running the {title} plugin*")
        say(f"{title} -   0% complete")
        if mode == "stubborn":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if mode in ("hang", "stubborn"):
            time.sleep(600)
        if mode == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if mode == "fail":
            say("Traceback (most recent call last):")
            say("KeyError: 'no such parameter'")
            return 1
        if mode == "memory":
            keep = np.ones(100_000_000, np.float32)
            time.sleep(600)
            del keep
        if mode in ("slow", "slower"):
            time.sleep(1.5 if mode == "slow" else 6)
        say(f"{title} - 100% complete")
        if (folder / "killsignal").exists():
            say("* Processing interrupted by killsignal in 1.0 seconds *")
            return 0
    if mode == "nothing":
        return 0
    count, size = projections.shape[1:]
    shape = active[-1][3].get("vol_shape", "fixed")
    size = shape if isinstance(shape, int) else size
    means = projections.mean(axis=(0, 2))
    volume = np.empty((size, count, size + (mode == "oblong")), np.float32)
    volume[:] = means[None, :, None]
    volume[1, :, 2] = -1
    if mode == "nan":
        volume[0, 0, 0] = np.nan
    if mode == "tuned":
        volume = np.stack([volume, volume + 1], -1)
    inside = "2-AstraReconCpu-tomo"
    with h5py.File(folder / "tomo_p2_astra_recon_cpu.h5", "w") as file:
        file[f"{inside}/data"] = volume
    with h5py.File(folder / f"{Path(data).stem}_processed.nxs", "w") as file:
        group = file.create_group("entry/final_result_tomo")
        group.attrs["axes"] = ["voxel_x", "voxel_y", "voxel_z"]
        group["data"] = h5py.ExternalLink("tomo_p2_astra_recon_cpu.h5", f"{inside}/data")
        group["meta_data/centre_of_rotation/centre_of_rotation"] = np.full(count, 7.25)
    say("* Processing Complete in 0.1 seconds *")
    return 1 if mode == "late" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
