"""The way to one connection's CRM (`connector.Api`), through the guard of all outgoing calls."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson
import structlog
from multidict import CIMultiDict

from crm_sync.connector import Answer, Pace
from integrations.api import JSON, address, apply_auth
from integrations.calls import AccountView, Call
from integrations.classify import parsed
from integrations.errors import ContractBroken, CredentialRejected
from integrations.exchange import Incoming, Outgoing
from integrations.gate import Gate
from integrations.ids import uuid7
from integrations.provider import Provider

log = structlog.get_logger(__name__)

Renew = Callable[[AccountView], Awaitable[AccountView]]


@dataclass(slots=True)
class Reach:
    """Where a connection's CRM is and how it is reached now; `renew` gets another token.

    From `due_at` on (time.monotonic) `freshen` gets one before this one runs out.

    `provider` is the connector's, with a slug of the connection's own, so that its circuit is; so
    is `view.id`, below zero, so that its limits are and no account's.
    """

    provider: Provider
    view: AccountView
    key_fields: Mapping[str, str]
    renew: Renew | None = None
    freshen: Renew | None = None
    due_at: float = math.inf
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class CrmApi:
    """`connector.Api` over a gate. One for many calls, also side by side."""

    def __init__(self, gate: Gate, reach: Reach) -> None:
        self.options: Mapping[str, Any] = reach.view.options
        self.key_fields = reach.key_fields
        self._gate = gate
        self._reach = reach

    async def ask(
        self,
        method: str,
        path: str,
        /,
        *,
        json: Any = None,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | Sequence[str]] | None = None,
        fine: Sequence[int] = (),
        once: bool = False,
        pace: Pace | None = None,
    ) -> Answer:
        given = {"Accept": JSON, **(headers or {})}
        if json is not None:
            content = orjson.dumps(json)
            given.setdefault("Content-Type", JSON)
        view = await self._current()
        if pace:
            await self._gate.limiter.acquire(f"{view.id}:{pace.name}", pace.rate.windows())
        try:
            return await self._ask(view, method, path, content, given, params or {}, fine, once)
        except CredentialRejected:
            if (fresh := await self._renewed(view)) is None:
                raise
        return await self._ask(fresh, method, path, content, given, params or {}, fine, once)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _current(self) -> AccountView:
        """Return the view, with another token where this one is about to run out."""
        reach = self._reach
        if reach.freshen and time.monotonic() >= reach.due_at:
            async with reach.lock:
                if time.monotonic() >= reach.due_at:
                    reach.view = await reach.freshen(reach.view)
        return reach.view

    async def _renewed(self, refused: AccountView) -> AccountView | None:
        """Return a view with another token; of many who were refused, one gets it for all."""
        reach = self._reach
        if reach.renew is None:
            return None
        async with reach.lock:
            if reach.view is refused:
                reach.view = await reach.renew(refused)
            return reach.view

    async def _ask(
        self,
        view: AccountView,
        method: str,
        path: str,
        content: bytes,
        headers: Mapping[str, str],
        params: Mapping[str, str | Sequence[str]],
        fine: Sequence[int],
        once: bool,
    ) -> Answer:
        call = Call(self._reach.provider, view, uuid7(), once=once, heard=_written_down)
        given, added = dict(headers), dict(params)
        apply_auth(call, given, added)
        url = _whole(view, path, added)
        incoming = await self._gate.exchange(
            Outgoing(method, url, CIMultiDict(given), content), call
        )
        if call.error and incoming.status not in fine:
            raise call.error
        return Answer(incoming.status, incoming.headers, _body(incoming))


def _whole(view: AccountView, path: str, params: Mapping[str, str | Sequence[str]]) -> str:
    """Return the address of a path, or a whole one that the CRM gave us, of its own host only."""
    if path.startswith("/"):
        return address(view.base_url, path, params)
    own = urlsplit(view.base_url)
    try:
        given = urlsplit(path)
        host, port = given.hostname, given.port
    except ValueError:
        host, port = "nobody can read", None
    if (host, port) != (own.hostname, own.port):
        log.warning("crm_address_refused", provider=view.provider, host=host)
        raise ContractBroken(f"an address of another host was given to go on from: {host}")
    return given._replace(scheme=own.scheme).geturl()


def _written_down(call: Call) -> None:
    """Log an attempt; there is no row of it in the ledger. What it was about is not said."""
    say = log.info if call.error else log.debug
    say(
        "crm_asked", provider=call.provider.slug, request_id=str(call.request_id),
        attempt=call.tries, status=call.status, ms=call.ms,
        remote_id=call.remote_id if call.status else "",
        error=type(call.error).__name__ if call.error else "",
        retry_after_s=call.error.retry_after_s if call.error else None,
    )  # fmt: skip


def _body(incoming: Incoming) -> Any:
    return parsed(incoming.content) if incoming.body is None else incoming.body
