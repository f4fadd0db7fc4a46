"""What the door reads from the database, kept in memory for a moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connection

from webhooks.arrival import Away

FRESH_S = 5.0
PAUSE_S = 1.0
MOST_NAMES = 10_000

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Kept(Generic[T]):
    """What was read, by name, for FRESH_S; used by all threads of a process.

    While the database is away nobody asks it for PAUSE_S, and what was read last goes on counting:
    a request is proved, and then told to come again.
    """

    def __init__(self, read: Callable[[str], T]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._held: dict[str, tuple[float, T]] = {}
        self._away_until = 0.0

    def __getitem__(self, name: str) -> T:
        """Return what is kept under a name, read if need be. Raises Away."""
        with self._lock:
            now, held = time.monotonic(), self._held.get(name)
            if held and now < held[0]:
                return held[1]
            if now >= self._away_until:
                try:
                    return self._anew(name)
                except (OperationalError, InterfaceError) as failure:
                    log.warning("not_read", why=str(failure).split("\n")[0])
                    self._away_until = time.monotonic() + PAUSE_S
            if held:
                return held[1]
            raise Away("try again", retry_after_s=5)

    def clear(self) -> None:
        with self._lock:
            self._held.clear()

    def _anew(self, name: str) -> T:
        try:
            found = self._read(name)
        finally:
            connection.close()  # the threads of the door keep none
        if len(self._held) > MOST_NAMES:  # somebody tries names
            self._held.clear()
        self._held[name] = (time.monotonic() + FRESH_S, found)
        return found
