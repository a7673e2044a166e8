"""Recipes as process lists of Savu, pipelines of HTTomo, and data as NXtomo."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import yaml

from tomo_runner import catalogue
from tomo_runner.cli import main
from tomo_runner.dataset import Dataset
from tomo_runner.failures import DataFailure, RecipeFailure
from tomo_runner.savu import export, exported, plugins
from tomo_runner.savu.nxtomo import write_nxtomo
from tomo_runner.stopping import Stop
from tomo_runner.toolhost.savu_files import read_list


@pytest.fixture
def to_list(tmp_path):
    """The list of a recipe, by name of the plugin, and the notes."""

    def convert_(recipe):
        reply = export(recipe, tmp_path, Stop(), {"savu": tmp_path / "l.nxs"})
        read = read_list(tmp_path / "l.nxs")
        return {p.name: p for p in read.plugins}, reply["notes"]

    return convert_


def test_a_recipe_becomes_loader_correction_and_reconstruction(recipe, nxtomo, to_list, small):
    found, notes = to_list(recipe(nxtomo))
    assert list(found) == ["NxtomoLoader", "DarkFlatFieldCorrection", "AstraReconCpu"]
    loader, recon = found["NxtomoLoader"].data, found["AstraReconCpu"].data
    assert loader["data_path"].endswith("data")
    assert loader["image_key_path"].endswith("image_key")
    assert loader["dark"] == [None, None, 1.0]
    assert recon["algorithm"] == "FBP" and recon["FBP_filter"] == "shepp-logan"
    assert recon["centre_of_rotation"] == pytest.approx(small.centre, abs=1e-4)
    assert recon["log"] is True and recon["ratio"] == 1.5
    assert any("FBP of AstraReconCpu" in note for note in notes)


def test_all_parameters_are_said(recipe, nxtomo, to_list):
    for one in to_list(recipe(nxtomo))[0].values():
        known = plugins.plugin(one.name).data
        assert set(one.data) == set(known)
        assert "None" not in json.dumps(one.data)


def test_a_region_moves_the_centre_and_cuts(recipe, nxtomo, to_list, small):
    wanted = recipe(nxtomo)
    wanted["regions"]["roi"] = [10, 1, 60, 5]
    found, _ = to_list(wanted)
    assert found["NxtomoLoader"].data["preview"] == [":", "1:5", "10:60"]
    centre = found["AstraReconCpu"].data["centre_of_rotation"]
    assert centre == pytest.approx(small.centre - 10, abs=1e-4)


def test_a_tilted_axis_is_a_line(recipe, nxtomo, to_list, small):
    wanted = recipe(nxtomo)
    wanted["regions"]["centre"]["tilt"] = 2.0
    centre = to_list(wanted)[0]["AstraReconCpu"].data["centre_of_rotation"]
    assert centre["0"] == pytest.approx(small.centre, abs=1e-3)
    assert centre["5"] == pytest.approx(small.centre + 5 * np.tan(np.radians(2)), abs=1e-3)


@pytest.mark.parametrize(("tilt", "told"), [(2.0, "1.1 rows"), (-2.0, "1.1 rows"), (0.5, None)])
@pytest.mark.parametrize("kind", ["savu", "httomo"])
def test_projections_that_would_be_rotated_are_told(recipe, nxtomo, tmp_path, kind, tilt, told):
    wanted = recipe(nxtomo)
    wanted["regions"]["centre"]["tilt"] = tilt
    notes = export(wanted, tmp_path, Stop(), {kind: tmp_path / "made"})["notes"]
    notes = [note for note in notes if "not rotate" in note]
    assert len(notes) == (told is not None)
    assert not told or told in notes[0]


def test_no_centre_asks_savu_to_find_it(recipe, nxtomo, to_list):
    wanted = recipe(nxtomo)
    del wanted["regions"]
    found, notes = to_list(wanted)
    assert list(found)[-2:] == ["VoCentering", "AstraReconCpu"]
    assert any("180 degrees" in note for note in notes)


def test_a_back_projection_whose_axis_is_found_is_one_that_counts_alike(recipe, nxtomo, to_list):
    wanted = recipe(nxtomo, "tomopy", "fbp")
    del wanted["regions"]
    found, notes = to_list(wanted)
    assert list(found)[-2:] == ["VoCentering", "AstraReconCpu"]
    assert found["AstraReconCpu"].data["algorithm"] == "BP"
    assert any("from its edge" in note for note in notes)


@pytest.mark.parametrize(
    ("column", "tilt", "told"),
    [
        (33.0, 0, None),
        (33.53, 0, None),
        (33.7, 0, "uses 33.5 in place of 33.7"),
        (33.8, 0, "uses 34 in place of 33.8"),
        (33.8, 1, "tilted axis"),
    ],
)
def test_an_axis_beside_the_column_is_told(recipe, nxtomo, to_list, column, tilt, told):
    wanted = recipe(nxtomo)
    wanted["regions"]["centre"].update(column=column, tilt=tilt)
    notes = [note for note in to_list(wanted)[1] if "by half columns" in note]
    assert len(notes) == (told is not None)
    assert not told or told in notes[0]
    wanted["reconstruction"].update(tool="tomopy", method="gridrec", parameters={})
    assert not any("by half columns" in note for note in to_list(wanted)[1])


def test_attenuation_is_not_logged_again(recipe, nxtomo, to_list):
    wanted = recipe(nxtomo, state="attenuation")
    found, _ = to_list(wanted)
    assert found["AstraReconCpu"].data["log"] is False
    assert "DarkFlatFieldCorrection" not in found


def test_every_step_has_a_plugin_or_a_note(recipe, nxtomo, to_list):
    for step in catalogue.steps():
        wanted = recipe(nxtomo)
        if step["name"] in ("normalise", "minus-log"):
            continue
        wanted["filters"].append({"name": step["name"]})
        if step["name"] == "phase":
            wanted["dataset"]["pixelSize"] = {"value": 2, "unit": "um"}
        if step["name"] == "air":
            wanted["regions"]["air"] = [0, 0, 4, 6]
        found, notes = to_list(wanted)
        words = " ".join(notes)
        assert len(found) == 4 or step["name"].split("-")[0] in words or "air region" in words


@pytest.mark.parametrize(
    ("step", "name", "expected"),
    [
        ({"name": "stripes-sorting", "size": 15}, "RingRemovalSorting", {"size": 15}),
        ({"name": "stripes-wavelet", "level": 4}, "RingRemovalWaveletfft", {"level": 4}),
        (
            {"name": "stripes-all", "large": 81, "small": 11},
            "RemoveAllRings",
            {"la_size": 81, "sm_size": 11, "snr": 3},
        ),
        ({"name": "stripes-fourier", "cutoff": 30}, "RavenFilter", {"uvalue": 30, "nvalue": 8}),
        ({"name": "stripes-fitting", "sigma": 12}, "RingRemovalFitting", {"sigmax": 12}),
    ],
)
def test_stripe_filters_keep_their_numbers(recipe, nxtomo, to_list, step, name, expected):
    wanted = recipe(nxtomo)
    wanted["filters"].append(step)
    found, notes = to_list(wanted)
    assert {key: found[name].data[key] for key in expected} == expected
    assert any("before the logarithm" in note for note in notes)


def phase(recipe, path, **dataset):
    """A recipe with phase retrieval, of a pixel of 2 um."""
    wanted = recipe(path, pixelSize={"value": 0.002, "unit": "mm"}, **dataset)
    numbers = {"energy": 30.0, "distance": 250.0, "ratio": 80.0}
    wanted["filters"].insert(1, {"name": "phase", **numbers})
    return wanted


def test_phase_retrieval_has_their_units_and_one_logarithm(recipe, nxtomo, to_list):
    found, notes = to_list(phase(recipe, nxtomo))
    assert list(found)[1:] == ["DarkFlatFieldCorrection", "PaganinFilter", "AstraReconCpu"]
    data = found["PaganinFilter"].data
    assert (data["Energy"], data["Distance"], data["Ratio"]) == (30.0, 0.25, 80.0)
    assert data["Resolution"] == 2.0
    # sqrt(0.413 Angstrom x 250 mm x 80 / 4 pi) is 8.1 um.
    assert data["Padtopbottom"] == data["Padleftright"] == 41
    assert found["AstraReconCpu"].data["log"] is False
    assert any("40 times attenuation" in note for note in notes)
    wanted = phase(recipe, nxtomo)
    wanted["filters"][1]["enabled"] = False
    assert to_list(wanted)[0]["AstraReconCpu"].data["log"] is True


@pytest.mark.parametrize("kind", ["savu", "httomo"])
def test_phase_retrieval_is_exported_for_transmission_of_known_pixels_only(
    recipe, folder, tmp_path, kind
):
    wanted = phase(recipe, folder)
    del wanted["dataset"]["pixelSize"]
    with pytest.raises(RecipeFailure, match="pixel size"):
        exported(wanted, tmp_path, kind)
    wanted["dataset"]["state"] = "attenuation"
    assert not any("aganin" in note for note in exported(wanted, tmp_path, kind)["notes"])


@pytest.mark.parametrize(
    ("tool", "method", "parameters", "name", "expected"),
    [
        ("astra", "SIRT", {"iterations": 80}, "AstraReconCpu", {"n_iterations": 80}),
        ("astra", "FBP", {"filter": "hann"}, "AstraReconCpu", {"FBP_filter": "hann"}),
        ("astra", "SIRT_CUDA", {"iterations": 9}, "AstraReconGpu", {"algorithm": "SIRT_CUDA"}),
        ("tomopy", "gridrec", {"filter": "parzen"}, "TomopyRecon", {"filter_name": "parzen"}),
        ("tomopy", "gridrec", {}, "TomopyRecon", {"centre_of_rotation": 33.8}),
        ("tomopy", "fbp", {}, "TomopyRecon", {"centre_of_rotation": 34.3}),
        ("tomopy", "sirt", {"iterations": 70}, "AstraReconCpu", {"n_iterations": 70}),
        ("savu", "CGLS", {"iterations": 12}, "AstraReconCpu", {"algorithm": "CGLS"}),
    ],
)
def test_tools_become_plugins(recipe, nxtomo, to_list, tool, method, parameters, name, expected):
    found, notes = to_list(recipe(nxtomo, tool, method, parameters))
    for key, value in expected.items():
        assert found[name].data[key] == value
    if method == "sirt":
        assert any("does not hand iterations on" in note for note in notes)


def test_a_list_is_not_exported_again(recipe, nxtomo, to_list):
    with pytest.raises(RecipeFailure, match="process list already"):
        to_list(recipe(nxtomo, "savu", "process-list", {"list": "l.nxs"}))


# --- HTTomo -------------------------------------------------------------------------------------


def pipeline(recipe, base):
    made = exported(recipe, base, "httomo")
    return yaml.safe_load(made["text"]), made["notes"]


@pytest.mark.parametrize("kind", ["savu", "httomo"])
def test_angles_used_and_a_turn_are_notes(recipe, nxtomo, tmp_path, kind):
    wanted = recipe(nxtomo)
    before = exported(wanted, tmp_path, kind)["notes"]
    wanted["reconstruction"].update({"angles": {"to": 90}, "rotation": 5})
    assert exported(wanted, tmp_path, kind)["notes"] == [
        "It takes all projections, not only some angles. (reconstruction.angles)",
        "It does not turn the slices. (reconstruction.rotation)",
        *before,
    ]


def test_httomo_gets_loader_methods_and_reconstruction(recipe, nxtomo, tmp_path, small):
    wanted = recipe(nxtomo)
    wanted["regions"]["roi"] = [10, 1, 60, 5]
    wanted["filters"].append({"name": "stripes-sorting", "size": 15})
    methods, _ = pipeline(wanted, tmp_path)
    assert [(m["module_path"], m["method"]) for m in methods] == [
        ("httomo.data.hdf.loaders", "standard_tomo"),
        ("httomolibgpu.prep.normalize", "dark_flat_field_correction"),
        ("httomolibgpu.prep.normalize", "minus_log"),
        ("httomolibgpu.prep.stripe", "remove_stripe_based_sorting"),
        ("httomolibgpu.recon.algorithm", "FBP2d_astra"),
    ]
    loader = methods[0]["parameters"]
    assert loader["preview"] == {
        "detector_x": {"start": 10, "stop": 60},
        "detector_y": {"start": 1, "stop": 5},
    }
    assert loader["rotation_angles"] == "auto"
    assert methods[3]["parameters"] == {"size": 15}
    recon = methods[-1]
    assert recon["parameters"]["center"] == pytest.approx(small.centre - 10, abs=1e-4)
    assert recon["parameters"]["recon_mask_radius"] is None
    assert recon["save_result"] is True


def test_httomo_gets_phase_retrieval_before_stripes_and_no_second_logarithm(
    recipe, nxtomo, tmp_path
):
    wanted = phase(recipe, nxtomo)
    wanted["filters"] = [{"name": "stripes-sorting"}, *reversed(wanted["filters"])]
    methods, notes = pipeline(wanted, tmp_path)
    assert [method["method"] for method in methods[1:-1]] == [
        "dark_flat_field_correction",
        "paganin_filter",
        "remove_stripe_based_sorting",
    ]
    assert methods[2]["module_path"] == "httomolibgpu.prep.phase"
    # Its own paganin_filter_savu_legacy divides the ratio of Savu by four, too.
    assert methods[2]["parameters"] == {
        "pixel_size": 2.0,
        "distance": 0.25,
        "energy": 30.0,
        "ratio_delta_beta": 20.0,
    }
    assert any("quarter of the ratio" in note for note in notes)


def test_httomo_finds_the_centre_by_reference(recipe, nxtomo, tmp_path):
    wanted = recipe(nxtomo)
    del wanted["regions"]
    methods, _ = pipeline(wanted, tmp_path)
    # As in HTTomo's own pipelines: on corrected projections, before their logarithm.
    assert [method["method"] for method in methods[1:4]] == [
        "dark_flat_field_correction",
        "find_center_vo",
        "minus_log",
    ]
    finder = methods[2]
    assert finder["parameters"] == {"ind": None}
    name, output = re.match(
        r"\$\{\{(\w+)\.side_outputs\.(\w+)\}\}", methods[-1]["parameters"]["center"]
    ).groups()
    assert finder["id"] == name and output in finder["side_outputs"].values()


def test_httomo_gets_even_angles_but_no_invented_ones(recipe, folder, nxtomo, tmp_path):
    methods, notes = pipeline(recipe(folder), tmp_path)
    assert methods[0]["parameters"]["rotation_angles"] == {
        "user_defined": {"start_angle": 0.0, "stop_angle": 177.0, "angles_total": 60}
    }
    assert any("not NXtomo" in note for note in notes)
    uneven = recipe(nxtomo)
    uneven["dataset"]["angles"] = {"values": [0.0, 1.0, 5.0, *list(range(6, 63))]}
    methods, notes = pipeline(uneven, tmp_path)
    assert methods[0]["parameters"]["rotation_angles"] == "auto"
    assert any("not evenly spaced" in note for note in notes)


def test_httomo_gets_gridrec_and_iterations(recipe, nxtomo, tmp_path):
    methods, _ = pipeline(recipe(nxtomo, "tomopy", "gridrec"), tmp_path)
    assert methods[-1]["module_path"] == "tomopy.recon.algorithm"
    assert methods[-1]["parameters"]["algorithm"] == "gridrec"
    wanted = recipe(nxtomo, "tomopy", "gridrec", {"filter": "parzen"})
    methods, notes = pipeline(wanted, tmp_path)
    # HTTomo's checker knows these and no others.
    known = {"center", "sinogram_order", "algorithm", "init_recon"}
    assert set(methods[-1]["parameters"]) <= known
    assert any("shepp is used, not parzen" in note for note in notes)
    methods, _ = pipeline(recipe(nxtomo, "astra", "SIRT", {"iterations": 33}), tmp_path)
    assert methods[-1]["method"] == "SIRT3d_tomobar"
    assert methods[-1]["parameters"]["iterations"] == 33
    # HTTomo's own default is true.
    assert methods[-1]["parameters"]["nonnegativity"] is False
    wanted = recipe(nxtomo, "astra", "SIRT_CUDA", {"iterations": 9})
    wanted["reconstruction"]["parameters"]["minimum"] = 0
    assert pipeline(wanted, tmp_path)[0][-1]["parameters"]["nonnegativity"] is True


@pytest.mark.parametrize(
    ("tool", "method", "told"),
    [
        ("astra", "SART", True),
        ("tomopy", "osem", True),
        ("astra", "FBP_CUDA", False),
        ("builtin", "gridding", False),
    ],
)
def test_httomo_says_what_it_takes_in_place_of_a_method(
    recipe, nxtomo, tmp_path, tool, method, told
):
    methods, notes = pipeline(recipe(nxtomo, tool, method), tmp_path)
    assert methods[-1]["method"] == "FBP2d_astra"
    assert (f"HTTomo has no {method}: FBP2d_astra takes its place." in notes) is told


# --- NXtomo -------------------------------------------------------------------------------------


def test_nxtomo_holds_what_the_folder_held(recipe, folder, tmp_path):
    first = Dataset(recipe(folder, exclude=[3, 4], rotate=90, flip=True), tmp_path)
    path = tmp_path / "out.nxs"
    seen = []
    count = write_nxtomo(first, path, Stop(), lambda done, total: seen.append((done, total)))
    second = Dataset({"version": 1, "dataset": {"path": str(path)}}, tmp_path)
    assert (second.frames, second.rows, second.columns) == (58, 64, 6)
    assert seen[-1] == (count, count)
    assert np.allclose(second.require_angles(), first.require_angles())
    assert sum(r.series.shape[0] for r in second.acquisition.flats) == sum(
        r.series.shape[0] for r in first.acquisition.flats
    )
    ours = first.read(first.acquisition.projections, 5, 6, first.whole)
    theirs = second.read(second.acquisition.projections, 3, 4, second.whole)
    assert np.array_equal(ours, theirs) and ours.dtype == theirs.dtype


def test_nxtomo_without_angles_is_refused(recipe, folder, tmp_path):
    wanted = recipe(folder)
    del wanted["dataset"]["angles"]
    with pytest.raises(DataFailure, match="not known"):
        write_nxtomo(Dataset(wanted, tmp_path), tmp_path / "out.nxs", Stop())
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_files_and_notes(recipe, folder, tmp_path, capsys):
    path = tmp_path / "r.tomo.json"
    path.write_text(json.dumps(recipe(folder)))
    asked = [f"--{kind}={tmp_path / kind}.nxs" for kind in ("savu", "nxtomo")]
    assert main(["export", str(path), *asked, f"--httomo={tmp_path}/p.yaml", "--json"]) == 0
    reply = json.loads(capsys.readouterr().out)
    assert set(reply["files"]) == {"savu", "nxtomo", "httomo"}
    assert not any("not NXtomo" in note for note in reply["notes"])
    loader = read_list(tmp_path / "savu.nxs").plugins[0].data
    assert loader["data_path"] == "entry1/tomo_entry/data/data"


def test_the_command_refuses_in_a_sentence(recipe, folder, tmp_path, capsys):
    path = tmp_path / "r.tomo.json"
    path.write_text(json.dumps(recipe(folder)))
    assert main(["export", str(path)]) == 2
    assert "--savu FILE" in capsys.readouterr().err
    assert main(["export", str(path), "--savu", str(tmp_path / "no/l.nxs")]) == 5
    assert main(["export", "--savu", str(tmp_path / "l.nxs")]) == 2
    assert "names no data set" in capsys.readouterr().err
