"""The engine of one process: claims, performs many items at once, writes every half second.

It keeps `in_flight` items in hand. New ones are claimed when a quarter of the places is free; what
a lost worker had in hand is worked item by item, in turns with the rest. What has ended is written
when it is `FLUSH_COUNT` items or `FLUSH_S` old. A heart task renews the lease; when the lease was
lost all the same, what is in hand is dropped: it belongs to others.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import structlog
from django.conf import settings

from contacts import leases
from enrichment.engine import claiming
from enrichment.engine.asking import Asker
from enrichment.engine.calling import Caller
from enrichment.engine.desk import Desk
from enrichment.engine.items import Finished, Item, RunView
from enrichment.engine.parking import Standing, let_go
from enrichment.engine.performing import perform
from enrichment.engine.refusals import write_all_but_refused
from enrichment.engine.writing import Batch
from integrations.accounts import Accounts
from integrations.gate import Gate
from integrations.lanes import Lane

log = structlog.get_logger(__name__)

FLUSH_S = 0.4
FLUSH_COUNT = 300
RUNS_S = 1.0
SUSPECTS_S = 2.0
LOOK_S = 0.05


class LeaseLost(RuntimeError):
    """This worker was declared lost while it was alive."""


class Engine:
    """Works the items of every working run; one per process and event loop."""

    def __init__(self, gate: Gate, worker_id: UUID, *, in_flight: int | None = None) -> None:
        self.worker_id = worker_id
        self.in_flight = in_flight or settings.IN_FLIGHT
        self._least_claim = max(1, self.in_flight // 4)
        self._desk_lane = Lane("desk")
        self._lane = Lane("engine")
        self._accounts = Accounts()
        self._desk_accounts = Accounts()
        self._batch = Batch()
        self._standing = Standing(gate.board, gate.limiter, self._accounts)
        desk = Desk(self._desk_lane, self._desk_accounts, worker_id)
        self._asker = Asker(desk, Caller(gate, lambda: self._batch), self._standing.closed)
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_hand: set[int] = set()
        self._breaks = 0
        self._room = asyncio.Event()  # set when enough places are free to be worth a claim
        self._runs: list[RunView] = []
        self._runs_at = 0.0
        self._suspects_after = 0.0
        self._flushed_at = 0.0
        self._writing = asyncio.Lock()
        self._is_lost = False

    async def work(self, seconds: float, should_stop: Callable[[], bool] = lambda: False) -> bool:
        """Work until nothing is due, or for about `seconds`; tell whether there may be more.

        Raises LeaseLost when the items in hand were given to others.
        """
        if not await self._lane.run(leases.come_back, self.worker_id):
            raise LeaseLost(str(self.worker_id))  # nobody heard of us for longer than the lease
        stop_at = time.monotonic() + seconds
        self._runs_at = 0.0  # somebody rang: what we knew of runs is old
        heart = asyncio.create_task(self._beat())
        flusher = asyncio.create_task(self._flush_regularly())
        is_idle = False
        try:
            while time.monotonic() < stop_at and not should_stop() and not self._is_lost:
                is_idle = await self._fill()
                if is_idle and not self._tasks and not self._batch:
                    break
                await self._wait()
            await self._drain()
        finally:
            for task in (heart, flusher, *self._tasks):
                task.cancel()
            await asyncio.gather(heart, flusher, *self._tasks, return_exceptions=True)
        if self._is_lost:
            raise LeaseLost(str(self.worker_id))
        return not is_idle

    def close(self) -> None:
        """Close the lanes' connections."""
        self._desk_lane.close()
        self._lane.close()

    async def _fill(self) -> bool:
        """Claim into the free places; True when nothing is due."""
        free = self._free()
        if free < self._least_claim:
            return False
        await self._put_back_unheard()
        runs = await self._working_runs()
        if any(run.has_suspects for run in runs) and time.monotonic() > self._suspects_after:
            await self._work_suspects()
            return False
        for run in runs:
            items = await self._lane.run(claiming.claim, run, self.worker_id, free)
            for item in items:
                self._start(item)
            free -= len(items)
            if free <= 0:
                return False
        if self._tasks:
            return False
        return not await self._take_suspect()

    async def _put_back_unheard(self) -> None:
        """After a broken connection: let go of what was claimed while we did not hear of it."""
        if self._breaks == self._lane.breaks:
            return
        self._breaks = self._lane.breaks
        in_hand = [*self._in_hand, *(finished.item.id for finished in self._batch.finished)]
        count = await self._lane.run(claiming.put_back, self.worker_id, in_hand)
        log.warning("claims_put_back", items=count)

    async def _working_runs(self) -> list[RunView]:
        """Return the working runs, the one after the last first, so that all get their turn."""
        if time.monotonic() - self._runs_at > RUNS_S:
            self._runs = await self._lane.run(claiming.working_runs, self._accounts)
            await self._lane.run(let_go, self._standing)
            self._runs_at = time.monotonic()
        if len(self._runs) > 1:
            self._runs = [*self._runs[1:], self._runs[0]]
        return self._runs

    async def _work_suspects(self) -> None:
        """Work suspects for a while, one after another, once what is in hand has ended.

        Left to the end they would hold up the run: each takes as long as its slowest call.
        """
        await self._drain()
        stop_at = time.monotonic() + SUSPECTS_S
        while time.monotonic() < stop_at and not self._is_lost and await self._take_suspect():
            pass
        self._suspects_after = time.monotonic() + SUSPECTS_S
        self._runs_at = 0.0

    async def _take_suspect(self) -> bool:
        """Work one item that was in a lost worker's hands, with nothing beside it."""
        for run in self._runs:
            for item in await self._lane.run(claiming.claim, run, self.worker_id, 1, suspects=True):
                self._start(item)
                await self._drain()
                return True
        return False

    def _start(self, item: Item) -> None:
        task = asyncio.create_task(self._perform(item))
        self._tasks.add(task)
        self._in_hand.add(item.id)
        task.add_done_callback(self._let_go)

    def _let_go(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._free() >= self._least_claim:
            self._room.set()

    def _free(self) -> int:
        return self.in_flight - len(self._tasks)

    async def _perform(self, item: Item) -> None:
        try:
            finished = await perform(item, self._asker)
        except asyncio.CancelledError:
            raise
        except Exception as mistake:
            log.exception("item_failed", item=item.id)
            finished = Finished(item, "failed", f"{type(mistake).__name__} in our own code")
        self._batch.finished.append(finished)
        self._in_hand.discard(item.id)
        if finished.blocks or finished.ending == "released":
            self._runs_at = 0.0

    async def _wait(self) -> None:
        """Wait until there is room for another claim, or for a moment."""
        if not self._tasks:
            await self._flush()
            return
        self._room.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):
                await self._room.wait()

    async def _drain(self) -> None:
        while self._tasks and not self._is_lost:
            await asyncio.wait(self._tasks, timeout=0.25)
        await self._flush()

    async def _flush_regularly(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_S / 4)
            if len(self._batch.finished) >= FLUSH_COUNT or self._age_s() >= FLUSH_S:
                await self._flush()

    def _age_s(self) -> float:
        return time.monotonic() - self._flushed_at if self._batch else 0.0

    async def _flush(self) -> None:
        """Write what has ended; returns when what was being written stands, too."""
        async with self._writing:
            batch, self._batch = self._batch, Batch()
            self._flushed_at = time.monotonic()
            if batch:
                await write_all_but_refused(self._lane, batch, self.worker_id)
            self._asker.written(batch.call_keys)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(settings.LEASE_S / 6)
            if not await self._lane.run(leases.beat, self.worker_id):
                self._is_lost = True
                return
