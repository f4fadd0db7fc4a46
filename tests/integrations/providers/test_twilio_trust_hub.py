"""Trust Hub gets one profile a company, however often it is asked, at once, or cut off half-way."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from integrations.errors import AccountUnusable, CredentialRejected, OutcomeUnknown
from integrations.provider import Question
from integrations.providers.twilio_trust_hub import TWILIO_TRUST_HUB, verify
from integrations.sandbox.twilio_trust_hub import TwilioTrustHub
from integrations.sandbox.world import firm_at
from tests.integrations.playing import PlayedGate, api_to, facts_of

ON: dict[str, Any] = {"makes_profiles": True, "email": "trust@switchboard.test"}
FIRM = {"company.name": "Birch Bakery", "company.domain": "birch.test"}
WHOLE = FIRM | {
    "company.address_line": "12 Alder St",
    "company.city": "Alderton",
    "company.state": "WA",
    "company.postal_code": "98001",
}
SLUG = "twilio_trust_hub.verify"
# Requests of a company that is made from nothing: 3 lists of profiles (two pages) and policies,
# then each part listed, made and attached, the evaluation, the submission.
REQUESTS = 15


def said(facts: list[Any]) -> dict[str, Any]:
    return {fact.field.removeprefix("company.trust_"): fact.value for fact in facts}


def made(responder: TwilioTrustHub) -> dict[str, int]:
    """Count what was made for the firm, by kind."""
    return {
        path.rpartition("/")[2]: sum("birch.test" in one["friendly_name"] for one in rows.values())
        for path, rows in responder.rows.items()
    }


ONE_OF_EACH = {
    "CustomerProfiles": 1, "EndUsers": 1, "SupportingDocuments": 1, "Policies": 0, "addresses": 1,
}  # fmt: skip


def test_a_company_without_a_profile_stays_unknown_while_none_may_be_made():
    gate = PlayedGate(TwilioTrustHub())

    assert facts_of(api_to(TWILIO_TRUST_HUB, gate), SLUG, WHOLE) == []
    assert {sent.method for sent in gate.sent} == {"GET"}


def test_profiles_of_the_world_are_found_by_name_over_all_pages():
    gate = PlayedGate(TwilioTrustHub())
    api = api_to(TWILIO_TRUST_HUB, gate)
    seeded = gate.responder.rows["/v1/CustomerProfiles"]
    assert len(seeded) > 100

    last = list(seeded.values())[-1]
    found = said(
        facts_of(api, SLUG, {"company.name": last["friendly_name"], "company.domain": "last.test"})
    )

    assert found["profile_sid"] == last["sid"]
    assert len(gate.sent) == 2


def test_who_only_looks_reads_the_list_once_a_minute():
    gate, memory = PlayedGate(TwilioTrustHub()), {}

    for domain in ("alderplumbing.test", "duneauto.test", "birch.test"):
        firm = {"company.name": firm_at(domain).name, "company.domain": domain}
        facts_of(api_to(TWILIO_TRUST_HUB, gate, memory), SLUG, firm)

    assert len(gate.sent) == 2


def test_a_profile_is_made_filled_evaluated_and_submitted():
    responder = TwilioTrustHub()
    gate = PlayedGate(responder)

    found = said(facts_of(api_to(TWILIO_TRUST_HUB, gate, **ON), SLUG, WHOLE))

    assert (found["status"], found["score"], found["failures"]) == ("pending-review", 50, "none")
    assert made(responder) == ONE_OF_EACH
    assert len(gate.sent) == REQUESTS


def test_without_an_address_it_stays_a_draft_and_says_why():
    responder = TwilioTrustHub()
    gate = PlayedGate(responder)

    found = said(facts_of(api_to(TWILIO_TRUST_HUB, gate, **ON), SLUG, FIRM))

    assert (found["status"], found["score"]) == ("draft", 10)
    assert found["failures"] == "Physical Business Address: is missing"
    assert made(responder) == {**ONE_OF_EACH, "SupportingDocuments": 0, "addresses": 0}


@pytest.mark.parametrize("lost", range(1, REQUESTS + 1))
def test_an_answer_that_is_lost_makes_nothing_twice(lost: int):
    responder = TwilioTrustHub()
    gate = PlayedGate(responder)
    gate.lost[lost] = OutcomeUnknown("cut")

    with pytest.raises(OutcomeUnknown):
        facts_of(api_to(TWILIO_TRUST_HUB, gate, **ON), SLUG, WHOLE)
    found = said(facts_of(api_to(TWILIO_TRUST_HUB, gate, **ON), SLUG, WHOLE))

    assert found["status"] == "pending-review"
    assert made(responder) == ONE_OF_EACH
    assert [len(each) for each in responder.attached.values()] == [2]


def test_many_who_ask_at_once_make_one_profile():
    responder = TwilioTrustHub()
    gate, memory = PlayedGate(responder), {}

    async def ask_all() -> list[Any]:
        apis = [api_to(TWILIO_TRUST_HUB, gate, memory, **ON) for _ in range(20)]
        return await asyncio.gather(*cast(Any, [verify(api, Question(WHOLE)) for api in apis]))

    answers = asyncio.run(ask_all())

    assert {said(facts)["status"] for facts in answers} == {"pending-review"}
    assert made(responder) == ONE_OF_EACH


def test_a_company_that_was_renamed_keeps_its_profile():
    responder = TwilioTrustHub()
    gate = PlayedGate(responder)
    first = said(facts_of(api_to(TWILIO_TRUST_HUB, gate, **ON), SLUG, WHOLE))

    renamed = {**WHOLE, "company.name": "Birch & Daughters"}
    second = said(facts_of(api_to(TWILIO_TRUST_HUB, gate, **ON), SLUG, renamed))

    assert second["profile_sid"] == first["profile_sid"]
    assert made(responder) == ONE_OF_EACH


def test_a_persons_own_draft_is_read_and_not_touched():
    responder = TwilioTrustHub()
    responder.make(
        "/v1/CustomerProfiles",
        {"FriendlyName": "BIRCH bakery", "Email": "x@birch.test", "PolicySid": "RN" + "0" * 32},
    )
    gate = PlayedGate(responder)

    facts = facts_of(api_to(TWILIO_TRUST_HUB, gate, **ON), SLUG, WHOLE)

    assert said(facts)["status"] == "draft"
    assert {fact.confidence for fact in facts} == {0.7}
    assert {sent.method for sent in gate.sent} == {"GET"}


def test_a_review_goes_on_from_day_to_day():
    gate = PlayedGate(TwilioTrustHub())
    api = api_to(TWILIO_TRUST_HUB, gate, **ON)
    sid = said(facts_of(api, SLUG, WHOLE))["profile_sid"]
    asked = {"company.trust_profile_sid": sid}

    read = [said(facts_of(api, "twilio_trust_hub.review", asked)) for _ in range(3)]

    assert [each["status"] for each in read] == ["pending-review", "in-review", "twilio-approved"]
    assert [each["score"] for each in read] == [50, 60, 100]


def test_nothing_is_made_without_an_e_mail_for_the_status():
    gate = PlayedGate(TwilioTrustHub())

    with pytest.raises(AccountUnusable, match="names no e-mail"):
        facts_of(api_to(TWILIO_TRUST_HUB, gate, makes_profiles=True), SLUG, WHOLE)

    assert {sent.method for sent in gate.sent} == {"GET"}


def test_the_sandbox_refuses_its_magic_accounts():
    gate = PlayedGate(TwilioTrustHub())

    with pytest.raises(CredentialRejected):
        facts_of(api_to(TWILIO_TRUST_HUB, gate, secrets={"account_sid": "AC0401"}), SLUG, FIRM)


def test_the_test_of_the_connection_reads_a_policy():
    gate = PlayedGate(TwilioTrustHub())
    assert TWILIO_TRUST_HUB.trial is not None

    words = asyncio.run(cast(Any, TWILIO_TRUST_HUB.trial(api_to(TWILIO_TRUST_HUB, gate))))

    assert words == "Twilio's Trust Hub accepts the Account SID and the Auth Token."
    assert len(gate.sent) == 1
