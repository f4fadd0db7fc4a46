"""Rate limits in one process, over a fleet of real ones, and without Redis."""

import asyncio
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
import redis.asyncio

from integrations.errors import RateReached
from integrations.limits import Limiter
from integrations.limits.window import Window
from tests.integrations.programs import programs

HOURLY = ((1, 3600.0),)
RATES = {
    "fast": [(300, 1.0)],
    "slow": [(15, 1.0)],
    "both": [(15, 1.0), (25, 3.0)],
}


@pytest.fixture
def socket(redis_client, redis_socket):
    """The socket of a Redis that remembers: nothing was granted for a long time."""
    redis_client.hset("rate:memory", mapping={"id": "old", "since": 1})
    return redis_socket


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


def test_no_windows_ask_nothing(redis_client, redis_socket):
    async def main():
        async with limiting(redis_socket) as limiter:
            await limiter.acquire("hunter", ())

    asyncio.run(main())

    assert redis_client.keys() == []


def test_a_limit_holds_and_serves_first_in_first_out(socket):
    async def main():
        async with limiting(socket) as limiter:
            return await times_of(limiter, 9, ((3, 0.2),))

    used = asyncio.run(main())

    assert used == sorted(used)
    assert_never_over(used, [(3, 0.2)])
    assert used[-1] - used[0] < 2.0


def test_no_permit_before_the_deadline(socket):
    async def main():
        async with limiting(socket) as limiter:
            await limiter.acquire("hunter", HOURLY)
            began = time.monotonic()
            with pytest.raises(RateReached) as refused:
                await limiter.acquire("hunter", HOURLY, deadline_s=30)
            return refused.value, time.monotonic() - began

    error, took_s = asyncio.run(main())

    assert 3600 < (error.retry_at - datetime.now(UTC)).total_seconds() < 3600 * 1.03
    assert took_s < 2.0


def test_a_deadline_passes_while_others_are_served(socket):
    async def main():
        async with limiting(socket) as limiter:
            calls = [limiter.acquire("hunter", ((1, 0.5),), deadline_s=0.9) for _ in range(4)]
            return await asyncio.gather(*calls, return_exceptions=True)

    results = asyncio.run(main())

    assert [type(result) for result in results] == [type(None)] * 2 + [RateReached] * 2


def test_a_cancelled_waiter_takes_no_permit(socket):
    async def main():
        async with limiting(socket) as limiter:
            await limiter.acquire("hunter", ((1, 0.2),))
            began = time.monotonic()
            gone = asyncio.ensure_future(times_of(limiter, 5, ((1, 0.2),)))
            await asyncio.sleep(0.05)
            gone.cancel()
            (used,) = await times_of(limiter, 1, ((1, 0.2),))
            return used - began

    assert asyncio.run(main()) < 1.0


def test_a_waiter_cancelled_as_it_is_served_passes_its_permit_on(socket):
    async def main():
        async with limiting(socket) as limiter:
            gone = asyncio.ensure_future(limiter.acquire("hunter", HOURLY))
            await until_served(limiter, HOURLY)
            gone.cancel()
            await asyncio.gather(gone, return_exceptions=True)
            assert gone.cancelled()
            await limiter.acquire("hunter", HOURLY, deadline_s=1)

    asyncio.run(main())


def test_a_changed_limit_keeps_the_history(socket):
    async def main():
        async with limiting(socket) as limiter:
            await times_of(limiter, 3, ((3, 3600.0),))
            await limiter.acquire("hunter", ((4, 3600.0),))
            with pytest.raises(RateReached):
                await limiter.acquire("hunter", ((4, 3600.0),))

    asyncio.run(main())


def test_a_long_window_survives_a_flush(redis_client, socket):
    async def main():
        async with limiting(socket) as limiter:
            await times_of(limiter, 3, ((5, 3600.0),))
            redis_client.flushall()
            began = time.monotonic()
            await times_of(limiter, 2, ((5, 3600.0),))
            with pytest.raises(RateReached):
                await limiter.acquire("hunter", ((5, 3600.0),))
            return time.monotonic() - began

    assert 2.0 < asyncio.run(main()) < 4.0


