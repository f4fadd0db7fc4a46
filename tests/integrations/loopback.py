"""A small HTTP server that answers by script, and a provider and calls to ask it with."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx2

from integrations.auth import basic
from integrations.calls import AccountView, Call
from integrations.circuits import CircuitBoard
from integrations.gate import Gate
from integrations.limits import Limiter
from integrations.provider import Provider, Secret
from integrations.retrying import RetryPolicy

# Waits of a hundredth, so that a test of repeats takes none.
HASTY = RetryPolicy(first_wait_s=0.005, longest_wait_s=0.05)
WAIT_S = 60.0


@dataclass(slots=True)
class Reply:
    """One answer: after `wait_s`, or the connection cut (`drops`) before anything is said."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    drops: bool = False

    def encoded(self) -> bytes:
        raw = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        lines = [f"HTTP/1.1 {self.status} Scripted", f"Content-Length: {len(raw)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + raw


@dataclass(slots=True)
class Seen:
    """One request as it came in; header names are lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Loopback:
    """Answers with the script's replies in turn, the last one for ever; keeps what it saw.

    While `may_answer` is cleared, requests are heard and stay in flight.
    """

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies or [Reply()])
        self.seen: list[Seen] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self.connections = 0
        self.url = ""
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await _head(reader):
                seen = _seen(head)
                seen.body = await reader.readexactly(int(seen.headers.get("content-length", 0)))
                self.seen.append(seen)
                self.in_flight += 1
                self.most_in_flight = max(self.most_in_flight, self.in_flight)
                reply = self.replies[min(len(self.seen), len(self.replies)) - 1]
                await asyncio.sleep(reply.wait_s)
                await self.may_answer.wait()
                self.in_flight -= 1
                if reply.drops:
                    break
                writer.write(reply.encoded())
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


def _seen(head: bytes) -> Seen:
    first, *lines = head.decode().strip().split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.partition(": ")[::2] for line in lines)
    return Seen(method, target, {name.lower(): value for name, value in pairs}, b"")


@asynccontextmanager
async def loopback(*replies: Reply) -> AsyncIterator[Loopback]:
    """Serve the script on a free port of 127.0.0.1."""
    server = Loopback(*replies)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listener.close()


@asynccontextmanager
async def opened(retry: RetryPolicy = HASTY, *, share: float = 1.0) -> AsyncIterator[Gate]:
    """Open a gate whose circuits and limits live in this process alone."""
    gate = Gate(CircuitBoard(None), Limiter(None), share=share, retry=retry)
    try:
        yield gate
    finally:
        await gate.aclose()


def acme(**peculiar: Any) -> Provider:
    """Return a provider with Basic auth and the usual traits, but for the peculiar ones."""
    secrets = (
        Secret("user", "User name", "ACME_USER"),
        Secret("password", "Password", "ACME_PASSWORD"),
    )
    traits: dict[str, Any] = {
        "slug": "acme",
        "label": "Acme",
        "docs": "https://acme.test/docs",
        "base_url": "https://api.acme.test",
        "auth": basic("user", "password"),
        "secrets": secrets,
        "timeout_s": WAIT_S,
        "circuit_fail_max": 50,
    }
    return Provider(**{**traits, **peculiar})


def call_to(base_url: str, provider: Provider | None = None, **account: Any) -> Call:
    """Return a fresh call to `base_url`; keywords are traits of its account."""
    traits: dict[str, Any] = {
        "id": 7,
        "provider": "acme",
        "version": 1,
        "secrets": {"user": "acme-user", "password": "acme-password"},
        "options": {},
        "windows": (),
        "max_in_flight": 100,
        "base_url": base_url,
        "is_sandbox": False,
        "hold_unknown_above_usd": Decimal("0.10"),
    }
    view = AccountView(**{**traits, **account})
    return Call(provider or acme(), view, uuid4(), ("find",))


async def get(gate: Gate, call: Call, path: str = "/") -> httpx2.Response:
    """Send a GET for `call` and return the answer, whatever its status."""
    return await gate.send(httpx2.Request("GET", call.account.base_url + path), call)


async def until(is_so: Callable[[], object]) -> None:
    """Return as soon as something is so."""
    async with asyncio.timeout(WAIT_S):
        while not is_so():
            await asyncio.sleep(0.001)


def failures(gate: Gate, key: str = "acme") -> int | None:
    """Return what a circuit has counted; None for one that nobody asked for."""
    return {state.key: state.failures for state in gate.board.states()}.get(key)


def run_async(test: Callable[..., Any]) -> Callable[..., None]:
    """Make a coroutine a test that runs in an event loop of its own."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(test(*args, **kwargs))

    return run
