"""Google Geocoding: where an address is, and which address a place has.

Nearly every error comes as HTTP 200 with a `status` (developers.google.com/maps/documentation/
geocoding). Nothing that tells a good key from a bad one is free to ask, so there is no test of the
connection. Google lets coordinates be kept for 30 days, place ids for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.auth import query_key
from integrations.errors import (
    CallError,
    ContractBroken,
    CredentialRejected,
    QuestionRejected,
    QuotaExhausted,
    ServerFailed,
    Throttled,
)
from integrations.provider import MINUTE, Api, Fact, Provider, Question, Rate, Secret, days, usd
from integrations.providers.own.addresses import HOME, read
from integrations.providers.own.places import place_of
from integrations.providers.own.refusing import refused
from integrations.reading import Body, Reader

READ = Reader("Google Geocoding")
ANSWERED = frozenset({"OK", "ZERO_RESULTS"})
REFUSALS: Mapping[str, type[CallError]] = {
    "OVER_DAILY_LIMIT": QuotaExhausted,  # also a key without billing
    "OVER_QUERY_LIMIT": Throttled,
    "REQUEST_DENIED": CredentialRejected,
    "INVALID_REQUEST": QuestionRejected,
    "UNKNOWN_ERROR": ServerFailed,
}
# How sure a place is, by how it was found; a partial match is of another address than was asked.
SURE = {"rooftop": 0.95, "range_interpolated": 0.8, "geometric_center": 0.6, "approximate": 0.4}
PARTIAL, BACKWARDS = 0.5, 0.8
HOUSES = ("street_address", "premise", "subpremise")
TOWNS = ("locality", "postal_town", "sublocality_level_1", "administrative_area_level_3")
POSTAL = {"address_line", "city", "state", "postal_code", "country"}


def classify(status: int, body: Any, headers: Mapping[str, str]) -> CallError | None:
    """Return the error that a body's `status` stands for; None for an answer."""
    if status != 200:
        return None
    said = body.get("status") if isinstance(body, dict) else None
    if not isinstance(said, str):
        return ContractBroken("Google Geocoding: an answer without a status")
    if said in ANSWERED:
        return None
    kind = REFUSALS.get(said, ContractBroken)
    words = str(body.get("error_message") or "")[:200]
    if kind is Throttled and "daily" in words.lower():
        kind = QuotaExhausted
    return kind(f"Google Geocoding: {said[:64]} {words}".rstrip(), code=said[:64])


GOOGLE_GEOCODING = Provider(
    slug="google_geocoding",
    label="Google Geocoding",
    docs="https://developers.google.com/maps/documentation/geocoding/requests-geocoding",
    base_url="https://maps.googleapis.com",
    auth=query_key("key"),
    secrets=(
        Secret(
            "api_key",
            "API key",
            "GOOGLE_GEOCODING_API_KEY",
            hint="a key of the Google Cloud console with the Geocoding API enabled",
        ),
    ),
    rate=Rate(3000, per=MINUTE),
    classify=classify,
)


@GOOGLE_GEOCODING.lookup(
    "forward",
    needs={"address_line"},
    uses={"city", "state", "postal_code", "country"},
    supplies={
        "latitude", "longitude", "geocode_accuracy", "google_place_id", "address_is_verified",
        *POSTAL,
    },
    price=usd("0.005"),
    fresh_for=days(30),
    label="Place of an address",
    note="An answer that knows no such place is billed, too.",
)  # fmt: skip
async def forward(api: Api, q: Question) -> list[Fact]:
    """Return the place of an address, and the address as Google writes it."""
    found = READ.body(await api.get("/maps/api/geocode/json", **_asked(q)))
    results = READ.parts(found, "results")
    if not results:
        return []
    place, accuracy = results[0], _accuracy(results[0])
    is_partial = bool(READ.flag(place, "partial_match"))
    sure = round(SURE.get(accuracy, 0.4) * (PARTIAL if is_partial else 1), 3)
    at = READ.part(READ.part(place, "geometry"), "location")
    latitude, longitude = READ.number(at, "lat"), READ.number(at, "lng")
    if latitude is None or longitude is None:
        raise READ.broken("geometry.location", at)
    postal = _postal(place)
    facts = [
        Fact("latitude", latitude, sure),
        Fact("longitude", longitude, sure),
        *([Fact("geocode_accuracy", accuracy, sure)] if accuracy else []),
        *_named(place, sure),
        *(Fact(name, value, sure) for name, value in postal.items()),
    ]
    if is_partial or (accuracy == "rooftop" and "address_line" in postal):
        facts.append(Fact("address_is_verified", not is_partial, sure))
    return facts