def test_what_expires_leaves_nothing_behind(redis_client, socket):
    async def main():
        async with limiting(socket) as limiter:
            await limiter.acquire("hunter", ((1, 0.2), (9, 60.0)))

    asyncio.run(main())

    assert redis_client.ttl("rate:memory") == -1
    assert 0 < redis_client.pttl("rate:hunter:0.2") <= 1250
    assert 60_000 < redis_client.pttl("rate:hunter:60") <= 62_200


def test_without_redis_a_process_keeps_to_its_share(tmp_path, caplog):
    async def main():
        async with limiting(str(tmp_path / "none"), share=0.5) as limiter:
            began = time.monotonic()
            used = await times_of(limiter, 9, ((7, 0.4),))
            return [at - began for at in used]

    used = asyncio.run(main())

    assert used[0] > 0.45
    assert_never_over(used, [(3, 0.4)])
    assert used[-1] < 4.0
    assert [record.message for record in caplog.records] == [
        "limits: Redis is away (ConnectionError); each process limits itself to 0.5 of each rate"
    ]


def test_a_share_below_one_permit_is_a_longer_window():
    window = Window(2, 1.0, 0.1)

    window.add(100.0, 1)

    assert window.own_room(100.0) == 0
    assert window.own_wait_s(100.0) == pytest.approx(1.05 * 5)


def test_a_flush_makes_no_process_forget_what_others_used(redis_client, socket):
    async def main():
        async with limiting(socket) as one, limiting(socket) as other:
            used = await times_of(one, 5, ((5, 0.4),))
            redis_client.flushall()
            return used + await times_of(other, 5, ((5, 0.4),))

    assert_never_over(asyncio.run(main()), [(5, 0.4)])


def test_permits_used_late_count_from_their_use(socket):
    async def main():
        async with limiting(socket) as limiter:
            late = asyncio.ensure_future(times_of(limiter, 9, ((9, 0.4),)))
            await until_served(limiter, ((9, 0.4),))
            time.sleep(0.15)
            return await late + await times_of(limiter, 9, ((9, 0.4),))

    used = asyncio.run(main())

    assert_never_over(used, [(9, 0.4)])
    assert used[-1] - used[0] < 0.8  # nor twice as long


def test_when_redis_returns_nobody_takes_what_others_used_meanwhile(socket):
    async def main():
        async with limiting(socket, share=0.5) as one, limiting(socket, share=0.5) as other:
            for limiter in (one, other):
                limiter.outage.begins(ConnectionError())
            await asyncio.sleep(0.8)
            ours = await times_of(one, 3, ((6, 0.4),))
            theirs = await times_of(other, 3, ((6, 0.4),))
            return sorted(ours + theirs) + await times_of(one, 3, ((6, 0.4),))

    used = asyncio.run(main())

    assert used[5] - used[0] < 0.1
    assert_never_over(used, [(6, 0.4)])


def test_a_fleet_uses_a_rate_and_never_passes_it_whatever_happens(redis_client, socket):
    settings = {"socket": socket, "rates": RATES, "share": 0.33}
    with programs("permit_taker", 3) as fleet:
        flushed_at = time.monotonic() + 3.0
        for program in fleet:
            program.go(**settings, stalls_from=flushed_at, until=flushed_at + 4.3)
        time.sleep(flushed_at - time.monotonic())
        redis_client.flushall()
        time.sleep(1.5)
        redis_client.client_pause(1000)
        results = [program.result() for program in fleet]

    used = {key: sorted(at for result in results for at in result[key]) for key in RATES}
    for key, rates in RATES.items():
        assert_never_over(used[key], rates)
    for key in ("fast", "slow"):
        ((limit, _),) = RATES[key]
        before = [at for at in used[key] if at < flushed_at]
        assert (len(before) - limit) / (before[-1] - before[0]) > 0.9 * limit
        assert used[key][-1] > flushed_at + 3.3
    shares = [len(result["fast"]) / len(used["fast"]) for result in results]
    assert min(shares) > 0.15
