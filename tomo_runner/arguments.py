"""What can be called, and with which options."""

from __future__ import annotations

import argparse
import re
from typing import NoReturn, Sequence, Tuple

from .centre import METHODS
from .version import VERSION


class CallError(Exception):
    """The command line is wrong; the text says how."""


class _Parser(argparse.ArgumentParser):
    """Raises instead of printing its usage and leaving."""

    def error(self, message: str) -> NoReturn:
        raise CallError(message[:1].upper() + message[1:].rstrip(".") + ".")


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Arguments as a namespace whose ``command`` is a function of ``commands``.

    Raises
    ------
    CallError
        When something is unknown, missing or malformed.
    """
    parser = _Parser(prog="jupyter tomo", description="Tomographic reconstruction without Jupyter.")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(
        dest="command", metavar="command", required=True, parser_class=_Parser
    )

    describe = commands.add_parser("describe", help="say what a data set holds")
    describe.add_argument("data", help="folder, NXtomo file, or recipe (*.tomo.json)")

    centre = commands.add_parser("centre", help="find the centre of rotation")
    _recipe(centre)
    centre.add_argument("--rows", type=_row_list, help="rows to look at, as 10,64,100")
    centre.add_argument(
        "--method",
        choices=[method.name for method in METHODS],
        help="how; the recipe's if left out",
    )

    preview = commands.add_parser("preview", help="reconstruct one row")
    _recipe(preview)
    preview.add_argument("--row", type=_count, required=True, help="row of the full image")
    preview.add_argument("--output", help="TIFF file to write")

    run = commands.add_parser("run", help="reconstruct the whole region")
    _recipe(run)
    run.add_argument("--output", help="result folder instead of the recipe's")
    run.add_argument("--rows", type=_row_range, help="A:B, from row A up to but without row B")
    run.add_argument("--cores", type=_positive, help="threads; all cores when left out")
    run.add_argument("--memory", type=byte_count, help="limit, as 2GiB; half of the machine's")

    export = commands.add_parser("export", help="write the recipe for other programs")
    _recipe(export)
    export.add_argument("--savu", metavar="FILE", help="process list of Savu (.nxs)")
    export.add_argument("--httomo", metavar="FILE", help="pipeline of HTTomo (.yaml)")
    export.add_argument("--nxtomo", metavar="FILE", help="the data set as NXtomo (.nxs)")

    tools = commands.add_parser("tools", help="list the reconstruction tools")
    for command in (describe, centre, preview, run, export, tools):
        command.add_argument("--json", action="store_true", help="one JSON document on stdout")
    for command in (describe, centre, preview, run, export):
        command.add_argument(
            "--set", action="append", default=[], metavar="PATH=VALUE", help="change the recipe"
        )

    approve = commands.add_parser("approve", help="allow the custom command of a recipe to run")
    approve.add_argument("recipe", help="recipe file")
    approve.add_argument("--yes", action="store_true", help="do not ask")

    # What the server and clusters call; without a help it is not listed.
    job = commands.add_parser("job", description="Execute a job folder.")
    job.add_argument("folder")

    finish = commands.add_parser(
        "finish", description="Complete the result of a job done in tasks."
    )
    finish.add_argument("folder")

    agent = commands.add_parser("agent", description="Answer requests as frames on standard input.")
    agent.add_argument("--idle", type=float, default=0.0, help="exit after so many idle seconds")
    agent.add_argument("--cores", type=_positive, help="threads; all cores when left out")
    agent.add_argument("--memory", type=byte_count, default=1 << 30, help="limit of the caches")
    return parser.parse_args(list(argv))


def _recipe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", nargs="?", help="recipe file; the default one when left out")
    parser.add_argument("--data", help="data set instead of the recipe's")


def byte_count(text: str) -> int:
    """Bytes from text such as ``2GiB``, ``500MB`` or ``1048576``."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?\s*", text, re.IGNORECASE)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size such as 2GiB")
    power = " KMGT".index(match.group(2).upper() or " ")
    count = int(float(match.group(1)) * float(1024 if match.group(3) else 1000) ** power)
    if count <= 0:
        raise argparse.ArgumentTypeError("a size must be above zero")
    return count


def _row_range(text: str) -> Tuple[int, int]:
    match = re.fullmatch(r"(\d+):(\d+)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form A:B")
    return int(match.group(1)), int(match.group(2))


def _row_list(text: str) -> "list[int]":
    if not re.fullmatch(r"\d+(,\d+)*", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of rows such as 10,64,100")
    return [int(part) for part in text.split(",")]


def _count(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a row")
    return int(text)


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above zero")
    return int(text)
