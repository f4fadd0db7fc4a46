"""Rate limits in one process."""

import asyncio
import time
from datetime import UTC, datetime

import pytest

from integrations.errors import RateReached
from tests.integrations.limiting import assert_never_over, limiting, times_of, until_served

HOURLY = ((1, 3600.0),)


def test_no_windows_ask_nothing(redis_client, redis_socket):
    async def main():
        async with limiting(redis_socket) as limiter:
            await limiter.acquire("hunter", ())

    asyncio.run(main())

    assert redis_client.keys() == []


def test_ar_16_ar_17_a_limit_holds_and_serves_first_in_first_out(rate_socket):
    async def main():
        async with limiting(rate_socket) as limiter:
            return await times_of(limiter, 9, ((3, 0.2),))

    used = asyncio.run(main())

    assert used == sorted(used)
    assert_never_over(used, [(3, 0.2)])


def test_no_permit_before_the_deadline(rate_socket):
    async def main():
        async with limiting(rate_socket) as limiter:
            await limiter.acquire("hunter", HOURLY)
            began = time.monotonic()
            with pytest.raises(RateReached) as refused:
                await limiter.acquire("hunter", HOURLY, deadline_s=600)
            return refused.value, time.monotonic() - began

    error, took_s = asyncio.run(main())

    assert 3600 < (error.retry_at - datetime.now(UTC)).total_seconds() < 3600 * 1.03
    assert took_s < 60


def test_a_deadline_passes_while_others_are_served(rate_socket):
    async def main():
        async with limiting(rate_socket) as limiter:
            calls = [limiter.acquire("hunter", ((1, 2.0),), deadline_s=3.9) for _ in range(4)]
            return await asyncio.gather(*calls, return_exceptions=True)

    results = asyncio.run(main())

    assert [type(result) for result in results] == [type(None)] * 2 + [RateReached] * 2


def test_a_cancelled_waiter_takes_no_permit(rate_socket):
    async def main():
        async with limiting(rate_socket) as limiter:
            await limiter.acquire("hunter", ((1, 0.2),))
            began = time.monotonic()
            # Their permits together would take more than a minute and a half.
            gone = asyncio.ensure_future(times_of(limiter, 500, ((1, 0.2),)))
            await asyncio.sleep(0.05)
            gone.cancel()
            (used,) = await times_of(limiter, 1, ((1, 0.2),))
            return used - began

    assert asyncio.run(main()) < 60


def test_a_waiter_cancelled_as_it_is_served_passes_its_permit_on(rate_socket):
    async def main():
        async with limiting(rate_socket) as limiter:
            gone = asyncio.ensure_future(limiter.acquire("hunter", HOURLY))
            await until_served(limiter, HOURLY)
            gone.cancel()
            await asyncio.gather(gone, return_exceptions=True)
            assert gone.cancelled()
            await limiter.acquire("hunter", HOURLY, deadline_s=60)

    asyncio.run(main())


def test_a_changed_limit_keeps_the_history(rate_socket):
    async def main():
        async with limiting(rate_socket) as limiter:
            await times_of(limiter, 3, ((3, 3600.0),))
            await limiter.acquire("hunter", ((4, 3600.0),))
            with pytest.raises(RateReached):
                await limiter.acquire("hunter", ((4, 3600.0),))

    asyncio.run(main())


def test_a_long_window_survives_a_flush(redis_client, rate_socket):
    async def main():
        async with limiting(rate_socket) as limiter:
            await times_of(limiter, 3, ((5, 3600.0),))
            redis_client.flushall()
            began = time.monotonic()
            await times_of(limiter, 2, ((5, 3600.0),))
            with pytest.raises(RateReached):
                await limiter.acquire("hunter", ((5, 3600.0),))
            return time.monotonic() - began

    assert 2.0 < asyncio.run(main()) < 60


def test_what_expires_leaves_nothing_behind(redis_client, rate_socket):
    async def main():
        async with limiting(rate_socket) as limiter:
            await limiter.acquire("hunter", ((1, 20.0), (9, 60.0)))

    began = time.monotonic()
    asyncio.run(main())
    left = [redis_client.pttl(f"rate:hunter:{seconds}") for seconds in (20, 60)]
    took_ms = (time.monotonic() - began) * 1000

    assert redis_client.ttl("rate:memory") == -1
    for found, whole in zip(left, (21_400, 62_200), strict=True):
        assert whole - took_ms - 10 <= found <= whole


def test_permits_used_late_count_from_their_use(rate_socket):
    async def main():
        async with limiting(rate_socket) as limiter:
            late = asyncio.ensure_future(times_of(limiter, 9, ((9, 2.0),)))
            await until_served(limiter, ((9, 2.0),))
            time.sleep(0.15)
            return await late + await times_of(limiter, 9, ((9, 2.0),))

    used = asyncio.run(main())

    assert_never_over(used, [(9, 2.0)])
    assert used[-1] - used[0] < 4.0  # nor twice as long
