"""What the guard repeats, and what it leaves to the engine because it may be owed."""

from __future__ import annotations

import asyncio
import socket

import httpx2
import pytest

from integrations import errors
from integrations.retrying import RetryPolicy
from tests.integrations.loopback import (
    Reply,
    acme,
    call_to,
    failures,
    get,
    loopback,
    opened,
    run_async,
)


@run_async
async def test_ar_42_failure_that_passes_is_repeated():
    script = [Reply(503), Reply(429), Reply(200, {"n": 3})]
    async with loopback(*script) as server, opened() as gate:
        call = call_to(server.url)

        response = await get(gate, call)

        assert response.json() == {"n": 3}
        assert (call.tries, call.status, call.error) == (3, 200, None)
        assert len(server.seen) == 3
        assert failures(gate) == 0


@run_async
async def test_repeats_end_after_four_attempts():
    async with loopback(Reply(503)) as server, opened() as gate:
        call = call_to(server.url)

        response = await get(gate, call)

        assert response.status_code == 503
        assert type(call.error) is errors.ServerFailed
        assert (call.tries, len(server.seen), failures(gate)) == (4, 4, 4)


@run_async
async def test_ar_61_repeats_end_when_their_time_is_over():
    hasty = RetryPolicy(first_wait_s=0.01, total_s=0.0)
    async with loopback(Reply(503)) as server, opened(hasty) as gate:
        await get(gate, call_to(server.url))

        assert len(server.seen) == 1


@pytest.mark.parametrize("status", [400, 401, 402, 404, 408, 422])
@run_async
async def test_ar_45_refusal_is_not_repeated(status):
    async with loopback(Reply(status)) as server, opened() as gate:
        call = call_to(server.url)

        await get(gate, call)

        assert call.error is not None
        assert (call.tries, call.status, len(server.seen)) == (1, status, 1)


@run_async
async def test_answer_that_was_lost_is_not_repeated():
    async with loopback(Reply(), Reply(drops=True)) as server, opened() as gate:
        await get(gate, call_to(server.url))
        call = call_to(server.url)

        with pytest.raises(errors.OutcomeUnknown):
            await get(gate, call)

        assert (call.sent, call.tries, call.status) == (True, 1, None)
        assert type(call.error) is errors.OutcomeUnknown
        assert (len(server.seen), failures(gate)) == (2, 1)


@run_async
async def test_ar_61_answer_that_is_late_is_not_repeated():
    provider = acme(timeout_s=1.0)
    async with loopback(Reply(wait_s=60)) as server, opened() as gate:
        call = call_to(server.url, provider)

        with pytest.raises(errors.OutcomeUnknown):
            await get(gate, call)

        assert (call.sent, call.tries, len(server.seen)) == (True, 1, 1)
        assert 900 <= call.ms < 60_000


@run_async
async def test_refused_connection_sent_nothing():
    with socket.socket() as mute:  # which listens to nobody, and keeps the port from others
        mute.bind(("127.0.0.1", 0))
        call = call_to(f"http://127.0.0.1:{mute.getsockname()[1]}")
        async with opened() as gate:
            with pytest.raises(errors.Unreachable, match=r"^acme\.find: ClientConnectorError"):
                await get(gate, call, "/?api_key=hush")

            assert (call.sent, call.tries, call.status) == (False, 0, None)
            assert failures(gate) == 4
            assert "hush" not in str(call.error) + call.exchange


@run_async
async def test_unknown_host_is_unreachable():
    async with opened() as gate:
        call = call_to("http://nobody.invalid", acme(timeout_s=2.0))

        with pytest.raises(errors.Unreachable):
            await get(gate, call)

        assert not call.sent


@run_async
async def test_other_schemes_are_the_accounts_fault():
    async with opened() as gate:
        call = call_to("ftp://acme.test")

        with pytest.raises(errors.AccountUnusable):
            await get(gate, call)

        assert not call.sent
        assert failures(gate) == 0


@run_async
async def test_retry_after_is_obeyed():
    async with (
        loopback(Reply(429, headers={"Retry-After": "0.2"}), Reply(200)) as server,
        opened() as gate,
    ):
        began = asyncio.get_running_loop().time()

        await get(gate, call_to(server.url))

        assert asyncio.get_running_loop().time() - began >= 0.2
        assert len(server.seen) == 2


@run_async
async def test_ar_20_long_retry_after_ends_the_call():
    async with loopback(Reply(429, headers={"Retry-After": "61"})) as server, opened() as gate:
        call = call_to(server.url)

        await get(gate, call)

        assert type(call.error) is errors.Throttled
        assert (call.error.retry_after_s, len(server.seen)) == (61.0, 1)


@run_async
async def test_circuit_that_opens_between_attempts_keeps_what_was_said():
    provider = acme(circuit_fail_max=2)
    async with loopback(Reply(503)) as server, opened() as gate:
        call = call_to(server.url, provider)

        response = await get(gate, call)

        assert response.status_code == 503
        assert type(call.error) is errors.ServerFailed
        assert call.error.retry_at is not None
        assert (call.sent, call.status, call.tries, len(server.seen)) == (True, 503, 2, 2)


@run_async
async def test_body_is_sent_again_with_the_repeat():
    async with loopback(Reply(503), Reply(200)) as server, opened() as gate:
        call = call_to(server.url)

        await gate.send(httpx2.Request("POST", server.url, content=b"question"), call)

        assert [seen.body for seen in server.seen] == [b"question", b"question"]
