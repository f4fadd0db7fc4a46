"""What providers tell of their limits: obeyed until the reset, shared; free where nothing is."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
import redis
import redis.asyncio

from integrations import errors
from integrations.circuits import CircuitBoard
from integrations.gate import Gate
from integrations.limits import Limiter
from integrations.limits.memo import read_all
from integrations.provider import DAY, SECOND, Told
from integrations.reading import whole_of
from tests.integrations.loopback import (
    HASTY,
    Reply,
    acme,
    call_to,
    get,
    loopback,
    opened,
    run_async,
)


def in_an_hour() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


def telling(seconds: float = 3600.0):
    """A provider whose answers tell what is left of a day that ends so soon."""
    resets_at = datetime.now(UTC) + timedelta(seconds=seconds)
    return acme(
        reads_limits=lambda headers, lookups: [
            Told("requests a day", left, 100, DAY, resets_at)
            for left in [whole_of(headers, "x-left")]
            if left is not None
        ]
    )


def left(count: int) -> Reply:
    return Reply(headers={"X-Left": str(count)})


@asynccontextmanager
async def sharing(socket: str):
    """Open a gate as another process has it, over this Redis."""
    limiter = Limiter(redis.asyncio.Redis(unix_socket_path=socket))
    gate = Gate(CircuitBoard(None), limiter, retry=HASTY)
    try:
        yield gate
    finally:
        await gate.aclose()


@run_async
async def test_ar_20_what_is_left_is_used_and_then_nothing_is_sent_until_the_reset():
    of = telling()
    async with loopback(left(2)) as server, opened() as gate:
        for _ in range(3):
            await get(gate, call_to(server.url, of))

        with pytest.raises(errors.RateReached, match="no requests a day are left") as refused:
            await get(gate, call_to(server.url, of))

        assert len(server.seen) == 3
        assert refused.value.retry_at is not None
        wait = refused.value.retry_at - datetime.now(UTC)
        assert timedelta(minutes=14) < wait <= timedelta(minutes=15)


@run_async
async def test_a_near_reset_is_waited_for_in_place():
    of = telling(0.3)
    async with loopback(left(0), Reply()) as server, opened() as gate:
        await get(gate, call_to(server.url, of))
        began = datetime.now(UTC)

        await get(gate, call_to(server.url, of))

        assert len(server.seen) == 2
        assert datetime.now(UTC) - began < timedelta(seconds=60)


@run_async
async def test_headers_are_read_once_a_second():
    read = []

    def note(headers, lookups):
        read.append(lookups)
        return []

    of = acme(reads_limits=note)
    began = time.time()
    async with loopback() as server, opened() as gate:
        for _ in range(20):
            await get(gate, call_to(server.url, of))

    assert 1 <= len(read) <= 1 + int(time.time() - began) < 20
    assert set(read) == {("find",)}


@run_async
async def test_what_concerns_other_lookups_holds_nothing_up():
    told = Told("searches", 0, resets_at=in_an_hour(), lookups=frozenset({"search"}))
    of = acme(reads_limits=lambda headers, lookups: [told])
    async with loopback() as server, opened() as gate:
        for _ in range(3):
            await get(gate, call_to(server.url, of))

        call = call_to(server.url, of)
        call.lookups = ("search",)
        with pytest.raises(errors.RateReached):
            await get(gate, call)

        assert len(server.seen) == 3


@run_async
async def test_a_limit_that_the_provider_does_not_count_is_counted_here():
    async with loopback() as server, opened() as gate:
        asks = acme(asks_limits=lambda api: None)
        await gate.limiter.hearing.hear(
            call_to(server.url, asks), [Told("lookups", limit=2, per=SECOND * 60)]
        )
        for _ in range(2):
            await get(gate, call_to(server.url, asks))

        with pytest.raises(errors.RateReached):
            await get(gate, call_to(server.url, asks))

        assert len(server.seen) == 2


@run_async
async def test_the_stricter_of_both_holds():
    asks = acme(asks_limits=lambda api: None)
    async with loopback() as server, opened() as gate:
        call = call_to(server.url, asks, windows=((1, 60.0),))
        await gate.limiter.hearing.hear(call, [Told("lookups", limit=2, per=SECOND * 60)])
        await get(gate, call_to(server.url, asks, windows=((1, 60.0),)))

        with pytest.raises(errors.RateReached):
            await get(gate, call_to(server.url, asks, windows=((1, 60.0),)))

        assert len(server.seen) == 1


def test_another_process_knows_before_it_has_asked(redis_client, redis_socket):
    of = telling()

    @run_async
    async def both():
        async with loopback(left(0)) as server, sharing(redis_socket) as one:
            await get(one, call_to(server.url, of))
            await one.limiter.hearing.written()
            async with sharing(redis_socket) as other:
                with pytest.raises(errors.RateReached):
                    await get(other, call_to(server.url, of))

            assert len(server.seen) == 1

    both()
    ((found,),) = read_all(redis_client, ["7"]).values()
    assert (found.told.name, found.left, found.told.limit) == ("requests a day", 0, 100)


def test_the_sandbox_and_the_real_provider_have_limits_of_their_own(redis_client, redis_socket):
    of = telling()

    @run_async
    async def both():
        async with loopback(left(0)) as server, sharing(redis_socket) as gate:
            await get(gate, call_to(server.url, of, is_sandbox=True))
            await get(gate, call_to(server.url, of))

            assert len(server.seen) == 2

    both()


def test_a_provider_that_tells_nothing_leaves_nothing(redis_client, redis_socket):
    @run_async
    async def ask():
        async with loopback(left(0)) as server, sharing(redis_socket) as gate:
            for _ in range(3):
                await get(gate, call_to(server.url))

            assert len(server.seen) == 3

    ask()
    assert redis_client.keys("told:*") == []


def test_an_answer_that_is_asked_for_replaces_the_one_before(redis_client, redis_socket):
    asks = acme(asks_limits=lambda api: None)

    @run_async
    async def twice():
        async with sharing(redis_socket) as gate:
            call = call_to("http://acme.test", asks)
            await gate.limiter.hearing.hear(call, [Told("old", limit=2, per=SECOND)])
            await gate.limiter.hearing.hear(call, [Told("new", limit=3, per=SECOND)])

    twice()
    assert [one.told.name for one in read_all(redis_client, ["7"])["7"]] == ["new"]


@run_async
async def test_a_used_up_plan_says_when_it_is_renewed():
    of = telling()
    of.errors = {402: errors.QuotaExhausted}
    reply = Reply(402, headers={"X-Left": "0"})
    async with loopback(reply) as server, opened() as gate:
        call = call_to(server.url, of)

        await get(gate, call)

        assert isinstance(call.error, errors.QuotaExhausted)
        assert call.error.retry_at is not None
        assert call.error.retry_at - datetime.now(UTC) > timedelta(minutes=59)
