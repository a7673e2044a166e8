"""The commands of the command line. Each takes the parsed arguments and returns its reply."""

from __future__ import annotations

import hashlib
import json
import signal
import sys
import threading
from argparse import Namespace
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, Optional, Tuple

from . import describe as description
from . import savu
from .agent import serve
from .centre import find_centre
from .dataset import Dataset
from .estimate import remember
from .external import approve as approve_command
from .external import check_command, command_of
from .failures import RecipeFailure
from .job import finish_job, run_job
from .lease import Lease
from .pipeline import Pipeline
from .preview import preview_row
from .process import machine_bytes, usable_cores
from .progress import Progress
from .recipe import (
    SUFFIX,
    Recipe,
    assign,
    check_tool,
    default_recipe,
    load_recipe,
    recipe_name,
    validate,
)
from .regions import centre_method
from .run import ResultFolder, RunRequest, execute, expand_output
from .run.output import remove_run_folder, write_slice
from .stopping import Stop
from .toolhost.savu_process import command as savu_command
from .tools import list_tools
from .workers import Workers

_RUN_FOLDER = ".tomo-run"


def describe(arguments: Namespace) -> Dict[str, Any]:
    """What a data set holds."""
    path = Path(arguments.data)
    if path.name.endswith(SUFFIX):
        recipe, base = load_recipe(path), path.absolute().parent
    else:
        recipe, base = default_recipe(), Path.cwd()
        recipe.setdefault("dataset", {})["path"] = str(path)
    for setting in arguments.set:
        assign(recipe, setting)
    validate(recipe)
    described = description.describe(recipe, base)
    return described if arguments.json else {"text": _described(described)}


def centre(arguments: Namespace) -> Dict[str, Any]:
    """The centre of rotation."""
    recipe, base, _ = _recipe(arguments)
    with _interruptible() as stop, Workers(usable_cores()) as workers:
        pipeline = Pipeline(recipe, Dataset(recipe, base), workers)
        found = find_centre(
            pipeline, stop, arguments.rows, arguments.method or centre_method(recipe)
        ).to_json()
    if arguments.json:
        return found
    confidence = found["confidence"]
    lines = [
        f"column {found['column']:.3f} at row {found['row']:g}, tilt {found['tilt']:.4f} degrees",
        # Nobody measures an axis to less than a hundredth of a pixel.
        f"{confidence['level']}: {found['method']}, "
        f"within {max(confidence['spread'], 0.01):.2f} pixels",
        *[_tried(one) for one in found.get("tried", [])],
        *found["warnings"],
    ]
    return {"text": "\n".join(lines)}


def _tried(one: Dict[str, Any]) -> str:
    if one["column"] is None:
        return f"  {one['name']:<10} {one['why']}"
    return f"  {one['name']:<10} column {one['column']:.3f}, tilt {one['tilt']:.4f}"


def preview(arguments: Namespace) -> Dict[str, Any]:
    """One row, written as TIFF when an output is given."""
    recipe, base, _ = _recipe(arguments)
    with _interruptible() as stop, Workers(usable_cores()) as workers:
        dataset = Dataset(recipe, base)
        pipeline = Pipeline(recipe, dataset, workers)
        made = preview_row(recipe, pipeline, arguments.row, "slice", stop)
    output = None
    if arguments.output:
        output = Path(arguments.output).absolute()
        size = dataset.pixel_size
        write_slice(output, made.image, None if size is None else (size.value, size.unit))
    reply = {
        **made.about,
        "output": None if output is None else str(output),
        "height": made.image.shape[0],
        "width": made.image.shape[1],
        "range": [float(made.image.min()), float(made.image.max())],
    }
    if arguments.json:
        return reply
    column = reply["centre"]["column"]
    return {"text": f"row {arguments.row}, centre {column:.3f}, {output or 'not written'}"}


def run(arguments: Namespace) -> Dict[str, Any]:
    """The whole region, or some rows of it."""
    recipe, base, name = _recipe(arguments)
    check_tool(recipe)
    output = (
        Path(arguments.output).absolute() if arguments.output else expand_output(recipe, base, name)
    )
    what = json.dumps([recipe, str(base), arguments.rows], sort_keys=True)
    folder = output / _RUN_FOLDER
    identity = hashlib.sha256(what.encode()).hexdigest()[:32]
    request = RunRequest(
        recipe=recipe,
        base=base,
        name=name,
        output=output,
        folder=folder,
        identity=identity,
        cores=arguments.cores or usable_cores(),
        memory=arguments.memory or machine_bytes() // 2,
        rows=arguments.rows,
    )
    # The folder is claimed before anything is put into it, the journal too.
    ResultFolder(output).claim(identity, str(folder))
    held = False
    try:
        with _interruptible() as stop, Lease(folder):
            held = True
            record = execute(request, Progress(), stop)
    finally:
        if held:
            remove_run_folder(output, folder)
    remember(record, request.cores, request.recipe)
    reply = {
        "output": str(output),
        "files": record["files"],
        "seconds": record["seconds"],
        "warnings": record["warnings"],
        "centre": record["centre"],
        "rows": record["rows"],
    }
    if arguments.json:
        return reply
    total = sum(record["seconds"].values())
    return {"text": f"{len(record['files'])} slices in {total:.1f} s: {output}"}


