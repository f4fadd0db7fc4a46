"""Our requests and the sandbox's answers against Google's own contract of the Geocoding API."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, cast

import orjson
import pytest

from integrations.provider import Question
from integrations.providers.google_geocoding import GOOGLE_GEOCODING, classify, forward, reverse
from integrations.sandbox.google_geocoding import GoogleGeocoding
from tests.contracts.conftest import Contract, Mock
from tests.contracts.judging import judged
from tests.contracts.schemas import answer_schema, problems, validator
from tests.integrations.apis import RecordedApi
from tests.integrations.playing import PlayedGate, api_to, facts_of

FILE, PATH = "google/geocoding_openapi_trimmed.json", "/maps/api/geocode/json"
HOME = {"address_line": "12 Alder St", "city": "Alderton", "state": "WA", "postal_code": "98001"}
PLACE = {"latitude": "47.3", "longitude": "-122.25"}
ASKED = [("google_geocoding.forward", HOME), ("google_geocoding.reverse", PLACE)]
RECORDED = sorted(
    (Path(__file__).parents[1] / "integrations/recorded/google_geocoding").glob("*.json")
)
# Recorded answers that are meant to break the contract.
BREAKING = {
    "broken",
    "no_place",
    "new_status",
    "no_status",
    "status_of_another_kind",
    "new_accuracy",
    "not_json",
}


@pytest.mark.parametrize(("slug", "inputs"), ASKED)
def test_each_lookup_is_asked_as_the_contract_says(prism: Mock, slug: str, inputs: dict[str, str]):
    assert judged(GOOGLE_GEOCODING, prism(FILE), slug, inputs) == [(f"GET {PATH}", (200, []))]


@pytest.mark.parametrize(("slug", "inputs"), ASKED)
def test_every_parameter_is_one_of_the_contracts(
    contract: Contract, slug: str, inputs: dict[str, str]
):
    parts = contract(FILE)["components"]
    known = {each["name"] for each in parts["parameters"].values()} | {"key"}
    gate = PlayedGate(GoogleGeocoding())

    facts_of(api_to(GOOGLE_GEOCODING, gate), slug, inputs)

    query = gate.sent[0].url.partition("?")[2]
    assert {pair.partition("=")[0] for pair in query.split("&")} <= known


def test_every_published_example_is_understood(contract: Contract):
    answer = contract(FILE)["paths"][PATH]["get"]["responses"]["200"]
    examples = answer["content"]["application/json"]["examples"]

    said = {name: understood(example["value"]) for name, example in examples.items()}

    assert len(said) == 16
    assert {name: found for name, found in said.items() if found in ("", "QuestionRejected")} == {
        "components_zero_results_response": "",
        "invalid_place": "QuestionRejected",
        "invalid_request": "QuestionRejected",
        "zero_results": "",
    }


def understood(body: Any) -> str:
    """Return the error's name, "" for a miss, else where both lookups say it is."""
    if error := classify(200, body, {}):
        return type(error).__name__
    api: Any = RecordedApi(body)
    facts = asyncio.run(cast(Any, forward(api, Question(HOME))))
    backwards = asyncio.run(cast(Any, reverse(api, Question(PLACE))))
    assert bool(facts) == bool(backwards)
    return " ".join(str(fact.value) for fact in facts)


def test_the_sandbox_answers_as_the_contract_says(contract: Contract):
    judge = validator(contract(FILE), answer_schema(contract(FILE), PATH, "get"))
    gate = PlayedGate(GoogleGeocoding())
    api = api_to(GOOGLE_GEOCODING, gate)

    for number in range(1, 60):
        facts_of(api, ASKED[0][0], {**HOME, "address_line": f"{number} Alder St"})
        facts_of(api, ASKED[1][0], {**PLACE, "latitude": str(number)})
    bodies = [orjson.loads(answer.body) for answer in gate.said]

    assert len(bodies) == 118
    assert [found for body in bodies if (found := problems(judge, body))] == []


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_our_recorded_answers_are_as_the_contract_says(contract: Contract, path: Path):
    exchanges = json.loads(path.read_text())["exchanges"]
    judge = validator(contract(FILE), answer_schema(contract(FILE), PATH, "get"))
    is_meant_to_break = path.stem.partition("_")[2] in BREAKING

    for exchange in exchanges:
        if isinstance(exchange["body"], dict) and not is_meant_to_break:
            assert problems(judge, exchange["body"]) == []
