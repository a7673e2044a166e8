"""`python tests/cluster/main.py start | stop | status [--folder DIR]`: the test cluster by hand."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cluster import Cluster, Trouble
from cluster.folder import default_folder


def main() -> int:
    parser = argparse.ArgumentParser(description="A Slurm cluster with SSH on loopback.")
    parser.add_argument("command", choices=["start", "stop", "status"])
    parser.add_argument("--folder", type=Path, default=default_folder(), help="all its state")
    parser.add_argument("--purge", action="store_true", help="with stop: remove users and folder")
    asked = parser.parse_args()
    cluster = Cluster(asked.folder)
    try:
        if asked.command == "start":
            print(json.dumps(cluster.start(), indent=2))
        elif asked.command == "stop":
            cluster.stop(purge=asked.purge)
        else:
            states = cluster.status()
            for name, running in states.items():
                print(f"{name:10} {'running' if running else 'stopped'}")
            return 0 if all(states.values()) else 1
    except Trouble as trouble:
        print(f"cluster: {trouble}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
