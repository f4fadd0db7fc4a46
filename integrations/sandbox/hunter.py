"""Plays Hunter v2: domain search, e-mail finder, e-mail verifier, and the account's page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.world import firm_at, is_known, person_named, person_with

# Keys that are refused, and how: (status, id, words).
MAGIC_KEYS = {
    "": (401, "wrong_auth", "No API key was given"),
    "wrong": (401, "wrong_auth", "The API key is not valid"),
    "spent": (402, "payment_required", "The plan's requests are used up"),
}
# Local parts of an address with an answer of their own.
MAGIC_MAILBOXES = {"later": (202, b"{}"), "removed": (451, b'{"errors":[{"id":"claimed_email"}]}')}


class Hunter:
    """Hunter's part of the sandbox."""

    slug = "hunter"

    def answer(self, asked: Asked) -> Answer:
        """Answer one request by key and path."""
        given = asked.params()
        key = asked.header("x-api-key") or given.get("api_key", "")
        if key in MAGIC_KEYS:
            return refusal(*MAGIC_KEYS[key])
        found = {
            "/domain-search": domain_search,
            "/email-finder": find_email,
            "/email-verifier": verify_email,
            "/account": account,
        }.get(asked.path)
        return found(given) if found else refusal(404, "not_found", "No such resource")

    def throttled(self) -> bytes:
        return envelope(429, "too_many_requests", "The rate is reached")

    def failed(self) -> bytes:
        return envelope(500, "internal_error", "Something went wrong")


def domain_search(given: dict[str, str]) -> Answer:
    """Two in three firms are known with their pattern."""
    domain = given.get("domain", "")
    if not domain:
        return refusal(400, "wrong_params", "You are missing the domain parameter")
    firm = firm_at(domain)
    is_found = is_known(firm.die("hunter"), 66)
    body: dict[str, Any] = {
        "domain": domain,
        "organization": firm.name if is_found else None,
        "pattern": "{first}.{last}" if is_found else None,
        "industry": firm.industry.title() if is_found else None,
        "country": "US" if is_found else None,
        "emails": [],
    }
    return said(body, "domain_search", domain, is_hit=is_found)


def find_email(given: dict[str, str]) -> Answer:
    """Three in four people are found, nine in ten of those verified."""
    names = [given.get(name, "") for name in ("first_name", "last_name", "domain")]
    if not all(names):
        return refusal(400, "wrong_params", "You are missing a name or the domain")
    person = person_named(*names)
    die = person.die("hunter")
    is_found, is_sure = is_known(die, 75), is_known(die, 90)
    body = {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email if is_found else None,
        "score": (90 + die.below(10) if is_sure else 40 + die.below(30)) if is_found else None,
        "domain": names[2],
        "position": person.title if is_found else None,
        "twitter": None,
        "linkedin_url": None,
        "verification": {"date": None, "status": "valid" if is_sure else "accept_all"},
    }
    return said(body, "find_email", "|".join(names), is_hit=is_found)


def verify_email(given: dict[str, str]) -> Answer:
    """Four in five mailboxes are valid; the rest accept all, do not exist or do not say."""
    email = given.get("email", "")
    local = email.partition("@")[0]
    if local in MAGIC_MAILBOXES:
        return Answer(*MAGIC_MAILBOXES[local], ("verify_email",), (email,))
    if not email:
        return refusal(400, "wrong_params", "You are missing the email parameter")
    die = person_with(email).die("hunter.verify")
    draw = die.below(100)
    status = "valid" if draw < 80 else "accept_all" if draw < 90 else "invalid"
    score = {"valid": 95, "accept_all": 60, "invalid": 2}[status]
    body = {
        "status": status if draw < 97 else "unknown",
        "score": score,
        "email": email,
        "gibberish": False,
        "disposable": False,
        "webmail": False,
        "mx_records": True,
    }
    return said(body, "verify_email", email, is_hit=True)


def account(given: dict[str, str]) -> Answer:
    """Say what is left of the plan, and when it is renewed."""
    left = {"searches": {"used": 12, "available": 500_000}}
    left["verifications"] = {"used": 40, "available": 1_000_000}
    renewal = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    return said({"reset_date": renewal, "requests": left}, "", "", is_hit=False)


def said(body: dict[str, Any], lookup: str, key: str, *, is_hit: bool) -> Answer:
    """Return a 200 in Hunter's envelope."""
    keys = (key,) if key else ()
    lookups = (lookup,) if lookup else ()
    content = orjson.dumps({"data": body, "meta": {"params": {}}})
    return Answer(200, content, lookups, keys, keys if is_hit else ())


def refusal(status: int, code: str, words: str) -> Answer:
    return Answer(status, envelope(status, code, words))


def envelope(status: int, code: str, words: str) -> bytes:
    return orjson.dumps({"errors": [{"id": code, "code": status, "details": words}]})
