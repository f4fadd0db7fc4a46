"""Asks any lookup of any provider about invented people, over real HTTP, of the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from integrations.api import HttpApi
from integrations.client import aclose_client
from integrations.errors import CallError, NotFound, Pending
from integrations.provider import Ask, Lookup, Provider, Question, Reply
from integrations.sandbox.world import Firm, Person, person_at
from tests.integrations.apis import http_api
from tests.integrations.sandbox.running import Running

MOST_PENDING = 10


def known_of(person: Person) -> dict[str, str]:
    """Return everything that a contact may know of itself and its company, as lookups want it."""
    return {
        "phone": person.phone,
        "phone_is_valid": "True",
        "phone_country": "US",
        "caller_name": f"{person.firm.name.upper()} LLC",
        "caller_type": "business",
        "first_name": person.first_name,
        "last_name": person.last_name,
        "full_name": f"{person.first_name} {person.last_name}",
        "email": person.email,
        "linkedin_url": "https://www.linkedin.com/in/somebody",
        "address_line": person.street,
        "city": person.city,
        "state": person.state,
        "postal_code": person.postal_code,
        "country": "US",
        "address_country": "US",
        "latitude": str(person.latitude),
        "longitude": str(person.longitude),
        "consent_on": "20260131",
        **{f"company.{name}": value for name, value in _known_of_firm(person.firm).items()},
    }


def _known_of_firm(firm: Firm) -> dict[str, str]:
    return {
        "name": firm.name,
        "domain": firm.domain,
        "phone": firm.phone,
        "website": f"https://{firm.domain}",
        "email_pattern": "{first}.{last}",
        "address_line": firm.street,
        "city": firm.city,
        "state": firm.state,
        "postal_code": firm.postal_code,
        "country": "US",
        "latitude": str(firm.latitude),
        "longitude": str(firm.longitude),
        "mail_host": firm.mail_host,
        "ip_address": "192.0.2.7",
        "trust_profile_sid": f"BU{0:032}",
    }


def people(count: int) -> list[Person]:
    """Return invented people with reserved numbers, each with one of their own."""
    return [person_at(f"+1{201 + at // 100}55501{at % 100:02d}") for at in range(count)]


def question(lookup: Lookup, person: Person, *, with_all: bool) -> Question:
    """Return what the lookup needs to know of a person, and what it uses where that is known.

    A street never comes without its ZIP: nobody could find it.
    """
    known = known_of(person)
    wanted = lookup.needs | (lookup.uses if with_all else lookup.uses & {"postal_code"})
    return Question({name: known[name] for name in sorted(wanted) if known.get(name)})


def api_of(provider: Provider, sandbox: Running, secret: str = "", **options: Any) -> HttpApi:
    """Return the way to the provider's part of the sandbox, with one secret for all of its own."""
    secrets = {each.name: secret or each.sandbox for each in provider.secrets}
    stand_ins = {each.name: each.sandbox for each in provider.switches if each.sandbox}
    api = http_api(
        provider, f"{sandbox.url}/{provider.slug}", secrets=secrets, options=stand_ins | options
    )
    api.memory = {}
    return api


def ask_all(
    provider: Provider, lookup: Lookup, questions: Sequence[Question], sandbox: Running,
    *, secret: str = "", options: Mapping[str, Any] | None = None,
) -> list[Reply]:  # fmt: skip
    """Return a reply for each question; what a lookup raises is the reply's error."""

    async def run() -> list[Reply]:
        try:
            return [reply for each in groups for reply in await _ask(*each)]
        finally:
            await aclose_client()

    size = lookup.gather.size(options or {}) if lookup.gather else 1
    groups = [
        (api_of(provider, sandbox, secret, **(options or {})), lookup, questions[at : at + size])
        for at in range(0, len(questions), size)
    ]
    return asyncio.run(run())


def ask_once(provider: Provider, lookup: Lookup, about: Question, sandbox: Running) -> Reply:
    """Return the reply to one question. Raises what the lookup raises."""

    async def run() -> Reply:
        try:
            return (await _asked(api_of(provider, sandbox), lookup, [about]))[0]
        finally:
            await aclose_client()

    return asyncio.run(run())


async def _ask(api: HttpApi, lookup: Lookup, questions: Sequence[Question]) -> list[Reply]:
    """Ask, and again while the answer is still to come."""
    waiting = list(questions)
    for _ in range(MOST_PENDING):
        try:
            return await _asked(api, lookup, waiting)
        except Pending as later:
            waiting = [Question(each.inputs, later.ticket) for each in waiting]
        except NotFound:
            return [Reply(is_billed=False) for _ in waiting]
        except CallError as error:
            return [Reply(error=error) for _ in waiting]
    raise AssertionError(f"{lookup.slug} stays pending")


async def _asked(api: HttpApi, lookup: Lookup, questions: Sequence[Question]) -> list[Reply]:
    if lookup.gather:
        return list(await lookup.gather.ask(api, [Ask(lookup, each) for each in questions]))
    assert lookup.ask is not None
    return [Reply(await lookup.ask(api, questions[0]))]
