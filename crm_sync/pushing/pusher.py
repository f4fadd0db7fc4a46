"""Pushing one object of one connection: claim, prepare, look for strangers, write, settle."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from crm_sync.connector import Api, Written
from crm_sync.hearing import heard
from crm_sync.pushing.items import Item, claim, claim_suspects
from crm_sync.pushing.meeting import meet
from crm_sync.pushing.plan import Plan
from crm_sync.pushing.preparing import Prepared, Ready, prepare
from crm_sync.pushing.settling import settle, settle_none, settle_prepared
from integrations.errors import CallError, QuestionRejected, Transient
from integrations.lanes import Lane

SIDE_BY_SIDE = 10
# What befell one call, and says nothing of the next: the circuit counts these.
OF_ONE_CALL = (QuestionRejected, Transient)


class Pusher:
    """Pushes until nothing is due, and adds to `counts` what came of it.

    `stopped` holds why it ended early: an error that concerns all records, not one call's.
    """

    def __init__(
        self, plan: Plan, api: Api, lane: Lane, worker_id: UUID, counts: Counter[str]
    ) -> None:
        self.plan = plan
        self.counts = counts
        self.stopped: CallError | None = None
        self._api = api
        self._lane = lane
        self._worker = worker_id
        self._tasks: set[asyncio.Task[None]] = set()

    async def work(self, should_stop: Callable[[], Awaitable[bool]]) -> None:
        """Push; ends early when told to, or stopped."""
        side_by_side = min(SIDE_BY_SIDE, self.plan.connector.provider.max_in_flight)
        try:
            while not await should_stop() and not self.stopped:
                items = await self._claim()
                if not items and not self._tasks:
                    if not (suspects := await self._claim_suspects()):
                        break
                    await self._start(suspects)
                if items:
                    await self._start(items)
                while len(self._tasks) >= (side_by_side if items else 1):
                    await self._one_ends()
            while self._tasks:
                await self._one_ends()
        finally:
            for task in self._tasks:
                task.cancel()

    async def _claim(self) -> list[Item]:
        of, obj = self.plan.connection, self.plan.object
        return await self._lane.run(claim, self._worker, of.pk, obj, self.plan.connector.batch[obj])

    async def _claim_suspects(self) -> list[Item]:
        """Return what may have taken a worker with it; nothing else is in hand meanwhile."""
        of, obj = self.plan.connection, self.plan.object
        most = self.plan.connector.batch[obj]
        return await self._lane.run(claim_suspects, self._worker, of.pk, obj, most)

    async def _start(self, items: Sequence[Item]) -> None:
        prepared: Prepared = await self._lane.run(prepare, self.plan, items, self._worker)
        await self._lane.run(settle_prepared, prepared, self._worker)
        self.counts["unchanged"] += prepared.unchanged
        self.counts.update(
            "held" if one.code == "held" else "rejected"
            for one in prepared.ended
            if one.state == "rejected"
        )
        if prepared.ready or prepared.strangers:
            task = asyncio.create_task(self._write(prepared))
            self._tasks.add(task)

    async def _one_ends(self) -> None:
        done, self._tasks = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def _write(self, prepared: Prepared) -> None:
        ready = list(prepared.ready)
        try:
            ready += await meet(self.plan, self._api, self._lane, prepared.strangers, self._worker)
            if not ready:
                return
            written = await self._written(ready)
        except CallError as why:
            await self._lane.run(settle_none, [*ready, *prepared.strangers], why, self._worker)
            self.stopped = self.stopped or (None if isinstance(why, OF_ONE_CALL) else why)
            return
        by_key = {one.key: one for one in written}
        counts = await self._lane.run(settle, self.plan, ready, by_key, self._worker)
        self.counts.update(counts)

    async def _written(self, ready: Sequence[Ready]) -> Sequence[Written]:
        known, writes = self.plan.connector, [one.write for one in ready]
        return await heard(known, known.write(self._api, self.plan.object, writes))
