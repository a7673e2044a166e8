"""Write what the tools' modules say of themselves into src/recipe/tools.json.

    python scripts/tools.py [--check]

The browser, the proxy and the runner know methods and parameters from that file before any tool
runs. With --check nothing is written, and the exit code is 1 when the file is not as it would be.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "src" / "recipe" / "tools.json"
sys.path.insert(0, str(ROOT))


def text() -> str:
    """The file as it should be: entries that no module describes stay as they are."""
    from tomo_runner.toolhost import built_in, described

    document = json.loads(FILE.read_text(encoding="utf-8"))
    fresh = {tool.NAME: described(tool) for tool in built_in()}
    kept = [fresh.pop(tool["name"], tool) for tool in document["tools"]]
    document["tools"] = [*kept, *fresh.values()]
    return printed(document)


def printed(document: dict[str, object]) -> str:
    """JSON with one parameter a line."""
    lines = ["{", f'  "description": {_flat(document["description"])},', '  "tools": [']
    tools = document["tools"]
    assert isinstance(tools, list)
    for number, tool in enumerate(tools):
        lines.append("    {")
        lines += [
            f'      "{k}": {_flat(v)},' for k, v in tool.items() if k != "methods" and v != {}
        ]
        lines.append('      "methods": [')
        for index, method in enumerate(tool["methods"]):
            lines.append("        {")
            lines += [f'          "{k}": {_flat(v)},' for k, v in method.items() if k != "schema"]
            schema = [f'            "{k}": {_flat(v)}' for k, v in method["schema"].items()]
            lines += ['          "schema": {', *_commas(schema), "          }"]
            lines.append("        }" + ("," if index + 1 < len(tool["methods"]) else ""))
        lines += ["      ]", "    }" + ("," if number + 1 < len(tools) else "")]
    return "\n".join([*lines, "  ]", "}", ""])


def _commas(lines: list[str]) -> list[str]:
    return [line + "," for line in lines[:-1]] + lines[-1:]


def _flat(value: object) -> str:
    """JSON on one line, as Prettier prints it."""
    if isinstance(value, dict):
        inner = ", ".join(f"{_flat(k)}: {_flat(v)}" for k, v in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(_flat(item) for item in value) + "]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def main() -> int:
    """Write or check the file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    wanted = text()
    if FILE.read_text(encoding="utf-8") == wanted:
        return 0
    if check:
        print(
            f"{FILE.relative_to(ROOT)} is not as the tools describe themselves; run {sys.argv[0]}."
        )
        return 1
    FILE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