def export(arguments: Namespace) -> Dict[str, Any]:
    """The recipe for other programs, the data as NXtomo."""
    recipe, base, _ = _recipe(arguments)
    wanted = {
        kind: Path(path).absolute() for kind in savu.KINDS if (path := getattr(arguments, kind))
    }
    with _interruptible() as stop:
        reply = savu.export(recipe, base, stop, wanted)
    if arguments.json:
        return reply
    lines = [f"{kind}: {path}" for kind, path in reply["files"].items()]
    return {"text": "\n".join(lines + [f"Note: {note}" for note in reply["notes"]])}


def tools(arguments: Namespace) -> Dict[str, Any]:
    """The reconstruction tools."""
    listed = list_tools()
    if arguments.json:
        return {"tools": listed}
    lines = []
    for tool in listed:
        state = tool["version"] if tool["available"] else "not available"
        lines.append(f"{tool['title']} {state}".rstrip() + f": {tool['help']}")
        if not tool["available"]:
            lines.append(f"  {tool['why']} {tool['install']}".rstrip())
        elif tool.get("python"):
            own = tool["name"] == "savu" and savu_command()
            card = "a graphics card was found" if tool["gpu"] else "no graphics card"
            lines.append(f"  {' '.join(own or [tool['python']])}, {card}")
        for method in tool["methods"]:
            lines.append(f"  {tool['name']:<8} {method['name']:<14} {method['help']}")
            if "why" in method:
                lines.append(f"  {'':<23} {method['why']}")
    return {"text": "\n".join(lines)}


def approve(arguments: Namespace) -> Dict[str, Any]:
    """Show the custom command of a recipe, and allow it when the user says so."""
    recipe = load_recipe(Path(arguments.recipe))
    command = command_of(recipe)
    if command is None:
        raise RecipeFailure(
            "no-command",
            "The recipe runs no custom command.",
            "reconstruction.tool",
            "There is nothing to approve.",
        )
    check_command(recipe)
    if not arguments.yes:
        print(f"The recipe wants to run:\n\n  {command}\n", file=sys.stderr)
        print("Allow it from now on? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise RecipeFailure(
                "command-not-approved",
                "The command was not approved.",
                "reconstruction.parameters.command",
                "",
            )
    return {"text": f"Approved in {approve_command(command)}"}


def job(arguments: Namespace) -> Dict[str, Any]:
    """A job folder, by whoever made it."""
    return {"exit": run_job(Path(arguments.folder).absolute())}


def finish(arguments: Namespace) -> Dict[str, Any]:
    """The end of a job whose rows several tasks have done."""
    return {"exit": finish_job(Path(arguments.folder).absolute())}


def agent(arguments: Namespace) -> Dict[str, Any]:
    """Requests on standard input, until it ends."""
    serve(arguments.cores or usable_cores(), arguments.memory, arguments.idle)
    return {"exit": 0}


def _recipe(arguments: Namespace) -> Tuple[Recipe, Path, str]:
    """The recipe with the changes asked for, the folder its paths start from, and its name."""
    path = None if arguments.recipe is None else Path(arguments.recipe)
    recipe = default_recipe() if path is None else load_recipe(path)
    base = Path.cwd() if path is None else path.absolute().parent
    if arguments.data:
        recipe.setdefault("dataset", {})["path"] = str(Path(arguments.data).absolute())
    for setting in arguments.set:
        assign(recipe, setting)
    validate(recipe)
    name = recipe_name(path)
    if path is None and arguments.data:
        name = Path(arguments.data).absolute().stem
    return recipe, base, name


@contextmanager
def _interruptible() -> Iterator[Stop]:
    """Ctrl-C and SIGTERM become a request to stop, so that the files in hand are finished."""
    stop = Stop()
    before: Dict[signal.Signals, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, lambda *_: stop.request("cancelled"))
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _described(found: Dict[str, Any]) -> str:
    angles = found["angles"]
    lines = [
        found["path"],
        f"{found['frames']} projections of {found['rows']} x {found['columns']} {found['dtype']}",
        f"{found['flats']} flats, {found['darks']} darks",
        "angles unknown"
        if angles["first"] is None
        else f"angles {angles['first']:g} to {angles['last']:g} degrees ({angles['source']})",
    ]
    pixel: Optional[Dict[str, Any]] = found.get("pixelSize")
    if pixel:
        lines.append(f"pixel size {pixel['value']:g} {pixel['unit']}")
    for group in found["groups"]:
        note = f" ({group['note']})" if "note" in group else ""
        lines.append(f"  {group['name']}: {group['count']}, {group['role']}{note}")
    if found["proposed"]:
        lines.append("proposed: " + json.dumps(found["proposed"]))
    return "\n".join(lines + [f"Warning: {text}" for text in found["warnings"]])
