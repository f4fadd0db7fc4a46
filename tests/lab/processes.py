"""Ports and processes of a run on a home of its own."""

from __future__ import annotations

import os
import socket
from itertools import count, islice
from pathlib import Path

import psutil

# Below those that the kernel gives to whoever asks for any: nobody takes one before it is used.
_LOWEST, _PORTS = 14_000, 18_000
_tried = count()


def free_ports(wanted: int) -> list[int]:
    """Return ports of loopback that nobody listens on; no other process is given the same."""
    ports = (_LOWEST + (os.getpid() * 101 + at) % _PORTS for at in _tried)
    return list(islice(filter(_is_free, ports), wanted))


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


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
