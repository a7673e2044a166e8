"""The command line: ``jupyter tomo`` and ``python -m tomo_runner``."""

from __future__ import annotations

import json
import sys
import traceback
from typing import Any, Callable, Dict, List, Optional, Sequence

from . import commands
from .arguments import CallError, parse
from .failures import Failure, RecipeFailure, Stopped, as_failure


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv
        Arguments without the program's name; those of the process when left out.

    Returns
    -------
    int
        0 done, 2 wrong call or recipe, 3 data, 4 tool, 5 output, 130 cancelled.
    """
    given: List[str] = list(sys.argv[1:] if argv is None else argv)
    wants_json = "--json" in given
    try:
        arguments = parse(given)
    except CallError as error:
        return _report(RecipeFailure("wrong-call", str(error), "", "See --help."), wants_json)
    except SystemExit as finished:
        # --help has printed what was asked for.
        return int(finished.code or 0)
    command: Callable[[Any], Optional[Dict[str, Any]]] = getattr(commands, arguments.command)
    try:
        reply = command(arguments)
    except KeyboardInterrupt:
        return _report(Stopped("cancelled"), wants_json)
    except Exception as error:
        failure = as_failure(error)
        if failure.code == "unexpected":
            traceback.print_exc()
        return _report(failure, wants_json)
    if reply is not None:
        code = reply.pop("exit", 0)
        if wants_json:
            print(json.dumps(reply))
        elif "text" in reply:
            print(reply["text"])
        return int(code)
    return 0


def _report(failure: Failure, wants_json: bool) -> int:
    print(failure.sentence(), file=sys.stderr)
    if wants_json:
        print(json.dumps({"error": failure.to_json()}))
    return failure.exit_code
