"""Twilio's published answers through our mapping, and the sandbox's through Twilio's contract."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from integrations.errors import ContractBroken
from integrations.providers.twilio import TWILIO
from integrations.providers.twilio.packages import PACKAGES as OURS
from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.twilio import Twilio
from integrations.sandbox.twilio.magic import MAGIC
from integrations.sandbox.twilio.packages import PACKAGES
from tests.contracts.conftest import Contract
from tests.contracts.schemas import answer_schema, problems, validator
from tests.integrations.apis import RecordedApi, ask, asks_for

V2, V1 = "twilio/twilio_lookups_v2.json", "twilio/twilio_lookups_v1.json"
FETCH, FETCH_V1 = "/v2/PhoneNumbers/{PhoneNumber}", "/v1/PhoneNumbers/{PhoneNumber}"
PAIR = b"Basic " + base64.b64encode(b"AC00:x")
RECORDED = sorted((Path(__file__).parents[1] / "integrations/recorded/twilio").glob("*.json"))

# Magic numbers whose answer is meant to break the contract.
BREAKING = {"+15005550136", "+15005550137", "+15005550138"}
NUMBERS = sorted(set(MAGIC) - BREAKING) + [f"+1{area}5550123" for area in range(201, 301)]
ABROAD = ["+442079460123", "+33123456789", "+9991234567", "+1415555", "+1415555CALL"]
INPUTS = "FirstName=Ada&LastName=Birch&City=Alderton&LastVerifiedDate=20260131"


def sandbox(method: str, path: str, query: str = "", body: Any = None) -> Answer:
    content = orjson.dumps(body) if body else b""
    return Twilio().answer(Asked(method, path, query.encode(), PAIR, content))


def test_every_published_example_is_understood(contract: Contract):
    answer = contract(V2)["paths"][FETCH]["get"]["responses"]["200"]
    examples = answer["content"]["application/json"]["examples"]

    trouble = {name: broken(example["value"]) for name, example in examples.items()}

    assert len(examples) == 19
    assert {name: found for name, found in trouble.items() if found} == {}


def broken(body: Any) -> list[str]:
    names = ["validation", *(name for name, package in OURS.items() if body.get(package.key))]
    asks = asks_for(TWILIO, names, phone=body["phone_number"], consent_on="20200101")
    replies = ask(RecordedApi(body), asks)
    found = [str(reply.error) for reply in replies if isinstance(reply.error, ContractBroken)]
    missed = [a.lookup.name for a, r in zip(asks, replies, strict=True) if not r.facts]
    return found + missed


@pytest.mark.parametrize("fields", [",".join(PACKAGES), ""])
def test_the_sandbox_answers_as_the_contract_says(contract: Contract, fields: str):
    whole = contract(V2)
    judge = validator(whole, answer_schema(whole, FETCH, "get"))

    for number in NUMBERS + ABROAD:
        answer = sandbox("GET", "/v2/PhoneNumbers/" + number, f"Fields={fields}&{INPUTS}")
        if answer.status == 200:
            assert problems(judge, orjson.loads(answer.body)) == [], number


def test_the_sandboxs_batch_answers_as_the_contract_says(contract: Contract):
    whole = contract(V2)
    judge = validator(whole, answer_schema(whole, "/v2/batch/query", "post"))
    fields = [key for key in PACKAGES if key not in ("phone_number_quality_score", "pre_fill")]
    items = [{"correlation_id": n, "phone_number": n, "fields": fields} for n in NUMBERS]

    answer = sandbox("POST", "/v2/batch/query", body={"phone_numbers": items})

    assert answer.status == 200
    assert problems(judge, orjson.loads(answer.body)) == []


def test_the_sandboxs_add_ons_answer_as_the_contract_says(contract: Contract):
    whole = contract(V1)
    judge = validator(whole, answer_schema(whole, FETCH_V1, "get"))

    for number in NUMBERS:
        answer = sandbox("GET", "/v1/PhoneNumbers/" + number, "AddOns=icehook_scout")
        if answer.status == 200:
            assert problems(judge, orjson.loads(answer.body)) == [], number


def test_the_sandboxs_errors_have_the_contracts_envelope(contract: Contract):
    whole = contract(V2)
    answers = whole["paths"]["/v2/RateLimits"]["get"]["responses"]
    judge = validator(whole, answers["400"]["content"]["application/json"]["schema"])

    refusals = [sandbox("GET", "/v2/PhoneNumbers/+15005550127"), sandbox("GET", "/nowhere")]

    assert [(r.status, problems(judge, orjson.loads(r.body))) for r in refusals] == [
        (404, []),
        (404, []),
    ]


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_our_recorded_answers_are_as_the_contract_says(contract: Contract, path: Path):
    body = json.loads(path.read_text())["body"]
    whole, operation = (contract(V1), FETCH_V1) if "add_ons" in body else (contract(V2), FETCH)

    judge = validator(whole, answer_schema(whole, operation, "get"))

    assert problems(judge, body) == []


def test_an_answer_against_the_contract_would_be_seen(contract: Contract):
    whole = contract(V2)
    judge = validator(whole, answer_schema(whole, FETCH, "get"))

    assert problems(judge, {"valid": "yes"}) == ["$.valid: 'yes' is not of type 'boolean', 'null'"]
    assert len(problems(judge, {"is_valid": True})) == 1
