"""Yelp Fusion: businesses by place in words or around a point, with rating and reviews."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from integrations.auth import bearer
from integrations.errors import (
    CallError,
    CredentialRejected,
    NotEntitled,
    NotFound,
    QuestionRejected,
    QuotaExhausted,
    Throttled,
)
from integrations.provider import DAY, SECOND, Api, Provider, Rate, Secret, Told, usd
from integrations.reading import Body, Reader, whole_of
from integrations.search import Business, Page, Search, Wanted

READ = Reader("Yelp")
PAGE, MOST = 50, 240  # offset + limit may not pass 240
FARTHEST_M = 40_000
CODES: Mapping[str, type[CallError]] = {
    "TOKEN_INVALID": CredentialRejected,
    "TOKEN_MISSING": CredentialRejected,
    "UNAUTHORIZED_ACCESS_TOKEN": CredentialRejected,
    "NOT_AUTHORIZED": NotEntitled,
    "ACCESS_LIMIT_REACHED": QuotaExhausted,
    "TOO_MANY_REQUESTS_PER_SECOND": Throttled,
    "VALIDATION_ERROR": QuestionRejected,
    "LOCATION_NOT_FOUND": NotFound,
}


def classify(status: int, body: Any, headers: Mapping[str, str]) -> CallError | None:
    """Return what Yelp means; of its two 429s one passes in a second, the other at midnight UTC."""
    error = body.get("error") if isinstance(body, dict) and status >= 400 else None
    code = str(error.get("code") or "") if isinstance(error, dict) else ""
    kind = CODES.get(code)
    if kind is None:
        return None
    words = str(error.get("description") or code)[:200] if isinstance(error, dict) else code
    return kind(
        f"Yelp: {words}",
        status=status,
        code=code,
        retry_at=_reset(headers) if status == 429 else None,
    )


def _reset(headers: Mapping[str, str]) -> datetime | None:
    try:
        at = datetime.fromisoformat(headers.get("ratelimit-resettime", "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return at if at.tzinfo else None


def read_limits(headers: Mapping[str, str], lookups: Collection[str]) -> list[Told]:
    """Return what Yelp says of the day: of all calls, and of those to this endpoint where it does.

    docs.developer.yelp.com/docs/places-rate-limiting, November 2026.
    """
    said = (
        ("requests a day", "ratelimit-", ""),
        ("searches a day", "ratelimit-resource", "search"),
    )
    return [
        Told(
            name,
            left,
            whole_of(headers, f"{prefix}dailylimit"),
            DAY,
            _reset(headers),
            frozenset({lookup} if lookup else ()),
        )
        for name, prefix, lookup in said
        if (left := whole_of(headers, f"{prefix}remaining")) is not None
    ]


YELP = Provider(
    slug="yelp",
    label="Yelp",
    docs="https://docs.developer.yelp.com/reference/v3_business_search",
    base_url="https://api.yelp.com",
    auth=bearer("api_key"),
    secrets=(
        Secret("api_key", "API key", "YELP_API_KEY", hint="128 characters, under Manage App"),
    ),
    rate=Rate(5, per=SECOND),
    classify=classify,
    reads_limits=read_limits,
)


async def search(api: Api, wanted: Wanted, cursor: str) -> Page:
    """Return a page of businesses; the cursor is the offset, and none passes 240."""
    offset = int(cursor or 0)
    limit = min(PAGE, MOST - offset)
    params = {"limit": str(limit), "offset": str(offset)}
    if wanted.term:
        params["term"] = wanted.term
    if wanted.is_circle:
        params["latitude"], params["longitude"] = str(wanted.latitude), str(wanted.longitude)
        params["radius"] = str(min(wanted.radius_m, FARTHEST_M))
    else:
        params["location"] = wanted.near
    try:
        answer = await api.get("/v3/businesses/search", headers=None, auth=None, **params)
    except NotFound:
        return Page([])  # Yelp knows no such place
    body = READ.body(answer, "businesses")
    found = [business(one) for one in READ.parts(body, "businesses")]
    after, total = offset + len(found), READ.whole(body, "total") or 0
    return Page(found, str(after) if found and after < min(total, MOST) else "")


def business(one: Body) -> Business:
    """Return an entry of Yelp's list; `is_closed` there means for good."""
    where, place = READ.part(one, "location"), READ.part(one, "coordinates")
    lines = [READ.text(where, key) for key in ("address1", "address2", "address3")]
    categories = READ.parts(one, "categories")
    return Business(
        source_id=READ.text(one, "id"),
        name=READ.text(one, "name"),
        phone=READ.text(one, "phone"),
        address_line=", ".join(filter(None, lines)),
        city=READ.text(where, "city"),
        state=READ.text(where, "state"),
        postal_code=READ.text(where, "zip_code"),
        country=READ.text(where, "country"),
        latitude=READ.number(place, "latitude"),
        longitude=READ.number(place, "longitude"),
        category=READ.text(categories[0], "title") if categories else "",
        rating=READ.number(one, "rating"),
        review_count=READ.whole(one, "review_count"),
        is_closed=READ.flag(one, "is_closed") or False,
    )


YELP.add_search(
    Search(
        "yelp", "search", "Yelp", usd("0.01"), PAGE, MOST, False, search, keep_days=1,
        note="Yelp's terms let its content be kept for a day. It tells no website.",
        farthest_m=FARTHEST_M,
    )
)  # fmt: skip


@YELP.tests
async def search_without_a_place(api: Api) -> str:
    """Return what a search without a place says of the key: it is refused, after the key is read.

    Yelp has no question that costs nothing; one that it refuses counts for no call of the plan.
    """
    with suppress(QuestionRejected):
        await api.get("/v3/businesses/search", limit="1")
    return "Yelp accepts the key."
