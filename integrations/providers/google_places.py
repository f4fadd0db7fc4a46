"""Google Places (New): businesses by words and place, or around a point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.auth import header_key
from integrations.errors import (
    CallError,
    CredentialRejected,
    NotEntitled,
    QuestionRejected,
    QuotaExhausted,
    Throttled,
)
from integrations.provider import MINUTE, Api, Provider, Rate, Secret, Switch, usd
from integrations.reading import Body, Reader
from integrations.search import Business, Page, Search, Wanted

READ = Reader("Google Places")
# Phone and website are of the dearer kind ("Enterprise"); rating and reviews then cost no more.
# A field that is not named here is not paid for. developers.google.com/maps/documentation/places
FIELDS = (
    "id", "displayName", "addressComponents", "location", "primaryType", "businessStatus",
    "internationalPhoneNumber", "websiteUri", "rating", "userRatingCount",
)  # fmt: skip
MASK = ",".join(f"places.{name}" for name in FIELDS)
# Kinds of address component, and where they go; "short" is the abbreviation ("CA").
PARTS: Mapping[str, tuple[str, str]] = {
    "street_number": ("number", "longText"),
    "route": ("street", "longText"),
    "locality": ("city", "longText"),
    "administrative_area_level_1": ("state", "shortText"),
    "postal_code": ("postal_code", "longText"),
    "country": ("country", "shortText"),
}
BY_STATUS: Mapping[str, type[CallError]] = {
    "INVALID_ARGUMENT": QuestionRejected,
    "UNAUTHENTICATED": CredentialRejected,
    "PERMISSION_DENIED": CredentialRejected,
    "RESOURCE_EXHAUSTED": Throttled,
}
BY_REASON: Mapping[str, type[CallError]] = {
    "API_KEY_INVALID": CredentialRejected,
    "SERVICE_DISABLED": NotEntitled,
    "API_KEY_SERVICE_BLOCKED": NotEntitled,
    "BILLING_DISABLED": QuotaExhausted,
}


def classify(status: int, body: Any, headers: Mapping[str, str]) -> CallError | None:
    """Return what Google means: a bad key is a 400 whose details give the reason.

    RESOURCE_EXHAUSTED of a quota by the day is used up until tomorrow, any other is the rate.
    """
    if not 400 <= status < 500:
        return None
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    reason, is_daily = _details(error.get("details"))
    kind = BY_REASON.get(reason) or BY_STATUS.get(str(error.get("status")))
    if kind is Throttled and is_daily:
        kind = QuotaExhausted
    if kind is None:
        return None
    words = str(error.get("message") or "")[:200]
    return kind(f"Google Places: {words or reason}", status=status, code=reason)


def _details(details: Any) -> tuple[str, bool]:
    reason, is_daily = "", False
    for one in details if isinstance(details, list) else []:
        if isinstance(one, dict):
            reason = reason or str(one.get("reason") or "")
            limit = one.get("metadata")
            is_daily |= isinstance(limit, dict) and "PerDay" in str(limit.get("quota_limit"))
    return reason, is_daily


GOOGLE_PLACES = Provider(
    slug="google_places",
    label="Google Places",
    docs="https://developers.google.com/maps/documentation/places/web-service",
    base_url="https://places.googleapis.com",
    auth=header_key("X-Goog-Api-Key"),
    secrets=(
        Secret(
            "api_key",
            "API key",
            "GOOGLE_PLACES_API_KEY",
            pattern=r"AIza[0-9A-Za-z_-]{35}",
            hint="AIza and 35 characters; the key has to be allowed the Places API (New)",
        ),
    ),
    rate=Rate(600, per=MINUTE),
    classify=classify,
    switches=(Switch("language", "Language of names and kinds", "en"),),
)


async def search_text(api: Api, wanted: Wanted, cursor: str) -> Page:
    """Return a page of the businesses that match the words; Google tells of 60 at the most."""
    asked: dict[str, Any] = {
        "textQuery": f"{wanted.term or 'businesses'} in {wanted.near}",
        "languageCode": str(api.options["language"]),
        "regionCode": "US",
        "pageSize": 20,
    }
    if cursor:
        asked["pageToken"] = cursor
    return _page(await _ask(api, "/v1/places:searchText", asked, f"{MASK},nextPageToken"))


async def search_nearby(api: Api, wanted: Wanted, cursor: str) -> Page:
    """Return the nearest businesses around a point, 20 at the most; there is no second page."""
    circle = {
        "center": {"latitude": wanted.latitude, "longitude": wanted.longitude},
        "radius": min(wanted.radius_m, 50_000),
    }
    asked: dict[str, Any] = {
        "locationRestriction": {"circle": circle},
        "languageCode": str(api.options["language"]),
        "maxResultCount": 20,
        "rankPreference": "DISTANCE",
    }
    if wanted.term:
        asked["includedTypes"] = [wanted.term.strip().lower().replace(" ", "_")]
    return _page(await _ask(api, "/v1/places:searchNearby", asked, MASK))


async def _ask(api: Api, path: str, asked: Mapping[str, Any], mask: str) -> Body:
    return READ.body(await api.post(path, json=asked, headers={"X-Goog-FieldMask": mask}))


def _page(body: Body) -> Page:
    """Return what was found; nothing found is an empty object. Raises ContractBroken."""
    if body:
        READ.body(body, "places", "nextPageToken")
    found = [business(place) for place in READ.parts(body, "places")]
    return Page(found, READ.text(body, "nextPageToken"))


def business(place: Body) -> Business:
    """Return a place as a business. Raises ContractBroken."""
    parts = _address(READ.parts(place, "addressComponents"))
    where = READ.part(place, "location")
    return Business(
        source_id=READ.text(place, "id"),
        name=READ.text(READ.part(place, "displayName"), "text"),
        phone=READ.text(place, "internationalPhoneNumber"),
        website=READ.text(place, "websiteUri"),
        address_line=" ".join(filter(None, (parts.get("number"), parts.get("street")))),
        city=parts.get("city", ""),
        state=parts.get("state", ""),
        postal_code=parts.get("postal_code", ""),
        country=parts.get("country", ""),
        latitude=READ.number(where, "latitude"),
        longitude=READ.number(where, "longitude"),
        category=READ.text(place, "primaryType").replace("_", " "),
        rating=READ.number(place, "rating"),
        review_count=READ.whole(place, "userRatingCount"),
        is_closed=READ.text(place, "businessStatus") == "CLOSED_PERMANENTLY",
    )


def _address(components: list[Body]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in components:
        for kind in READ.texts(one, "types"):
            if kind in PARTS:
                name, key = PARTS[kind]
                found.setdefault(name, READ.text(one, key))
    return found


GOOGLE_PLACES.add_search(
    Search(
        "google_places", "text", "Google Places, by words", usd("0.035"), 20, 60, False,
        search_text, keep_days=30,
        note="Google lets no more than the place id be kept beyond 30 days.",
    )
)  # fmt: skip
GOOGLE_PLACES.add_search(
    Search(
        "google_places", "nearby", "Google Places, around a point", usd("0.035"), 20, 20, True,
        search_nearby, keep_days=30,
        note="Google lets no more than the place id be kept beyond 30 days.",
    )
)  # fmt: skip


@GOOGLE_PLACES.tests
async def ask_for_ids_only(api: Api) -> str:
    """Return what a search for ids alone says of the key; Google charges nothing for those."""
    asked = {"textQuery": "pizza in 94103", "pageSize": 1}
    await _ask(api, "/v1/places:searchText", asked, "places.id")
    return "Google accepts the key, and it may use the Places API (New)."
