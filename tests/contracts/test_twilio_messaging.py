"""What we send and call with, and the sandbox's answers, against Twilio's own contract."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import httpx2
import orjson
import pytest
import time_machine

from integrations.exchange import Outgoing
from integrations.providers.twilio_messaging import (
    Phonecall,
    Play,
    Say,
    Sms,
    fetch_call,
    fetch_message,
    hang_up,
    list_calls,
    list_messages,
    place_call,
    say_instead,
    send_sms,
    twiml,
)
from integrations.providers.twilio_messaging.readiness import ask_for_senders
from integrations.providers.twilio_messaging.sent import FINAL
from integrations.sandbox.twilio_messaging.magic import CALLS, MESSAGES
from tests.contracts.conftest import Contract, Mock
from tests.contracts.judging import verdict
from tests.contracts.schemas import problems, validator
from tests.integrations.playing import BASE, PlayedGate
from tests.integrations.twilio_messaging.asking import PHONE, Played

API, MESSAGING = "twilio/twilio_api_v2010.json", "twilio/twilio_messaging_v1.json"
SERVICE = "MG" + "a" * 32
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
# Prism 5 takes a repeated key of a form for a text, so it is judged apart.
REPEATED = re.compile(r"&StatusCallbackEvent=[^&]*")
WORDS = twiml(Say("Hello"), Play("https://us.test/a.mp3"))


@pytest.fixture(scope="module")
def heard() -> PlayedGate:
    """Do everything once; return all that was asked and said."""
    played = Played(status_step_ms=1000)

    async def run(clock: time_machine.Traveller) -> None:
        full = {"messaging_service_sid": SERVICE, "public_url": "https://us.test"}
        full |= {"voice_number": "+15005550010"}
        await send_sms(played.api(**full), Sms(PHONE, "Hi", ticket="7", valid_for_s=60))
        sms = await send_sms(played.api(), Sms(PHONE, "Hi"))
        await fetch_message(played.api(), sms.sid)
        await list_messages(played.api(), PHONE, SINCE)
        call = Phonecall(PHONE, "", WORDS, detects_machine=True, records=True, ticket="7")
        placed = await place_call(played.api(records_calls=True, **full), call)
        clock.shift(4)
        await say_instead(played.api(), placed.sid, WORDS)
        await hang_up(played.api(), placed.sid)
        await fetch_call(played.api(), placed.sid)
        await list_calls(played.api(), PHONE, SINCE)
        await ask_for_senders(played.api(from_numbers="+18885550100", **full))

    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False) as clock:
        asyncio.run(run(clock))
    return played.gate


def is_of_messaging(outgoing: Outgoing) -> bool:
    return outgoing.url.startswith(BASE + "/messaging/")


def operation(whole: Mapping[str, Any], outgoing: Outgoing) -> dict[str, Any]:
    """Return the contract's operation for a request. Raises StopIteration where there is none."""
    path = outgoing.url.removeprefix(BASE).removeprefix("/messaging").partition("?")[0]
    forms = {re.sub(r"\{\w+\}", r"[^/]+", form): form for form in whole["paths"]}
    found = next(form for pattern, form in forms.items() if re.fullmatch(pattern, path))
    return dict(whole["paths"][found][outgoing.method.lower()])


def test_every_parameter_and_field_is_one_of_the_contracts(contract: Contract, heard: PlayedGate):
    for outgoing in heard.sent:
        found = operation(contract(MESSAGING if is_of_messaging(outgoing) else API), outgoing)
        known = {each["name"] for each in found.get("parameters", [])}
        form = found.get("requestBody", {}).get("content", {})
        schema = form.get("application/x-www-form-urlencoded", {}).get("schema", {})
        sent = dict(parse_qsl(outgoing.content.decode()))

        assert set(parse_qs(outgoing.url.partition("?")[2])) <= known
        assert set(schema.get("required", [])) <= set(sent) <= set(schema.get("properties", {}))


def test_events_are_repeated_as_the_contract_wants_a_list(contract: Contract, heard: PlayedGate):
    outgoing = next(each for each in heard.sent if each.url.endswith("/Calls.json"))
    body = operation(contract(API), outgoing)["requestBody"]["content"]
    schema = body["application/x-www-form-urlencoded"]["schema"]["properties"]

    sent = parse_qs(outgoing.content.decode())["StatusCallbackEvent"]

    assert sent == ["initiated", "ringing", "answered", "completed"]
    assert schema["StatusCallbackEvent"]["type"] == "array"


@pytest.mark.parametrize("name", [API, MESSAGING])
def test_prism_holds_nothing_against_a_request(prism: Mock, heard: PlayedGate, name: str):
    asked = [each for each in heard.sent if is_of_messaging(each) is (name == MESSAGING)]
    with httpx2.Client(
        base_url=prism(name), trust_env=False, auth=("AC", "x"), timeout=60
    ) as client:
        for outgoing in asked:
            target = outgoing.url.removeprefix(BASE).removeprefix("/messaging")
            headers = {"Content-Type": outgoing.headers.get("Content-Type", "application/json")}
            content = REPEATED.sub("", outgoing.content.decode())
            answer = client.request(
                outgoing.method, target, content=content or None, headers=headers
            )
            assert verdict(answer.status_code, answer.headers)[1] == [], target
            assert answer.status_code in (200, 201), target
    assert len(asked) >= 3


def test_the_sandbox_answers_as_the_contract_says(contract: Contract, heard: PlayedGate):
    for outgoing, answer in zip(heard.sent, heard.said, strict=True):
        whole = contract(MESSAGING if is_of_messaging(outgoing) else API)
        responses = operation(whole, outgoing)["responses"]
        schema = responses[str(answer.status)]["content"]["application/json"]["schema"]

        assert problems(validator(whole, schema), orjson.loads(answer.body)) == []


def test_the_statuses_are_the_contracts(contract: Contract):
    schemas = contract(API)["components"]["schemas"]
    messages = set(schemas["message_enum_status"]["enum"])
    calls = set(schemas["call_enum_status"]["enum"])

    assert messages | calls >= FINAL
    assert {fate.ending for fate in MESSAGES.values()} - {""} <= messages
    assert {fate.ending for fate in CALLS.values()} - {""} <= calls