@GOOGLE_GEOCODING.lookup(
    "reverse",
    needs={"latitude", "longitude"},
    supplies={*POSTAL, "google_place_id"},
    price=usd("0.005"),
    fresh_for=days(30),
    label="Address of a place",
    note="The nearest house, which need not be the one that was meant.",
)
async def reverse(api: Api, q: Question) -> list[Fact]:
    """Return the address nearest to a place; never as sure as one that was asked for."""
    latitude, longitude = place_of(q)
    asked = f"{latitude:.6f},{longitude:.6f}"
    found = READ.body(await api.get("/maps/api/geocode/json", latlng=asked))
    results = READ.parts(found, "results")
    if not results:
        return []
    houses = (one for one in results if any(kind in HOUSES for kind in _kinds(one)))
    place = next(houses, results[0])
    sure = round(SURE.get(_accuracy(place), 0.4) * BACKWARDS, 3)
    postal = _postal(place)
    return [*(Fact(name, value, sure) for name, value in postal.items()), *_named(place, sure)]


def _asked(q: Question) -> dict[str, Any]:
    """Return the parameters of an address. Raises QuestionRejected for one that has no place."""
    rest = {name: q.get(name) for name in ("city", "state", "postal_code")}
    if q.get("country").strip().lower() not in HOME:
        parts = [q.get("address_line"), *rest.values(), q.get("country")]
        return {"address": ", ".join(part for part in parts if part)}
    at = read(q.get("address_line"), **rest)
    if at.kind == "po_box":
        raise refused("address_line", "a PO box is no place")
    if not at.city and not at.postal_code:
        raise refused("city", "a town or a ZIP is needed beside the street")
    area = f"{at.state} {at.postal_code}".strip()
    whole = ", ".join(part for part in (at.line, at.city, area) if part)
    return {"address": whole, "components": "country:US"}


def _kinds(of: Body) -> list[Any]:
    kinds = of.get("types") or []
    if not isinstance(kinds, list):
        raise READ.broken("types", kinds)
    return kinds


def _accuracy(place: Body) -> str:
    """Return Google's word for how a place was found, "" for one that we do not know."""
    word = READ.text(READ.part(place, "geometry"), "location_type").lower()
    return word if word in SURE else ""


def _named(place: Body, sure: float) -> list[Fact]:
    found = READ.text(place, "place_id")
    return [Fact("google_place_id", found, sure)] if found else []


def _postal(place: Body) -> dict[str, str]:
    """Return the address of a place in our fields; a line only where the house has a number."""
    parts: dict[str, Body] = {}
    for one in READ.parts(place, "address_components"):
        for kind in _kinds(one):
            parts.setdefault(str(kind), one)

    def word(kind: str, name: str = "short_name") -> str:
        return READ.text(parts.get(kind, {}), name)

    number, street, unit = word("street_number"), word("route"), word("subpremise")
    line = f"{number} {street}" + (f" #{unit.lstrip('#')}" if unit else "")
    code, more = word("postal_code"), word("postal_code_suffix")
    said = {
        "address_line": line if number and street else "",
        "city": next((name for kind in TOWNS if (name := word(kind, "long_name"))), ""),
        "state": word("administrative_area_level_1"),
        "postal_code": f"{code}-{more}" if code and more else code,
        "country": word("country"),
    }
    return {name: value for name, value in said.items() if value}
