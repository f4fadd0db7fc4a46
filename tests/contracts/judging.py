"""What Prism says of a plain lookup's requests, and what a schema says of answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import orjson

from integrations.client import aclose_client
from integrations.errors import CallError
from integrations.provider import Provider, Question
from integrations.registry import lookup
from tests.integrations.apis import BareGate, http_api

Verdict = tuple[int, list[Any]]


def judged(
    of: Provider, base_url: str, slug: str, inputs: Mapping[str, str], **options: Any
) -> list[tuple[str, Verdict]]:
    """Ask a lookup of a mock; return each request's method and path, its status, and what Prism
    holds against it. What it holds against the answer is the publisher's."""
    gate = BareGate()
    secrets = {secret.name: secret.sandbox for secret in of.secrets}
    api = http_api(of, base_url, secrets=secrets, options=options, gate=gate)
    asker = lookup(slug).ask
    assert asker is not None

    async def run() -> None:
        try:
            with suppress(CallError):
                await asker(api, Question(inputs))
        finally:
            await aclose_client()

    asyncio.run(run())
    return [
        (f"{sent.method} {sent.target.partition('?')[0]}", verdict(heard.status, heard.headers))
        for sent, heard in zip(gate.seen, gate.answers, strict=True)
    ]


def verdict(status: int, headers: Mapping[str, str]) -> Verdict:
    """Return the status and what is held against the request; (200, []) is clean."""
    found = orjson.loads(headers.get("sl-violations", "[]"))
    return status, [each for each in found if each["location"][0] == "request"]
