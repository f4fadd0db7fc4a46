"""A lane: one thread with one database connection, which outlives a restart of the server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

P = ParamSpec("P")
T = TypeVar("T")
log = structlog.get_logger(__name__)

PATIENCE_S = 120.0
LONGEST_PAUSE_S = 2.0


class Lane:
    """Runs functions in a transaction each, one after another, off the event loop.

    A function whose connection breaks is run again, so it must bear being committed twice;
    `breaks` counts how often that has happened.
    """

    def __init__(self, name: str) -> None:
        self.breaks = 0
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: self._persist(work, *args, **kwargs))

    def close(self) -> None:
        """Close the thread's connection and end the thread."""
        self._pool.submit(_close).result()
        self._pool.shutdown()

    def _persist(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a transaction, again and again while the server is away (two minutes)."""
        give_up_at = time.monotonic() + PATIENCE_S
        pause_s = 0.05
        while True:
            try:
                with transaction.atomic():
                    return work(*args, **kwargs)
            except (OperationalError, InterfaceError) as failure:
                self.breaks += 1
                if time.monotonic() > give_up_at:
                    raise
                log.warning("database_away", why=str(failure).split("\n")[0], pause_s=pause_s)
                connection.close()
                time.sleep(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


def _close() -> None:
    connection.close()  # of the thread that runs this
