"""Plays Clearbit's three hosts: firms by domain, people by number and by e-mail."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import orjson

from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.world import Firm, Person, firm_at, is_known, person_at, person_with

# Keys that are refused, and how: (status, type, words).
MAGIC_KEYS = {
    "": (401, "auth_required", "No API key was given"),
    "wrong": (401, "auth_invalid", "The API key is not valid"),
    "spent": (402, "over_plan_limit", "The plan's lookups are used up"),
}
QUEUED = Answer(202, b'{"error":{"type":"queued","message":"Try again in a moment"}}')
# Domains and local parts with an answer of their own.
QUEUED_DOMAIN, QUEUED_MAILBOX = "queued.test", "queued"


class Clearbit:
    """Clearbit's part of the sandbox."""

    slug = "clearbit"

    def answer(self, asked: Asked) -> Answer:
        """Answer one request by key and path; the host is the path's first part."""
        key = user_of(asked.authorization)
        if key in MAGIC_KEYS:
            return refusal(*MAGIC_KEYS[key])
        given = asked.params()
        found = {
            "/company/v2/companies/find": find_company,
            "/prospector/v1/people/search": prospector,
            "/person/v2/combined/find": combined,
        }.get(asked.path)
        return found(given) if found else refusal(404, "not_found", "No such resource")

    def throttled(self) -> bytes:
        return envelope("rate_limit", "The rate is reached")

    def failed(self) -> bytes:
        return envelope("api_error", "Something went wrong")


def user_of(authorization: bytes) -> str:
    """Return the user name of HTTP Basic, which is the key; "" where there is none."""
    try:
        pair = base64.b64decode(authorization.removeprefix(b"Basic "), validate=True)
    except binascii.Error:
        return ""
    return pair.decode("latin-1").partition(":")[0]


def find_company(given: dict[str, str]) -> Answer:
    """Six in ten firms are known."""
    domain = given.get("domain", "")
    if not domain:
        return refusal(422, "params_invalid", "The domain is missing")
    if domain == QUEUED_DOMAIN:
        return QUEUED
    firm = firm_at(domain)
    if not is_known(firm.die("clearbit"), 60):
        return missed("find_company", domain)
    return said(described(firm), "find_company", domain)


def prospector(given: dict[str, str]) -> Answer:
    """Four in ten people are known."""
    phone = given.get("phone", "")
    if not phone:
        return refusal(422, "params_invalid", "The phone is missing")
    who = person_at(phone)
    found = [known(who)] if is_known(who.die("clearbit"), 40) else []
    body = {"page": 1, "page_size": 5, "total": len(found), "results": found}
    answer = said(body, "prospector", phone)
    answer.charged = (phone,) if found else ()
    return answer


def combined(given: dict[str, str]) -> Answer:
    """Half of the people are known; of three in four, the firm as well."""
    email = given.get("email", "")
    if "@" not in email:
        return refusal(422, "email_invalid", "The e-mail is missing or malformed")
    if email.startswith(f"{QUEUED_MAILBOX}@"):
        return QUEUED
    who = person_with(email)
    die = who.die("clearbit")
    if not is_known(die, 50):
        return missed("combined", email)
    firm = described(who.firm) if is_known(die, 75) else None
    return said({"person": known(who), "company": firm}, "combined", email)


def described(firm: Firm) -> dict[str, Any]:
    return {
        "id": "sandbox",
        "name": firm.name,
        "legalName": f"{firm.name}, Inc.",
        "domain": firm.domain,
        "url": f"http://{firm.domain}",
        "type": "private",
        "category": {"sector": None, "industry": firm.industry},
        "tags": [firm.kind],
        "tech": [],
        "description": None,
        "foundedYear": firm.founded,
        "metrics": {"employees": firm.people, "annualRevenue": firm.revenue_usd},
        "phone": firm.phone,
        "linkedin": {"handle": f"company/{firm.domain.partition('.')[0]}"},
        "twitter": {"handle": None},
        "facebook": {"handle": None},
        "geo": {
            "streetNumber": firm.street.partition(" ")[0],
            "streetName": firm.street.partition(" ")[2],
            "city": firm.city,
            "state": firm.state,
            "postalCode": firm.postal_code,
            "country": "United States",
            "lat": firm.latitude,
            "lng": firm.longitude,
        },
    }


def known(who: Person) -> dict[str, Any]:
    name = f"{who.first_name} {who.last_name}"
    return {
        "id": "sandbox",
        "name": {"fullName": name, "givenName": who.first_name, "familyName": who.last_name},
        "email": who.email,
        "employment": {
            "name": who.firm.name,
            "title": who.title,
            "role": who.department.lower(),
            "seniority": who.seniority,
            "domain": who.firm.domain,
        },
        "geo": {"city": who.city, "state": who.state, "country": "United States"},
        "linkedin": {"handle": None},
        "twitter": {"handle": None},
        "facebook": {"handle": None},
    }


def said(body: dict[str, Any], lookup: str, key: str) -> Answer:
    return Answer(200, orjson.dumps(body), (lookup,), (key,), (key,))


def missed(lookup: str, key: str) -> Answer:
    return Answer(404, envelope("unknown_record", "Unknown record"), (lookup,), (key,))


def refusal(status: int, kind: str, words: str) -> Answer:
    return Answer(status, envelope(kind, words))


def envelope(kind: str, words: str) -> bytes:
    return orjson.dumps({"error": {"type": kind, "message": words}})
