"""The few words of ASGI that the sandbox speaks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

JSON = (b"content-type", b"application/json")
NDJSON = (b"content-type", b"application/x-ndjson")
CHUNK = 2_000


async def respond(
    send: Send, status: int, body: bytes, headers: Sequence[tuple[bytes, bytes]] = ()
) -> None:
    """Send a whole answer, JSON where the headers do not say otherwise."""
    length = (b"content-length", b"%d" % len(body))
    kind = () if any(name == b"content-type" for name, _ in headers) else (JSON,)
    start = {"type": "http.response.start", "status": status, "headers": [*kind, length, *headers]}
    await send(start)
    await send({"type": "http.response.body", "body": body})


async def stream(send: Send, lines: Iterable[bytes]) -> None:
    """Send JSON lines in chunks, so that a long answer holds nobody up for long."""
    await send({"type": "http.response.start", "status": 200, "headers": [NDJSON]})
    chunk: list[bytes] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) >= CHUNK:
            await send({"type": "http.response.body", "body": b"".join(chunk), "more_body": True})
            chunk.clear()
    await send({"type": "http.response.body", "body": b"".join(chunk)})


async def read(receive: Receive) -> bytes:
    """Return a request's whole body."""
    body = b""
    while True:
        message = await receive()
        part: bytes = message.get("body", b"")
        body += part
        if not message.get("more_body"):
            return body


async def lifespan(receive: Receive, send: Send) -> None:
    """Start and stop without ado."""
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
