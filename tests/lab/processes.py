"""Ports and processes of a run on a home of its own."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from pathlib import Path

import psutil


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        found = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in found:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in found]


def living_on(home: Path) -> list[list[str]]:
    """Return the command lines of the processes that carry this home in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("SWITCHBOARD_HOME") == str(home):
                found.append(process.cmdline())
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found
