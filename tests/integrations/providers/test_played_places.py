"""The sandbox plays the providers of addresses and places: hits, misses, and magic refusals."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from enrichment import golden
from integrations.errors import CallError
from integrations.registry import provider
from integrations.sandbox.google_geocoding import GoogleGeocoding
from integrations.sandbox.responder import Responder
from integrations.sandbox.truecaller import Truecaller
from integrations.sandbox.whitepages import Whitepages
from integrations.sandbox.world import person_at
from tests.integrations.playing import PlayedGate, api_to, facts_of

PHONES = [f"+1{area}5550123" for area in range(201, 301)]
HOME = {"address_line": "12 Alder St", "city": "Alderton", "state": "WA", "postal_code": "98001"}
ALL = {**HOME, "phone": PHONES[0], "last_name": "Birch", "latitude": "47.3", "longitude": "-122.2"}
LOOKUPS = [
    (Whitepages, "whitepages.find_person"),
    (Whitepages, "whitepages.find_resident"),
    (Truecaller, "truecaller.search"),
    (GoogleGeocoding, "google_geocoding.forward"),
    (GoogleGeocoding, "google_geocoding.reverse"),
]


def asked_of(responder: Responder, slug: str, inputs: dict[str, str], key: str = "sandbox"):
    of = provider(responder.slug)
    gate = PlayedGate(responder)
    return facts_of(api_to(of, gate, secrets={"api_key": key}), slug, inputs), gate


@pytest.mark.parametrize(
    ("responder", "slug", "hits"),
    [(Whitepages, "whitepages.find_person", 66), (Truecaller, "truecaller.search", 40)],
)
def test_people_are_those_of_the_one_world(responder: type[Responder], slug: str, hits: int):
    found = 0
    for phone in PHONES:
        facts, gate = asked_of(responder(), slug, {"phone": phone})
        said = {fact.field: fact.value for fact in facts}
        found += bool(facts)
        assert gate.said[0].charged == (phone,)
        if facts:
            assert said["address_line"] == person_at(phone).street
            assert said["last_name"] == person_at(phone).last_name

    assert abs(found - hits) < 15


@pytest.mark.parametrize(("responder", "slug"), LOOKUPS)
@pytest.mark.parametrize(("key", "error"), [("wrong", "CredentialRejected"), ("spent", "Quota")])
def test_magic_keys_are_refused(responder: type[Responder], slug: str, key: str, error: str):
    with pytest.raises(CallError) as refused:
        asked_of(responder(), slug, ALL, key)

    assert type(refused.value).__name__.startswith(error)


@pytest.mark.parametrize(("responder", "slug"), LOOKUPS)
def test_what_is_played_fits_its_columns(responder: type[Responder], slug: str):
    for number in range(1, 60):
        facts, _ = asked_of(responder(), slug, {**ALL, "address_line": f"{number} Alder St"})

        assert all(golden.coerce(fact.field, fact.value) is not None for fact in facts)


@pytest.mark.parametrize(
    ("street", "error"),
    [("Throttle", "Throttled"), ("Unknown", "ServerFailed"), ("Invalid", "QuestionRejected")],
)
def test_magic_streets_have_a_status_of_their_own(street: str, error: str):
    with pytest.raises(CallError) as refused:
        home = {**HOME, "address_line": f"1 {street} Way"}
        asked_of(GoogleGeocoding(), "google_geocoding.forward", home)

    assert type(refused.value).__name__ == error


def test_a_street_nowhere_is_a_miss_that_is_billed():
    home = {**HOME, "address_line": "1 Nowhere Ln"}

    facts, gate = asked_of(GoogleGeocoding(), "google_geocoding.forward", home)

    assert facts == []
    assert len(gate.said[0].charged) == 1


def test_the_usage_of_whitepages_is_free_to_ask():
    gate = PlayedGate(Whitepages())
    of = provider("whitepages")
    assert of.trial is not None

    assert asyncio.run(cast(Any, of.trial(api_to(of, gate)))) == "Whitepages accepts the key."
    assert [answer.charged for answer in gate.said] == [()]
