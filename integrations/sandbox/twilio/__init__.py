"""Plays Twilio Lookup: v2 with its packages and its batch, and v1 with two add-ons."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import orjson

from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.twilio import add_ons
from integrations.sandbox.twilio.envelopes import envelope
from integrations.sandbox.twilio.magic import MAGIC
from integrations.sandbox.twilio.numbers import Number, read
from integrations.sandbox.twilio.packages import PACKAGES, package

V2, V1, BATCH, LIMITS = (
    "/v2/PhoneNumbers/",
    "/v1/PhoneNumbers/",
    "/v2/batch/query",
    "/v2/RateLimits",
)
NO_BATCH = frozenset({"validation", "phone_number_quality_score", "pre_fill"})
EMPTY: Mapping[str, None] = dict.fromkeys(PACKAGES)

# The last four digits of a magic Account SID: (status, code) of every answer.
MAGIC_ACCOUNTS = {
    "": (401, 20003),
    "0401": (401, 20003),
    "0402": (403, 20005),
    "0403": (403, 20008),
}
NO_BATCH_ACCOUNT, NO_PACKAGE_ACCOUNT, LIMITED_ACCOUNT = "0404", "0606", "0616"
NOT_ENABLED = 60606


class Twilio:
    """Twilio's part of the sandbox."""

    slug = "twilio"

    def __init__(self) -> None:
        self._exchanges = itertools.count(1)

    def answer(self, asked: Asked) -> Answer:
        """Answer one request as lookups.twilio.com would, with an id of the exchange."""
        found = self.reply(asked)
        found.headers.append((b"twilio-request-id", b"RQ%032x" % next(self._exchanges)))
        return found

    def reply(self, asked: Asked) -> Answer:
        """Answer one request by account, path and method."""
        account = account_of(asked.authorization)
        if account in MAGIC_ACCOUNTS:
            return refusal(*MAGIC_ACCOUNTS[account])
        if asked.path == BATCH and asked.method == "POST" and account != NO_BATCH_ACCOUNT:
            return self.batch(asked, account)
        if asked.path.startswith((V2, V1)) and asked.method == "GET":
            return self.fetch(asked, account)
        if asked.path == LIMITS:
            return rate_limits(account)
        return refusal(404, 20404)

    def throttled(self) -> bytes:
        return envelope(429, 20429)

    def failed(self) -> bytes:
        return envelope(503, 20503)

    def fetch(self, asked: Asked, account: str) -> Answer:
        """Answer GET /v2/PhoneNumbers/{number} with the packages in Fields; v1 has add-ons."""
        if asked.path.startswith(V1):
            return self.fetch_v1(asked, asked.path[len(V1) :])
        raw = asked.path[len(V2) :]
        fields, inputs = fields_and_inputs(asked.query)
        if any(field not in PACKAGES for field in fields):
            return refusal(400, 60618)
        number = read(raw)
        body = facts_of(number)
        body["url"] = f"https://lookups.twilio.com{V2}{raw}"
        charged = fill(body, fields, number, inputs, account)
        lookups = tuple(PACKAGES[field][0] for field in fields) or ("validation",)
        return finished(body, lookups, raw, charged)

    def batch(self, asked: Asked, account: str) -> Answer:
        """Answer POST /v2/batch/query; unknown fields refuse the whole request."""
        try:
            wanted = orjson.loads(asked.body)["phone_numbers"]
            items = [batch_item(item, account) for item in wanted]
        except (ValueError, KeyError, TypeError, AttributeError):
            return refusal(400, 60618)
        keys = tuple(item["phone_number"] for item, _, _ in items)
        charged = tuple(item["phone_number"] for item, _, is_charged in items if is_charged)
        lookups = tuple(sorted({name for _, names, _ in items for name in names}))
        body = orjson.dumps({"phone_numbers": [item for item, _, _ in items]})
        return Answer(200, body, lookups, keys, charged)

    def fetch_v1(self, asked: Asked, raw: str) -> Answer:
        """Answer GET /v1/PhoneNumbers/{number}?AddOns=…; an invalid number is a 404 there."""
        number = read(raw)
        if number.error:
            return refusal(404, 20404)
        names = parse_qs(asked.query.decode()).get("AddOns", [])
        results = add_ons.results(names, number)
        lookups = tuple(sorted(add_ons.lookup_of(name) for name in results))
        body = {
            "caller_name": None,
            "carrier": None,
            "country_code": number.country,
            "national_format": number.national,
            "phone_number": raw,
            "add_ons": {"status": "successful", "message": None, "code": None, "results": results},
            "url": f"https://lookups.twilio.com{V1}{raw}",
        }
        return finished(body, lookups, raw, any(each["result"] for each in results.values()))


