"""Recipes: read, check, complete and change them.

A recipe is kept as plain JSON data; what its keys mean is in ``recipe.schema.json``. Checking uses
the same schema file as the browser, and the messages name the path and what is allowed.
"""

from __future__ import annotations

import copy
import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import fastjsonschema

from . import catalogue
from .failures import RecipeFailure, ToolFailure

Recipe = Dict[str, Any]

VERSION = 1
SUFFIX = ".tomo.json"


def default_recipe() -> Recipe:
    """The recipe that is used when none is given: a template without a data set."""
    return copy.deepcopy(dict(catalogue.document("default.tomo.json")))


def load_recipe(path: Path) -> Recipe:
    """Read and check a recipe file.

    Raises
    ------
    RecipeFailure
        When the file cannot be read, is not JSON, or is not a valid recipe.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (IsADirectoryError, UnicodeDecodeError):
        raise RecipeFailure(
            "recipe-unreadable",
            f"{path} is no recipe.",
            str(path),
            "Give a recipe, or a data set with --data on the command line.",
        ) from None
    except OSError as error:
        raise RecipeFailure(
            "recipe-unreadable",
            f"The recipe {path} cannot be read: {error.strerror or error}.",
            str(path),
            "Check the path of the recipe.",
        ) from None
    try:
        recipe: Recipe = json.loads(text)
    except json.JSONDecodeError as error:
        raise RecipeFailure(
            "recipe-not-json",
            f"The recipe {path} is not valid JSON: line {error.lineno}, column {error.colno}: "
            f"{error.msg}.",
            str(path),
            "Correct the file in a text editor.",
        ) from None
    validate(recipe)
    return recipe


def recipe_name(path: Optional[Path]) -> str:
    """``{name}`` in output folders: the file's name without its ending."""
    if path is None:
        return "reconstruction"
    name = Path(path).name
    return name[: -len(SUFFIX)] if name.endswith(SUFFIX) else Path(name).stem


# --- checking ---------------------------------------------------------------------------------


def validate(recipe: Any) -> None:
    """Check a recipe against the schema, the steps and the parameters of the project's tools.

    Raises
    ------
    RecipeFailure
        ``where`` is the dotted path of the first thing that is wrong.
    """
    _check_version(recipe)
    _check_refused(recipe)
    _check(_validator("recipe"), recipe, [])
    known = {entry["name"]: entry for entry in catalogue.steps()}
    for index, step in enumerate(recipe.get("filters", [])):
        if step["name"] not in known:
            raise _not_allowed(
                ["filters", index, "name"], step["name"], "one of " + _listed(known.keys())
            )
        _check(_validator("step:" + step["name"]), step, ["filters", index])
    # What another package's tool takes is known where that is installed, see ``check_tool``.
    if not catalogue.is_of_another_package(recipe.get("reconstruction", {}).get("tool", "builtin")):
        check_tool(recipe)


def _check_version(recipe: Any) -> None:
    version = recipe.get("version") if isinstance(recipe, dict) else None
    if isinstance(version, int) and not isinstance(version, bool) and version > VERSION:
        raise RecipeFailure(
            "recipe-newer",
            f"The recipe was made by a newer version of this program (format {version}, "
            f"this one reads {VERSION}).",
            "version",
            "Update jupyterlab-tomo where the recipe runs.",
        )


def _check_refused(recipe: Any) -> None:
    """Methods that people ask for and cannot have, before the schema says only that."""
    asked = recipe.get("reconstruction") if isinstance(recipe, dict) else None
    if not isinstance(asked, dict):
        return
    for tool in catalogue.tools():
        refused = tool.get("refused", {})
        if tool["name"] == asked.get("tool") and asked.get("method") in refused:
            raise RecipeFailure(
                "method-refused",
                f"{asked['method']} cannot be used: {refused[asked['method']]}",
                "reconstruction.method",
                f"Choose one of {_listed(method['name'] for method in tool['methods'])}.",
            )


