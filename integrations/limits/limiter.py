"""The limiter of one event loop: its lanes, and their steps in Redis."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

import redis.asyncio

from integrations.limits.hearing import Hearing
from integrations.limits.lane import Answer, Block, Lane, Late
from integrations.limits.memo import Memo
from integrations.limits.script import SCRIPT
from integrations.redis_link import Outage, impatient_async

PREFIX = "rate:"
MEMORY = "rate:memory"


class Limiter:
    """Permits for calls; `redis=None` limits this process alone, to its share.

    `share` is the part of every rate that this process may use while Redis is away: one divided by
    the number of worker processes. `hearing` is what providers told of their own limits.
    """

    def __init__(self, redis: redis.asyncio.Redis | None, *, share: float = 1.0) -> None:
        if not 0 < share <= 1:
            raise ValueError(f"a share is more than 0 and at most 1, not {share}")
        self.share = share
        self.outage = Outage("limits", f"each process limits itself to {share:.3g} of each rate")
        self._lanes: dict[tuple[str, tuple[tuple[int, float], ...]], Lane] = {}
        self._redis = client = None if redis is None else impatient_async(redis)
        self._script = None if client is None else client.register_script(SCRIPT)
        self.hearing = Hearing(None if client is None else Memo(client))

    async def acquire(
        self, key: str, windows: Sequence[tuple[int, float]], *, deadline_s: float = 30.0
    ) -> None:
        """Wait for one permit under every (limit, seconds); the call must be sent at once.

        Raises RateReached, with `retry_at`, when no permit can come before the deadline.
        """
        if not windows:
            return
        name = (key, tuple(windows))
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = Lane(self, *name)
        if not lane.take():
            await lane.wait(deadline_s)

    async def aclose(self) -> None:
        """Refuse all who wait, and close the connections to Redis."""
        await self.hearing.aclose()
        for lane in self._lanes.values():
            await lane.aclose()
        if self._redis is not None:
            await self._redis.aclose()
            await self._redis.connection_pool.disconnect()

    @property
    def can_ask(self) -> bool:
        return self._script is not None and not self.outage.is_pausing

    async def ask(self, lane: Lane, wanted: int) -> Answer:
        """Take one step in Redis for a lane. Raises RedisError and OSError."""
        assert self._script is not None
        late, lane.late = lane.late, {}
        started = monotonic()
        keys = [MEMORY, *(f"{PREFIX}{lane.key}:{window.seconds:g}" for window in lane.windows)]
        granted = -1
        while granted < 0:
            args = self._args(lane, wanted, late)
            memory, granted, wait_us, at = await self._script(keys=keys, args=args)
            if granted < 0:
                lane.memory = memory
                lane.unwritten_since = 0.0
        self.outage.ends()
        lane.unwritten_since, lane.has_own = None, False
        if granted:
            lane.note_granted(monotonic(), granted)
        return Answer(Block(at, started + lane.usable_s, granted), wait_us / 1e6)

    def _args(self, lane: Lane, wanted: int, late: dict[int, Late]) -> list[bytes | int]:
        args: list[bytes | int] = [lane.memory, wanted, int(lane.has_own), len(late)]
        now = monotonic()
        for at, one in late.items():
            args += [at, int((now - one.used_at) * 1e6), one.count]
        for window in lane.windows:
            args += [window.limit, int(window.stretched_s * 1e6), int(window.pause_s * 1e6)]
            since = lane.unwritten_since
            told = [] if since is None else window.unwritten(since, now)
            args.append(len(told))
            for age_s, count in told:
                args += [int(age_s * 1e6), count]
        return args
