"""What this process takes of the machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import List


def resident_bytes() -> int:
    """Memory that the process holds now (its peak where only that is known)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        # Not Linux: the peak is the best that the standard library knows.
        return peak_bytes()


def peak_bytes() -> int:
    """The most memory that the process has held."""
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            found = next(line for line in file if line.startswith("VmHWM:"))
        return int(found.split()[1]) * 1024
    except (OSError, StopIteration):
        # Not Linux. There, the other count begins with what the parent held at the fork.
        pass
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak) if sys.platform == "darwin" else int(peak) * 1024


def family_bytes() -> int:
    """Memory that the process and all that it has started hold now."""
    page = os.sysconf("SC_PAGE_SIZE")
    total = resident_bytes()
    wanted = _children("self")
    while wanted:
        process = wanted.pop()
        try:
            memory = Path("/proc", process, "statm").read_text(encoding="ascii").split()
        except OSError:
            # It ended while we looked.
            continue
        # What it shares with us (the arrays) is counted with us.
        total += (int(memory[1]) - int(memory[2])) * page
        wanted += _children(process)
    return total


def _children(process: str) -> List[str]:
    """Processes that one has started; none where the system does not tell."""
    found: List[str] = []
    for file in Path("/proc", process, "task").glob("*/children"):
        try:
            found += file.read_text(encoding="ascii").split()
        except OSError:
            continue
    return found


def machine_bytes() -> int:
    """Memory of the machine."""
    return int(os.sysconf("SC_PAGE_SIZE")) * int(os.sysconf("SC_PHYS_PAGES"))


def usable_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
