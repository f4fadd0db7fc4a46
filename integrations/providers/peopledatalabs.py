"""People Data Labs: the firm behind a domain, and the person behind a number."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from integrations.auth import header_key
from integrations.firm_domains import claimed_domain, firm_domain
from integrations.provider import (
    MINUTE,
    Api,
    Fact,
    Provider,
    Question,
    Rate,
    Secret,
    Switch,
    Told,
    Value,
    days,
    usd,
)
from integrations.reading import Body, Reader, told, whole_of

READ = Reader("People Data Labs")
# How sure a match is that says nothing of it: a domain names one firm, a number changes hands.
BY_DOMAIN, BY_PHONE = 0.8, 0.5

# {"minute": 99, "day": null}, also seen with Python's quotes and None; formerly a bare number.
_A_MINUTE = re.compile(r"""["']?minute["']?\s*:\s*([0-9]{1,15})\b|^([0-9]{1,15})$""")


def read_limits(headers: Mapping[str, str], lookups: Collection[str]) -> list[Told]:
    """Return what is left of the minute and of the credits; each endpoint has its own of both.

    docs.peopledatalabs.com/docs/usage-limits, November 2026.
    """
    mine, found = frozenset(lookups), []
    left = _a_minute(headers, "x-ratelimit-remaining")
    if left is not None:
        limit = _a_minute(headers, "x-ratelimit-limit")
        found.append(Told("requests a minute", left, limit, MINUTE, _reset(headers), mine))
    credits = whole_of(headers, "x-totallimit-remaining")
    return found if credits is None else [*found, Told("credits", credits, lookups=mine)]


def _a_minute(headers: Mapping[str, str], name: str) -> int | None:
    found = _A_MINUTE.search(headers.get(name, "").strip())
    return int(found[1] or found[2]) if found else None


def _reset(headers: Mapping[str, str]) -> datetime | None:
    """Return the moment of the reset, which is in UTC whether it says so or not."""
    try:
        at = datetime.fromisoformat(headers.get("x-ratelimit-reset", "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


PEOPLEDATALABS = Provider(
    slug="peopledatalabs",
    label="People Data Labs",
    docs="https://docs.peopledatalabs.com/docs/reference-person-enrichment-api",
    base_url="https://api.peopledatalabs.com/v5",
    hosts={"sandbox": "https://sandbox.api.peopledatalabs.com/v5"},
    auth=header_key("X-Api-Key"),
    secrets=(
        Secret(
            "api_key",
            "API key",
            "PDL_API_KEY",
            pattern=r"[0-9a-f]{64}",
            hint="64 hexadecimal digits, on the dashboard of People Data Labs",
        ),
    ),
    rate=Rate(100, per=MINUTE),  # the free plan's; paying customers have 1,000
    reads_limits=read_limits,
    switches=(
        Switch(
            "min_likelihood",
            "Least likelihood of a person",
            6,
            hint="1 to 10; a match that is less likely is no match, and not charged",
        ),
    ),
)


def held(body: Body) -> Body:
    """Return what the plan holds: a field that it lacks is true where a value would be."""
    return {key: value for key, value in body.items() if value is not True}


def likelihood(body: Body, unsaid: float) -> float:
    """Return how sure the match is, 0..1, from its own likelihood of 1 to 10."""
    said = READ.whole(body, "likelihood", 10)
    return unsaid if said is None else said / 10


@PEOPLEDATALABS.lookup(
    "enrich_company",
    needs={"company.domain"},
    supplies={
        "company.name", "company.company_type", "company.industry", "company.description",
        "company.founded_year", "company.employee_count", "company.employee_range",
        "company.tags", "company.website", "company.linkedin_url", "company.twitter_url",
        "company.facebook_url", "company.address_line", "company.city", "company.state",
        "company.postal_code", "company.country", "company.latitude", "company.longitude",
    },
    price=usd("0.10", on_hit_only=True),
    fresh_for=days(180),
    miss_fresh_for=days(60),
)  # fmt: skip
async def enrich_company(api: Api, q: Question) -> list[Fact]:
    """Return the firm at a domain; its answer is flat, as its SDK has it."""
    domain = firm_domain(q.domain, "People Data Labs")
    answer = await api.get("/company/enrich", website=domain, titlecase="true")
    found = held(READ.body(answer, "id", "name"))
    said: list[tuple[str, Value]] = [
        ("name", READ.text(found, "name")),
        ("company_type", READ.text(found, "type").lower()),
        ("industry", READ.text(found, "industry")),
        ("description", READ.text(found, "summary") or READ.text(found, "headline")),
        ("founded_year", READ.whole(found, "founded", 2200)),
        ("employee_count", READ.whole(found, "employee_count", 2**31 - 1)),
        ("employee_range", READ.text(found, "size")),
        ("tags", ", ".join(READ.texts(found, "tags"))),
        ("website", _url(READ.text(found, "website"))),
        *_profiles(found),
        *_place(held(READ.part(found, "location"))),
    ]
    return told([(f"company.{name}", value) for name, value in said], likelihood(found, BY_DOMAIN))


# Our inputs in its words; all but the number are given where they are known.
PERSON_INPUTS: Mapping[str, str] = {
    "phone": "phone",
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "email",
    "linkedin_url": "profile",
    "company.name": "company",
    "postal_code": "postal_code",
}


@PEOPLEDATALABS.lookup(
    "enrich_person",
    needs={"phone"},
    uses=set(PERSON_INPUTS) - {"phone"},
    supplies={
        "first_name", "last_name", "full_name", "position", "department", "seniority", "email",
        "linkedin_url", "twitter_url", "facebook_url", "address_line", "city", "state",
        "postal_code", "country", "company.name", "company.domain", "company.industry",
        "company.employee_range",
    },
    price=usd("0.28", on_hit_only=True),
    fresh_for=days(180),
    miss_fresh_for=days(30),
    note="Charged for each person who is found, with an e-mail address or without.",
)  # fmt: skip
async def enrich_person(api: Api, q: Question) -> list[Fact]:
    """Return the person behind a number, from the envelope {status, likelihood, data}."""
    asked = {theirs: q.get(ours) for ours, theirs in PERSON_INPUTS.items() if q.get(ours)}
    least = max(1, min(10, int(api.options.get("min_likelihood") or 6)))
    asked |= {"min_likelihood": str(least), "titlecase": "true"}
    answer = READ.body(await api.get("/person/enrich", headers=None, auth=None, **asked), "data")
    found = held(READ.part(answer, "data"))
    levels = READ.texts(found, "job_title_levels")
    said: list[tuple[str, Value]] = [
        ("first_name", READ.text(found, "first_name")),
        ("last_name", READ.text(found, "last_name")),
        ("full_name", READ.text(found, "full_name")),
        ("position", READ.text(found, "job_title")),
        ("department", READ.text(found, "job_title_role").replace("_", " ")),
        ("seniority", levels[0] if levels else ""),
        ("email", _email(found)),
        *_profiles(found),
        ("address_line", READ.text(found, "location_street_address")),
        ("city", READ.text(found, "location_locality")),
        ("state", READ.text(found, "location_region")),
        ("postal_code", READ.text(found, "location_postal_code")),
        ("country", READ.text(found, "location_country")),
        ("company.name", READ.text(found, "job_company_name")),
        ("company.domain", claimed_domain(READ.text(found, "job_company_website"))),
        ("company.industry", READ.text(found, "job_company_industry")),
        ("company.employee_range", READ.text(found, "job_company_size")),
    ]
    return told(said, likelihood(answer, BY_PHONE))


def _email(found: Body) -> str:
    """Return the address at work, else the first professional one, else any."""
    listed = held({"emails": found.get("emails")})
    emails = [held(each) for each in READ.parts(listed, "emails")]
    emails.sort(key=lambda each: each.get("type") not in ("professional", "current_professional"))
    rest = [READ.text(each, "address") for each in emails] + READ.texts(found, "personal_emails")
    return next(filter(None, [READ.text(found, "work_email"), *rest]), "")


def _profiles(found: Body) -> list[tuple[str, Value]]:
    names = ("linkedin_url", "twitter_url", "facebook_url")
    return [(name, _url(READ.text(found, name))) for name in names]


def _place(found: Body) -> list[tuple[str, Value]]:
    latitude, _, longitude = READ.text(found, "geo").partition(",")
    return [
        ("address_line", READ.text(found, "street_address")),
        ("city", READ.text(found, "locality")),
        ("state", READ.text(found, "region")),
        ("postal_code", READ.text(found, "postal_code")),
        ("country", READ.text(found, "country")),
        ("latitude", _degrees(latitude)),
        ("longitude", _degrees(longitude)),
    ]


def _degrees(text: str) -> float | None:
    try:
        return float(text) if text.strip() else None
    except ValueError:
        raise READ.broken("location.geo", text) from None


def _url(text: str) -> str:
    """Return an address with its scheme, which People Data Labs leaves out."""
    return text if not text or "://" in text else f"https://{text}"


@PEOPLEDATALABS.tests
async def ask_for_nobody(api: Api) -> str:
    """Return that the key is taken; its own sandbox, which knows invented people, is free."""
    READ.body(await api.get("sandbox:/person/enrich", email="irussell@example.org"), "data")
    return (
        "People Data Labs accepts the key. Its sandbox answers; what is left is on its dashboard."
    )
