"""Process lists, NXtomo and results as files."""

from __future__ import annotations

import json
import subprocess

import h5py
import numpy as np
import pytest

from tomo_runner.savu.installed import interpreter
from tomo_runner.toolhost import ToolError
from tomo_runner.toolhost.savu_files import (
    NxtomoWriter,
    Plugin,
    ProcessList,
    find_volume,
    read_list,
    write_list,
)

LIST = ProcessList(
    [
        Plugin("NxtomoLoader", "a.b.nxtomo_loader", {"name": "tomo", "dark": [None, None, 1]}),
        Plugin("Über", "x.y", {"snr": 3.0, "größe": "µm"}, active=False),
    ],
    [(1, 2, 5)],
)


def test_a_list_comes_back_as_it_was_written(tmp_path):
    write_list(tmp_path / "l.nxs", LIST)
    assert read_list(tmp_path / "l.nxs") == LIST


def test_a_list_is_laid_out_as_savu_reads_it(tmp_path):
    write_list(tmp_path / "l.nxs", LIST)
    with h5py.File(tmp_path / "l.nxs") as file:
        entry = file["entry/plugin/1"]
        assert entry["name"][0] == b"NxtomoLoader"
        assert entry["id"].dtype.kind == "S"
        assert entry["active"][0] == 1 and file["entry/plugin/2/active"][0] == 0
        assert file["entry/savu_notes/version"][()] == b"4.2"
        assert file["entry/plugin"].attrs["NX_class"] == b"NXprocess"
        loop = file["entry/iterate_plugin_groups/1"]
        assert [int(loop[k][()]) for k in ("start", "end", "iterations")] == [1, 2, 5]


def test_more_than_nine_plugins_keep_their_order(tmp_path):
    many = ProcessList([Plugin(f"P{n}", "x.y", {}) for n in range(23)])
    write_list(tmp_path / "l.nxs", many)
    assert [p.name for p in read_list(tmp_path / "l.nxs").plugins] == [f"P{n}" for n in range(23)]


@pytest.mark.parametrize("name", ["tomopy_test", "image_saver_test", "astra_cgls"])
def test_a_copy_of_a_real_list_says_the_same(lists, tmp_path, name):
    read = read_list(lists / f"{name}.nxs")
    write_list(tmp_path / "copy.nxs", read)
    assert read_list(tmp_path / "copy.nxs") == read
    assert read.plugins[0].name == "NxtomoLoader"
    assert len(read.plugins) == {"image_saver_test": 4}.get(name, 3)


READER = """
import json, sys
from savu.data.plugin_list import PluginList
found = []
for path in sys.argv[2:]:
    listed = PluginList()
    listed._populate_plugin_list(path)
    found.append([[p["name"], p["id"], bool(p["active"]), p["data"]] for p in listed.plugin_list])
open(sys.argv[1], "w").write(json.dumps(found, default=str))
"""


@pytest.mark.parametrize("name", ["tomopy_test", "image_saver_test", "astra_cgls"])
def test_the_real_savu_reads_the_copy_as_its_own(real, lists, tmp_path, name):
    copy, answer = tmp_path / "copy.nxs", tmp_path / "answer.json"
    write_list(copy, read_list(lists / f"{name}.nxs"))
    python = interpreter()[0]
    argv = [python, "-c", READER, str(answer), str(lists / f"{name}.nxs"), str(copy)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    theirs, ours = json.loads(answer.read_text())
    assert theirs == ours and theirs[0][0] == "NxtomoLoader"


def test_what_is_no_list_is_refused_in_a_sentence(tmp_path, nxtomo):
    text = tmp_path / "text.nxs"
    text.write_text("no list")
    write_list(tmp_path / "cut.nxs", LIST)
    whole = (tmp_path / "cut.nxs").read_bytes()
    (tmp_path / "cut.nxs").write_bytes(whole[: len(whole) // 2])
    write_list(tmp_path / "json.nxs", LIST)
    with h5py.File(tmp_path / "json.nxs", "a") as file:
        del file["entry/plugin/2/data"]
        file["entry/plugin/2/data"] = np.array([b'["no", "object"'])
    for path, words in (
        (text, "damaged"),
        (tmp_path / "cut.nxs", "damaged"),
        (tmp_path / "absent.nxs", "not there"),
        (nxtomo, "no group entry/plugin"),
        (tmp_path / "json.nxs", "plugin 2 (Über)"),
    ):
        with pytest.raises(ToolError, match=words.replace("(", r"\(").replace(")", r"\)")):
            read_list(path)


def test_nxtomo_is_written_past_the_library_and_read_with_it(tmp_path):
    rng = np.random.default_rng(1)
    images = rng.integers(0, 60000, (7, 5, 9)).astype(np.uint16)
    keys, angles = [2, 1, 0, 0, 0, 0, 1], [0, 0, 0, 45, 90, 135, 0]
    path = tmp_path / "data.nxs"
    with NxtomoWriter(path, keys, angles, (5, 9), np.uint16, "s", 27.5) as writer:
        for at in (0, 3):
            writer.write(at, images[at : at + 3])
        writer.write(6, images[6:])
    with h5py.File(path) as file:
        entry = file["entry1/tomo_entry"]
        assert entry["definition"][()] == b"NXtomo"
        assert np.array_equal(entry["data/data"][()], images)
        assert np.array_equal(entry["instrument/detector/image_key"][()], keys)
        assert np.array_equal(entry["sample/rotation_angle"][()], angles)
        assert entry["data/rotation_angle"].attrs["units"] == "degrees"
        assert entry["instrument/detector/x_pixel_size"][()] == 27.5


def test_no_result_is_told_with_where_to_look(tmp_path):
    with pytest.raises(ToolError, match="wrote no"):
        find_volume(tmp_path)
    with h5py.File(tmp_path / "a_processed.nxs", "w") as file:
        file.create_group("entry")
    with pytest.raises(ToolError, match="did not finish"):
        find_volume(tmp_path)
    with h5py.File(tmp_path / "a_processed.nxs", "a") as file:
        group = file.create_group("entry/final_result_tomo")
        group["data"] = np.zeros((2, 3, 4))
        group.attrs["axes"] = ["rotation_angle", "detector_y", "detector_x"]
    with pytest.raises(ToolError, match="no reconstructed volume"):
        find_volume(tmp_path)
