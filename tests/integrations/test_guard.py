"""What is true of every call: bound, filled in, limited, counted, read to its end."""

from __future__ import annotations

import asyncio
import gzip

import pytest

from integrations import errors, exchange
from integrations.transport import Unguarded, bound
from tests.integrations.loopback import (
    HASTY,
    Reply,
    acme,
    call_to,
    failures,
    get,
    loopback,
    opened,
    run_async,
    until,
)


@run_async
async def test_call_is_filled_in():
    reply = Reply(200, {"ok": True}, {"Twilio-Request-Id": "RQ1"})
    async with loopback(reply) as server, opened() as gate:
        call = call_to(server.url)

        response = await get(gate, call, "/people/%2B14155550100?api_key=hush&n=1")

        assert response.json() == {"ok": True}
        assert (call.sent, call.tries, call.status, call.error) == (True, 1, 200, None)
        assert call.remote_id == "RQ1"
        assert call.started_at is not None
        line = "GET /people/+1415•••••00?api_key=[secret]&n=1 → 200, 12 bytes"
        assert call.exchange == line


@run_async
async def test_ar_46_request_names_its_call_and_attempt():
    async with loopback(Reply(503), Reply(200)) as server, opened() as gate:
        call = call_to(server.url)

        await get(gate, call)

        names = [(s.headers["x-request-id"], s.headers["x-attempt"]) for s in server.seen]
        assert names == [(str(call.request_id), "1"), (str(call.request_id), "2")]


@run_async
async def test_request_without_call_is_refused():
    async with loopback() as server, opened() as gate:
        with pytest.raises(Unguarded, match="needs a call"):
            await gate.client.get(server.url)

        assert server.seen == []


@run_async
async def test_bound_call_guards_an_sdk():
    async with loopback() as server, opened() as gate:
        call = call_to(server.url)

        with bound(call):
            await gate.client.get(server.url)

        assert (call.tries, call.status) == (1, 200)
        with pytest.raises(Unguarded):
            await gate.client.get(server.url)


@run_async
async def test_ar_61_open_circuit_refuses_unsent():
    provider = acme(circuit_fail_max=1)
    async with loopback(Reply(drops=True)) as server, opened() as gate:
        with pytest.raises(errors.OutcomeUnknown):
            await get(gate, call_to(server.url, provider))
        call = call_to(server.url, provider)

        with pytest.raises(errors.CircuitOpen) as refused:
            await get(gate, call)

        assert refused.value.retry_at is not None
        assert (call.sent, call.tries, len(server.seen)) == (False, 0, 1)


@run_async
async def test_rejections_leave_the_circuit_closed():
    provider = acme(circuit_fail_max=1)
    async with loopback(Reply(400)) as server, opened() as gate:
        for _ in range(3):
            await get(gate, call_to(server.url, provider))

        assert len(server.seen) == 3


@run_async
async def test_sandbox_has_a_circuit_of_its_own():
    provider = acme(circuit_fail_max=1)
    async with loopback(Reply(drops=True), Reply(200)) as server, opened() as gate:
        with pytest.raises(errors.OutcomeUnknown):
            await get(gate, call_to(server.url, provider, is_sandbox=True))

        await get(gate, call_to(server.url, provider))

        assert (failures(gate, "acme:sandbox"), failures(gate, "acme")) == (1, 0)


@run_async
async def test_xr_31_rate_holds_for_every_attempt():
    async with loopback(Reply(503)) as server, opened() as gate:
        call = call_to(server.url, windows=((2, 60.0),))

        await get(gate, call)

        assert type(call.error) is errors.ServerFailed
        assert call.error.retry_at is not None
        assert len(server.seen) == 2


@run_async
async def test_calls_in_flight_are_capped_per_account():
    async with loopback() as server, opened(HASTY, share=0.5) as gate:
        calls = [call_to(server.url, max_in_flight=6) for _ in range(12)]
        server.may_answer.clear()

        asked = asyncio.gather(*(get(gate, call) for call in calls))
        await until(lambda: server.in_flight == 3)
        await asyncio.sleep(0.05)  # for a fourth to come
        server.may_answer.set()
        await asked

        assert (len(server.seen), server.most_in_flight) == (12, 3)


@run_async
async def test_call_given_up_is_unknown():
    async with loopback() as server, opened() as gate:
        call = call_to(server.url)
        server.may_answer.clear()

        asked = asyncio.create_task(get(gate, call))
        await until(lambda: server.seen)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

        assert call.sent
        assert type(call.error) is errors.OutcomeUnknown
        assert failures(gate) == 0


@run_async
async def test_packed_body_is_unpacked():
    packed = Reply(200, gzip.compress(b'{"a": 1}'), {"Content-Encoding": "gzip"})
    async with loopback(packed) as server, opened() as gate:
        response = await get(gate, call_to(server.url))

        assert response.content == b'{"a": 1}'
        assert "content-encoding" not in response.headers


@pytest.mark.parametrize("is_packed", [False, True])
@run_async
async def test_body_that_is_too_big_breaks_the_contract(is_packed, monkeypatch):
    monkeypatch.setattr(exchange, "LARGEST_BODY", 1000)
    body = gzip.compress(b"x" * 1001) if is_packed else b"x" * 1001
    headers = {"Content-Encoding": "gzip"} if is_packed else {}
    async with loopback(Reply(200, body, headers)) as server, opened() as gate:
        call = call_to(server.url)

        with pytest.raises(errors.ContractBroken, match="more than 1000 bytes"):
            await get(gate, call)

        assert (call.sent, call.tries) == (True, 1)
