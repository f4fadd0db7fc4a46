"""Real Celery workers and a beat for a chaos run, which can be killed and come back."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

CELERY = [sys.executable, "-m", "celery", "--quiet", "-A", "config"]
STOP_S = 30.0


class Fleet:
    """Nodes of `processes` worker processes each, every node a process group, and one beat."""

    def __init__(self, log: Path, *, nodes: int, processes: int) -> None:
        self._log = log.open("ab")
        worker = [*CELERY, "worker", "--loglevel", "ERROR", "--concurrency", str(processes)]
        self._commands: list[list[str]] = [
            *([*worker, "-n", f"node{number}@chaos"] for number in range(nodes)),
            [*CELERY, "beat", "--loglevel", "ERROR", "--pidfile="],
        ]
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Fleet:
        self._running = [self._start(command) for command in self._commands]
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._running:
            one.terminate()
        for one in self._running:
            try:
                one.wait(STOP_S)
            except subprocess.TimeoutExpired:
                _kill_group(one.pid)
                one.wait()
        self._log.close()

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, stdout=self._log, stderr=self._log, start_new_session=True)

    def kill_one(self) -> list[int]:
        """Kill a random worker process, or a node with all of them; return the workers' pids."""
        node = random.choice(self._running[:-1])
        children = [child.pid for child in psutil.Process(node.pid).children()]
        if not children:
            return []
        if random.random() < 0.3:
            _kill_group(node.pid)
            node.wait()
            return children
        victim = random.choice(children)
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
        return [victim]

    def mend(self) -> None:
        """Start again what has ended; Celery itself replaces a killed child."""
        for place, one in enumerate(self._running):
            if one.poll() is not None:
                self._running[place] = self._start(self._commands[place])


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
