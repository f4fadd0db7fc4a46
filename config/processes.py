"""Runs the processes of a Procfile side by side, and stops all of them together.

honcho reads the Procfile and prints the lines; it does not supervise. Its manager sends SIGTERM
to whole groups, which would end Celery's children in the middle of a paid call, and kills what
has not ended after 5 s.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from collections.abc import Set as Names
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TextIO

from honcho.colour import get_colours
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer

# A worker finishes the calls it has in hand first; providers get 20 s to answer.
GRACE_S = 30.0
POLL_S = 0.1
TWICE_S = 0.5
# Runs a command line that the system tells to stop when we are killed (prctl(2), Linux only).
TIED = (
    (sys.executable, "-I", "-S", "-c", "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 15);"
     " os.execvp('sh', ['sh', '-c', sys.argv[1]])")
    if sys.platform == "linux"
    else ("sh", "-c")
)  # fmt: skip
PROCFILE = Path(__file__).resolve().parent.parent / "Procfile"
STOPPERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def read_procfile(path: Path) -> dict[str, str]:
    """Return the commands of a Procfile by their names."""
    return dict(parse_procfile(path.read_text()).processes)


class Processes:
    """Commands that run until one of them ends or somebody stops them.

    Each has a session of its own, so that a Ctrl-C reaches only us: we tell each leader, once,
    and it ends its own children in its own order.
    """

    def __init__(
        self,
        commands: Mapping[str, str],
        env: Mapping[str, str],
        out: TextIO,
        *,
        last: Names[str] = frozenset(),
    ) -> None:
        """`last` are told to stop when all others have ended, which still need them."""
        self._commands, self._env, self._last = commands, dict(env), last
        self._printer = Printer(out, width=max(len(name) for name in ("system", *commands)))
        self._colours = get_colours()
        self._lines: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._groups: list[int] = []
        self._told: set[str] = set()
        self._heard_at: list[float] = []
        self._stopping_since: float | None = None
        self._printed_at = time.monotonic()

    def run(self, *, every: Callable[[], None] = lambda: None) -> int:
        """Run them all, call `every` now and then, and return the exit code of the whole.

        0 when somebody stopped them; else that of the process that ended first, or 1.
        """
        before = {number: signal.signal(number, self._heard) for number in STOPPERS}
        try:
            for name, command in self._commands.items():
                self._start(name, command)
            return self._supervise(every)
        finally:
            self._kill()
            self._print_lines()
            for number, handler in before.items():
                signal.signal(number, handler)

    @property
    def quiet_s(self) -> float:
        """Seconds since a process last said something."""
        return time.monotonic() - self._printed_at

    def say(self, text: str) -> None:
        """Print a line of our own between those of the processes."""
        self._printer.write(_line("system", text, None))

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        self._heard_at.append(time.monotonic())

    def _start(self, name: str, command: str) -> None:
        process = subprocess.Popen(
            [*TIED, f"exec {command}"],
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._running[name] = process
        self._groups.append(process.pid)
        threading.Thread(
            target=self._read, args=(name, process, next(self._colours)), daemon=True
        ).start()

    def _read(self, name: str, process: subprocess.Popen[bytes], colour: str) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self._lines.put(_line(name, line.decode(errors="replace"), colour))

    def _supervise(self, every: Callable[[], None]) -> int:
        code = 0
        while self._running:
            self._print_lines(wait_s=POLL_S)
            for name, ended in self._ended():
                if self._stopping_since is None:
                    code = ended if ended > 0 else 1
                    self.say(f"{name} ended ({_how(ended)}); stopping the rest")
                    self._stop()
            if self._heard_at and self._stopping_since is None:
                self.say("stopping; again to stop without waiting")
                self._stop()
            if self._stopping_since is not None and self._running.keys() <= self._last:
                self._tell(self._last)
            if self._is_impatient() or self._is_overdue():
                self._kill()
            if self._stopping_since is None:
                every()
        return code

    def _ended(self) -> list[tuple[str, int]]:
        codes = {name: process.poll() for name, process in self._running.items()}
        ended = [(name, code) for name, code in codes.items() if code is not None]
        for name, _ in ended:
            del self._running[name]
        return ended

    def _is_impatient(self) -> bool:
        """Whether somebody asked twice; what comes at once, from make and a terminal, is once."""
        return bool(self._heard_at) and self._heard_at[-1] - self._heard_at[0] > TWICE_S

    def _is_overdue(self) -> bool:
        since = self._stopping_since
        return since is not None and time.monotonic() - since > GRACE_S

    def _stop(self) -> None:
        self._stopping_since = time.monotonic()
        self._tell(self._running.keys() - self._last)

    def _tell(self, names: Names[str]) -> None:
        """Send SIGTERM to each of them that has not had it yet."""
        for name in names & self._running.keys() - self._told:
            self._running[name].terminate()
            self._told.add(name)

    def _kill(self) -> None:
        """End every group, also what is left of one whose leader has ended."""
        for group in self._groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        for process in self._running.values():
            process.wait()

    def _print_lines(self, wait_s: float = 0.0) -> None:
        with suppress(queue.Empty):
            line = self._lines.get(timeout=wait_s) if wait_s else self._lines.get_nowait()
            while True:
                self._printer.write(line)
                self._printed_at = time.monotonic()
                line = self._lines.get_nowait()


def _line(name: str, text: str, colour: str | None) -> Message:
    return Message(
        type="line", data=text, time=datetime.now().astimezone(), name=name, colour=colour
    )


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
