"""A real Slurm cluster with SSH on this machine, for the tests: start, stop, describe, break."""

from __future__ import annotations

from .cluster import Cluster
from .faults import Faults
from .folder import Trouble
from .link import Link
from .packages import missing_packages, why_not

__all__ = ["Cluster", "Faults", "Link", "Trouble", "missing_packages", "why_not"]
