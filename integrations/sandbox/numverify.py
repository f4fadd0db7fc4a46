"""Plays NumVerify, at its own address and at apilayer's marketplace; errors come as HTTP 200."""

from __future__ import annotations

from typing import Any

import orjson

from integrations.sandbox.counting import Counter
from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.twilio.numbers import Number, read

# Keys that are refused, and how: (code, type).
MAGIC_KEYS = {
    "": (101, "missing_access_key"),
    "wrong": (101, "invalid_access_key"),
    "inactive": (102, "inactive_user"),
    "spent": (104, "usage_limit_reached"),
    "plain": (105, "https_access_restricted"),
}
# Numbers that are refused, and how.
MAGIC_NUMBERS = {
    "15005550106": (106, "no_results"),
    "15005550211": (211, "non_numeric_phone_number_provided"),
    "15005550310": (310, "invalid_country_code"),
    "15005550429": (106, "rate_limit_reached"),
    "15005550999": (999, "something_new"),
}
A_MONTH = 1_000_000
LINES = {"tollFree": "toll_free", "fixedVoip": "special_services", "nonFixedVoip": "satellite"}


class NumVerify:
    """NumVerify's part of the sandbox."""

    slug = "numverify"

    def __init__(self) -> None:
        self._month = Counter(30 * 86_400)

    def answer(self, asked: Asked) -> Answer:
        """Answer one request; the marketplace says what is left of the month."""
        answer = self.found(asked)
        if asked.path.startswith("/marketplace/"):
            left = max(A_MONTH - self._month.add(asked.header("apikey")), 0)
            answer.headers += [
                (b"x-ratelimit-limit-month", b"%d" % A_MONTH),
                (b"x-ratelimit-remaining-month", b"%d" % left),
            ]
        return answer

    def found(self, asked: Asked) -> Answer:
        """Answer by key and number."""
        given = asked.params()
        is_marketplace = asked.path == "/marketplace/validate"
        key = asked.header("apikey") if is_marketplace else given.get("access_key", "")
        if key in MAGIC_KEYS:
            return refused_by_marketplace(key) if is_marketplace else refusal(*MAGIC_KEYS[key])
        if not is_marketplace and asked.path != "/validate":
            return refusal(103, "invalid_api_function")
        raw = given.get("number", "")
        if not raw:
            return refusal(210, "no_phone_number_provided")
        if raw in MAGIC_NUMBERS:
            return refusal(*MAGIC_NUMBERS[raw])
        return said(raw, read("+" + raw))

    def throttled(self) -> bytes:
        return b'{"message":"Too many requests in a second"}'

    def failed(self) -> bytes:
        return b'{"message":"Something went wrong"}'


def said(raw: str, number: Number) -> Answer:
    """Return what is known of a number; "" and null for all of one that is not valid."""
    is_valid = not number.error
    die = number.die("numverify")
    body: dict[str, Any] = {
        "valid": is_valid,
        "number": raw,
        "local_format": raw.removeprefix(number.calling_code) if is_valid else "",
        "international_format": number.e164 if is_valid else "",
        "country_prefix": f"+{number.calling_code}" if is_valid else "",
        "country_code": number.country if is_valid else "",
        "country_name": COUNTRIES.get(number.country, "Elsewhere") if is_valid else "",
        "location": die.pick(PLACES) if is_valid else "",
        "carrier": number.carrier if is_valid else "",
        "line_type": LINES.get(number.type, number.type) if is_valid else None,
    }
    return Answer(200, orjson.dumps(body), ("validate",), (number.e164,), (number.e164,))


COUNTRIES = {"US": "United States of America", "CA": "Canada"}
PLACES = ("Alderton", "Brookmere", "Elm County", "WA, OR", "")


def refusal(code: int, kind: str) -> Answer:
    """Return an error as NumVerify gives it: with HTTP 200."""
    error = {"code": code, "type": kind, "info": kind.replace("_", " ").capitalize()}
    return Answer(200, orjson.dumps({"success": False, "error": error}))


def refused_by_marketplace(key: str) -> Answer:
    """Return how the marketplace refuses a key."""
    if key == "spent":
        words = "You have exceeded your monthly API rate limit"
        return Answer(429, orjson.dumps({"message": words}))
    return Answer(401, b'{"message":"Invalid authentication credentials"}')
