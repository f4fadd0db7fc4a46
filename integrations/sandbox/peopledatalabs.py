"""Plays People Data Labs v5: the person of a number, the firm of a domain, and its own sandbox."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson

from integrations.sandbox.counting import Counter
from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.world import Firm, firm_at, is_known, person_at, person_with

# Keys that are refused, and how: (status, type, words).
MAGIC_KEYS = {
    "": (401, "authentication_error", "No API key was given"),
    "wrong": (401, "authentication_error", "The API key is not valid"),
    "spent": (402, "payment_required", "The account has no credits left"),
}
# What a key may ask of an endpoint a minute, and has in credits; one called "tight" has less.
A_MINUTE, TIGHT, TIGHT_A_MINUTE, CREDITS = 100_000, "tight", 5, 1_000_000
NO_MATCH = (404, "not_found", "No records were found matching your request")
BAD_INPUT = (400, "invalid_request_error", "Request contained invalid or missing parameters")
# A firm and a person of whom the plan holds only that there is something: true for a value.
POOR_DOMAIN, POOR_PHONE = "poor.test", "+15005550110"
SIZES = ((10, "1-10"), (50, "11-50"), (200, "51-200"), (500, "201-500"), (1000, "501-1000"))


class PeopleDataLabs:
    """People Data Labs' part of the sandbox."""

    slug = "peopledatalabs"

    def __init__(self) -> None:
        self._minute = Counter(60)

    def answer(self, asked: Asked) -> Answer:
        """Answer one request by key, with what is left of the minute and of the credits."""
        key = asked.header("x-api-key")
        if key in MAGIC_KEYS:
            return refusal(*MAGIC_KEYS[key])
        limit = TIGHT_A_MINUTE if key == TIGHT else A_MINUTE
        left = limit - self._minute.add(key + asked.path)
        answer = self.found(asked) if left >= 0 else Answer(429, self.throttled())
        resets_at = datetime.fromtimestamp(self._minute.ends_at(), UTC)
        answer.headers += [
            (b"x-ratelimit-limit", b'{"minute": %d}' % limit),
            (b"x-ratelimit-remaining", b'{"minute": %d}' % max(left, 0)),
            (b"x-ratelimit-reset", resets_at.strftime("%Y-%m-%dT%H:%M:%SZ").encode()),
            (b"x-totallimit-remaining", b"%d" % CREDITS),
        ]
        return answer

    def found(self, asked: Asked) -> Answer:
        """Answer by path."""
        given = asked.params()
        if asked.path.endswith("/company/enrich"):
            return company(given)
        if asked.path.endswith("/person/enrich"):
            return person(given)
        return refusal(404, "not_found", "No such resource")

    def throttled(self) -> bytes:
        return envelope(429, "rate_limit_error", "The rate is reached")

    def failed(self) -> bytes:
        return envelope(500, "api_error", "Something went wrong")


def company(given: dict[str, str]) -> Answer:
    """Seven in ten firms are known."""
    domain = given.get("website", "")
    if not domain:
        return refusal(*BAD_INPUT)
    firm = firm_at(domain)
    if not is_known(firm.die("pdl"), 70):
        return missed("enrich_company", domain)
    body = {"status": 200, "likelihood": 9, **described(firm)}
    if domain == POOR_DOMAIN:
        body |= dict.fromkeys(("employee_count", "location", "tags", "summary"), True)
    return said(body, "enrich_company", domain)


def described(firm: Firm) -> dict[str, Any]:
    return {
        "id": firm.domain.replace(".", "-"),
        "name": firm.name,
        "type": "private",
        "industry": firm.industry,
        "summary": f"{firm.name} is a firm in {firm.city}",
        "headline": None,
        "founded": firm.founded,
        "employee_count": firm.people,
        "size": size(firm.people),
        "tags": [firm.kind, firm.industry],
        "website": firm.domain,
        "linkedin_url": f"linkedin.com/company/{firm.domain.partition('.')[0]}",
        "twitter_url": None,
        "facebook_url": None,
        "location": {
            "street_address": firm.street,
            "locality": firm.city,
            "region": firm.state,
            "postal_code": firm.postal_code,
            "country": "united states",
            "geo": f"{firm.latitude},{firm.longitude}",
        },
    }


def size(people: int) -> str:
    return next((words for most, words in SIZES if people <= most), "1001-5000")


def person(given: dict[str, str]) -> Answer:
    """Six in ten people are known, half of them with an address at work."""
    phone, email = given.get("phone", ""), given.get("email", "")
    if not phone and not email:
        return refusal(*BAD_INPUT)
    who = person_at(phone) if phone else person_with(email)
    die = who.die("pdl")
    if not is_known(die, 60):
        return missed("enrich_person", phone or email)
    likelihood = 6 + die.below(5)
    if likelihood < int(given.get("min_likelihood") or 2):
        return missed("enrich_person", phone or email)
    data: dict[str, Any] = {
        "id": "sandbox",
        "full_name": f"{who.first_name} {who.last_name}",
        "first_name": who.first_name,
        "last_name": who.last_name,
        "work_email": who.email if is_known(die, 50) else None,
        "personal_emails": [],
        "emails": [],
        "job_title": who.title,
        "job_title_role": who.department.lower(),
        "job_title_levels": [who.seniority],
        "job_company_name": who.firm.name,
        "job_company_website": who.firm.domain,
        "job_company_industry": who.firm.industry,
        "job_company_size": size(who.firm.people),
        "linkedin_url": None,
        "location_street_address": who.street,
        "location_locality": who.city,
        "location_region": who.state,
        "location_postal_code": who.postal_code,
        "location_country": "united states",
    }
    if phone == POOR_PHONE:
        data |= dict.fromkeys(
            ("work_email", "emails", "personal_emails", "location_locality"), True
        )
    body = {"status": 200, "likelihood": likelihood, "data": data}
    return said(body, "enrich_person", phone or email)


def said(body: dict[str, Any], lookup: str, key: str) -> Answer:
    return Answer(200, orjson.dumps(body), (lookup,), (key,), (key,))


def missed(lookup: str, key: str) -> Answer:
    return Answer(404, envelope(*NO_MATCH), (lookup,), (key,))


def refusal(status: int, kind: str, words: str) -> Answer:
    return Answer(status, envelope(status, kind, words))


def envelope(status: int, kind: str, words: str) -> bytes:
    return orjson.dumps({"status": status, "error": {"type": kind, "message": words}})
