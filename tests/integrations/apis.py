"""Two ways for a test to be a lookup's Api: a recorded body, or the sandbox over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast
from uuid import uuid4

from integrations.api import HttpApi
from integrations.calls import AccountView, Call
from integrations.classify import error_for, parsed
from integrations.client import aclose_client, shared_session
from integrations.errors import CallError
from integrations.exchange import Incoming, Outgoing, exchange
from integrations.gate import Gate
from integrations.provider import Ask, Provider, Question, Reply

SECRETS = {"account_sid": "AC" + "0" * 32, "auth_token": "0" * 32}


class RecordedApi:
    """Gives one recorded answer to every request, and keeps what was asked."""

    def __init__(self, answer: Any, options: Mapping[str, Any] | None = None) -> None:
        self.options: Mapping[str, Any] = options or {}
        self.memory: dict[str, Any] = {}
        self.asked: list[tuple[str, str, Mapping[str, Any]]] = []
        self._answer = answer

    async def get(
        self, path: str, /, *, headers: Any = None, auth: Any = None, **params: Any
    ) -> Any:
        self.asked.append(("GET", path, params))
        return self._say(path)

    async def post(self, path: str, /, *, json: Any = None, **more: Any) -> Any:
        self.asked.append(("POST", path, json))
        return self._say(path)

    def _say(self, path: str) -> Any:
        answer = self._answer(path) if callable(self._answer) else self._answer
        if isinstance(answer, CallError):
            raise answer
        return answer


PATIENCE_S = 60.0


class BareGate:
    """Sends a request as it is and classifies its answer: no circuit, no limit, no retry."""

    def __init__(self) -> None:
        self.seen: list[Outgoing] = []
        self.answers: list[Incoming] = []

    async def exchange(self, outgoing: Outgoing, call: Call) -> Incoming:
        outgoing.headers["X-Request-ID"] = str(call.request_id)
        incoming = await exchange(shared_session(), outgoing, PATIENCE_S)
        incoming.body = parsed(incoming.content)
        call.error = error_for(call, incoming.status, incoming.headers, incoming.body)
        self.seen.append(outgoing)
        self.answers.append(incoming)
        return incoming


def http_api(
    provider: Provider,
    base_url: str,
    *,
    secrets: Mapping[str, str] = SECRETS,
    options: Mapping[str, Any] | None = None,
    gate: BareGate | None = None,
) -> HttpApi:
    """Return the real Api over a bare gate."""
    view = AccountView(
        1, provider.slug, 1, secrets, options or {}, (), 100, base_url, True, Decimal(1)
    )
    return HttpApi(cast(Gate, gate or BareGate()), Call(provider, view, uuid4()))


def asks_for(provider: Provider, names: Sequence[str], **inputs: str) -> list[Ask]:
    """Return an ask for each of the lookups, about the same inputs."""
    return [Ask(provider.lookups[name], Question(inputs)) for name in names]


def ask(api: Any, asks: Sequence[Ask]) -> Sequence[Reply]:
    """Ask a gathered lookup's question and close the connections."""
    gather = asks[0].lookup.gather
    assert gather is not None

    async def run() -> Sequence[Reply]:
        try:
            return await gather.ask(api, asks)
        finally:
            await aclose_client()

    return asyncio.run(run())
