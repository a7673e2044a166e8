"""What the documentation shows is so."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import types
from pathlib import Path

from tomo_runner import catalogue
from tomo_runner.toolhost.agreement import STATED
from tomo_runner.toolhost.registry import described

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs" / "tools"


def test_the_tools_are_as_their_modules_say():
    """src/recipe/tools.json is what scripts/tools.py writes."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "tools.py"), "--check"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_worked_example_is_a_tool():
    text = (DOCS / "overview.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL).group(1)
    module = types.ModuleType("example")
    exec(compile(code, "overview.md", "exec"), module.__dict__)
    about = described(module)
    assert about["name"] == "cil-pdhg" and "-" in about["name"]
    assert set(about["methods"][0]["schema"]) == {"alpha", "iterations"}
    found = module.probe()
    assert found["available"] or ("CIL" in found["why"] and found["install"])
    assert module.cost("tv", {"iterations": 10}, 90, 64, 64)["seconds"] > 0


def test_every_parameter_is_told_of():
    """Title, one line of help, type or choices, level; defaults within their range."""
    for tool in catalogue.tools():
        for method in tool["methods"]:
            for name, field in method["schema"].items():
                where = f"{tool['name']}.{method['name']}.{name}"
                assert field.get("title") and field.get("description"), where
                assert "\n" not in field["description"] and field["description"][-1] == ".", where
                assert "type" in field or "enum" in field, where
                default = field.get("default")
                if "enum" in field:
                    assert default in field["enum"], where
                if isinstance(default, (int, float)) and not isinstance(default, bool):
                    assert default >= field.get("minimum", default), where
                    assert default <= field.get("maximum", default), where


def test_stated_iterations_are_in_the_help_and_on_the_page():
    page = (DOCS / "overview.md").read_text(encoding="utf-8")
    titles = {"astra": "ASTRA", "tomopy": "TomoPy"}
    for tool, methods in STATED.items():
        for name, given in methods.items():
            told = catalogue.method(tool, name)["schema"]["iterations"]["description"]
            start = f" from {given['start']}" if "start" in given else ""
            assert f"{given['iterations']}{start}." in told
            start = f", start from `{given['start']}`" if "start" in given else ""
            assert f"| {titles[tool]} {name}{start} | {given['iterations']} |" in page


def test_what_penalties_take_is_on_the_page():
    from test_agreement import PENALTIES

    page = (DOCS / "tomopy.md").read_text(encoding="utf-8")
    for method, given, stated in PENALTIES:
        name = (
            f"damping {given['towards']}" if "towards" in given else f"penalty {given['penalty']}"
        )
        assert f"| {method}, {name} | {given['iterations']} | {stated:.3f} |" in page


def test_the_pages_name_what_there_is():
    for tool, page in (("tomopy", "tomopy.md"), ("astra", "astra.md")):
        text = (DOCS / page).read_text(encoding="utf-8")
        for method in next(t for t in catalogue.tools() if t["name"] == tool)["methods"]:
            basic = method.get("level") == "basic" and not method["gpu"]
            assert not basic or method["name"] in text, method["name"]
    text = (DOCS / "custom-command.md").read_text(encoding="utf-8")
    from tomo_runner.external.command import PLACEHOLDERS

    assert all(f"`{{{name}}}`" in text for name in PLACEHOLDERS)
    assert json.dumps(catalogue.method("command", "run")["schema"]).count("description") == 4
