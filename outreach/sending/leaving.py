"""Leaving: a reserved message waits until the rates have room, and is looked at a last time.

Its number may have been suppressed while it waited. Those who ask at once are answered by one
query, on a connection of its own, so that a permit is used as soon as it is given.
"""

from __future__ import annotations

import asyncio
import time

from contacts import suppression
from integrations.acting import Promise
from integrations.errors import RateReached, Refused
from integrations.lanes import Lane
from integrations.limits import Limiter
from outreach.sending.claiming import Parcel

LOOK_AGAIN_S = 0.05
BARRED = "it was said meanwhile that the number is not to be contacted"


class Exit:
    """Of one process and event loop."""

    def __init__(self) -> None:
        self._lane = Lane("last-looks")
        self._asked: dict[tuple[str, str], asyncio.Future[bool]] = {}
        self._task: asyncio.Task[None] | None = None

    async def wait(self, limiter: Limiter, promise: Promise, parcel: Parcel) -> Refused | None:
        """Return when the rates have room, and why it may not go after all."""
        began, view = time.monotonic(), promise.view
        try:
            for key, rate in promise.paces:
                await limiter.acquire(key, rate.windows())
            await limiter.acquire(str(view.id), view.windows)
        except RateReached as why:
            return why
        has_waited = time.monotonic() - began > LOOK_AGAIN_S
        if has_waited and await self._is_barred(parcel.phone, parcel.channel):
            return Refused(BARRED)
        return None

    async def _is_barred(self, phone: str, channel: str) -> bool:
        """Tell whether a number must not be reached by a channel, as of now."""
        asked = (phone, channel)
        if asked not in self._asked:
            self._asked[asked] = asyncio.get_running_loop().create_future()
        answer = self._asked[asked]
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._answer())
        return await asyncio.shield(answer)

    async def _answer(self) -> None:
        while self._asked:
            asked, self._asked = self._asked, {}
            try:
                found = await self._lane.run(suppression.standing, [phone for phone, _ in asked])
            except Exception as failure:  # noqa: BLE001 - whoever asked gets it
                for answer in asked.values():
                    answer.set_exception(failure)
                continue
            for (phone, channel), answer in asked.items():
                standing = found.get(phone, ())
                answer.set_result(any(one.channel in ("all", channel) for one in standing))

    def close(self) -> None:
        """Close the connection."""
        self._lane.close()
