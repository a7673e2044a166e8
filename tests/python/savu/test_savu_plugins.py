"""Which plugins an installed Savu has: a stand-in of its package, and the real one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from fake_package import write_package

from tomo_runner.savu import installed
from tomo_runner.stopping import Stop
from tomo_runner.toolhost import savu_process


@pytest.fixture
def savu(tmp_path, monkeypatch):
    """A Savu of four modules; the version can be chosen."""

    def make(version="4.2"):
        program = write_package(tmp_path, version)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
        monkeypatch.setenv(savu_process.COMMAND, str(program))
        return program

    return make


def parameters(found, name):
    plugin = next(plugin for plugin in found["plugins"] if plugin["name"] == name)
    return plugin, {parameter["name"]: parameter for parameter in plugin["parameters"]}


def test_definitions_are_read_by_the_python_beside_the_command(savu):
    program = savu("4.3")
    found = installed(Stop())
    assert (found["available"], found["version"]) == (True, "4.3")
    assert found["command"] == str(program)
    assert found["failed"] == ["savu.plugins.reconstructions.broken"]
    recon, known = parameters(found, "OwnRecon")
    assert (recon["kind"], recon["help"]) == ("reconstruction", "What it does.")
    assert recon["missing"] == ["nowhere_to_be_found"] and not recon["gpu"]
    assert known["algorithm"] == {
        "name": "algorithm",
        "kinds": ["text"],
        "default": "FBP",
        "level": "basic",
        "help": "Which one.",
        "options": ["FBP", "SIRT"],
    }
    assert known["rounds"]["kinds"] == ["null", "integer"]
    assert known["rounds"]["default"] is None
    assert known["rounds"]["when"] == {"algorithm": ["SIRT"]}
    assert known["region"]["kinds"] == ["list", "object"]
    assert known["in_datasets"]["level"] == "data"
    # Savu's own word "None", at which it stops, becomes none.
    assert known["pair"]["default"] == [None, None]
    # Another version: nothing of the shipped catalogue's parameters.
    assert parameters(found, "NxtomoLoader")[1]["name"]["help"] == "Theirs."


def test_what_the_shipped_catalogue_says_of_the_same_parameter_is_taken(savu):
    savu()
    loader, known = parameters(installed(Stop()), "NxtomoLoader")
    assert (loader["kind"], loader["title"]) == ("loader", "NXtomo")
    assert known["name"]["help"] != "Theirs."
    assert known["data_path"]["default"] == "elsewhere"


def test_it_is_asked_once_and_again_when_asked_to(savu, tmp_path):
    savu()
    assert installed(Stop())["version"] == "4.2"
    (tmp_path / "site/savu/version.py").write_text("__version__ = '4.4'")
    assert installed(Stop())["version"] == "4.2"
    assert installed(Stop(), again=True)["version"] == "4.4"
    assert installed(Stop())["version"] == "4.4"


def test_no_savu_is_told_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv(savu_process.COMMAND, str(tmp_path / "savu"))
    found = installed(Stop())
    assert not found["available"] and found["plugins"] == []
    assert "cannot be run" in found["why"] and "JUPYTER_TOMO_SAVU" in found["install"]


def test_a_python_without_savu_says_its_own_words(monkeypatch):
    monkeypatch.setenv(savu_process.COMMAND, sys.executable)
    found = installed(Stop())
    assert "No module named 'savu'" in found["why"]


def test_a_program_of_another_kind_is_refused(savu, tmp_path):
    program = savu()
    (program.parent / "python").unlink()
    found = installed(Stop())
    assert "no Python program" in found["why"] and "bin of its environment" in found["install"]


def test_the_real_savu_has_what_the_shipped_catalogue_says(real):
    from tomo_runner import catalogue

    found = installed(Stop())
    assert found["available"], found["why"]
    assert len(found["plugins"]) > 100
    there = {plugin["id"]: plugin for plugin in found["plugins"]}
    # What has come since the release says 4.2 as well, and is not in what is shipped.
    newer = {"skip_projections"}
    for shipped in catalogue.document("savu.json")["plugins"]:
        if shipped["name"] == "Rotate90" and shipped["id"] not in there:
            continue
        plugin = there[shipped["id"]]
        assert plugin["name"] == shipped["name"]
        assert plugin["gpu"] == shipped.get("gpu", False)
        # By name and default; the shipped entry is taken only where these are the same.
        parameters = [p for p in plugin["parameters"] if p["name"] not in newer]
        assert parameters == [
            next(p for p in shipped["parameters"] if p["name"] == other["name"])
            for other in parameters
        ]
        assert len(parameters) == len(shipped["parameters"])
    assert Path(found["command"].split()[-1]).exists()
