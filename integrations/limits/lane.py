"""The waiters of one process for one rate: first in, first out, gathered into one step in Redis."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

from integrations.errors import RateReached
from integrations.limits.window import Window
from integrations.redis_link import FAILURES

if TYPE_CHECKING:
    from integrations.limits.limiter import Limiter

BLOCK = 64
AHEAD_S = 0.02
AHEAD = 0.02
JITTER_S = 0.005
FAR_S = 1.0


@dataclass(slots=True)
class Block:
    """Permits granted in one step, `left` of them not handed out, to be used until `use_by`.

    `at` is the time of the grant on Redis's clock in microseconds, 0 without Redis.
    """

    at: int
    use_by: float
    left: int


@dataclass(slots=True)
class Waiter:
    place: asyncio.Future[Block]
    deadline: float


@dataclass(slots=True)
class Late:
    """Permits of one grant that were used late, the last of them at `used_at` (monotonic)."""

    count: int
    used_at: float


@dataclass(slots=True)
class Answer:
    """What one step brought: permits, and when the next ones come if there were too few."""

    block: Block
    wait_s: float


class Lane:
    """The permits and waiters of `key` under these windows."""

    def __init__(self, limiter: Limiter, key: str, windows: tuple[tuple[int, float], ...]) -> None:
        self.key = key
        self.windows = [Window(limit, seconds, limiter.share) for limit, seconds in windows]
        self.unwritten_since: float | None = None  # from when on Redis lacks what we granted
        self.has_own = False  # we granted by our share since Redis last answered
        self.memory = b""  # the id of Redis's memory when it last answered
        self.late: dict[int, Late] = {}  # by the time of the grant on Redis's clock
        self.usable_s = min(window.allowance_s for window in self.windows) / 2
        self._limiter = limiter
        self._waiters: deque[Waiter] = deque()
        self._ready = Block(0, 0.0, 0)
        self._is_scarce = False  # the last step granted fewer than were wanted
        self._next_at = 0.0
        self._used = 0
        self._asked_at = monotonic()
        self._ahead_most = int(min(window.limit for window in self.windows) * AHEAD)
        self._task: asyncio.Task[None] | None = None

    def take(self) -> bool:
        """Take a permit that is at hand; return whether there was one."""
        ready = self._ready
        if not ready.left or self._waiters or monotonic() > ready.use_by:
            return False
        ready.left -= 1
        self._used += 1
        return True

    async def wait(self, deadline_s: float) -> None:
        """Wait for a permit. Raises RateReached when none can come before the deadline."""
        loop = asyncio.get_running_loop()
        waiter = Waiter(loop.create_future(), monotonic() + deadline_s)
        if self._next_at > waiter.deadline:
            raise self._refusal()
        self._waiters.append(waiter)
        self._serve_soon()
        timer = loop.call_later(deadline_s, self._refuse, waiter)
        try:
            block = await waiter.place
        except asyncio.CancelledError:
            self._put_back(waiter.place)
            raise
        finally:
            timer.cancel()
        if monotonic() > block.use_by:
            self._note_late(block)

    async def aclose(self) -> None:
        """Refuse those who wait."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        while self._waiters:
            self._refuse(self._waiters.popleft())

    def _serve_soon(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._serve())

    async def _serve(self) -> None:
        """Ask for permits and hand them out, as long as anybody waits or was late."""
        while self._skip_gone() or self.late:
            wanted = min(len(self._waiters), BLOCK)
            answer = await self._step(wanted + self._ahead() if wanted else 0)
            self._is_scarce = answer.wait_s > 0
            self._hand_out(answer.block)
            if not self._skip_gone():
                continue
            self._next_at = monotonic() + answer.wait_s
            if answer.wait_s > FAR_S:
                self._refuse_hopeless()
            if answer.wait_s > 0:
                await asyncio.sleep(answer.wait_s + random.uniform(0, JITTER_S))

    async def _step(self, wanted: int) -> Answer:
        limiter = self._limiter
        if limiter.can_ask:
            try:
                return await limiter.ask(self, wanted)
            except FAILURES as error:
                limiter.outage.begins(error)
        return self._by_share(wanted)

    def _by_share(self, wanted: int) -> Answer:
        """Grant what this process may by itself."""
        now = monotonic()
        outage = self._limiter.outage
        self.late.clear()
        began = -1e9 if outage.since is None else outage.since
        granted, wait_s = wanted, 0.0
        for window in self.windows:
            paused_s = began + window.pause_s - now
            room = 0 if paused_s > 0 else window.own_room(now)
            granted = min(granted, room)
            if room < wanted:
                wait_s = max(wait_s, paused_s, window.own_wait_s(now))
        if granted:
            self.note_granted(now, granted)
            self.has_own = True
            if self.unwritten_since is None:
                self.unwritten_since = now
        if granted == wanted:
            wait_s = 0.0
        elif outage.since is not None:
            wait_s = min(wait_s, max(0.01, outage.ask_again_at - now))
        return Answer(Block(0, now + self.usable_s, granted), wait_s)

    def note_granted(self, now: float, count: int) -> None:
        for window in self.windows:
            window.add(now, count)

    def _ahead(self) -> int:
        """Return how many permits to take ahead: what was used lately in AHEAD_S.

        None where they are scarce: what is not used at once is lost.
        """
        now = monotonic()
        per_s = self._used / max(now - self._asked_at, AHEAD_S)
        self._used, self._asked_at = 0, now
        return 0 if self._is_scarce else min(int(per_s * AHEAD_S), self._ahead_most)

    def _hand_out(self, block: Block) -> None:
        while block.left and self._skip_gone():
            block.left -= 1
            self._used += 1
            self._waiters.popleft().place.set_result(block)
        if block.left:
            self._ready = block

    def _put_back(self, place: asyncio.Future[Block]) -> None:
        """Give on the permit of one who was cancelled between its grant and its waking."""
        if place.done() and not place.cancelled() and place.exception() is None:
            block = place.result()
            block.left += 1
            self._hand_out(block)

    def _note_late(self, block: Block) -> None:
        """Have a permit counted from now on, not from its grant on."""
        now = monotonic()
        if block.at:
            late = self.late.setdefault(block.at, Late(0, now))
            late.count += 1
            late.used_at = now
            self._serve_soon()
        else:
            self.note_granted(now, 1)

    def _skip_gone(self) -> bool:
        """Forget the first waiters that were cancelled or refused; return whether one is left."""
        while self._waiters and self._waiters[0].place.done():
            self._waiters.popleft()
        return bool(self._waiters)

    def _refuse_hopeless(self) -> None:
        for waiter in self._waiters:
            if waiter.deadline < self._next_at:
                self._refuse(waiter)

    def _refuse(self, waiter: Waiter) -> None:
        if not waiter.place.done():
            waiter.place.set_exception(self._refusal())

    def _refusal(self) -> RateReached:
        in_s = max(0.0, self._next_at - monotonic())
        retry_at = datetime.now(UTC) + timedelta(seconds=in_s)
        return RateReached(f"account {self.key}: no permit in time", retry_at=retry_at)
