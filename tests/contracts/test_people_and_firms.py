"""Providers of people, firms and mailboxes against the contracts and fixtures that there are."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import orjson
import pytest

from enrichment import golden
from integrations.client import aclose_client
from integrations.errors import CallError, ContractBroken
from integrations.provider import Lookup, Provider, Question, Reply
from integrations.providers.clearbit import CLEARBIT, company, person
from integrations.providers.hunter import HUNTER
from integrations.providers.numverify import NUMVERIFY
from integrations.providers.peopledatalabs import PEOPLEDATALABS
from integrations.providers.zerobounce import STATUSES, read
from integrations.sandbox.numverify import NumVerify
from integrations.sandbox.peopledatalabs import PeopleDataLabs
from integrations.sandbox.responder import Asked
from integrations.sandbox.zerobounce import said
from tests.contracts.conftest import Contract, Mock
from tests.contracts.test_twilio_requests import verdict
from tests.integrations.apis import BareGate, http_api
from tests.integrations.recording import RecordedGate, replay

PDL, SWAGGER = (
    "peopledatalabs/pdl_openapi_trimmed.json",
    "hunter/hunter_powerplatform_swagger2.json",
)
RECORDED = Path(__file__).parents[1] / "integrations/recorded"
KNOWN = {
    "phone": "+14155550100",
    "first_name": "Ada",
    "last_name": "Birch",
    "email": "ada@birch.test",
    "linkedin_url": "https://linkedin.com/in/ada",
    "postal_code": "98001",
    "company.name": "Birch",
    "company.domain": "birch.test",
}


def question(lookup: Lookup) -> Question:
    return Question({name: KNOWN[name] for name in lookup.needs | lookup.uses})


def judged(of: Provider, lookup: Lookup, base_url: str) -> list[tuple[int, list[Any]]]:
    """Return Prism's verdicts on what the lookup sends, whatever it makes of the answer."""
    gate = BareGate()
    api = http_api(of, base_url, secrets={"api_key": "0" * 64}, gate=gate)

    async def run() -> None:
        assert lookup.ask is not None
        try:
            with suppress(ContractBroken):
                await lookup.ask(api, question(lookup))
        finally:
            await aclose_client()

    asyncio.run(run())
    return [verdict(answer.status, answer.headers) for answer in gate.answers]


@pytest.mark.parametrize("name", list(PEOPLEDATALABS.lookups))
def test_people_data_labs_is_asked_as_its_contract_says(prism: Mock, name: str):
    lookup = PEOPLEDATALABS.lookups[name]

    assert judged(PEOPLEDATALABS, lookup, f"{prism(PDL)}/v5") == [(200, [])]


@pytest.mark.parametrize("name", list(HUNTER.lookups))
def test_hunter_is_asked_as_its_contract_says(prism: Mock, name: str):
    assert judged(HUNTER, HUNTER.lookups[name], prism(SWAGGER)) == [(200, [])]


@pytest.mark.parametrize(
    ("of", "path"),
    [(PEOPLEDATALABS, PDL), (HUNTER, SWAGGER)],
    ids=["peopledatalabs", "hunter"],
)
def test_every_parameter_that_was_recorded_is_one_of_the_contracts(
    contract: Contract, of: Provider, path: str
):
    paths = contract(path)["paths"]

    sent = {
        (address, name)
        for each in recorded(of.slug)
        for exchange in each["exchanges"]
        for address, name in parameters(exchange["request"])
    }

    known = {
        (address.removeprefix("/v5"), each["name"])
        for address, operations in paths.items()
        for each in operations.get("get", {}).get("parameters", ())
        if "name" in each
    }
    assert sent and sent <= known


def parameters(request: str) -> list[tuple[str, str]]:
    """Return (path, name) of each parameter of "GET /path?name=value"."""
    address, _, query = request.partition(" ")[2].partition("?")
    return [(address, name) for name in dict(parse_qsl(query, keep_blank_values=True))]


def recorded(slug: str) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted((RECORDED / slug).glob("*.json"))]