def check_tool(recipe: Recipe, python: Optional[str] = None) -> None:
    """Check what a recipe asks of its tool, where that is another package's, too.

    Parameters
    ----------
    python
        The chosen kernel's interpreter, which has the tool; this one when left out.

    Raises
    ------
    RecipeFailure
        When the tool has no such method or takes no such parameters.
    ToolFailure
        When its Python has no such tool, or cannot say.
    """
    reconstruction = recipe.get("reconstruction", {})
    name = str(reconstruction.get("tool", "builtin"))
    tools = {tool["name"]: tool for tool in catalogue.tools()}
    if name not in tools and not catalogue.is_of_another_package(name):
        raise RecipeFailure(
            "unknown-tool",
            f"reconstruction.tool: there is no tool {name!r}.",
            "reconstruction.tool",
            f"Choose one of {_listed(tools)}.",
        )
    tool = catalogue.tool(name, python)
    methods = {method["name"]: method for method in tool["methods"]}
    method = reconstruction.get("method", next(iter(methods)))
    if method not in methods:
        raise _not_allowed(["reconstruction", "method"], method, "one of " + _listed(methods))
    if name in tools:
        validator = _validator(f"method:{name}:{method}")
    else:
        validator = _others_validator(name, json.dumps(methods[method]["schema"], sort_keys=True))
    _check(validator, reconstruction.get("parameters", {}), ["reconstruction", "parameters"])


@cache
def _validator(kind: str) -> Callable[[Any], Any]:
    if kind == "recipe":
        schema = copy.deepcopy(dict(catalogue.document("recipe.schema.json")))
        # Steps and methods are checked by their own entries: a validator of all of them takes
        # half a second and 80 MB in every process.
        for name in ("filter", "reconstruction"):
            schema["definitions"][name].pop("allOf")
    elif kind.startswith("step:"):
        step = catalogue.step(kind.split(":")[1])
        keys = {"name": {"type": "string"}, "enabled": {"type": "boolean"}}
        schema = _closed({**keys, **step["schema"]})
    else:
        _, tool, method = kind.split(":")
        schema = _closed(catalogue.method(tool, method)["schema"])
    compiled: Callable[[Any], Any] = fastjsonschema.compile(schema, use_default=False)
    return compiled


@lru_cache(maxsize=64)
def _others_validator(tool: str, schema: str) -> Callable[[Any], Any]:
    try:
        compiled: Callable[[Any], Any] = fastjsonschema.compile(
            _closed(json.loads(schema)), use_default=False
        )
    except fastjsonschema.JsonSchemaDefinitionException as error:
        raise ToolFailure(
            "tool-broken",
            f"The module of {tool} describes its parameters by no JSON Schema ({error}).",
            "reconstruction.tool",
            "Tell the authors of the package that has it.",
        ) from None
    return compiled


def _closed(properties: Dict[str, Any]) -> Dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _check(validator: Callable[[Any], Any], value: Any, prefix: List[Any]) -> None:
    try:
        validator(value)
    except fastjsonschema.JsonSchemaValueException as error:
        raise _explain(error, prefix) from None


def _explain(error: fastjsonschema.JsonSchemaValueException, prefix: List[Any]) -> RecipeFailure:
    path = prefix + _split(str(error.name))
    rule, definition = error.rule, error.rule_definition
    if rule == "additionalProperties":
        allowed = sorted((error.definition or {}).get("properties", {}))
        unknown = sorted(set(error.value) - set(allowed))[0]
        place = ".".join(map(str, path)) or "the recipe"
        return RecipeFailure(
            "unknown-key",
            f'Unknown key "{unknown}" in {place}.',
            dotted([*path, unknown]),
            f"Allowed are {_listed(allowed)}.",
        )
    if rule == "required":
        missing = sorted(set(definition) - set(error.value))
        return RecipeFailure(
            "missing-key",
            f'{dotted(path) or "The recipe"} lacks "{missing[0]}".',
            dotted(path),
            f'Add "{missing[0]}".',
        )
    if rule == "enum":
        return _not_allowed(path, error.value, "one of " + _listed(definition))
    if rule == "const":
        return _not_allowed(path, error.value, json.dumps(definition))
    if rule == "oneOf":
        return _not_allowed(path, error.value, "either first and last, or values")
    if rule == "type":
        kinds = definition if isinstance(definition, list) else [definition]
        return _not_allowed(
            path, error.value, " or ".join(_KINDS.get(str(k), str(k)) for k in kinds)
        )
    limits = _LIMITS.get(str(rule))
    allowed_text = limits.format(definition) if limits else f"{rule} {definition}"
    return _not_allowed(path, error.value, allowed_text)


_KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}
_LIMITS = {
    "minimum": "a number of at least {}",
    "maximum": "a number of at most {}",
    "exclusiveMinimum": "a number above {}",
    "exclusiveMaximum": "a number below {}",
    "minItems": "a list of at least {} values",
    "maxItems": "a list of at most {} values",
    "minLength": "text of at least {} characters",
    "maxLength": "text of at most {} characters",
    "uniqueItems": "a list in which nothing stands twice",
    "pattern": "text that matches {}",
}


def _not_allowed(path: Sequence[Any], value: Any, allowed: str) -> RecipeFailure:
    shown = json.dumps(value, ensure_ascii=False)
    if len(shown) > 60:
        shown = shown[:57] + "..."
    place = dotted(path)
    return RecipeFailure(
        "not-allowed",
        f"{place or 'The recipe'} is {shown}, which is not allowed.",
        place,
        f"Allowed is {allowed}.",
    )


def _split(name: str) -> List[Any]:
    """A name as fastjsonschema gives it, ``data.filters[0].size``, as keys and indices."""
    parts: List[Any] = []
    for part in name.split(".")[1:] if "." in name else []:
        key, *indices = part.replace("]", "").split("[")
        if key:
            parts.append(key)
        parts.extend(int(index) for index in indices)
    if "." not in name and "[" in name:
        parts.extend(int(i) for i in name.replace("]", "").split("[")[1:])
    return parts


def dotted(path: Sequence[Any]) -> str:
    """A path as text, as ``--set`` takes it: ``filters.0.size``."""
    return ".".join(str(part) for part in path)


def _listed(values: Any) -> str:
    return ", ".join(str(value) for value in values)


# --- changing ---------------------------------------------------------------------------------


def assign(recipe: Recipe, setting: str) -> None:
    """Apply one ``path=value``: a dotted path and a JSON value or a bare word.

    A filter can be named instead of counted: ``filters.outliers.size=5`` (added when absent).

    Raises
    ------
    RecipeFailure
        When there is no ``=`` or the path leads through a value.
    """
    path, equals, text = setting.partition("=")
    keys = [key for key in path.strip().split(".") if key]
    if not equals or not keys:
        raise RecipeFailure(
            "bad-setting",
            f"--set {setting} is not of the form path=value.",
            "--set",
            "Write for example --set regions.centre.column=399.4.",
        )
    try:
        value: Any = json.loads(text)
    except json.JSONDecodeError:
        value = text
    target: Any = recipe
    for depth, key in enumerate(keys):
        last = depth == len(keys) - 1
        target, index = _enter(target, key, setting)
        if last:
            target[index] = value
        else:
            target = target[index]


def _enter(target: Any, key: str, setting: str) -> Tuple[Any, Any]:
    """The container and index for a key, made when it is missing."""
    if isinstance(target, dict):
        if key not in target:
            target[key] = [] if key == "filters" else {}
        return target, key
    if isinstance(target, list):
        if key.isdigit() and int(key) < len(target):
            return target, int(key)
        named = [i for i, item in enumerate(target) if isinstance(item, dict)]
        for i in named:
            if target[i].get("name") == key:
                return target, i
        if not key.isdigit():
            target.append({"name": key})
            return target, len(target) - 1
    raise RecipeFailure(
        "bad-setting",
        f"--set {setting}: there is nothing at {key}.",
        "--set",
        "Check the path; lists are counted from 0.",
    )
