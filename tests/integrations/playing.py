"""Asks a lookup of the responder itself: answers are classified, and no socket is open."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast
from urllib.parse import unquote
from uuid import uuid4

from multidict import CIMultiDict, CIMultiDictProxy

from integrations.api import HttpApi
from integrations.calls import AccountView, Call
from integrations.classify import error_for, parsed
from integrations.exchange import Incoming, Outgoing
from integrations.gate import Gate
from integrations.provider import Fact, Lookup, Provider, Question
from integrations.registry import lookup as by_slug
from integrations.sandbox.faults import ANSWERED
from integrations.sandbox.responder import Answer, Asked, Responder

BASE = "http://sandbox.test"


class PlayedGate:
    """Hands requests to a responder; keeps what was asked and what it said.

    `lost` are the requests by number (from 1) that are heard, and whose answer never arrives.
    Before each answer others get their turn.
    """

    def __init__(self, responder: Responder) -> None:
        self.responder = responder
        self.sent: list[Outgoing] = []
        self.said: list[Answer] = []
        self.lost: dict[int, Exception] = {}

    async def exchange(self, outgoing: Outgoing, call: Call) -> Incoming:
        self.sent.append(outgoing)
        await asyncio.sleep(0)
        answer = self.responder.answer(asked(outgoing))
        self.said.append(answer)
        if answer.after:
            answer.after(ANSWERED)
        if lost := self.lost.get(len(self.sent)):
            raise lost
        headers = CIMultiDictProxy(CIMultiDict())
        incoming = Incoming(answer.status, headers, answer.body, parsed(answer.body))
        call.error = error_for(call, incoming.status, incoming.headers, incoming.body)
        return incoming


def asked(outgoing: Outgoing) -> Asked:
    """Return a request as the sandbox hands it to a responder."""
    path, _, query = outgoing.url.removeprefix(BASE).partition("?")
    headers = [(k.lower().encode(), v.encode()) for k, v in outgoing.headers.items()]
    authorization = outgoing.headers.get("Authorization", "").encode()
    return Asked(
        outgoing.method, unquote(path), query.encode(), authorization, outgoing.content, headers
    )


def api_to(
    provider: Provider,
    gate: PlayedGate,
    memory: dict[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    **options: Any,
) -> HttpApi:
    """Return the real Api of an account with the sandbox's secrets over a played gate."""
    held = {secret.name: secret.sandbox for secret in provider.secrets} | dict(secrets or {})
    view = AccountView(0, provider.slug, 1, held, options, (), 100, BASE, True, Decimal(1))
    api = HttpApi(cast(Gate, gate), Call(provider, view, uuid4()))
    api.memory = {} if memory is None else memory
    return api


def facts_of(api: HttpApi, slug: str, inputs: Mapping[str, str], ticket: str = "") -> list[Fact]:
    """Ask one question. Raises CallError."""
    found: Lookup = by_slug(slug)
    assert found.ask is not None
    return list(asyncio.run(cast(Any, found.ask(api, Question(inputs, ticket)))))
