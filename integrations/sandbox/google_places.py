"""Plays Google Places (New): text search in pages, and nearby search without."""

from __future__ import annotations

from typing import Any

import orjson

from integrations.sandbox.places import firms_in
from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.world import Firm, is_known

MAGIC_KEYS = {
    "": (403, "PERMISSION_DENIED", "The request is missing a valid API key.", ""),
    "wrong": (400, "INVALID_ARGUMENT", "API key not valid.", "API_KEY_INVALID"),
    "blocked": (403, "PERMISSION_DENIED", "Places API is not enabled.", "SERVICE_DISABLED"),
}
MOST, PAGE = 60, 20


class GooglePlaces:
    """Google's part of the sandbox that knows businesses."""

    slug = "google_places"

    def answer(self, asked: Asked) -> Answer:
        """Answer one search as places.googleapis.com would."""
        key = asked.header("x-goog-api-key")
        if key in MAGIC_KEYS:
            status, word, message, reason = MAGIC_KEYS[key]
            return Answer(status, envelope(status, word, message, reason))
        if key == "spent":
            return Answer(429, used_up())
        mask = asked.header("x-goog-fieldmask")
        if not mask or " " in mask:
            return Answer(400, envelope(400, "INVALID_ARGUMENT", "FieldMask is required"))
        body = orjson.loads(asked.body or b"{}")
        if asked.path == "/v1/places:searchText":
            return text(body, mask)
        if asked.path == "/v1/places:searchNearby":
            return nearby(body, mask)
        return Answer(404, envelope(404, "NOT_FOUND", "No such method"))

    def throttled(self) -> bytes:
        return envelope(429, "RESOURCE_EXHAUSTED", "Quota exceeded", "RATE_LIMIT_EXCEEDED")

    def failed(self) -> bytes:
        return envelope(503, "UNAVAILABLE", "The service is currently unavailable.")


def text(body: dict[str, Any], mask: str) -> Answer:
    """Find the firms of "<kind> in <place>"; at most 60, 20 a page."""
    query = str(body.get("textQuery") or "")
    if not query:
        return Answer(400, envelope(400, "INVALID_ARGUMENT", "text_query is empty"))
    term, _, place = query.rpartition(" in ")
    first = int(body.get("pageToken") or 0)
    firms = firms_in(place, "" if term == "businesses" else term)[:MOST]
    page = firms[first : first + int(body.get("pageSize") or PAGE)]
    after = first + len(page)
    cursor = str(after) if page and after < len(firms) and "nextPageToken" in mask else ""
    return said([place_of(firm, mask) for firm in page], cursor, "text", f"{query}|{first}")


def nearby(body: dict[str, Any], mask: str) -> Answer:
    """Find the twenty firms nearest to a point."""
    center = body["locationRestriction"]["circle"]["center"]
    place = f"{center['latitude']:.1f} {center['longitude']:.1f}"
    kinds = body.get("includedTypes") or [""]
    firms = firms_in(place, str(kinds[0]).replace("_", " "))[: int(body["maxResultCount"])]
    return said([place_of(firm, mask) for firm in firms], "", "nearby", place)


def place_of(firm: Firm, mask: str) -> dict[str, Any]:
    """Return a firm as a place, with the fields that the mask names; one in ten has no phone."""
    number, _, street = firm.street.partition(" ")
    components = [
        (number, "street_number"), (street, "route"), (firm.city, "locality"),
        (firm.state, "administrative_area_level_1"), (firm.postal_code, "postal_code"),
        ("US", "country"),
    ]  # fmt: skip
    die = firm.die("google_places")
    has_phone, is_open = is_known(die, 90), is_known(die, 96)
    whole = {
        "id": f"ChIJ{firm.domain}",
        "displayName": {"text": firm.name, "languageCode": "en"},
        "addressComponents": [
            {"longText": said, "shortText": said, "types": [kind]} for said, kind in components
        ],
        "location": {"latitude": firm.latitude, "longitude": firm.longitude},
        "primaryType": firm.kind,
        "businessStatus": "OPERATIONAL" if is_open else "CLOSED_PERMANENTLY",
        "internationalPhoneNumber": firm.phone if has_phone else None,
        "websiteUri": f"https://www.{firm.domain}/",
        "rating": round(3 + die.below(21) / 10, 1),
        "userRatingCount": die.below(400),
    }
    named = {name.removeprefix("places.") for name in mask.split(",")}
    return {key: value for key, value in whole.items() if key in named and value is not None}


def said(places: list[dict[str, Any]], cursor: str, search: str, key: str) -> Answer:
    """Return a page; nothing found is an empty object."""
    body: dict[str, Any] = {"places": places} if places else {}
    if cursor:
        body["nextPageToken"] = cursor
    return Answer(200, orjson.dumps(body), (search,), (key,), (key,))


def envelope(status: int, word: str, message: str, reason: str = "") -> bytes:
    kind = "type.googleapis.com/google.rpc.ErrorInfo"
    details = [{"@type": kind, "reason": reason}] if reason else []
    return orjson.dumps(
        {"error": {"code": status, "message": message, "status": word, "details": details}}
    )


def used_up() -> bytes:
    """Return what a quota by the day says when it is used up."""
    found = orjson.loads(envelope(429, "RESOURCE_EXHAUSTED", "Quota exceeded", "RATE_LIMIT"))
    limit = {"quota_limit": "SearchTextRequestPerDayPerProject"}
    found["error"]["details"][0]["metadata"] = limit
    return orjson.dumps(found)
