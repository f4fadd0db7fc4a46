"""What providers told of their limits, kept in Redis for the other processes and for pages.

One hash an account, "told:<key>": a field for each limit. Nothing is lost with it: the next answer
tells anew. What is reset is not returned any more, and what nobody repeated for a day is forgotten.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import time
from typing import Any

import orjson
import redis
import redis.asyncio

from integrations.provider import Told
from integrations.redis_link import FAILURES

PREFIX = "told:"
KEPT_S = 86_400


def key_of(account_id: int, *, is_sandbox: bool) -> str:
    """Return the name under which an account's limits are kept; the sandbox has its own."""
    return f"{account_id}:sandbox" if is_sandbox else str(account_id)


@dataclass(slots=True)
class Noted:
    """A limit as told at `at` (seconds since 1970); `left` goes down with what is sent since."""

    told: Told
    at: float
    left: int | None = None

    def __post_init__(self) -> None:
        if self.left is None:
            self.left = self.told.left

    @property
    def name(self) -> str:
        return "|".join((self.told.name, *sorted(self.told.lookups)))

    @property
    def told_at(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    @property
    def lookups_words(self) -> str:
        """The lookups that it holds for: "find email, domain search"."""
        return ", ".join(name.replace("_", " ") for name in sorted(self.told.lookups))

    @property
    def per_words(self) -> str:
        """The window in words: "second", "2 minutes"."""
        seconds = self.told.per.total_seconds() if self.told.per else 0
        for length, word in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
            if seconds >= length and not seconds % length:
                count = int(seconds // length)
                return word if count == 1 else f"{count} {word}s"
        return f"{seconds:g} seconds"

    @property
    def resets_s(self) -> float:
        """When it is reset, in seconds since 1970; 0 where that is not known."""
        return self.told.resets_at.timestamp() if self.told.resets_at else 0.0

    def is_over(self, now: float) -> bool:
        """Tell whether it has been reset, or is too old, so that nobody knows what is left."""
        return now >= (self.resets_s or self.at + KEPT_S)

    def is_used_up(self, now: float) -> bool:
        """Tell whether nothing is left until a moment that is known and has not come."""
        return self.left is not None and self.left <= 0 and now < self.resets_s


class Memo:
    """Reads and writes it for an event loop; without Redis there is nothing to read."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._redis = client

    async def read(self, key: str) -> list[Noted]:
        try:
            return _live((await self._redis.hgetall(PREFIX + key)).values())
        except FAILURES:
            return []

    async def write(self, key: str, noted: Collection[Noted]) -> list[Noted]:
        """Write what this process knows, and return what the others wrote before."""
        known = await self.read(key)
        theirs = {one.name: one for one in known}
        rows: dict[Any, Any] = {
            one.name: _written(one)
            for one in noted
            if one.name not in theirs or one.at >= theirs[one.name].at
        }
        if not rows:
            return known
        with suppress(*FAILURES):  # the next answer tells again
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.hset(PREFIX + key, mapping=rows)
                pipe.expire(PREFIX + key, KEPT_S)
                await pipe.execute()
        return known

    async def replace(self, key: str, noted: Collection[Noted]) -> None:
        """Write what this process knows in the place of all that was there."""
        with suppress(*FAILURES):
            async with self._redis.pipeline() as pipe:
                pipe.delete(PREFIX + key)
                if noted:
                    pipe.hset(PREFIX + key, mapping={one.name: _written(one) for one in noted})
                    pipe.expire(PREFIX + key, KEPT_S)
                await pipe.execute()


def read_all(client: redis.Redis, keys: Sequence[str]) -> Mapping[str, list[Noted]]:
    """Return by key what was told of each account, for pages; nothing while Redis is away."""
    try:
        pipe = client.pipeline(transaction=False)
        for key in keys:
            pipe.hgetall(PREFIX + key)
        return {key: _live(rows.values()) for key, rows in zip(keys, pipe.execute(), strict=True)}
    except FAILURES:
        return {}


def _written(one: Noted) -> bytes:
    told = one.told
    return orjson.dumps({
        "name": told.name,
        "left": one.left,
        "limit": told.limit,
        "per_s": told.per.total_seconds() if told.per else None,
        "resets_at": told.resets_at,
        "lookups": sorted(told.lookups),
        "at": one.at,
    })  # fmt: skip


def _live(rows: Iterable[Any]) -> list[Noted]:
    now = time()
    found = [_noted(orjson.loads(row)) for row in rows]
    return sorted((one for one in found if not one.is_over(now)), key=lambda one: one.name)


def _noted(row: dict[str, Any]) -> Noted:
    resets_at = datetime.fromisoformat(row["resets_at"]) if row["resets_at"] else None
    per = timedelta(seconds=row["per_s"]) if row["per_s"] else None
    told = Told(
        row["name"], row["left"], row["limit"], per, resets_at, frozenset(row["lookups"])
    )  # fmt: skip
    return Noted(told, row["at"])
