"""Verizon is asked with two tokens that are fetched once, and answers later, asked or calling."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
import time_machine

from integrations.errors import (
    ContractBroken,
    CredentialRejected,
    OutcomeUnknown,
    Pending,
    QuestionRejected,
)
from integrations.provider import Fact, Question
from integrations.providers.verizon import VERIZON, fixed_wireless
from integrations.providers.verizon.results import result_of
from integrations.sandbox.verizon import Verizon
from tests.integrations.playing import PlayedGate, api_to, facts_of

HOME = {"address_line": "1 Main St", "city": "Boston", "state": "MA", "postal_code": "02108"}
SLUG = "verizon.fixed_wireless"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def paths(gate: PlayedGate) -> list[str]:
    return [sent.url.partition("sandbox.test")[2].rpartition("/")[2] for sent in gate.sent]


def ticket_for(home: dict[str, str], gate: PlayedGate, memory: dict[str, Any]) -> Pending:
    with pytest.raises(Pending) as pending:
        facts_of(api_to(VERIZON, gate, memory), SLUG, home)
    return pending.value


def test_a_question_is_taken_and_answered_later():
    gate, memory = PlayedGate(Verizon()), {}
    pending = ticket_for(HOME, gate, memory)

    facts = facts_of(api_to(VERIZON, gate, memory), SLUG, HOME, pending.ticket)

    assert paths(gate)[:3] == ["token", "login", "wireless-coverage"]
    assert len(gate.sent) == 4
    assert pending.retry_after_s == 15
    assert {fact.field for fact in facts} <= VERIZON.lookups["fixed_wireless"].supplies
    assert [len(answer.charged) for answer in gate.said] == [0, 0, 1, 0]


def test_tokens_are_fetched_once_however_many_ask_at_once():
    gate, memory = PlayedGate(Verizon()), {}
    homes = [{**HOME, "address_line": f"{n} Main St"} for n in range(1, 51)]

    async def ask_all() -> list[Any]:
        asks = [fixed_wireless(api_to(VERIZON, gate, memory), Question(home)) for home in homes]
        return await asyncio.gather(*cast(Any, asks), return_exceptions=True)

    said = asyncio.run(ask_all())

    assert [type(each) for each in said] == [Pending] * 50
    assert (paths(gate).count("token"), paths(gate).count("login")) == (1, 1)
    assert paths(gate).count("wireless-coverage") == 50


def test_a_session_that_died_is_renewed_once_for_all_who_noticed():
    responder = Verizon()
    gate, memory = PlayedGate(responder), {}
    ticket_for(HOME, gate, memory)
    responder.bearers.clear()
    homes = [{**HOME, "address_line": f"{n} Main St"} for n in range(1, 11)]

    async def ask_all() -> list[Any]:
        asks = [fixed_wireless(api_to(VERIZON, gate, memory), Question(home)) for home in homes]
        return await asyncio.gather(*cast(Any, asks), return_exceptions=True)

    said = asyncio.run(ask_all())

    assert [type(each) for each in said] == [Pending] * 10
    assert (paths(gate).count("token"), paths(gate).count("login")) == (2, 2)


def test_a_token_is_fetched_anew_before_its_hour_is_over():
    gate, memory = PlayedGate(Verizon()), {}
    with time_machine.travel(NOON) as clock:
        ticket_for(HOME, gate, memory)
        clock.shift(timedelta(minutes=10))
        ticket_for(HOME, gate, memory)
        clock.shift(timedelta(minutes=16))
        ticket_for(HOME, gate, memory)
        clock.shift(timedelta(minutes=40))
        ticket_for(HOME, gate, memory)

    assert (paths(gate).count("token"), paths(gate).count("login")) == (2, 3)


def test_the_same_question_on_the_same_day_is_the_same_request():
    gate, memory = PlayedGate(Verizon()), {}
    with time_machine.travel(NOON) as clock:
        once = ticket_for(HOME, gate, memory)
        again = ticket_for({**HOME, "address_line": "1 main street"}, gate, memory)
        clock.shift(timedelta(days=1))
        tomorrow = ticket_for(HOME, gate, memory)

    assert once.ticket == again.ticket
    assert tomorrow.ticket != once.ticket
    assert sum(len(answer.charged) for answer in gate.said) == 2


def test_who_waits_is_told_to_wait_longer_each_time_and_no_longer_than_a_day():
    gate, memory = PlayedGate(Verizon()), {}
    home = {**HOME, "address_line": "1 Never St"}
    waits = []
    with time_machine.travel(NOON, tick=False) as clock:
        ticket = ticket_for(home, gate, memory).ticket
        for minutes in (1, 9, 600):
            clock.shift(timedelta(minutes=minutes))
            with pytest.raises(Pending) as pending:
                facts_of(api_to(VERIZON, gate, memory), SLUG, home, ticket)
            assert pending.value.ticket == ticket
            waits.append(pending.value.retry_after_s)
        clock.shift(timedelta(days=1))
        with pytest.raises(OutcomeUnknown, match="no result within a day"):
            facts_of(api_to(VERIZON, gate, memory), SLUG, home, ticket)

    assert waits == [30, 300, 900]


@pytest.mark.parametrize("secret", ["app_key", "password"])
def test_a_wrong_secret_is_refused_and_not_tried_again(secret: str):
    gate = PlayedGate(Verizon())

    with pytest.raises(CredentialRejected):
        facts_of(api_to(VERIZON, gate, secrets={secret: "wrong"}), SLUG, HOME)

    assert len(gate.sent) == (1 if secret == "app_key" else 2)


def test_an_invalid_address_is_refused_and_an_odd_result_breaks_the_contract():
    gate, memory = PlayedGate(Verizon()), {}
    odd = {**HOME, "address_line": "1 Odd St"}
    ticket = ticket_for(odd, gate, memory).ticket

    with pytest.raises(ContractBroken):
        facts_of(api_to(VERIZON, gate, memory), SLUG, odd, ticket)
    with pytest.raises(QuestionRejected):
        facts_of(api_to(VERIZON, gate, memory), SLUG, {**HOME, "address_line": "1 Invalid St"})


def test_secrets_stand_in_no_answer_that_is_kept():
    gate = PlayedGate(Verizon())
    gate.lost[3] = OutcomeUnknown("cut")
    api = api_to(VERIZON, gate)

    with pytest.raises(OutcomeUnknown):
        facts_of(api, SLUG, HOME)

    assert api.last_body is None
    assert b"sandbox" in gate.sent[1].content


def test_a_callback_is_read_without_asking():
    body = {
        "requestId": "r1",
        "locations": [{"networks": [{"networkType": "C-BAND", "qualified": "YES"}]}],
        "networkTypesList": [{"networkType": "LTE"}],
    }

    found = result_of(body, checked_at=NOON)

    assert found is not None
    assert found.request_id == "r1"
    assert found.facts == [
        Fact("is_5g_home_available", True, 0.95),
        Fact("coverage_checked_at", "2026-11-22T12:00:00+00:00", 0.95),
    ]


@pytest.mark.parametrize("body", [None, [], "", {}, {"requestId": "r1"}, {"a": {"b": [1, None]}}])
def test_a_callback_of_another_shape_breaks_the_contract(body: Any):
    with pytest.raises(ContractBroken):
        result_of(body)


def test_the_test_of_the_connection_fetches_both_tokens_anew():
    gate, memory = PlayedGate(Verizon()), {}
    ticket_for(HOME, gate, memory)
    assert VERIZON.trial is not None

    said = asyncio.run(cast(Any, VERIZON.trial(api_to(VERIZON, gate, memory))))

    assert said == "Verizon accepts the application and the user."
    assert paths(gate)[3:] == ["token", "login"]
