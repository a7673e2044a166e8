"""Where everything of a cluster lies: one folder, whose parents everybody can traverse."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path


class Trouble(Exception):
    """Why the cluster cannot be started, in one sentence."""


def default_folder() -> Path:
    """One folder a checkout; not in the checkout, which other users may not be able to enter."""
    checkout = str(Path(__file__).resolve().parents[2])
    mark = hashlib.sha256(checkout.encode()).hexdigest()[:6]
    return Path(tempfile.gettempdir()) / f"tomo-cluster-{mark}"


@dataclass(frozen=True)
class Folder:
    """The names of files and folders."""

    root: Path

    @property
    def tag(self) -> str:
        """Sets the users and nodes of one cluster apart from those of another one here."""
        mark = hashlib.sha256(str(self.root).encode()).hexdigest()
        return "".join(chr(ord("a") + int(digit, 16)) for digit in mark[:3])

    @property
    def description(self) -> Path:
        return self.root / "cluster.json"

    @property
    def configuration(self) -> Path:
        return self.root / "etc"

    @property
    def slurm_conf(self) -> Path:
        return self.configuration / "slurm.conf"

    @property
    def records(self) -> Path:
        """Which processes run: one file each."""
        return self.root / "run"

    @property
    def logs(self) -> Path:
        return self.root / "log"

    @property
    def munge(self) -> Path:
        return self.root / "munge"

    @property
    def socket(self) -> Path:
        return self.munge / "munge.sock"

    @property
    def database(self) -> Path:
        return self.root / "database"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def homes(self) -> Path:
        return self.root / "home"

    @property
    def work(self) -> Path:
        return self.root / "work"

    def check(self) -> None:
        """Refuse a folder that the cluster's users could not reach."""
        if len(str(self.socket)) > 90:
            raise Trouble(f"{self.root} is too long a path for sockets; name a shorter --folder.")
        for parent in self.root.parents:
            if parent.exists() and not parent.stat().st_mode & 0o001:
                raise Trouble(f"{parent} is closed to other users; name another --folder.")
