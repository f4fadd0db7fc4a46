"""Our requests to Trust Hub, and the sandbox's answers, against Twilio's own contract."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import httpx2
import orjson
import pytest

from integrations.exchange import Outgoing
from integrations.providers.twilio_trust_hub import SCORES, TWILIO_TRUST_HUB
from integrations.sandbox.twilio_trust_hub import TwilioTrustHub
from tests.contracts.conftest import Contract, Mock
from tests.contracts.judging import verdict
from tests.contracts.schemas import problems, validator
from tests.integrations.playing import BASE, PlayedGate, api_to, facts_of

HUB, API = "twilio/twilio_trusthub_v1.json", "twilio/twilio_api_v2010.json"
ON: dict[str, Any] = {
    "makes_profiles": True,
    "email": "trust@switchboard.test",
    "primary_sid": "BU" + "0" * 32,
}
FIRM = {
    "company.name": "Birch Bakery",
    "company.domain": "birch.test",
    "company.address_line": "12 Alder St",
    "company.city": "Alderton",
    "company.state": "WA",
    "company.postal_code": "98001",
}


@pytest.fixture(scope="module")
def heard() -> PlayedGate:
    """Make a profile and review it; return all that was asked and said."""
    gate = PlayedGate(TwilioTrustHub())
    api = api_to(TWILIO_TRUST_HUB, gate, secrets={"account_sid": "AC" + "0" * 32}, **ON)
    facts = {f.field: f.value for f in facts_of(api, "twilio_trust_hub.verify", FIRM)}
    sid = {"company.trust_profile_sid": str(facts["company.trust_profile_sid"])}
    facts_of(api, "twilio_trust_hub.review", sid)
    return gate


def operation(whole: Mapping[str, Any], outgoing: Outgoing) -> dict[str, Any]:
    """Return the contract's operation for a request. Raises StopIteration where there is none."""
    path = outgoing.url.removeprefix(BASE).removeprefix("/api").partition("?")[0]
    forms = {re.sub(r"\{\w+\}", r"[^/]+", form): form for form in whole["paths"]}
    found = next(form for pattern, form in forms.items() if re.fullmatch(pattern, path))
    return dict(whole["paths"][found][outgoing.method.lower()])


def of_api(outgoing: Outgoing) -> bool:
    return outgoing.url.startswith(BASE + "/api/")


def test_every_parameter_and_field_is_one_of_the_contracts(contract: Contract, heard: PlayedGate):
    for outgoing in heard.sent:
        found = operation(contract(API if of_api(outgoing) else HUB), outgoing)
        known = {each["name"] for each in found.get("parameters", [])}
        form = found.get("requestBody", {}).get("content", {})
        schema = form.get("application/x-www-form-urlencoded", {}).get("schema", {})
        sent = dict(parse_qsl(outgoing.content.decode()))

        assert set(parse_qs(outgoing.url.partition("?")[2])) <= known
        assert set(schema.get("required", [])) <= set(sent) <= set(schema.get("properties", {}))


def test_prism_holds_nothing_against_a_request(prism: Mock, heard: PlayedGate):
    with httpx2.Client(
        base_url=prism(HUB), trust_env=False, auth=("AC", "x"), timeout=60
    ) as client:
        for outgoing in heard.sent:
            if of_api(outgoing):
                continue
            target = outgoing.url.removeprefix(BASE)
            headers = {"Content-Type": outgoing.headers.get("Content-Type", "application/json")}
            answer = client.request(
                outgoing.method, target, content=outgoing.content or None, headers=headers
            )
            assert verdict(answer.status_code, answer.headers)[1] == [], target
            assert answer.status_code in (200, 201), target


def test_the_sandbox_answers_as_the_contract_says(contract: Contract, heard: PlayedGate):
    whole = contract(HUB)
    for outgoing, answer in zip(heard.sent, heard.said, strict=True):
        if of_api(outgoing):
            continue
        responses = operation(whole, outgoing)["responses"]
        schema = responses[str(answer.status)]["content"]["application/json"]["schema"]

        assert problems(validator(whole, schema), orjson.loads(answer.body)) == []


def test_the_statuses_are_the_contracts(contract: Contract):
    schemas = contract(HUB)["components"]["schemas"]

    assert set(SCORES) == set(schemas["customer_profile_enum_status"]["enum"])
