"""A line asked of a host (RFC 3912) goes the one way out, as every call does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from integrations import exchange
from integrations.api import HttpApi
from integrations.calls import Call
from integrations.errors import CircuitOpen, ContractBroken, OutcomeUnknown, Unreachable
from integrations.ids import uuid7
from integrations.providers.rdap import REGISTRY
from tests.integrations.loopback import call_to, opened, run_async


@asynccontextmanager
async def whois(answer: bytes, *, hangs: bool = False) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A host on loopback that says one thing; what it was asked is kept."""
    heard: list[bytes] = []
    let_go = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readline())
        writer.write(answer)
        if hangs:
            await let_go.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"whois://127.0.0.1:{port}", heard
    finally:
        let_go.set()
        server.close()


def call_for(url: str, **more: object) -> Call:
    """A call of the registry's whose host of .tr is at `url`; live, so no sandbox answers."""
    of = replace(REGISTRY, slug=f"rdap{uuid7()}", hosts={"whois.tr": url}, **more)  # type: ignore[arg-type]
    account = replace(call_to("http://127.0.0.1:9").account, provider=of.slug, is_sandbox=False)
    return Call(of, account, uuid7(), ("domain",))


@run_async
async def test_a_line_is_sent_and_the_text_comes_back():
    async with whois("Ünal\r\n".encode()) as (url, heard), opened() as gate:
        call = call_for(url)

        said = await HttpApi(gate, call).ask_line("whois.tr", "birch.com.tr")

        assert said == "Ünal\r\n"
        assert heard == [b"birch.com.tr\r\n"]
        assert (call.status, call.tries, call.sent, call.error) == (200, 1, True, None)
        assert call.exchange == "GET /birch.com.tr → 200, 7 bytes"


@run_async
async def test_a_line_cannot_become_two():
    async with whois(b"x") as (url, heard), opened() as gate:
        with pytest.raises(ValueError, match="no line breaks"):
            await HttpApi(gate, call_for(url)).ask_line("whois.tr", "birch.test\r\nother.test")

        assert heard == []


@run_async
async def test_a_host_that_is_away_was_sent_nothing_and_trips_the_circuit():
    async with opened() as gate:
        call = call_for("whois://127.0.0.1:9", circuit_fail_max=2)
        api = HttpApi(gate, call)

        for _ in range(2):
            with pytest.raises((Unreachable, CircuitOpen)):
                await api.ask_line("whois.tr", "birch.com.tr")
        assert not call.sent

        with pytest.raises(CircuitOpen):
            await api.ask_line("whois.tr", "birch.com.tr")


@run_async
async def test_a_host_that_does_not_end_is_not_waited_for():
    async with whois(b"half", hangs=True) as (url, _), opened() as gate:
        with pytest.raises(OutcomeUnknown):
            await HttpApi(gate, call_for(url, timeout_s=1.0)).ask_line("whois.tr", "a.com.tr")


@run_async
async def test_a_host_that_says_too_much_is_cut_short(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(exchange, "LARGEST_BODY", 100)
    async with whois(b"x" * 200) as (url, _), opened() as gate:
        with pytest.raises(ContractBroken):
            await HttpApi(gate, call_for(url)).ask_line("whois.tr", "birch.com.tr")
