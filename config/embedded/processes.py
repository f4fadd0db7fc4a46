"""Launches servers, tells whether a process lives and is the one we mean, waits for its end."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

# Servers that this process started: poll() reaps them, so that a stopped one is no zombie.
_children: dict[int, subprocess.Popen[bytes]] = {}


def launch(command: list[str], log: BinaryIO, options: dict[str, Any]) -> subprocess.Popen[bytes]:
    """Starts a server that writes to `log` and outlives us."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options)
    _children[child.pid] = child
    return child


@contextmanager
def unbroken() -> Iterator[None]:
    """Lets SIGINT and SIGTERM wait for the end of the block, which must not be left halfway.

    They are not masked, because the servers that are started would inherit the mask. Only the
    main thread hears signals; in others this changes nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    before = {
        number: signal.signal(number, lambda got, _frame: heard.append(got))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if heard:
            os.kill(os.getpid(), heard[0])


def reap() -> None:
    for pid, child in list(_children.items()):
        if child.poll() is not None:
            _children.pop(pid, None)


def started_at(pid: int) -> str | None:
    """The start time of a live process in clock ticks since boot; None when it is dead.

    Field 22 of /proc/<pid>/stat, proc(5). A system without /proc answers "" for a live process.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except FileNotFoundError:
        return "" if not Path("/proc/self/stat").exists() and _takes_signals(pid) else None
    except ProcessLookupError:
        return None
    fields = stat.rpartition(")")[2].split()  # the name in parentheses may hold spaces
    return None if fields[0] in "ZX" else fields[19]


def command_line(pid: int) -> str:
    """The arguments of a live process, joined by spaces; "" when it is dead or a zombie."""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self/stat").exists():
            return ""
        shown = subprocess.run(
            ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, check=False
        )
        return os.fsdecode(shown.stdout).strip()
    return os.fsdecode(arguments.rstrip(b"\0").replace(b"\0", b" "))


def wait_for_end(pid: int, *, mark: str, timeout_s: float) -> bool:
    """Waits until the process whose arguments hold `mark` is gone; False when it outlives us."""
    deadline = time.monotonic() + timeout_s
    while mark in command_line(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
        reap()
    reap()
    return True


def _takes_signals(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
