"""What a worker process keeps for its syncs: an event loop, a gate and a lease of their own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar
from uuid import UUID

import redis
import redis.asyncio
import structlog
import uvloop
from django.conf import settings
from django.db import InterfaceError, OperationalError

from contacts import leases
from contacts.leases import Queue
from crm_sync.models import Sync
from crm_sync.syncing import Syncing
from integrations.circuits import CircuitBoard
from integrations.gate import Gate
from integrations.lanes import Lane
from integrations.limits import Limiter
from integrations.stopping import is_stopping

log = structlog.get_logger(__name__)
T = TypeVar("T")
QUEUE = Queue(Sync)


class Runtime:
    """The loop and what lives on it; `work` may be called again and again."""

    def __init__(self) -> None:
        self._loop = uvloop.new_event_loop()
        self.gate: Gate = self.run(_open_gate())
        self._worker: UUID | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the process's loop."""
        asyncio.set_event_loop(self._loop)
        return self._loop.run_until_complete(work)

    def work(self, seconds: float, should_stop: Callable[[], bool] = is_stopping) -> bool:
        """Go on with due syncs for about `seconds`; tell whether there may be more."""
        return self.run(self._work(time.monotonic() + seconds, should_stop))

    def close(self) -> None:
        """Leave: nothing in hand, connections closed."""
        if self._worker:
            leases.leave(self._worker)
        self.run(self.gate.aclose())
        self._loop.close()

    async def _work(self, stop_at: float, should_stop: Callable[[], bool]) -> bool:
        lane = Lane("syncs")

        def is_over() -> bool:
            return should_stop() or time.monotonic() > stop_at

        try:
            while not is_over():
                worker = await lane.run(self._registered)
                taken = await lane.run(_claim, worker)
                if taken is None:
                    await lane.run(leases.leave, worker)  # who rests is not lost
                    return False
                await self._alive(taken, lane, worker, is_over)
            return True
        except BaseException:
            await self._give_up(lane)
            raise
        finally:
            await asyncio.get_running_loop().run_in_executor(None, lane.close)

    async def _give_up(self, lane: Lane) -> None:
        """Leave for good: what this worker holds goes back, and the next is another."""
        gone, self._worker = self._worker, None
        if gone:
            with suppress(OperationalError, InterfaceError):  # then it is declared lost
                await lane.run(leases.leave, gone)

    def _registered(self) -> UUID:
        """Return this process's worker; a new one when the last was declared lost."""
        if self._worker is None or not leases.come_back(self._worker):
            self._worker = leases.register()
        return self._worker

    async def _alive(
        self, sync: Sync, lane: Lane, worker: UUID, is_over: Callable[[], bool]
    ) -> None:
        """Work at a sync and keep the lease meanwhile; without the lease, stop at once."""
        pulse = Lane("syncs-alive")
        work = asyncio.create_task(Syncing(sync, self.gate, lane, worker, is_over).work())
        heart = asyncio.create_task(_beat(pulse, worker))
        try:
            await asyncio.wait({work, heart}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
            else:
                log.warning("lease_lost", worker=str(worker))
        finally:
            for task in (work, heart):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await asyncio.get_running_loop().run_in_executor(None, pulse.close)


async def _beat(pulse: Lane, worker: UUID) -> None:
    """Renew the lease until it is lost."""
    while await pulse.run(leases.beat, worker):
        await asyncio.sleep(settings.LEASE_S / 6)


def _claim(worker: UUID) -> Sync | None:
    # Who has just had a slice is due from then on: whoever waits longer goes before.
    taken = QUEUE.claim(worker, 1, order="due_at, id")
    return Sync.objects.select_related("connection").get(pk=taken[0][0]) if taken else None


async def _open_gate() -> Gate:
    share = 1 / settings.WORKER_PROCESSES
    board = CircuitBoard(redis.Redis.from_url(settings.REDIS_URL))
    limiter = Limiter(redis.asyncio.Redis.from_url(settings.REDIS_URL), share=share)
    # A sync is one process's: its connection's places in flight need no sharing.
    return Gate(board, limiter, share=1.0)


_runtime: Runtime | None = None


def runtime() -> Runtime:
    """Return this process's runtime, made at the first call (after Celery's fork)."""
    global _runtime  # noqa: PLW0603 - one per process is the point
    if _runtime is None:
        _runtime = Runtime()
    return _runtime


def close_runtime() -> None:
    """Close this process's runtime if it has one; for the end of a worker process."""
    global _runtime  # noqa: PLW0603
    if _runtime is not None:
        _runtime.close()
        _runtime = None
