"""What Apollo's organizations and people say, as facts."""

from __future__ import annotations

from collections.abc import Mapping

from integrations.firm_domains import claimed_domain
from integrations.provider import Fact, Value
from integrations.reading import Body, Reader, told

READ = Reader("Apollo")

# What Apollo calls an address, in our words; any other word of its says nothing.
EMAIL_STATUSES: Mapping[str, str] = {
    "verified": "valid",
    "guessed": "guessed",
    "extrapolated": "guessed",
}
# It stands where an address would be that costs another credit.
LOCKED = "email_not_unlocked@"
# A firm is matched by its domain, a person by name and domain; of an address Apollo itself says
# whether somebody has verified it. The figures are ours.
FIRM, PERSON, VERIFIED, OTHER = 0.8, 0.8, 0.9, 0.5

ORGANIZATION = frozenset((
    "company.name", "company.industry", "company.description", "company.founded_year",
    "company.employee_count", "company.annual_revenue_usd", "company.tags",
    "company.technologies", "company.website", "company.phone", "company.linkedin_url",
    "company.twitter_url", "company.facebook_url", "company.address_line", "company.city",
    "company.state", "company.postal_code", "company.country",
))  # fmt: skip
PEOPLE = frozenset((
    "first_name", "last_name", "full_name", "position", "department", "seniority", "email",
    "email_status", "linkedin_url", "twitter_url", "facebook_url", "city", "state", "country",
    "company.name", "company.industry", "company.employee_count", "company.linkedin_url",
))  # fmt: skip


def organization(found: Body) -> list[Fact]:
    """Return the facts of an organization; none of an empty one."""
    phone = READ.text(READ.part(found, "primary_phone"), "sanitized_number")
    said: list[tuple[str, Value]] = [
        ("name", READ.text(found, "name")),
        ("industry", READ.text(found, "industry")),
        ("description", READ.text(found, "short_description")),
        ("founded_year", READ.whole(found, "founded_year", 2200)),
        ("employee_count", READ.whole(found, "estimated_num_employees", 2**31 - 1)),
        ("annual_revenue_usd", _dollars(found)),
        ("tags", ", ".join(READ.texts(found, "keywords"))),
        ("technologies", ", ".join(READ.texts(found, "technology_names"))),
        ("website", READ.text(found, "website_url")),
        ("phone", phone or READ.text(found, "sanitized_phone")),
        *_profiles(found),
        ("address_line", READ.text(found, "street_address")),
        *_place(found),
        ("postal_code", READ.text(found, "postal_code")),
    ]
    return told([(f"company.{name}", value) for name, value in said], FIRM)


def person(found: Body) -> list[Fact]:
    """Return the facts of a person; none of an empty one, which is how Apollo says "no match"."""
    if not READ.text(found, "id"):
        return []
    at = READ.part(found, "organization")
    departments = READ.texts(found, "departments")
    said: list[tuple[str, Value]] = [
        ("first_name", READ.text(found, "first_name")),
        ("last_name", READ.text(found, "last_name")),
        ("full_name", READ.text(found, "name")),
        ("position", READ.text(found, "title")),
        ("department", departments[0].replace("_", " ") if departments else ""),
        ("seniority", READ.text(found, "seniority")),
        *_profiles(found),
        *_place(found),
        ("company.name", READ.text(at, "name")),
        ("company.industry", READ.text(at, "industry")),
        ("company.employee_count", READ.whole(at, "estimated_num_employees", 2**31 - 1)),
        ("company.linkedin_url", READ.text(at, "linkedin_url")),
    ]
    return told(said, PERSON) + _email(found)


def own_domain(found: Body) -> str:
    """Return the domain that an organization is known by, "" where it names none."""
    return claimed_domain(READ.text(found, "primary_domain") or READ.text(found, "website_url"))


def _email(found: Body) -> list[Fact]:
    email = READ.text(found, "email")
    if not email or email.startswith(LOCKED):
        return []
    status = EMAIL_STATUSES.get(READ.text(found, "email_status").lower(), "")
    sure = VERIFIED if status == "valid" else OTHER
    return told([("email", email), ("email_status", status)], sure)


def _dollars(found: Body) -> int | None:
    revenue = READ.number(found, "annual_revenue")
    return round(revenue) if revenue and revenue > 0 else None


def _profiles(found: Body) -> list[tuple[str, Value]]:
    names = ("linkedin_url", "twitter_url", "facebook_url")
    return [(name, READ.text(found, name)) for name in names]


def _place(found: Body) -> list[tuple[str, Value]]:
    return [(name, READ.text(found, name)) for name in ("city", "state", "country")]
