"""Says which plugins an installed Savu has: run by that Savu's own Python, as old as 3.7.

    python savu_plugins.py ANSWER.json

Nothing of the project is imported here. Plugins whose libraries are missing are told, too: what
they import is stood in for, since their definitions do not need it.
"""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.machinery
import json
import pkgutil
import sys
import types
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Set

LEVELS = {"datasets": "data"}
WORDS = {
    "int": "integer",
    "float": "number",
    "bool": "flag",
    "None": "null",
    "list": "list",
    "tuple": "list",
    "preview": "list",
    "range": "list",
    "dict": "object",
}
ALL = ["text", "integer", "number", "flag", "null", "list", "object"]


# --- libraries that are not here ------------------------------------------------------------------


class _Nothing(type):
    """A class of which everything is another such class, and which can be called."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing(name)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls.__base__ is not object:
            # A plugin's own class, of which this is a base.
            return super().__call__(*args, **kwargs)
        return args[0] if len(args) == 1 and callable(args[0]) else cls


def _nothing(name: str) -> Any:
    return _Nothing(name, (), {})


class _Missing(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing(name)


class StandIn(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The last finder: stands in for what plugins, and nobody else, import in vain."""

    def __init__(self) -> None:
        self.names: Set[str] = set()

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        top = name.split(".")[0]
        if top == "savu" or not _asked_by_plugin():
            return None
        self.names.add(top)
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: Any) -> types.ModuleType:
        return _Missing(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing to run."""


def _asked_by_plugin() -> bool:
    frame: Optional[types.FrameType] = sys._getframe(2)
    while frame and "importlib" in frame.f_code.co_filename:
        frame = frame.f_back
    name = frame.f_globals.get("__name__", "") if frame else ""
    return name.startswith(("savu.", "savu_plugins."))


# --- plugins --------------------------------------------------------------------------------------


def modules() -> Iterator[str]:
    """All modules in which this Savu, its environment or its user keep plugins."""
    import savu.plugins.utils as utils

    for folder, prefix in utils.get_plugins_paths(examples=False).items():
        for _, name, package in pkgutil.walk_packages([folder], prefix, onerror=lambda _: None):
            if not package and not name.endswith("_tools"):
                yield name


def described(cls: Any, missing: Set[str]) -> Dict[str, Any]:
    """A plugin as the project's catalogue has it."""
    tools = cls().get_plugin_tools()
    document = tools.get_doc() or {}
    values, definitions = tools.get_param_values(), tools.get_param_definitions()
    return {
        "name": cls.__name__,
        "id": cls.__module__,
        "help": one_line(tools.docstring_info.get("synopsis") or document.get("short_desc")),
        "gpu": any(base.__module__.endswith("gpu_plugin") for base in cls.__mro__),
        "missing": sorted(_imports(cls) & missing),
        "parameters": [parameter(name, definitions, values.get(name)) for name in definitions],
    }


def parameter(name: str, definitions: Dict[str, Any], value: Any) -> Dict[str, Any]:
    """A parameter: kinds, default, level, help, options, and when it is used."""
    definition = definitions[name]
    kinds = kinds_of(str(definition.get("dtype") or "str"))
    level = str(definition["visibility"])
    told = definition.get("description", "")
    if isinstance(told, dict):
        told = told.get("summary", "")
    made = {
        "name": name,
        "kinds": kinds,
        "default": plain(value, "null" in kinds or "list" in kinds),
        "level": LEVELS.get(level, level),
        "help": one_line(told),
    }
    options = [plain(one, "null" in kinds) for one in definition.get("options") or []]
    if options and not any(isinstance(one, (list, dict)) for one in options):
        made["options"] = options
    when = _when(definition.get("dependency"), definitions)
    if when:
        made["when"] = when
    return made


def _when(dependency: Any, definitions: Dict[str, Any]) -> Dict[str, List[Any]]:
    """Values of other parameters; a name alone stands for all its options but none."""
    if isinstance(dependency, str):
        options = definitions.get(dependency, {}).get("options") or []
        dependency = {dependency: [one for one in options if plain(one, True) is not None]}
    return {
        other: [plain(one, True) for one in (wanted if isinstance(wanted, list) else [wanted])]
        for other, wanted in (dependency or {}).items()
        if wanted != []
    }


def kinds_of(text: str) -> List[str]:
    """Kinds of a type as Savu writes it: ``int``, ``[None, list[float]]``, ``dict{str:int}``."""
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        found: List[str] = []
        for part in split(text[1:-1]):
            found += [kind for kind in kinds_of(part) if kind not in found]
        return found or ALL
    word = text.split("[")[0].split("{")[0].strip()
    return [WORDS.get(word, "text")] if word else ALL


def split(text: str) -> List[str]:
    """The parts of a list between its outer commas."""
    depth, parts = 0, [""]
    for letter in text:
        depth += (letter in "[{") - (letter in "]}")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part for part in parts if part.strip()]


def plain(value: Any, none: bool) -> Any:
    """A value as JSON has it; the word None means none where none is allowed."""
    if none and value == "None":
        return None
    if isinstance(value, dict):
        return {str(key): plain(item, none) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, none) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return value.item() if hasattr(value, "item") else str(value)


def one_line(text: Any) -> str:
    """A description without its line breaks."""
    return " ".join(str(text or "").split())


def _imports(cls: Any) -> Set[str]:
    """Top-level names that a plugin and the plugins below it import."""
    found: Set[str] = set()
    for base in cls.__mro__[:-1]:
        path = getattr(sys.modules.get(base.__module__), "__file__", None)
        if not path:
            continue
        for node in ast.walk(ast.parse(Path(path).read_text("utf-8", "replace"))):
            if isinstance(node, ast.Import):
                found |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found


def main(argv: Sequence[str]) -> int:
    """Write what there is to the file that is named."""
    own = Path(__file__).resolve().parent
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != own]
    import savu.plugins.utils as utils
    from savu.version import __version__

    stand_in = StandIn()
    sys.meta_path.append(stand_in)
    plugins: List[Dict[str, Any]] = []
    failed: List[Dict[str, str]] = []

    def tried(what: Callable[..., Any], name: str, *arguments: Any) -> Any:
        try:
            return what(*arguments)
        except Exception as error:
            # Whatever a plugin does when it is loaded, the others are told.
            failed.append({"id": name, "why": f"{type(error).__name__}: {error}"})
            return None

    for name in sorted(set(modules())):
        tried(importlib.import_module, name, name)
    for cls in sorted(utils.plugins.values(), key=lambda cls: cls.__module__):
        made = tried(described, cls.__module__, cls, stand_in.names)
        if made:
            plugins.append(made)
    answer = {"version": str(__version__), "plugins": plugins, "failed": failed}
    Path(argv[0]).write_text(json.dumps(answer), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
