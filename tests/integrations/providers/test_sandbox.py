"""Every provider against its part of the sandbox, over real HTTP: understood, and as promised."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from enrichment import golden
from integrations.client import aclose_client
from integrations.errors import CallError, CredentialRejected, QuotaExhausted
from integrations.provider import Lookup, Provider, Reply
from integrations.registry import PROVIDERS
from tests.integrations.providers.asking import api_of, ask_all, people, question
from tests.integrations.sandbox.running import Running, running_sandbox

COUNT = 40
# What reads files of this machine, or a profile that has to be made first, has tests of its own.
APART = {"fcc.fixed_wireless", "twilio_trust_hub.review"}
LOOKUPS = [(of, each) for of in PROVIDERS for each in of.lookups.values() if each.slug not in APART]
BATCHED = [
    (of, each) for of, each in LOOKUPS if each.gather and each.gather.size({"batch_size": 5}) > 1
]
# Twilio bills a package only where the carrier covers it; the ledger counts the most it can be.
PAID = [(of, each) for of, each in LOOKUPS if each.price.usd and of.slug != "twilio"]
TRIED = [of for of in PROVIDERS if of.trial]
# Twilio's parts have magic secrets of their own, and tests of their own for them.
KEYED = [of for of in PROVIDERS if of.secrets and of.lookups and not of.slug.startswith("twilio")]
# What says yes about few people, none of them among those that are asked here.
SELDOM = {"twilio.call_forwarding"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with running_sandbox() as running:
        yield running


def named(each: tuple[Provider, Lookup]) -> str:
    return each[1].slug


@pytest.mark.parametrize("asked", LOOKUPS, ids=named)
def test_a_lookup_understands_what_the_sandbox_says(
    sandbox: Running, asked: tuple[Provider, Lookup]
):
    of, lookup = asked
    questions = [
        question(lookup, person, with_all=at % 2 == 0) for at, person in enumerate(people(COUNT))
    ]

    replies = ask_all(of, lookup, questions, sandbox)

    assert [f"{type(r.error).__name__}: {r.error}" for r in replies if r.error] == []
    facts = [fact for reply in replies for fact in reply.facts]
    assert {fact.field for fact in facts} <= promised(of, lookup)
    assert all(golden.coerce(fact.field, fact.value) not in ("", None) for fact in facts)
    assert all(0 < fact.confidence <= 1 for fact in facts)
    assert facts or lookup.slug in SELDOM


def promised(of: Provider, lookup: Lookup) -> set[str]:
    """Return what a lookup may supply: its own, and what others that are gathered with it do."""
    together = [
        each
        for each in of.lookups.values()
        if each is lookup or (each.gather and each.gather is lookup.gather)
    ]
    return {field for each in together for field in each.supplies}


@pytest.mark.parametrize("asked", BATCHED, ids=named)
def test_a_batch_says_what_single_questions_say(sandbox: Running, asked: tuple[Provider, Lookup]):
    of, lookup = asked
    questions = [question(lookup, person, with_all=False) for person in people(12)]

    together = ask_all(of, lookup, questions, sandbox, options={"batch_size": 5})

    assert [comparable(reply) for reply in together] == [
        comparable(reply) for reply in ask_all(of, lookup, questions, sandbox)
    ]


def comparable(reply: Reply) -> tuple[list[str], str]:
    return sorted(map(repr, reply.facts)), type(reply.error).__name__


@pytest.mark.parametrize("asked", PAID, ids=named)
def test_the_sandbox_bills_what_the_ledger_counts(sandbox: Running, asked: tuple[Provider, Lookup]):
    of, lookup = asked
    asked_once = {
        str(about.inputs): about
        for about in (question(lookup, person, with_all=False) for person in people(COUNT))
    }
    questions = list(asked_once.values())
    sandbox.fresh()

    replies = ask_all(of, lookup, questions, sandbox)

    billed = [
        reply
        for reply in replies
        if not reply.error and (reply.facts or (reply.is_billed and not lookup.price.on_hit_only))
    ]
    asked_of_it = sandbox.count()["providers"][of.slug][lookup.name]
    assert asked_of_it.get("charged", 0) == len(billed)


@pytest.mark.parametrize("of", TRIED, ids=lambda of: of.slug)
def test_the_connections_test_passes_with_the_sandboxs_secret(sandbox: Running, of: Provider):
    assert of.label.partition(" ")[0] in tried(of, sandbox, "")


@pytest.mark.parametrize("of", KEYED, ids=lambda of: of.slug)
def test_a_wrong_secret_is_refused_wherever_it_is_given(sandbox: Running, of: Provider):
    assert refusals(of, sandbox, "wrong") == {CredentialRejected}
    if of.trial:
        with pytest.raises(CredentialRejected):
            tried(of, sandbox, "wrong")


# Verizon counts no calls of a plan: it only slows down who asks too fast.
@pytest.mark.parametrize("of", [o for o in KEYED if o.slug != "verizon"], ids=lambda of: of.slug)
def test_a_plan_that_is_used_up_is_told_from_a_wrong_secret(sandbox: Running, of: Provider):
    assert refusals(of, sandbox, "spent") == {QuotaExhausted}


def refusals(of: Provider, sandbox: Running, secret: str) -> set[type[CallError] | None]:
    """Return the kinds of errors that all lookups of a provider meet with a secret."""
    found: set[type[CallError] | None] = set()
    for lookup in of.lookups.values():
        questions = [question(lookup, person, with_all=False) for person in people(2)]
        replies = ask_all(of, lookup, questions, sandbox, secret=secret)
        found |= {type(reply.error) if reply.error else None for reply in replies}
    return found


def tried(of: Provider, sandbox: Running, secret: str) -> str:
    """Return what a connection's test says. Raises CallError."""

    async def run() -> str:
        assert of.trial is not None
        try:
            return await of.trial(api_of(of, sandbox, secret))
        finally:
            await aclose_client()

    return asyncio.run(run())
