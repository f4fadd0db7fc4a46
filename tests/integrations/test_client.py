"""The bare client: one per event loop, no repeats of its own, no cookies, nothing from outside."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from integrations.client import aclose_client, shared_client
from tests.integrations.loopback import Reply, loopback, run_async


@run_async
async def test_event_loop_has_one_client():
    first, second = shared_client(), shared_client()

    await aclose_client()

    assert first is second
    assert shared_client() is not first
    await aclose_client()


def test_other_event_loop_has_another_client():
    async def client() -> httpx2.AsyncClient:
        found = shared_client()
        await aclose_client()
        return found

    assert asyncio.run(client()) is not asyncio.run(client())


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
@run_async
async def test_broken_connection_is_not_repeated(method):
    async with loopback(Reply(), Reply(drops=True)) as server:
        await shared_client().request(method, server.url)

        with pytest.raises(httpx2.TransportError):
            await shared_client().request(method, server.url)

        assert len(server.seen) == 2
        await aclose_client()


@run_async
async def test_connection_is_kept_and_cookies_are_not():
    async with loopback(Reply(headers={"Set-Cookie": "a=b"})) as server:
        await shared_client().get(server.url)
        await shared_client().get(server.url)

        assert server.connections == 1
        assert [seen.headers.get("cookie") for seen in server.seen] == [None, None]
        await aclose_client()


@run_async
async def test_redirects_and_proxies_are_ignored(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    async with loopback(Reply(302, headers={"Location": "/elsewhere"})) as server:
        response = await shared_client().get(server.url + "/here")

        assert response.status_code == 302
        assert [seen.target for seen in server.seen] == ["/here"]
        assert server.seen[0].headers["accept-encoding"] == "gzip"
        await aclose_client()
