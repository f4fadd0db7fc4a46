"""A benchmark's line: its name, its figures, its target, the machine."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import Any


class Result:
    """One line of `make bench`."""

    def __init__(
        self, name: str, *, target: float | dict[str, float], is_met: bool, **figures: Any
    ) -> None:
        self.name = name
        self.is_met = is_met
        self._figures = {**figures, "target": target, "is_met": is_met}

    def as_json(self) -> str:
        return json.dumps({"name": self.name, **self._figures, "machine": machine()})


def peak_mib() -> int:
    """Return the most memory that this program has had, in MiB.

    Of /proc, because getrusage counts what the process was before it became this program, too: a
    copy of the benchmark that started it.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return round(int(peak) / 1024)


def machine() -> dict[str, Any]:
    return {
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "system": platform.system(),
        "arch": platform.machine(),
        "python": platform.python_version(),
    }
