"""Clearbit, for those who still hold a key: firms by domain, people by number or e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.auth import basic
from integrations.errors import CallError, Pending
from integrations.firm_domains import claimed_domain, firm_domain
from integrations.provider import (
    MINUTE,
    Api,
    Fact,
    Provider,
    Question,
    Rate,
    Secret,
    Value,
    days,
    usd,
)
from integrations.reading import Body, Reader, told

READ = Reader("Clearbit")
SURE = 0.85  # what its predecessor here took from Clearbit at

LEGACY = "Legacy: only for keys that Clearbit gave out before it became a part of HubSpot."


def classify(status: int, body: Any, headers: Mapping[str, str]) -> CallError | None:
    """Return that a 202 is no answer yet: Clearbit looks, and the same question has it later."""
    return Pending("Clearbit: still looking", retry_after_s=15.0) if status == 202 else None


# There is no free question, so no test of the connection: each one asked may be charged.
CLEARBIT = Provider(
    slug="clearbit",
    label="Clearbit",
    docs="https://dashboard.clearbit.com/docs",
    base_url="https://company.clearbit.com",
    hosts={
        "company": "https://company.clearbit.com",
        "person": "https://person.clearbit.com",
        "prospector": "https://prospector.clearbit.com",
    },
    auth=basic("api_key", ""),
    secrets=(
        Secret(
            "api_key",
            "Secret API key",
            "CLEARBIT_API_KEY",
            pattern=r"sk_\w+",
            hint="sk_ and more, under API keys on Clearbit's dashboard",
        ),
    ),
    rate=Rate(600, per=MINUTE),
    classify=classify,
    notice="Clearbit takes no new customers: HubSpot bought it in 2023 and sells its data inside"
    " HubSpot only. Old keys may still work, so its lookups are here, switched off. People Data"
    " Labs and Apollo answer the same questions.",
)

FIRM = {
    "company.name", "company.legal_name", "company.company_type", "company.industry",
    "company.description", "company.founded_year", "company.employee_count",
    "company.annual_revenue_usd", "company.tags", "company.technologies", "company.website",
    "company.phone", "company.linkedin_url", "company.twitter_url", "company.facebook_url",
    "company.address_line", "company.city", "company.state", "company.postal_code",
    "company.country", "company.latitude", "company.longitude",
}  # fmt: skip
PERSON = {
    "first_name", "last_name", "full_name", "position", "department", "seniority", "linkedin_url",
    "twitter_url", "facebook_url", "city", "state", "country", "company.name", "company.domain",
}  # fmt: skip


@CLEARBIT.lookup(
    "find_company",
    needs={"company.domain"},
    supplies=FIRM,
    price=usd("0.10", on_hit_only=True),
    fresh_for=days(180),
    miss_fresh_for=days(60),
    is_on_by_default=False,
    note=LEGACY,
)
async def find_company(api: Api, q: Question) -> list[Fact]:
    """Return the firm at a domain."""
    domain = firm_domain(q.domain, "Clearbit")
    return company(
        READ.body(await api.get("company:/v2/companies/find", domain=domain), "id", "name")
    )


@CLEARBIT.lookup(
    "prospector",
    needs={"phone"},
    supplies=PERSON | {"email"},
    price=usd("0.10", on_hit_only=True),
    fresh_for=days(180),
    miss_fresh_for=days(30),
    label="Find person by phone",
    is_on_by_default=False,
    note=f"{LEGACY} Its documentation names no search by phone.",
)
async def prospector(api: Api, q: Question) -> list[Fact]:
    """Return the first person of a number; older versions answer with a bare list."""
    answer = await api.get("prospector:/v1/people/search", phone=q.phone)
    body = {"results": answer} if isinstance(answer, list) else READ.body(answer, "results")
    found = READ.parts(body, "results")
    if not found:
        return []
    email = READ.text(found[0], "email")
    return person(found[0]) + ([Fact("email", email, SURE)] if email else [])


@CLEARBIT.lookup(
    "combined",
    needs={"email"},
    supplies=PERSON | FIRM,
    price=usd("0.15", on_hit_only=True),
    fresh_for=days(180),
    miss_fresh_for=days(30),
    label="Find person and company by e-mail",
    is_on_by_default=False,
    note=LEGACY,
)
async def combined(api: Api, q: Question) -> list[Fact]:
    """Return who has a mailbox, and their firm; either may be null."""
    found = READ.body(await api.get("person:/v2/combined/find", email=q.email), "person", "company")
    of_firm = company(READ.part(found, "company"))
    told = {fact.field for fact in of_firm}
    return of_firm + [each for each in person(READ.part(found, "person")) if each.field not in told]


def company(found: Body) -> list[Fact]:
    """Return the facts of a firm, in the form of v2 or in the older one of its own examples."""
    metrics, category = READ.part(found, "metrics"), READ.part(found, "category")
    employees = READ.whole(metrics, "employees", 2**31 - 1)
    if employees is None:
        employees = READ.whole(found, "employees", 2**31 - 1)
    tags = READ.texts(found, "tags") or READ.texts(found, "categories")
    said: list[tuple[str, Value]] = [
        ("name", READ.text(found, "name")),
        ("legal_name", READ.text(found, "legalName")),
        ("company_type", READ.text(found, "type")),
        ("industry", READ.text(category, "industry")),
        ("description", READ.text(found, "description")),
        ("founded_year", READ.whole(found, "foundedYear", 2200)),
        ("employee_count", employees),
        ("annual_revenue_usd", READ.whole(metrics, "annualRevenue")),
        ("tags", ", ".join(tags)),
        ("technologies", ", ".join(READ.texts(found, "tech"))),
        ("website", READ.text(found, "url")),
        ("phone", READ.text(found, "phone")),
        *_profiles(found),
        *_place(READ.part(found, "geo")),
    ]
    return told([(f"company.{name}", value) for name, value in said], SURE)


def person(found: Body) -> list[Fact]:
    """Return the facts of a person, with the name and domain of where they work."""
    name, work, geo = (READ.part(found, key) for key in ("name", "employment", "geo"))
    firm = READ.part(found, "company") or work
    said: list[tuple[str, Value]] = [
        ("first_name", READ.text(name, "givenName")),
        ("last_name", READ.text(name, "familyName")),
        ("full_name", READ.text(name, "fullName")),
        ("position", READ.text(work, "title") or READ.text(found, "title")),
        ("department", READ.text(work, "role") or READ.text(found, "role")),
        ("seniority", READ.text(work, "seniority") or READ.text(found, "seniority")),
        *_profiles(found),
        ("city", READ.text(geo, "city")),
        ("state", READ.text(geo, "state")),
        ("country", READ.text(geo, "country")),
        ("company.name", READ.text(firm, "name")),
        ("company.domain", claimed_domain(READ.text(firm, "domain"))),
    ]
    return told(said, SURE)


PROFILES = {
    "linkedin": "https://www.linkedin.com/",
    "twitter": "https://x.com/",
    "facebook": "https://www.facebook.com/",
}


def _profiles(found: Body) -> list[tuple[str, Value]]:
    """Return profiles, which it tells by what stands behind the network's address."""
    handles = {name: READ.text(READ.part(found, name), "handle") for name in PROFILES}
    return [(f"{n}_url", PROFILES[n] + handle if handle else "") for n, handle in handles.items()]


def _place(geo: Body) -> list[tuple[str, Value]]:
    number, street = READ.text(geo, "streetNumber"), READ.text(geo, "streetName")
    return [
        ("address_line", f"{number} {street}".strip() if street else ""),
        ("city", READ.text(geo, "city")),
        ("state", READ.text(geo, "state")),
        ("postal_code", READ.text(geo, "postalCode")),
        ("country", READ.text(geo, "country")),
        ("latitude", READ.number(geo, "lat")),
        ("longitude", READ.number(geo, "lng")),
    ]
