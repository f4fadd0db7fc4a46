"""Plays Apollo v1: firms by domain, people by name and domain, each also up to ten at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import orjson

from integrations.sandbox.counting import Counter
from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.world import Firm, Person, firm_at, is_known, person_named

# Keys that are refused, and how: (status, body); a 401 is plain text.
MAGIC_KEYS = {
    "": (401, b"Invalid access credentials."),
    "wrong": (401, b"Invalid access credentials."),
    "narrow": (403, b'{"error":"api/v1/people/match is not accessible with this api_key"}'),
    "spent": (422, b'{"error":"You have insufficient credits to complete this request"}'),
    "busy": (429, b'{"message":"The maximum number of api calls allowed is 600 times per hour"}'),
}
# What a key may ask a minute and a day; one called "tight" has less a minute.
A_MINUTE, A_DAY, TIGHT, TIGHT_A_MINUTE = 100_000, 1_000_000, "tight", 5
LOCKED = "email_not_unlocked@domain.test"


class Apollo:
    """Apollo's part of the sandbox."""

    slug = "apollo"

    def __init__(self) -> None:
        self._minute, self._day = Counter(60), Counter(86_400)

    def answer(self, asked: Asked) -> Answer:
        """Answer one request by key, with what is left of the minute and the day."""
        key = asked.header("x-api-key")
        if asked.path == "/site/v1/auth/health":
            is_known_key = key not in ("", "wrong")
            return Answer(200, orjson.dumps({"healthy": True, "is_logged_in": is_known_key}))
        if key in MAGIC_KEYS:
            return Answer(*MAGIC_KEYS[key])
        limit = TIGHT_A_MINUTE if key == TIGHT else A_MINUTE
        left = limit - self._minute.add(key)
        answer = self.found(asked) if left >= 0 else Answer(429, self.throttled())
        answer.headers += [
            (b"x-rate-limit-minute", b"%d" % limit),
            (b"x-minute-requests-left", b"%d" % max(left, 0)),
            (b"x-rate-limit-24-hour", b"%d" % A_DAY),
            (b"x-24-hour-requests-left", b"%d" % max(A_DAY - self._day.add(key), 0)),
        ]
        return answer

    def found(self, asked: Asked) -> Answer:
        """Answer by path."""
        found = {
            "/organizations/enrich": one_organization,
            "/organizations/bulk_enrich": organizations,
            "/people/match": one_person,
            "/people/bulk_match": people,
        }.get(asked.path)
        return found(asked) if found else Answer(404, b'{"error":"Not found"}')

    def throttled(self) -> bytes:
        return b'{"message":"The maximum number of api calls allowed is 50 times per minute"}'

    def failed(self) -> bytes:
        return b'{"error":"Something went wrong"}'


def one_organization(asked: Asked) -> Answer:
    domain = asked.params().get("domain", "")
    if not domain:
        return Answer(422, b'{"error":"domain is missing"}')
    found = organization(domain)
    body = orjson.dumps({"organization": found} if found else {})
    return Answer(200, body, ("enrich_organization",), (domain,), (domain,) if found else ())


def organizations(asked: Asked) -> Answer:
    domains = parse_qs(asked.query.decode()).get("domains[]", [])
    if not 1 <= len(domains) <= 10:
        return Answer(422, b'{"error":"domains takes 1 to 10"}')
    found = [each for domain in domains if (each := organization(domain))]
    body = {
        "status": "success",
        "organizations": found,
        "missing_records": len(domains) - len(found),
    }
    charged = tuple(each["primary_domain"] for each in found)
    return Answer(200, orjson.dumps(body), ("enrich_organization",), tuple(domains), charged)


def organization(domain: str) -> dict[str, Any] | None:
    """Three in four firms are known."""
    firm = firm_at(domain)
    return described(firm) if is_known(firm.die("apollo"), 75) else None


def described(firm: Firm) -> dict[str, Any]:
    return {
        "id": f"sandbox-{firm.domain}",
        "name": firm.name,
        "primary_domain": firm.domain,
        "website_url": f"http://www.{firm.domain}",
        "linkedin_url": None,
        "twitter_url": None,
        "facebook_url": None,
        "primary_phone": {"number": firm.phone, "sanitized_number": firm.phone},
        "industry": firm.industry,
        "keywords": [firm.kind],
        "estimated_num_employees": firm.people,
        "annual_revenue": float(firm.revenue_usd),
        "founded_year": firm.founded,
        "short_description": None,
        "technology_names": [],
        "street_address": firm.street,
        "city": firm.city,
        "state": firm.state,
        "postal_code": firm.postal_code,
        "country": "United States",
    }


def one_person(asked: Asked) -> Answer:
    given = asked.params()
    key = key_of(given)
    if not key:
        return Answer(422, b'{"error":"name and domain are missing"}')
    found = person(given)
    body = orjson.dumps({"person": found or {}})
    return Answer(200, body, ("match_person",), (key,), (key,) if found else ())


def people(asked: Asked) -> Answer:
    try:
        wanted = orjson.loads(asked.body)["details"]
        keys = [key_of(each) for each in wanted]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return Answer(422, b'{"error":"details is missing"}')
    if not 1 <= len(keys) <= 10:
        return Answer(422, b'{"error":"details takes 1 to 10"}')
    found = [person(each) for each in wanted]
    charged = tuple(key for key, who in zip(keys, found, strict=True) if who)
    body = orjson.dumps({"status": "success", "matches": found})
    return Answer(200, body, ("match_person",), tuple(keys), charged)


def key_of(given: dict[str, str]) -> str:
    name, domain = given.get("name", ""), given.get("domain", "")
    return f"{name}|{domain}" if name and domain else ""


def person(given: dict[str, str]) -> dict[str, Any] | None:
    """Seven in ten people are known; two in three of them with an address that is verified."""
    first, _, last = given["name"].rpartition(" ")
    who = person_named(
        given.get("first_name") or first, given.get("last_name") or last, given["domain"]
    )
    die = who.die("apollo")
    return known(who, die.below(100)) if is_known(die, 70) else None


def known(who: Person, draw: int) -> dict[str, Any]:
    status = "verified" if draw < 66 else "guessed" if draw < 80 else "unavailable"
    return {
        "id": f"sandbox-{who.email}",
        "first_name": who.first_name,
        "last_name": who.last_name,
        "name": f"{who.first_name} {who.last_name}",
        "title": who.title,
        "email": who.email if status != "unavailable" else LOCKED,
        "email_status": status,
        "linkedin_url": None,
        "departments": [who.department.lower()],
        "seniority": who.seniority,
        "city": who.city,
        "state": who.state,
        "country": "United States",
        "organization": described(who.firm),
    }
