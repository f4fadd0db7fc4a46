"""Magic inputs of the sandbox's providers: each documented error, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from integrations import registry
from integrations.errors import Pending
from integrations.provider import Question
from tests.integrations.providers.asking import ask_all, ask_once, known_of, people
from tests.integrations.sandbox.running import Running, running_sandbox

FIRM = {"company.domain": "alderplumbing.test"}
WHO = {"full_name": "Ann Lee", **FIRM}
BATCH = {"batch_size": 10}
MARKETPLACE = {"is_marketplace": True}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with running_sandbox() as running:
        yield running


def said(sandbox: Running, slug: str, *inputs: Mapping[str, str], **more: Any) -> list[str]:
    """Return per question the kind of error, else what is said, "" for a miss."""
    lookup = registry.lookup(slug)
    of = registry.provider(lookup.provider)
    replies = ask_all(of, lookup, [Question(each) for each in inputs], sandbox, **more)
    return [
        type(reply.error).__name__
        if reply.error
        else " ".join(f"{fact.field}={fact.value}" for fact in reply.facts[:1])
        for reply in replies
    ]


@pytest.mark.parametrize(
    ("slug", "inputs", "secret", "error"),
    [
        ("numverify.validate", {"phone": "+14155550100"}, "inactive", "CredentialRejected"),
        ("numverify.validate", {"phone": "+14155550100"}, "plain", "NotEntitled"),
        ("numverify.validate", {"phone": "+15005550106"}, "", "QuestionRejected"),
        ("numverify.validate", {"phone": "+15005550211"}, "", "QuestionRejected"),
        ("numverify.validate", {"phone": "+15005550310"}, "", "QuestionRejected"),
        ("numverify.validate", {"phone": "+15005550429"}, "", "Throttled"),
        ("numverify.validate", {"phone": "+15005550999"}, "", "QuestionRejected"),
        ("numverify.validate", {"phone": "+1415555"}, "", "phone_is_valid=False"),
        ("zerobounce.validate", {"email": "disposable@birch.test"}, "", "email_status=disposable"),
        ("zerobounce.validate", {"email": "toxic@birch.test"}, "", "email_status=do_not_mail"),
        ("zerobounce.validate", {"email": "spamtrap@birch.test"}, "", "email_status=spamtrap"),
        ("zerobounce.validate", {"email": "abuse@birch.test"}, "", "email_status=abuse"),
        ("zerobounce.validate", {"email": "catch_all@birch.test"}, "", "email_status=accept_all"),
        ("zerobounce.validate", {"email": "greylisted@birch.test"}, "", ""),
        ("zerobounce.validate", {"email": "newly@birch.test"}, "", ""),
        ("zerobounce.validate", {"email": "malformed@birch.test"}, "", "QuestionRejected"),
        ("apollo.match_person", WHO, "narrow", "NotEntitled"),
        ("apollo.match_person", WHO, "busy", "Throttled"),
        ("apollo.enrich_organization", FIRM, "narrow", "NotEntitled"),
        ("hunter.verify_email", {"email": "removed@birch.test"}, "", ""),
        ("clearbit.find_company", {"company.domain": "gmail.com"}, "", "QuestionRejected"),
        ("clearbit.combined", {"email": "nobody"}, "", "QuestionRejected"),
    ],
)
def test_a_magic_input_gets_its_answer(
    sandbox: Running, slug: str, inputs: Mapping[str, str], secret: str, error: str
):
    assert said(sandbox, slug, inputs, secret=secret) == [error]


def test_numverifys_marketplace_answers_the_same_and_refuses_in_its_own_way(sandbox: Running):
    asked = ("numverify.validate", {"phone": "+14155550100"})

    assert said(sandbox, *asked, options=MARKETPLACE) == said(sandbox, *asked)
    assert [
        said(sandbox, *asked, options=MARKETPLACE, secret=secret) for secret in ("wrong", "spent")
    ] == [["CredentialRejected"], ["QuotaExhausted"]]


def test_a_batch_of_zerobounce_tells_each_addresses_own_fate(sandbox: Running):
    locals_ = ("ann.lee", "malformed", "greylisted", "left_out", "spamtrap")
    asked = [{"email": f"{local}@birch.test"} for local in locals_]

    found = said(sandbox, "zerobounce.validate", *asked, options=BATCH)

    assert found == [
        "email_status=valid", "QuestionRejected", "", "ContractBroken", "email_status=spamtrap",
    ]  # fmt: skip
    assert said(sandbox, "zerobounce.validate", *asked[:2], options=BATCH, secret="spent") == [
        "QuotaExhausted", "QuotaExhausted",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("slug", "inputs"),
    [
        ("hunter.verify_email", {"email": "later@birch.test"}),
        ("clearbit.find_company", {"company.domain": "queued.test"}),
        ("clearbit.combined", {"email": "queued@birch.test"}),
    ],
)
def test_what_is_looked_for_longer_is_pending(
    sandbox: Running, slug: str, inputs: Mapping[str, str]
):
    lookup = registry.lookup(slug)

    with pytest.raises(Pending) as later:
        ask_once(registry.provider(lookup.provider), lookup, Question(inputs), sandbox)

    assert later.value.ticket == ""
    assert later.value.retry_after_s is not None and later.value.retry_after_s >= 10


def test_a_poor_plan_of_people_data_labs_leaves_fields_out(sandbox: Running):
    lookup = registry.lookup("peopledatalabs.enrich_company")
    of = registry.provider("peopledatalabs")

    (reply,) = ask_all(of, lookup, [Question({"company.domain": "poor.test"})], sandbox)

    told = {fact.field for fact in reply.facts}
    assert "company.name" in told
    assert told.isdisjoint({"company.employee_count", "company.city", "company.tags"})


@pytest.mark.parametrize("slug", ["hunter.find_email", "apollo.match_person"])
def test_providers_agree_about_people(sandbox: Running, slug: str):
    persons = people(20)
    asked = [known_of(each) for each in persons]

    found = dict(zip(persons, emails(sandbox, slug, asked), strict=True))
    guessed = emails(sandbox, "switchboard.guess_email", asked)

    assert guessed == [each.email for each in persons]
    assert all(email in ("", each.email) for each, email in found.items())
    assert sum(map(bool, found.values())) >= 5


def emails(sandbox: Running, slug: str, known: list[dict[str, str]]) -> list[str]:
    lookup = registry.lookup(slug)
    asked = [Question({name: each[name] for name in lookup.needs | lookup.uses}) for each in known]
    replies = ask_all(registry.provider(lookup.provider), lookup, asked, sandbox)
    facts = [{fact.field: str(fact.value) for fact in reply.facts} for reply in replies]
    return [each.get("email", "") for each in facts]
