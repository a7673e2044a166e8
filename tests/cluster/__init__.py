"""A real Slurm cluster with SSH on this machine, for the tests: start, stop, describe, break."""

from __future__ import annotations

from .cluster import Cluster, Trouble
from .faults import Faults
from .link import Link
from .packages import missing_packages, why_not

__all__ = ["Cluster", "Faults", "Link", "Trouble", "missing_packages", "why_not"]
