"""One PostgreSQL and one Redis that live in one folder, as long as somebody uses them."""

import fcntl
import itertools
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from . import processes
from .logs import private
from .places import Layout, ServiceFailed, own_folder
from .postgres import DATABASE, USER, Postgres
from .redis import Redis

PROJECT = Path(__file__).resolve().parents[2]
_registrations = itertools.count()


class Services:
    """The embedded servers of a home folder, which every process on that home shares.

    start() keeps them up until stop(); running() only while a process is in it. Both methods may
    be called at any time by any number of processes. Raises ServiceFailed with the end of the
    server's log and what to do.
    """

    def __init__(self, home: Path, *, postgres: bool = True, redis: bool = True) -> None:
        self._layout = Layout(home)
        self.home = self._layout.home
        self._postgres = Postgres(self._layout)
        self._redis = Redis(self._layout)
        self._wants_postgres, self._wants_redis = postgres, redis

    @property
    def database_url(self) -> str:
        """Follows from the home alone, whether or not the server runs; so do the other two."""
        return f"postgres://{USER}@/{DATABASE}?host={self._layout.sockets}"

    @property
    def redis_url(self) -> str:
        return f"unix://{self._redis.socket}?db=0"

    @property
    def celery_broker_url(self) -> str:
        return f"redis+socket://{self._redis.socket}?virtual_host=0"

    @property
    def is_needed(self) -> bool:
        return self._wants_postgres or self._wants_redis

    def is_running(self) -> bool:
        """Whether each server that was asked for accepts connections."""
        return (not self._wants_postgres or self._postgres.is_ready()) and (
            not self._wants_redis or self._redis.is_ready()
        )

    def pids(self) -> dict[str, int]:
        """Return the process ids of the servers that run."""
        servers = {"postgres": self._postgres.pid(), "redis": self._redis.pid()}
        return {name: pid for name, pid in servers.items() if pid is not None}

    def start(self) -> None:
        with self._locked():
            self._start()
            self._kept.touch()

    def stop(self) -> None:
        """Stops both servers, also under the processes that still use them."""
        if not self.home.exists():
            return
        with self._locked():
            self._stop()

    def restart_postgres(self, mode: Literal["fast", "immediate"] = "immediate") -> None:
        """Restarts PostgreSQL; "immediate" leaves it to recover as after a crash."""
        with self._locked():
            self._layout.prepare_servers()
            self._postgres.stop(signal.SIGQUIT if mode == "immediate" else signal.SIGINT)
            self._postgres.start()

    def enter(self) -> Path:
        """Starts the servers and registers this process; the file returned is for leave()."""
        with self._locked():
            self._start()
            own_folder(self._users, 0o700, None)
            user = self._users / f"{os.getpid()}-{next(_registrations)}"
            user.write_text(processes.started_at(os.getpid()) or "")
        return user

    def leave(self, user: Path) -> None:
        """Unregisters, and stops the servers when no live user remains and none asked to keep."""
        with self._locked():
            user.unlink(missing_ok=True)
            if not self._kept.exists() and not self._live_users():
                self._stop()

    @property
    def _kept(self) -> Path:
        return self.home / "kept"

    @property
    def _users(self) -> Path:
        return self.home / "users"

    def _start(self) -> None:
        if self.is_running():
            return
        self._layout.prepare_servers()
        if self._wants_redis:
            self._redis.start()
        if self._wants_postgres:
            self._postgres.start()

    def _stop(self) -> None:
        self._kept.unlink(missing_ok=True)
        self._redis.stop()
        self._postgres.stop()

    def _live_users(self) -> list[Path]:
        """Registered processes that live; forgets those that ended without leave()."""
        live = []
        for user in self._users.glob("[0-9]*-[0-9]*"):
            # The start time too: the pid of a dead user may by now be another's.
            if processes.started_at(int(user.name.partition("-")[0])) == user.read_text():
                live.append(user)
            else:
                user.unlink()
        return live

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Lets one process at a time start, stop, enter or leave; the system frees a dead one's."""
        self._layout.prepare_home()
        try:
            lock = private(str(self.home / "lock"), os.O_RDWR | os.O_CREAT)
        except PermissionError as error:
            raise ServiceFailed(
                f"{self.home} is another user's; work as that user, or set SWITCHBOARD_HOME."
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


@contextmanager
def running(services: Services) -> Iterator[Services]:
    """Keeps the servers up for this process; the last one to leave stops them."""
    if not services.is_needed:
        yield services
        return
    registered_by, user = os.getpid(), None
    try:
        with processes.unbroken():
            user = services.enter()
        yield services
    finally:
        # A forked child that unwinds is not the one registered.
        if user is not None and os.getpid() == registered_by:
            with processes.unbroken():
                services.leave(user)


def default_services(environment: Mapping[str, str] = os.environ) -> Services:
    """The servers that the environment leaves to us, in SWITCHBOARD_HOME or the project."""
    return Services(
        Path(environment.get("SWITCHBOARD_HOME") or PROJECT / ".switchboard"),
        postgres=not environment.get("DATABASE_URL"),
        redis=not environment.get("REDIS_URL"),
    )
