"""CPU time by part: ours, the sandbox's, PostgreSQL's and Redis's, as the kernel counts it."""

from __future__ import annotations

import os
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Return the CPU seconds of a process, of its living children and of those it has reaped."""
    return sum(_own_s(each) for each in (pid, *_children(pid)))


def servers_s() -> dict[str, float]:
    """Return the CPU seconds so far of the embedded servers."""
    from django.conf import settings

    pids = settings.SERVICES.pids()
    return {name: cpu_s(pid) for name, pid in pids.items()}


def _own_s(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    # proc(5): fields 14 to 17 are utime, stime, cutime and cstime.
    return sum(int(ticks) for ticks in stat.rpartition(")")[2].split()[11:15]) / TICKS_PER_S


def _children(pid: int) -> list[int]:
    try:
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
    except (FileNotFoundError, ProcessLookupError):
        return []
