"""Twilio's provider against the sandbox over real HTTP: batches, credentials, magic numbers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from integrations.client import aclose_client
from integrations.errors import CallError, CredentialRejected
from integrations.provider import Ask, Question
from integrations.providers.twilio import TWILIO
from tests.integrations.apis import SECRETS, BareGate, ask, asks_for, http_api
from tests.integrations.sandbox.running import Running, running_sandbox

NUMBERS = [f"+141555501{line:02d}" for line in range(5)]
BATCH = {"batch_size": 100}


@pytest.fixture(scope="module")
def process() -> Iterator[Running]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def sandbox(process: Running) -> Running:
    process.fresh()
    return process


def api(sandbox: Running, **more: Any):
    return http_api(TWILIO, sandbox.url + "/twilio", **more)


def account(ending: str) -> dict[str, str]:
    return {**SECRETS, "account_sid": "AC" + "0" * 28 + ending}


def asks_of_all(names: list[str]) -> list[Ask]:
    questions = [Question({"phone": number}) for number in NUMBERS]
    return [Ask(TWILIO.lookups[name], about) for about in questions for name in names]


def test_a_number_is_enriched_in_one_call(sandbox: Running):
    names = ["validation", "line_type", "caller_name", "sms_pumping_risk"]
    replies = ask(api(sandbox), asks_for(TWILIO, names, phone="+15005550154"))

    facts = {fact.field: fact.value for reply in replies for fact in reply.facts}
    assert facts["phone_is_valid"] is True
    assert (facts["line_type"], facts["caller_type"]) == ("mobile", "business")
    assert sandbox.count()["calls"] == 1


def test_a_batch_says_what_single_requests_say(sandbox: Running):
    asks = asks_of_all(["validation", "line_type", "caller_name"])
    batch, singles = BareGate(), BareGate()

    one = ask(api(sandbox, options=BATCH, gate=batch), asks)
    many = ask(api(sandbox, gate=singles), asks)

    assert [reply.facts for reply in one] == [reply.facts for reply in many]
    assert [request.target for request in batch.seen] == ["/twilio/v2/batch/query"]
    assert len(singles.seen) == 5


def test_what_the_batch_does_not_know_is_asked_one_by_one(sandbox: Running):
    gate = BareGate()
    asks = [*asks_of_all(["line_type"]), *asks_for(TWILIO, ["pre_fill"], phone="+14155550199")]

    replies = ask(api(sandbox, options=BATCH, gate=gate), asks)

    assert [request.method for request in gate.seen] == ["POST", "GET"]
    assert not [reply for reply in replies if reply.error]


def test_an_account_without_a_batch_is_asked_one_by_one(sandbox: Running, caplog):
    asks = asks_of_all(["line_type"])
    gate = BareGate()

    with caplog.at_level(logging.WARNING):
        replies = ask(api(sandbox, options=BATCH, gate=gate, secrets=account("0404")), asks)

    assert [reply.error for reply in replies] == [None] * 5
    assert [request.method for request in gate.seen] == ["POST"] + ["GET"] * 5
    assert "no batch for this account" in caplog.text


def test_a_batch_with_a_wrong_credential_is_not_asked_again(sandbox: Running):
    gate = BareGate()
    wrong = account("0401")
    replies = ask(api(sandbox, options=BATCH, gate=gate, secrets=wrong), asks_of_all(["line_type"]))

    assert {type(reply.error) for reply in replies} == {CredentialRejected}
    assert len(gate.seen) == 1


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        ("0401", "do not belong together"),
        ("0402", "suspended or closed"),
        ("0403", "test credentials"),
    ],
)
def test_the_trial_says_what_is_wrong(sandbox: Running, ending: str, words: str):
    with pytest.raises(CredentialRejected, match=words):
        tried(api(sandbox, secrets=account(ending)))


def test_the_trial_of_a_good_account_is_free(sandbox: Running):
    assert "accepts" in tried(api(sandbox))
    assert sandbox.count()["charged"] == 0


def tried(of: Any) -> str:
    trial = TWILIO.trial
    assert trial is not None

    async def run() -> str:
        try:
            return await trial(of)
        finally:
            await aclose_client()

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("10", "NotEntitled"),
        ("11", "miss"),
        ("12", "miss"),
        ("13", "Throttled"),
        ("14", "QuotaExhausted"),
        ("15", "Throttled"),
        ("16", "ServerFailed"),
        ("17", "miss"),
        ("18", "QuestionRejected"),
        ("20", "Throttled"),
        ("24", "ServerFailed"),
        ("26", "ServerFailed"),
        ("27", "NotFound"),
        ("28", "QuestionRejected"),
        ("29", "QuestionRejected"),
        ("30", "CredentialRejected"),
        ("36", "ContractBroken"),
        ("37", "ContractBroken"),
        ("38", "ContractBroken"),
        ("01", "miss"),
        ("40", "hit"),
    ],
)
def test_a_magic_number_ends_as_documented(sandbox: Running, ending: str, expected: str):
    reply = ask(api(sandbox), asks_for(TWILIO, ["line_type"], phone=f"+150055501{ending}"))[0]

    said = type(reply.error).__name__ if isinstance(reply.error, CallError) else ""
    assert said or ("hit" if reply.facts else "miss") == expected
    assert said in ("", expected)


def test_the_add_ons_of_a_number(sandbox: Running):
    ported = ask(api(sandbox), asks_for(TWILIO, ["icehook_scout"], phone="+15005550184"))
    failed = ask(api(sandbox), asks_for(TWILIO, ["icehook_scout"], phone="+15005550182"))
    absent = ask(api(sandbox), asks_for(TWILIO, ["icehook_scout"], phone="+15005550183"))

    assert (ported[0].facts[0].field, ported[0].facts[0].value) == ("is_ported", True)
    assert [type(r[0].error).__name__ for r in (failed, absent)] == [
        "QuestionRejected",
        "NotEntitled",
    ]


def test_both_add_ons_go_out_together(sandbox: Running):
    names = ["real_phone_validation", "icehook_scout"]
    replies = ask(api(sandbox), asks_for(TWILIO, names, phone="+15005550181"))

    facts = {fact.field: fact.value for reply in replies for fact in reply.facts}
    assert (facts["rpv_status"], facts["rpv_is_cell"]) == ("connected", "voip")
    assert "is_ported" in facts
    assert sandbox.count()["calls"] == 1
