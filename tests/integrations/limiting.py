"""Permits of a limiter, and whether they kept to their rates."""

import asyncio
import time
from contextlib import asynccontextmanager

import redis.asyncio

from integrations.limits import Limiter


@asynccontextmanager
async def limiting(socket, **more):
    async with redis.asyncio.Redis(unix_socket_path=socket) as client:
        limiter = Limiter(client, **more)
        yield limiter
        await limiter.aclose()


async def times_of(limiter, count, windows, **more):
    """Return the times of `count` permits asked for side by side, in the order of asking."""

    async def one():
        await limiter.acquire("hunter", windows, **more)
        return time.monotonic()

    return await asyncio.gather(*(one() for _ in range(count)))


async def until_served(limiter, windows):
    """Return when the first waiter has its permit and has not woken yet."""
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    place = limiter._lanes["hunter", windows]._waiters[0].place
    while not place.done():
        await asyncio.sleep(0)


def assert_never_over(used, rates):
    """Assert that no window of any rate has more uses than its limit."""
    for limit, seconds in rates:
        later = used[limit:]
        spans = [after - before for before, after in zip(used, later, strict=False)]
        assert not spans or min(spans) > seconds, (limit, seconds, min(spans))
