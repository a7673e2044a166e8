"""``jupyter tomo``: the runner's command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``jupyter tomo`` with the arguments of the process, or with those given.

    Returns
    -------
    int
        The exit code: 0 done, 2 wrong call or recipe, 3 data, 4 tool, 5 output, 130 cancelled.
    """
    from tomo_runner.cli import main as run

    return run(list(sys.argv[1:] if argv is None else argv))


if __name__ == "__main__":
    sys.exit(main())
