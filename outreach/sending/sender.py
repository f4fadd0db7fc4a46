"""The sender of one process: claims, reserves, waits for a permit, sends, and writes it down.

The account's rate is the fleet's (`integrations.limits`); a permit has to be used at once. So only
a few messages are reserved ahead of it, and one that had to wait for its permit is looked at once
more: a STOP may have come meanwhile.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from uuid import UUID

import structlog
from django.conf import settings

from contacts import leases
from integrations.accounts import Accounts
from integrations.acting import Promise
from integrations.errors import CallError
from integrations.gate import Gate
from integrations.lanes import Lane
from outreach.campaigns import service
from outreach.pricing import PROVIDER
from outreach.sending import claiming
from outreach.sending.claiming import Parcel
from outreach.sending.leaving import Exit
from outreach.sending.performing import Posted, left_behind, perform
from outreach.sending.reserving import Reserved, promised, reserve
from outreach.sending.writing import follow_up, write

log = structlog.get_logger(__name__)

AT_HAND = 200  # claimed messages that wait for permits
BATCH = 40
AHEAD_S = 0.6  # as many are reserved as may be sent in that while
PAUSE_S = 0.02
FLUSH_S = 0.4
PLACES_S = 1.0
IDLE_S = 0.2


class LeaseLost(RuntimeError):
    """This worker was declared lost while it was alive."""


class Sender:
    """Sends what is due, of every working campaign in turns; one per process and event loop."""

    def __init__(self, gate: Gate, worker_id: UUID) -> None:
        self.worker_id = worker_id
        self._gate = gate
        self._lane = Lane("sends")
        self._pen = Lane("sends-written")
        self._exit = Exit()
        self._accounts = Accounts()
        self._at_hand: deque[Parcel] = deque()
        self._unsent = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._posted: list[Posted] = []
        self._places: list[int | None] = []
        self._places_at = 0.0
        self._breaks = 0
        self._flushing = asyncio.Lock()
        self._is_lost = False

    async def work(self, seconds: float, should_stop: Callable[[], bool] = lambda: False) -> bool:
        """Send until nothing is due, or for about `seconds`; tell whether there may be more.

        Raises LeaseLost when what was in hand was given to others.
        """
        if not await self._lane.run(leases.come_back, self.worker_id):
            raise LeaseLost(str(self.worker_id))
        stop_at = time.monotonic() + seconds
        self._places_at = 0.0
        helpers = [asyncio.create_task(self._beat()), asyncio.create_task(self._flush_regularly())]
        has_more = True
        try:
            while time.monotonic() < stop_at and not should_stop() and not self._is_lost:
                _raise_from(helpers)
                has_more = await self._step()
                if not has_more and not self._tasks and not self._posted:
                    break
            await self._finish()
            _raise_from(helpers)
        finally:
            await _cancel([*helpers, *self._tasks])
        if self._is_lost:
            raise LeaseLost(str(self.worker_id))
        return has_more

    def close(self) -> None:
        """Close the lanes' connections."""
        self._lane.close()
        self._pen.close()
        self._exit.close()

    async def _step(self) -> bool:
        """Claim, and send what has a permit; False when nothing is due."""
        await self._lane.run(self._accounts.refresh)
        await self._fill()
        if not self._at_hand:
            await asyncio.sleep(IDLE_S if self._tasks else 0)
            return False
        try:
            promises = self._promises()
        except CallError as why:
            await self._stand_still(why)
            return False
        if promises:
            await self._send(promises)
        else:
            await asyncio.sleep(PAUSE_S)
        return True

    def _promises(self) -> dict[Parcel, Promise]:
        """Take the next parcels, as many as may soon be sent. Raises why none can be."""
        view = self._accounts.view(PROVIDER)
        places = max(1, int(view.max_in_flight / settings.WORKER_PROCESSES)) - self._in_flight
        per_s = min((count / seconds for count, seconds in view.windows), default=BATCH / AHEAD_S)
        ahead = max(2, round(per_s * AHEAD_S / settings.WORKER_PROCESSES)) - self._unsent
        wanted = max(0, min(BATCH, places, ahead))
        found = {
            one: promised(self._accounts, one) for one in itertools.islice(self._at_hand, wanted)
        }
        for _ in found:
            self._at_hand.popleft()
        return found

    @property
    def _in_flight(self) -> int:
        return len(self._tasks) - self._unsent

    async def _fill(self) -> None:
        """Claim due messages, of one campaign after another."""
        await self._put_back_unheard()
        if len(self._at_hand) >= AT_HAND // 2:
            return
        if time.monotonic() - self._places_at > PLACES_S:
            self._places = await self._lane.run(claiming.places)
            self._places_at = time.monotonic()
        share = max(1, AT_HAND // max(1, len(self._places)))
        for campaign_id in self._places:
            self._at_hand += await self._lane.run(
                claiming.claim, self.worker_id, share, campaign_id
            )
        if not self._at_hand:
            self._places_at = 0.0

    async def _put_back_unheard(self) -> None:
        """After a broken connection: let go of what was claimed while we did not hear of it."""
        if self._breaks == self._lane.breaks:
            return
        self._breaks = self._lane.breaks
        in_hand = [one.id for one in self._at_hand]
        count = await self._lane.run(claiming.put_back, self.worker_id, in_hand)
        log.warning("claims_put_back", messages=count)

    async def _send(self, ready: Mapping[Parcel, Promise]) -> None:
        reserved: Reserved = await self._lane.run(reserve, ready, self.worker_id)
        for parcel in reserved.go:
            task = asyncio.create_task(self._perform(ready[parcel], parcel))
            self._tasks.add(task)
            task.add_done_callback(self._let_go)
        over = {one.campaign_id: reserved.over[one.id] for one in ready if one.id in reserved.over}
        for campaign_id, key in over.items():
            if campaign_id is not None:
                await self._pen.run(service.block, campaign_id, key, _short(key))
                self._places_at = 0.0

    def _let_go(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (mistake := task.exception()):
            log.error("parcel_lost", exc_info=mistake)

    async def _perform(self, promise: Promise, parcel: Parcel) -> None:
        self._unsent += 1
        try:
            refused = await self._exit.wait(self._gate.limiter, promise, parcel)
        finally:
            self._unsent -= 1
        if refused:
            posted = left_behind(promise, parcel, refused)
        else:
            posted = await perform(self._gate, promise, parcel)
        self._posted.append(posted)  # after the wait: a flush may have taken the list meanwhile

    async def _stand_still(self, why: CallError) -> None:
        """Pause what cannot go while the account cannot be used; what is in hand waits."""
        for campaign_id in {one.campaign_id for one in self._at_hand}:
            if campaign_id is not None:
                await self._pen.run(service.block, campaign_id, "provider:", str(why))
        self._at_hand.clear()
        await self._lane.run(claiming.put_back, self.worker_id, [])

    async def _finish(self) -> None:
        """Let what is in flight end, write it, and give back what never left."""
        while self._tasks and not self._is_lost:
            await asyncio.wait(self._tasks, timeout=0.25)
        await self._flush()
        self._at_hand.clear()
        await self._lane.run(claiming.put_back, self.worker_id, [])

    async def _flush_regularly(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_S)
            await self._flush()

    async def _flush(self) -> None:
        """Write what has ended; returns when what was being written stands, too."""
        async with self._flushing:
            posted, self._posted = self._posted, []
            if posted:
                await self._pen.run(write, posted, self.worker_id)
                with suppress(asyncio.CancelledError):
                    await self._pen.run(follow_up, posted)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(settings.LEASE_S / 6)
            if not await self._pen.run(leases.beat, self.worker_id):
                self._is_lost = True
                return


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _raise_from(helpers: Iterable[asyncio.Task[None]]) -> None:
    """Raise what has ended one of these before its time."""
    for helper in helpers:
        if helper.done():
            helper.result()


def _short(key: str) -> str:
    if key.startswith("campaign:"):
        return "the campaign's cap is reached"
    return "the account's budget of the day or the month is used up"
