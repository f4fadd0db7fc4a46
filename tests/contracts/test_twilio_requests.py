"""Our requests to Twilio Lookup, as Prism judges them against Twilio's own contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2
import orjson
import pytest

from integrations.provider import Ask, Question
from integrations.providers.twilio import TWILIO
from integrations.providers.twilio.packages import PACKAGES as OURS
from tests.contracts.conftest import Contract, Mock
from tests.integrations.apis import BareGate, ask, asks_for, http_api

V2, V1 = "twilio/twilio_lookups_v2.json", "twilio/twilio_lookups_v1.json"
ADD_ONS = ["real_phone_validation", "icehook_scout"]
PACKAGES = [name for name in TWILIO.lookups if name not in ADD_ONS]
PERSON = {
    "first_name": "Ada",
    "last_name": "Birch",
    "address_line": "12 Alder St",
    "city": "Alderton",
    "state": "WA",
    "postal_code": "98001",
    "address_country": "US",
    "consent_on": "20260131",
}


def verdict(status: int, headers: Mapping[str, str]) -> tuple[int, list[Any]]:
    """Return the status and what Prism holds against the request; (200, []) is clean.

    What it holds against the answer is the publisher's.
    """
    found = orjson.loads(headers.get("sl-violations", "[]"))
    return status, [each for each in found if each["location"][0] == "request"]


def judged(base_url: str, asks: list[Ask], **options: Any) -> list[tuple[int, list[Any]]]:
    gate = BareGate()
    ask(http_api(TWILIO, base_url, options=options, gate=gate), asks)
    return [verdict(answer.status, answer.headers) for answer in gate.answers]


@pytest.mark.parametrize("name", PACKAGES)
def test_each_package_is_asked_as_the_contract_says(prism: Mock, name: str):
    asks = asks_for(TWILIO, [name], phone="+14155550100", **PERSON)

    assert judged(prism(V2), asks) == [(200, [])]


def test_all_packages_together(prism: Mock):
    asks = asks_for(TWILIO, PACKAGES, phone="+14155550100", **PERSON)

    assert judged(prism(V2), asks) == [(200, [])]


def test_the_batch(prism: Mock):
    names = ["line_type", "identity_match", "reassigned_number"]
    asks = [
        Ask(TWILIO.lookups[name], Question({"phone": phone, **PERSON}))
        for phone in ("+14155550100", "+14155550101")
        for name in names
    ]

    assert judged(prism(V2), asks, batch_size=100) == [(200, [])]


@pytest.mark.parametrize("names", [ADD_ONS[:1], ADD_ONS[1:], ADD_ONS])
def test_the_add_ons(prism: Mock, names: list[str]):
    asks = asks_for(TWILIO, names, phone="+14155550100")

    assert judged(prism(V1), asks) == [(200, [])]


def test_a_wrong_request_would_be_seen(prism: Mock):
    item = {"phone_number": "+14155550100", "fields": ["validation"]}
    url = prism(V2) + "/v2/batch/query"
    body = {"phone_numbers": [item]}
    response = httpx2.post(url, json=body, auth=("AC", "x"), trust_env=False, timeout=60)

    assert verdict(response.status_code, response.headers) == (422, [])
    assert "fields" in response.text


def test_every_parameter_is_one_of_the_contracts(contract: Contract):
    operation = contract(V2)["paths"]["/v2/PhoneNumbers/{PhoneNumber}"]["get"]
    known = {each["name"] for each in operation["parameters"] if each["in"] == "query"}

    assert {name for package in OURS.values() for name in package.query.values()} <= known


def test_every_package_is_one_of_the_contracts(contract: Contract):
    operation = contract(V2)["paths"]["/v2/PhoneNumbers/{PhoneNumber}"]["get"]
    schemas = contract(V2)["components"]["schemas"]
    answered = set(schemas["LookupResponse"]["properties"])
    in_batch = set(schemas["LookupBatchRequest"]["properties"]["fields"]["items"]["enum"])

    fields = next(p for p in operation["parameters"] if p["name"] == "Fields")["description"]
    listed = set(fields.partition("values are ")[2].rstrip(".").split(", "))

    assert {package.key for package in OURS.values()} == listed <= answered | {"validation"}
    assert {package.key for package in OURS.values() if package.takes_batch} == in_batch


@pytest.mark.parametrize("name", ["identity_match", "reassigned_number"])
def test_every_nested_input_is_one_of_the_contracts(contract: Contract, name: str):
    schemas = contract(V2)["components"]["schemas"]
    schema = "".join(word.capitalize() for word in name.split("_")) + "Parameters"
    assert set(OURS[name].nested.values()) <= set(schemas[schema]["properties"])