@lru_cache(maxsize=64)
def account_of(authorization: bytes) -> str:
    """Return the last four characters of the Account SID; "" without a Basic pair."""
    scheme, _, token = authorization.decode("latin-1").partition(" ")
    try:
        user, _, password = base64.b64decode(token).decode().partition(":")
    except ValueError:
        return ""
    return user[-4:] if scheme.lower() == "basic" and user and password else ""


@lru_cache(maxsize=1024)
def fields_and_inputs(query: bytes) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Return the packages asked for, and the other parameters."""
    inputs = dict(parse_qsl(query.decode()))
    fields = inputs.pop("Fields", "")
    return tuple(f for f in fields.split(",") if f and f != "validation"), inputs


def facts_of(number: Number) -> dict[str, Any]:
    """Return what every answer says of the number, with no package in it yet."""
    is_valid = not number.error
    return {
        "calling_country_code": number.calling_code if is_valid else None,
        "country_code": number.country if is_valid else None,
        "phone_number": number.e164,
        "national_format": number.national if is_valid else None,
        "valid": is_valid,
        "validation_errors": [] if is_valid else [number.error],
        **EMPTY,
    }


def fill(
    body: dict[str, Any],
    fields: tuple[str, ...],
    number: Number,
    inputs: Mapping[str, str],
    account: str,
) -> bool:
    """Put the packages into the answer; return whether any of them is billed."""
    if number.error:
        return False
    magic = MAGIC.get(number.e164)
    is_billed = False
    for field in fields:
        found = package(field, number, inputs, magic)
        if account == NO_PACKAGE_ACCOUNT:
            found["error_code"] = NOT_ENABLED
        body[field] = found
        is_billed = is_billed or not found["error_code"]
    return is_billed


def batch_item(item: Mapping[str, Any], account: str) -> tuple[dict[str, Any], list[str], bool]:
    """Return one number's answer, the lookups asked of it, and whether it is billed."""
    fields = tuple(item.get("fields") or ())
    if any(field in NO_BATCH or field not in PACKAGES for field in fields):
        raise ValueError(fields)
    number = read(item["phone_number"])
    body = facts_of(number)
    body["correlation_id"] = item.get("correlation_id")
    magic = MAGIC.get(number.e164)
    body["twilio_error_code"] = magic.code or None if magic else None
    charged = fill(body, fields, number, batch_inputs(item), account)
    return body, [PACKAGES[field][0] for field in fields], charged


def batch_inputs(item: Mapping[str, Any]) -> dict[str, str]:
    """Return the nested inputs of a batch item under their names in the GET."""
    nested = {**(item.get("identity_match") or {}), **(item.get("reassigned_number") or {})}
    return {"".join(w.capitalize() for w in name.split("_")): nested[name] for name in nested}


def finished(body: dict[str, Any], lookups: tuple[str, ...], raw: str, charged: bool) -> Answer:
    """Return the answer about one number, with its magic fault, delay or whole other answer."""
    magic = MAGIC.get(raw)
    keys = (raw,)
    billed = keys if charged else ()
    if magic is None:
        return Answer(200, orjson.dumps(body), lookups, keys, billed)
    status, said = magic.answer or (200, orjson.dumps(body))
    billed = billed if status < 400 else ()
    return Answer(status, said, lookups, keys, billed, magic.fault, magic.delay_s)


def rate_limits(account: str) -> Answer:
    """Answer GET /v2/RateLimits: one account has a rule, twice a second for the line type."""
    rule = {"field": "line_type_intelligence", "bucket": "own", "owner": "customer"}
    rules = [{**rule, "limit": 2, "ttl": 1}] if account == LIMITED_ACCOUNT else []
    return Answer(200, orjson.dumps({"rate_limits": rules}))


def refusal(status: int, code: int) -> Answer:
    """Return an error answer; nothing was looked up."""
    return Answer(status, envelope(status, code))
