"""The gate of one event loop: its connections, circuits and limits, behind one guard."""

from __future__ import annotations

from collections.abc import Sequence

import httpx2
import redis
import redis.asyncio
from pybreaker import CircuitBreakerListener

from integrations.calls import Call
from integrations.circuits import CircuitBoard
from integrations.client import aclose_client, new_client, shared_session
from integrations.exchange import Incoming, Outgoing
from integrations.guard import Guard
from integrations.limits import Limiter
from integrations.retrying import RetryPolicy
from integrations.transport import GuardedTransport


class Gate:
    """The only way out: `exchange` for our own calls, `send` and `client` for what speaks httpx2.

    Made and used inside a running event loop; `aclose` closes that loop's connections.
    """

    def __init__(
        self,
        board: CircuitBoard,
        limiter: Limiter,
        *,
        share: float = 1.0,
        retry: RetryPolicy | None = None,
    ) -> None:
        self.board = board
        self.limiter = limiter
        self._guard = Guard(shared_session, board, limiter, share=share, retry=retry)
        self._transport = GuardedTransport(self._guard)
        self.client = new_client(self._transport)

    async def exchange(self, outgoing: Outgoing, call: Call) -> Incoming:
        """Send for `call` and return the answer, read; its error is `call.error`."""
        return await self._guard.exchange(outgoing, call)

    async def send(self, request: httpx2.Request, call: Call) -> httpx2.Response:
        """Do the same in httpx2's terms, for an SDK."""
        request.extensions["call"] = call
        return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Refuse who waits for a permit, and close the event loop's connections."""
        await self.limiter.aclose()
        await aclose_client()


def open_gate(
    redis_url: str | None,
    *,
    share: float = 1.0,
    listeners: Sequence[CircuitBreakerListener] = (),
    retry: RetryPolicy | None = None,
) -> Gate:
    """Return a gate for the running event loop; without Redis it knows only this process.

    `share` is this process's part of what the fleet may do: one divided by the number of worker
    processes. It divides the places in flight always, the rates while Redis is away.
    """
    circuits = redis.Redis.from_url(redis_url) if redis_url else None
    limits = redis.asyncio.Redis.from_url(redis_url) if redis_url else None
    board = CircuitBoard(circuits, listeners=listeners)
    return Gate(board, Limiter(limits, share=share), share=share, retry=retry)
