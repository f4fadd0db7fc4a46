"""Whatever shape an answer has, a lookup understands it or says that the contract is broken."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from enrichment import golden
from integrations.calls import Call
from integrations.classify import error_for
from integrations.errors import CallError, ContractBroken
from integrations.exchange import Incoming, Outgoing
from integrations.provider import Question
from integrations.registry import lookup, provider
from tests.integrations.playing import PlayedGate, api_to

WORDS = st.sampled_from((
    "results", "data", "status", "OK", "name", "emails", "email", "address", "current_addresses",
    "line1", "addresses", "match_score", "geometry", "location", "lat", "lng", "location_type",
    "ROOFTOP", "address_components", "types", "place_id", "short_name", "route", "sid",
    "friendly_name", "draft", "Birch", "meta", "errors", "requestId", "networkType", "LTE",
    "qualified", "YES", "downloadSpeed", "phones", "number", "is_dead", "partial_match",
))  # fmt: skip
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats()
    | WORDS
    | st.text(max_size=5)
)
BODIES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=12,
)
GOOD = {
    "whitepages.find_person": {"results": BODIES},
    "truecaller.search": {"data": BODIES},
    "google_geocoding.forward": {"status": st.just("OK"), "results": BODIES},
    "google_geocoding.reverse": {"status": st.just("OK"), "results": BODIES},
    "twilio_trust_hub.verify": {"results": BODIES},
    "twilio_trust_hub.review": {"sid": st.just("BU1"), "status": WORDS, "errors": BODIES},
    "verizon.fixed_wireless": {"access_token": WORDS, "sessionToken": WORDS, "networks": BODIES},
}
INPUTS = {
    "phone": "+12125550198", "address_line": "1 Main St", "city": "Boston", "state": "MA",
    "postal_code": "02108", "latitude": "47.3", "longitude": "-122.2", "company.name": "Birch",
    "company.domain": "birch.test", "company.trust_profile_sid": "BU1",
}  # fmt: skip
TICKET = '{"request_id": "r1", "asked_at": "2026-11-22T10:00:00+00:00"}'


class SayingGate(PlayedGate):
    """Says one body to every request."""

    def __init__(self, body: Any) -> None:
        self.body = body

    async def exchange(self, outgoing: Outgoing, call: Call) -> Incoming:
        content = orjson.dumps(self.body)
        headers = CIMultiDictProxy(CIMultiDict())
        incoming = Incoming(200, headers, content, orjson.loads(content))
        call.error = error_for(call, 200, headers, incoming.body)
        return incoming


@pytest.mark.parametrize("slug", GOOD)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_shape_is_understood_or_breaks_the_contract(slug: str, data: st.DataObject):
    body = data.draw(st.fixed_dictionaries({}, optional=GOOD[slug]) | BODIES)
    found = lookup(slug)
    api = api_to(provider(found.provider), SayingGate(body))
    asked = Question({name: INPUTS[name] for name in found.needs}, TICKET)
    if slug == "google_geocoding.forward":
        asked = Question(INPUTS)

    try:
        facts = asyncio.run(cast(Any, found.ask)(api, asked))
    except CallError:
        return
    for fact in facts:
        assert fact.field in found.supplies
        assert 0 <= fact.confidence <= 1
        try:
            golden.coerce(fact.field, fact.value)
        except ContractBroken:
            assert fact.field in ("email", "latitude", "longitude")
