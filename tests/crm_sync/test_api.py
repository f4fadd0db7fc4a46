"""The way to a connection's CRM: its own host only, every attempt written down, limits obeyed."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager

import pytest
import structlog
from structlog.testing import capture_logs

from crm_sync.api import CrmApi
from crm_sync.connectors.dynamics import DYNAMICS
from crm_sync.reaching import reach
from integrations.errors import ContractBroken, RateReached, Throttled
from tests.integrations.loopback import Reply, loopback, opened, run_async

BUSY = {"error": {"code": "0x80072322", "message": "Number of requests exceeded the limit"}}


@asynccontextmanager
async def api_at(*replies):
    """An `Api` to a server that answers by script, as Dynamics would be reached."""
    async with loopback(*replies) as server, opened() as gate:
        way = reach(
            DYNAMICS, connection_id=5, version=1, address=server.url,
            secrets={"token": "open sesame"}, options={}, is_sandbox=False,
        )  # fmt: skip
        yield CrmApi(gate, way), server


@pytest.mark.parametrize(
    "link",
    [
        "http://elsewhere.test/next", "https://127.0.0.1.elsewhere.test/next", "http://[::1]/next",
        "http://127.0.0.1:1/next", "http://open@elsewhere.test/next", "http://127.0.0.1:x/next",
        "http://127.0.0.1:999999/next", "http://[::1/next", "", "next",
    ],
)  # fmt: skip
@run_async
async def test_xr_07_a_token_goes_to_no_other_host_and_that_is_logged(link):
    async with api_at() as (api, server):
        with capture_logs() as logs, pytest.raises(ContractBroken, match="another host"):
            await api.ask("GET", link)

        assert server.seen == []
        assert [line["event"] for line in logs] == ["crm_address_refused"]
        assert "open sesame" not in str(logs)


@run_async
async def test_ar_46_every_attempt_is_logged_with_the_ids_of_both_sides():
    replies = [
        Reply(503, headers={"X-MS-Service-Request-Id": "remote-1"}),
        Reply(200, headers={"X-MS-Service-Request-Id": "remote-2"}),
    ]
    async with api_at(*replies) as (api, server):
        with capture_logs() as logs, structlog.contextvars.bound_contextvars(correlation_id="c-1"):
            await api.ask("GET", "/me")
            told = [structlog.contextvars.merge_contextvars(None, "info", line) for line in logs]

    attempts = [tuple(line[name] for name in ("attempt", "status", "error")) for line in told]
    assert attempts == [(1, 503, "ServerFailed"), (2, 200, "")]
    assert [line["remote_id"] for line in told] == ["remote-1", "remote-2"]
    assert {line["request_id"] for line in told} == {server.seen[0].headers["x-request-id"]}
    assert {(line["event"], line["provider"], line["correlation_id"]) for line in told} == {
        ("crm_asked", "dynamics-5", "c-1")
    }
    assert all(line["ms"] >= 0 for line in told)


@run_async
async def test_ar_20_a_429_with_retry_after_holds_the_whole_connection_back():
    replies = [Reply(), Reply(429, BUSY, {"Retry-After": "120"}), Reply()]
    async with api_at(*replies) as (api, server):
        await api.ask("GET", "/first")
        with pytest.raises(Throttled) as throttled:
            await api.ask("GET", "/second")
        with pytest.raises(RateReached) as held:
            await api.ask("GET", "/third")

    assert throttled.value.retry_after_s == 120
    assert held.value.retry_at is not None
    assert [seen.target for seen in server.seen] == ["/first", "/second"]


@run_async
async def test_ar_20_a_short_wait_is_waited_for_by_whoever_asks_next():
    replies = [Reply(429, BUSY, {"Retry-After": "0.3"}), Reply()]
    async with api_at(*replies) as (api, server):
        began = time.monotonic()
        with capture_logs() as logs:
            first = asyncio.ensure_future(api.ask("GET", "/first"))
            while not logs:
                await asyncio.sleep(0.005)
        await api.ask("GET", "/second")
        waited_s = time.monotonic() - began
        await first

    assert waited_s >= 0.3
    assert sorted(seen.target for seen in server.seen) == ["/first", "/first", "/second"]


@run_async
async def test_a_foreign_answer_about_waiting_breaks_nothing():
    odd = "Sun, 22 Nov 2026 10:00:30 -9999999999999999"
    async with api_at(Reply(429, BUSY, {"Retry-After": odd}), Reply(200, {"n": 1})) as (api, _):
        assert (await api.ask("GET", "/me")).body == {"n": 1}