@pytest.mark.parametrize(("name", "schema"), [("company", "Company"), ("person", "Person")])
def test_people_data_labs_recorded_and_played_fields_are_the_contracts(
    contract: Contract, name: str, schema: str
):
    known = set(contract(PDL)["components"]["schemas"][schema]["properties"])
    envelope = {"status", "likelihood"}  # the specification has forgotten it

    bodies = [
        exchange["body"]
        for each in recorded("peopledatalabs")
        for exchange in each["exchanges"]
        if each["lookup"] == f"enrich_{name}" and "facts" in each
    ]
    query = f"{'website=poor.test' if name == 'company' else 'phone=%2B12015550106'}".encode()
    asked = Asked("GET", f"/{name}/enrich", query, headers=[(b"x-api-key", b"sandbox")])
    played = PeopleDataLabs().answer(asked)
    bodies.append(orjson.loads(played.body))

    assert (played.status, len(bodies) > 3) == (200, True)
    for body in bodies:
        assert set(body["data"] if name == "person" else body) - envelope <= known


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        (
            "valid",
            {
                "phone_is_valid": True, "phone_country": "US", "line_type": "mobile",
                "carrier_name": "AT&T Mobility LLC",
            },
        ),
        ("invalid", {"phone_is_valid": False}),
        ("error_http_200", "CredentialRejected"),
    ],
)  # fmt: skip
def test_numverifys_examples_are_understood(contract: Contract, name: str, facts: Any):
    body = contract("numverify/fixture_validate.json")[name]
    gate = RecordedGate([{"body": body}])
    asked = {"lookup": "validate", "inputs": {"phone": "+14155550100"}}

    try:
        (reply,) = replay(NUMVERIFY, asked, gate)
        found: Any = {fact.field: fact.value for fact in reply.facts}
    except CallError as error:
        found = type(error).__name__

    assert found == facts


def test_numverify_is_played_with_the_keys_of_its_examples(contract: Contract):
    example = contract("numverify/fixture_validate.json")["valid"]
    query = b"number=14155550100&access_key=sandbox"

    played = orjson.loads(NumVerify().answer(Asked("GET", "/validate", query)).body)

    assert list(played) == list(example)
    assert {key: type(value) for key, value in played.items()} == {
        key: type(value) for key, value in example.items()
    }


def test_zerobounces_test_addresses_are_understood(contract: Contract):
    examples = contract("zerobounce/fixture_validate_sandbox_responses.json")

    found = {email: statuses(read(body)) for email, body in examples.items()}

    assert len(found) == 32
    assert found == {
        email: "disposable"
        if body["sub_status"] == "disposable"
        else STATUSES[body["status"]][0]
        if body["status"] in STATUSES
        else ""
        for email, body in examples.items()
    }
    assert {body["status"] for body in examples.values()} == {*STATUSES, "unknown"}


def statuses(reply: Reply) -> str:
    for fact in reply.facts:
        golden.coerce(fact.field, fact.value)
    return next((str(fact.value) for fact in reply.facts if fact.field == "email_status"), "")


def test_zerobounce_is_played_with_the_keys_and_types_of_its_test_addresses(contract: Contract):
    example = contract("zerobounce/fixture_validate_sandbox_responses.json")["valid@example.com"]

    played = said("ann.lee@birch.test")

    assert list(played) == list(example)
    told = {key for key, value in played.items() if value is not None and example[key] is not None}
    assert {key: type(played[key]) for key in told} == {key: type(example[key]) for key in told}


def test_clearbits_company_is_understood(contract: Contract):
    found = {
        fact.field.removeprefix("company."): fact.value
        for fact in company(contract("clearbit/fixture_company.json"))
    }

    assert (found["name"], found["employee_count"], found["website"]) == (
        "Uber", 200, "http://uber.com",
    )  # fmt: skip
    assert found["twitter_url"] == "https://x.com/uber"
    assert str(found["tags"]).startswith("Transportation, Design, SEO")
    assert {f"company.{name}" for name in found} <= CLEARBIT.lookups["find_company"].supplies


def test_clearbits_person_is_understood(contract: Contract):
    found = {fact.field: fact.value for fact in person(contract("clearbit/fixture_person.json"))}

    assert found == {
        "first_name": "Alex",
        "last_name": "MacCaw",
        "full_name": "Alex MacCaw",
        "position": "CEO",
        "linkedin_url": "https://www.linkedin.com/pub/alex-maccaw/78/929/ab5",
        "twitter_url": "https://x.com/maccaw",
        "facebook_url": "https://www.facebook.com/amaccaw",
        "company.name": "Clearbit",
        "company.domain": "clearbit.com",
    }


def test_clearbits_discovery_has_the_same_companies(contract: Contract):
    (first,) = contract("clearbit/fixture_discovery.json")["results"]

    assert company(first) == company(contract("clearbit/fixture_company.json"))
