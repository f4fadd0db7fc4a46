"""Recorded contracts: what a lookup sends and what it makes of the answer, read from a file.

A file under recorded/<provider>/ is one exchange, or several in `exchanges`, in the order in which
they go out:

    {"about": "where the shape comes from", "lookup": "find_email", "inputs": {…}, "options": {…},
     "ticket": "", "exchanges": [{"request": "GET /email-finder?domain=…", "sent": body or form,
     "status": 200, "headers": {}, "body": …}], "facts": [[field, value, confidence], …],
     "error": "Throttled"}

`facts` are all of them, in any order; `error` is the class that the lookup raises instead. Of a
search for businesses "search", "wanted" and "cursor" take the place of "lookup" and "inputs", and
"businesses" (what is not "" or null of each) and "next" that of "facts". Of what a provider does
for us "does" names the coroutine and "with" what it is given; "told" is what it returns, in the
same way. Where a lookup is asked it
is noon of 22 November 2026 (UTC).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl
from uuid import uuid4

import orjson
from multidict import CIMultiDict, CIMultiDictProxy

from integrations.api import HttpApi
from integrations.calls import AccountView, Call
from integrations.classify import error_for, parsed
from integrations.exchange import Incoming, Outgoing
from integrations.gate import Gate
from integrations.provider import Ask, Fact, Lookup, Provider, Question, Reply
from integrations.registry import PROVIDERS
from integrations.search import Page, Search, Wanted

FOLDER = Path(__file__).parent / "recorded"
GATHERED_ELSEWHERE = {"twilio"}  # has a form and tests of its own, older than this one


class RecordedGate:
    """Answers with the file's exchanges, one after another, classified as the real gate does."""

    def __init__(self, exchanges: list[dict[str, Any]]) -> None:
        self.sent: list[Outgoing] = []
        self._left = iter(exchanges)

    async def exchange(self, outgoing: Outgoing, call: Call) -> Incoming:
        self.sent.append(outgoing)
        said = next(self._left)
        body = said.get("body")
        content = body.encode() if isinstance(body, str) else orjson.dumps(body)
        headers = CIMultiDictProxy(CIMultiDict(said.get("headers") or {}))
        incoming = Incoming(said.get("status", 200), headers, b"" if body is None else content)
        incoming.body = parsed(incoming.content)
        call.status = incoming.status
        call.error = error_for(call, incoming.status, incoming.headers, incoming.body)
        return incoming


def files() -> Iterator[Any]:
    """Yield every recorded lookup with its provider."""
    for each in PROVIDERS:
        if each.slug not in GATHERED_ELSEWHERE:
            for path in sorted((FOLDER / each.slug).glob("*.json")):
                if "lookup" in json.loads(path.read_text()):
                    yield each, path


def search_files() -> Iterator[Any]:
    """Yield every recorded search with its provider."""
    for each in PROVIDERS:
        for path in sorted((FOLDER / each.slug).glob("*.json")):
            if "search" in json.loads(path.read_text()):
                yield each, path


def deed_files() -> Iterator[Any]:
    """Yield everything recorded that a provider does for us, with its provider."""
    for each in PROVIDERS:
        for path in sorted((FOLDER / each.slug).glob("*.json")):
            if "does" in json.loads(path.read_text()):
                yield each, path


def replay(provider: Provider, recorded: dict[str, Any], gate: RecordedGate) -> list[Reply]:
    """Ask the file's lookup with its inputs over the gate; return the replies.

    `inputs` may be a list, for a lookup that is asked about many at once. Raises what it raises.
    """
    lookup = provider.lookups[recorded["lookup"]]
    given = recorded["inputs"]
    ticket = recorded.get("ticket", "")
    asks = [
        Ask(lookup, Question(inputs, ticket))
        for inputs in (given if isinstance(given, list) else [given])
    ]
    return asyncio.run(_ask(api_of(provider, recorded, gate), lookup, asks))


def replay_search(provider: Provider, recorded: dict[str, Any]) -> tuple[Page, RecordedGate]:
    """Ask the file's search; return the page and the gate that heard it."""
    gate = RecordedGate(recorded["exchanges"])
    api = api_of(provider, recorded, gate)
    wanted = Wanted(**recorded["wanted"])
    search = provider.searches[recorded["search"]]
    return asyncio.run(_search(api, search, wanted, recorded.get("cursor", ""))), gate


async def _search(api: HttpApi, search: Search, wanted: Wanted, cursor: str) -> Page:
    return await search.ask(api, wanted, cursor)


def api_of(provider: Provider, recorded: dict[str, Any], gate: RecordedGate) -> HttpApi:
    """Return the real Api over the file's exchanges, with the sandbox's secrets."""
    secrets = {secret.name: secret.sandbox for secret in provider.secrets}
    view = AccountView(
        0, provider.slug, 1, secrets, recorded.get("options") or {}, (), 100,
        provider.base_url, False, Decimal(1),
    )  # fmt: skip
    api = HttpApi(cast(Gate, gate), Call(provider, view, uuid4()))
    api.memory = {}
    return api


async def _ask(api: HttpApi, lookup: Lookup, asks: list[Ask]) -> list[Reply]:
    if lookup.gather:
        return list(await lookup.gather.ask(api, asks))
    assert lookup.ask is not None
    return [Reply(await lookup.ask(api, asks[0].question), api.last_body)]


def request_of(outgoing: Outgoing, base_url: str) -> str:
    """Return "GET /path?query" below the provider's address, or the whole address of another."""
    return f"{outgoing.method} {outgoing.url.removeprefix(base_url)}"


def sent_of(outgoing: Outgoing) -> Any:
    """Return what the body said: JSON, or a form as an object; None for none."""
    if not outgoing.content:
        return None
    if outgoing.headers.get("Content-Type", "").startswith("application/json"):
        return json.loads(outgoing.content)
    return dict(parse_qsl(outgoing.content.decode(), keep_blank_values=True))


def plain(facts: Any) -> list[list[Any]]:
    """Return facts as the files write them, sorted."""
    return sorted(([f.field, f.value, f.confidence] for f in facts), key=str)


__all__ = [
    "FOLDER",
    "Fact",
    "RecordedGate",
    "files",
    "plain",
    "replay",
    "replay_search",
    "request_of",
    "search_files",
    "sent_of",
]
