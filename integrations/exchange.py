"""One exchange over the wire, in the least that we need of HTTP: what goes out, what came in.

An address that begins with whois:// is asked by one line of text (RFC 3912); who asks gets a 200.

Our own calls are made of these. httpx2's requests and answers cost more CPU than the sending
itself, so they are only what the SDKs speak (transport.py).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import aiohttp
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

LARGEST_BODY = 10 * 1024 * 1024
LARGE_BODY = 1024 * 1024  # above it aiohttp warns of bytes in one piece
CONNECT_S = 5.0
LINES = "whois://"
NO_HEADERS: CIMultiDictProxy[str] = CIMultiDictProxy(CIMultiDict())


class TooBig(Exception):
    """A body of more than LARGEST_BODY bytes, unpacked."""

    def __str__(self) -> str:
        return f"a body of more than {LARGEST_BODY} bytes"


class LineNotConnected(OSError):
    """No connection to a host that is asked by lines: nothing was sent."""


@dataclass(slots=True)
class Outgoing:
    """A request; `url` is whole and encoded."""

    method: str
    url: str
    headers: CIMultiDict[str]
    content: bytes = b""

    @property
    def target(self) -> str:
        """Path and query, as they stand in the request's first line."""
        return "/" + self.url.partition("://")[2].partition("/")[2]


@dataclass(slots=True)
class Incoming:
    """An answer, read to its end and unpacked; `body` is its JSON where the guard looked at it."""

    status: int
    headers: CIMultiDictProxy[str]
    content: bytes
    body: Any = None

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


async def exchange(
    session: aiohttp.ClientSession, outgoing: Outgoing, timeout_s: float
) -> Incoming:
    """Send and read; `timeout_s` is for the answer, connecting has its own.

    Raises aiohttp.ClientError, OSError (TimeoutError is one) and TooBig.
    """
    connect_s = min(CONNECT_S, timeout_s)
    if outgoing.url.startswith(LINES):
        return await _ask_line(outgoing, connect_s, timeout_s)
    asking = session.request(
        outgoing.method,
        URL(outgoing.url, encoded=True),
        headers=outgoing.headers,
        data=_sendable(outgoing.content),
        allow_redirects=False,
        timeout=_timeouts(connect_s, timeout_s),
    )
    async with asyncio.timeout(connect_s + timeout_s), asking as response:
        return Incoming(response.status, response.headers, await _read(response.content))


def _sendable(content: bytes) -> bytes | BytesIO | None:
    """Return a body as aiohttp wants it: a large one in parts, which let others have their turn."""
    return BytesIO(content) if len(content) > LARGE_BODY else content or None


@lru_cache
def _timeouts(connect_s: float, answer_s: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(connect=connect_s, sock_connect=connect_s, sock_read=answer_s)


async def _read(stream: aiohttp.StreamReader) -> bytes:
    """Return the body, unpacked. Raises TooBig as soon as it is."""
    parts = [await stream.readany()]
    size = len(parts[0])
    while size <= LARGEST_BODY and not stream.at_eof():
        parts.append(await stream.readany())
        size += len(parts[-1])
    if size > LARGEST_BODY:
        raise TooBig
    return b"".join(parts)


async def _ask_line(outgoing: Outgoing, connect_s: float, answer_s: float) -> Incoming:
    """Send one line and read until the host closes, which is how it ends (RFC 3912 §2)."""
    place, _, line = outgoing.url.removeprefix(LINES).partition("/")
    host, _, port = place.partition(":")
    try:
        async with asyncio.timeout(connect_s):
            reader, writer = await asyncio.open_connection(host, int(port or 43))
    except OSError as failure:
        raise LineNotConnected(f"{type(failure).__name__} connecting to {host}") from failure
    try:
        async with asyncio.timeout(answer_s):
            writer.write(f"{unquote(line)}\r\n".encode())
            await writer.drain()
            return Incoming(200, NO_HEADERS, await _read_lines(reader))
    finally:
        writer.close()


async def _read_lines(stream: asyncio.StreamReader) -> bytes:
    content = b""
    while part := await stream.read(65_536):
        content += part
        if len(content) > LARGEST_BODY:
            raise TooBig
    return content
