"""The guard as a transport for httpx2 clients, which is how the SDKs are guarded.

A request says which call it belongs to in `request.extensions["call"]`, or, where an SDK builds
it, by `bound(call)`. A request that belongs to none is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import httpx2
from multidict import CIMultiDict

from integrations.calls import Call
from integrations.exchange import Outgoing
from integrations.guard import Guard

PACKING_HEADERS = ("content-encoding", "content-length")

CURRENT_CALL: ContextVar[Call | None] = ContextVar("CURRENT_CALL", default=None)


class Unguarded(RuntimeError):
    """A request that belongs to no call: a mistake in our code, so not a CallError."""


@contextmanager
def bound(call: Call) -> Iterator[None]:
    """Bind the requests made inside, in this task, to `call`."""
    token = CURRENT_CALL.set(call)
    try:
        yield
    finally:
        CURRENT_CALL.reset(token)


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Sends a client's requests through the guard."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        call = request.extensions.get("call") or CURRENT_CALL.get()
        if not isinstance(call, Call):
            raise Unguarded("A request to a provider needs a call: use HttpApi or bound(call)")
        content = await request.aread()
        headers = CIMultiDict(request.headers.multi_items())
        outgoing = Outgoing(request.method, str(request.url), headers, content)
        incoming = await self._guard.exchange(outgoing, call)
        unpacked = PACKING_HEADERS if "Content-Encoding" in incoming.headers else ()
        return httpx2.Response(
            incoming.status,
            headers=[pair for pair in incoming.headers.items() if pair[0].lower() not in unpacked],
            content=incoming.content,
            request=request,
        )
