"""The command line: what is told of it."""

from __future__ import annotations

from tomo_runner.cli import main


def test_the_help_lists_what_people_call(capsys):
    assert main(["--help"]) == 0
    listed = {
        line.split()[0] for line in capsys.readouterr().out.splitlines() if line[:4] == "    "
    }
    assert {"describe", "centre", "preview", "run", "export", "tools", "approve"} <= listed
    # What the server and clusters call is for nobody's eyes, and still there.
    assert not {"job", "finish", "agent"} & listed
    assert main(["agent", "--help"]) == 0
