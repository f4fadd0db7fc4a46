"""Plays Yelp Fusion's business search."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson

from integrations.sandbox.counting import Counter
from integrations.sandbox.places import firms_in
from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.world import Firm, is_known

MAGIC_KEYS = {
    "": (401, "TOKEN_MISSING", "An access token must be supplied"),
    "wrong": (401, "TOKEN_INVALID", "Invalid API key or authorization header."),
    "spent": (429, "ACCESS_LIMIT_REACHED", "You've reached the access limit for this client."),
}
MOST = 240
# What a key may ask a day; one called "trial" has the Starter plan's.
A_DAY, TRIAL, TRIAL_A_DAY = 100_000, "trial", 300


class Yelp:
    """Yelp's part of the sandbox."""

    slug = "yelp"

    def __init__(self) -> None:
        self._day = Counter(86_400)

    def answer(self, asked: Asked) -> Answer:
        """Answer one search as api.yelp.com would."""
        key = asked.authorization.decode("latin-1").removeprefix("Bearer ")
        if key in MAGIC_KEYS:
            return refusal(*MAGIC_KEYS[key])
        if asked.path != "/v3/businesses/search":
            return refusal(404, "NOT_FOUND", "Resource could not be found.")
        limit = TRIAL_A_DAY if key == TRIAL else A_DAY
        left = limit - self._day.add(key)
        answer = search(asked.params()) if left >= 0 else refusal(*MAGIC_KEYS["spent"])
        resets_at = datetime.fromtimestamp(self._day.ends_at(), UTC).isoformat()
        answer.headers += [
            (b"ratelimit-dailylimit", b"%d" % limit),
            (b"ratelimit-remaining", b"%d" % max(left, 0)),
            (b"ratelimit-resettime", resets_at.encode()),
        ]
        return answer

    def throttled(self) -> bytes:
        return envelope("TOO_MANY_REQUESTS_PER_SECOND", "You have exceeded the queries-per-second")

    def failed(self) -> bytes:
        return envelope("INTERNAL_ERROR", "Something went wrong internally")


def search(given: dict[str, str]) -> Answer:
    """Find the firms of a place, by offset and limit."""
    near = given.get("location") or given.get("latitude", "")[:4]
    limit, offset = int(given.get("limit", 20)), int(given.get("offset", 0))
    if not near:
        return refusal(400, "VALIDATION_ERROR", "Please specify a location or a latitude")
    if limit + offset > MOST or limit > 50:
        return refusal(400, "VALIDATION_ERROR", "Too many results requested, limit+offset <= 240")
    if near == "nowhere":
        return refusal(400, "LOCATION_NOT_FOUND", "Could not execute search, try a better place")
    firms = firms_in(near, given.get("term", ""))
    page = [entry(firm) for firm in firms[offset : offset + limit]]
    key = f"{near}|{given.get('term', '')}|{offset}"
    body = orjson.dumps({"total": len(firms), "businesses": page, "region": {}})
    return Answer(200, body, ("search",), (key,), (key,))


def entry(firm: Firm) -> dict[str, Any]:
    """Return a firm as Yelp lists it; one in twelve has no phone."""
    die = firm.die("yelp")
    has_phone, is_open = is_known(die, 92), is_known(die, 97)
    return {
        "id": f"yelp-{firm.domain}",
        "alias": firm.domain.replace(".", "-"),
        "name": firm.name,
        "phone": firm.phone if has_phone else "",
        "rating": 3 + die.below(5) / 2,
        "review_count": die.below(300),
        "coordinates": {"latitude": firm.latitude, "longitude": firm.longitude},
        "location": {
            "address1": firm.street,
            "address2": "",
            "address3": None,
            "city": firm.city,
            "zip_code": firm.postal_code,
            "country": "US",
            "state": firm.state,
        },
        "categories": [{"alias": firm.kind, "title": firm.kind.replace("_", " ").title()}],
        "is_closed": not is_open,
        "url": f"https://yelp.test/biz/{firm.domain}",
    }


def refusal(status: int, code: str, words: str) -> Answer:
    return Answer(status, envelope(code, words))


def envelope(code: str, words: str) -> bytes:
    return orjson.dumps({"error": {"code": code, "description": words}})
