"""Asks Apollo about firms and people, one by one or up to ten in a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from integrations.batches import batch_size
from integrations.errors import CallError, QuestionRejected
from integrations.firm_domains import firm_domain
from integrations.provider import Api, Ask, Fact, Question, Reply
from integrations.providers.apollo.reading import READ, organization, own_domain, person
from integrations.reading import Body

LARGEST_BATCH = 10
# Our inputs in Apollo's words; all but name and domain are given where they are known.
PERSON_INPUTS: Mapping[str, str] = {
    "full_name": "name",
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "email",
    "linkedin_url": "linkedin_url",
}
# A phone would cost eight credits more and come later, to an address of ours on the internet.
NO_EXTRAS = {"reveal_personal_emails": "false", "reveal_phone_number": "false"}


def size(options: Mapping[str, Any]) -> int:
    """Return how many questions share a request."""
    return batch_size(options, LARGEST_BATCH)


async def ask_organizations(api: Api, asks: Sequence[Ask]) -> Sequence[Reply]:
    """Return a reply for each ask, in order; equal domains are asked once."""
    asked = [_domain(ask.question) for ask in asks]
    domains = list(dict.fromkeys(each for each in asked if isinstance(each, str)))
    found: dict[str, Body] = {}
    for at in range(0, len(domains), LARGEST_BATCH):
        found |= await _organizations(api, domains[at : at + LARGEST_BATCH])
    return [
        Reply(error=each) if isinstance(each, CallError) else _reply(found.get(each), organization)
        for each in asked
    ]


async def _organizations(api: Api, domains: Sequence[str]) -> dict[str, Body]:
    if len(domains) == 1:
        body = _held(await api.get("/organizations/enrich", domain=domains[0]), "organization")
        return {domains[0]: READ.part(body, "organization")}
    body = await _post(api, "/organizations/bulk_enrich", None, {"domains[]": domains})
    return {own_domain(each): each for each in _places(body, "organizations") if each}


async def match_people(api: Api, asks: Sequence[Ask]) -> Sequence[Reply]:
    """Return a reply for each ask, in order."""
    asked = [_details(ask.question) for ask in asks]
    good = [each for each in asked if isinstance(each, dict)]
    people: list[Body | None] = []
    for at in range(0, len(good), LARGEST_BATCH):
        people += await _people(api, good[at : at + LARGEST_BATCH])
    left = iter(people)
    return [
        Reply(error=each) if isinstance(each, CallError) else _reply(next(left), person)
        for each in asked
    ]


async def _people(api: Api, wanted: Sequence[dict[str, str]]) -> list[Body | None]:
    """Return a person for each, in order, None for no match."""
    if len(wanted) == 1:
        body = await _post(api, "/people/match", None, {**wanted[0], **NO_EXTRAS})
        return [READ.part(_held(body, "person"), "person")]
    body = await _post(api, "/people/bulk_match", {"details": wanted}, NO_EXTRAS)
    found = _places(body, "matches")
    if len(found) != len(wanted):
        raise READ.broken("matches", body.get("matches"))
    return found


async def _post(api: Api, path: str, json: Any, params: Mapping[str, str | Sequence[str]]) -> Body:
    """Return the answer to a POST, whose parameters Apollo wants in the query."""
    return READ.body(await api.post(path, json=json, form=None, headers=None, auth=None, **params))


def _held(body: Any, key: str) -> Body:
    """Return an answer about one, which is empty, or null under its key, where nobody matches."""
    return READ.body(body, key) if body != {} else {}


def _domain(question: Question) -> str | QuestionRejected:
    """Return the domain to ask about, or why not."""
    try:
        return firm_domain(question.get("company.domain"), "Apollo")
    except QuestionRejected as why:
        return why


def _details(question: Question) -> dict[str, str] | QuestionRejected:
    """Return what identifies a person, or why nobody is asked."""
    domain = _domain(question)
    if isinstance(domain, QuestionRejected):
        return domain
    if len(question.get("full_name").split()) < 2:
        return QuestionRejected("Apollo: full_name is one word, which matches nobody")
    given = {theirs: question.get(ours) for ours, theirs in PERSON_INPUTS.items()}
    return {name: value for name, value in given.items() if value} | {"domain": domain}


def _places(body: Body, key: str) -> list[Body | None]:
    """Return a list of objects with null for those that are missing."""
    value = body.get(key)
    if not isinstance(value, list) or not all(
        each is None or isinstance(each, dict) for each in value
    ):
        raise READ.broken(key, value)
    return value


def _reply(found: Body | None, read: Callable[[Body], list[Fact]]) -> Reply:
    """Return the facts of one, or what is wrong with it; the others are not spoiled."""
    try:
        return Reply(read(found or {}), found)
    except CallError as error:
        return Reply(raw=found, error=error)
