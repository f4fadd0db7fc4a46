"""Hunter: who works at a domain, under which e-mail address, and whether a mailbox takes mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from integrations.auth import header_key
from integrations.errors import (
    CallError,
    CredentialRejected,
    NotFound,
    Pending,
    QuotaExhausted,
    Throttled,
)
from integrations.firm_domains import firm_domain
from integrations.provider import (
    MINUTE,
    SECOND,
    Api,
    Fact,
    Provider,
    Question,
    Rate,
    Secret,
    Told,
    days,
    usd,
)
from integrations.reading import Body, Reader

READ = Reader("Hunter")

# What the verifier calls a mailbox, in our words (contacts.Contact.EmailStatus).
STATUSES: Mapping[str, str] = {
    "valid": "valid",
    "invalid": "invalid",
    "accept_all": "accept_all",
    "webmail": "webmail",
    "disposable": "disposable",
    "unknown": "unknown",
}
# Which lookups draw on which part of the plan.
PLAN = {"searches": ("domain_search", "find_email"), "verifications": ("verify_email",)}
REMOTE_TROUBLE, ASKED_FOR_REMOVAL = 222, 451


def classify(status: int, body: Any, headers: Mapping[str, str]) -> CallError | None:
    """Return what Hunter means by a status that is its own (hunter.io/api-documentation/v2).

    202 and 222 ask for the same call again; 403 is the rate, 402 the plan, and 429 the rate where
    it says when to come back, else the plan; 451 is a person who asked to be forgotten.
    """
    if status in (202, REMOTE_TROUBLE):
        return Pending("Hunter: still at it", retry_after_s=10.0 if status == 202 else 60.0)
    if status == ASKED_FOR_REMOVAL:
        return NotFound("Hunter: the person asked for removal")
    if status == 429 and "retry-after" not in headers:
        return QuotaExhausted("Hunter: the plan's calls are used up", status=status)
    kinds = {401: CredentialRejected, 402: QuotaExhausted, 403: Throttled, 429: Throttled}
    if status not in kinds:
        return None
    return kinds[status](f"Hunter: {_words(body) or f'HTTP {status}'}", status=status)


def _words(body: Any) -> str:
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    return str(first.get("details") or "")[:200] if isinstance(first, dict) else ""


HUNTER = Provider(
    slug="hunter",
    label="Hunter",
    docs="https://hunter.io/api-documentation/v2",
    base_url="https://api.hunter.io/v2",
    auth=header_key("X-API-KEY"),
    secrets=(
        Secret(
            "api_key",
            "API key",
            "HUNTER_API_KEY",
            pattern=r"[0-9a-f]{40}",
            hint="40 hexadecimal digits, under API in Hunter's dashboard",
        ),
    ),
    # The verifier's; the searches may be asked 15 times a second and 500 a minute.
    rate=Rate(10, per=SECOND) & Rate(300, per=MINUTE),
    timeout_s=25.0,  # the finder looks for up to 20 s
    classify=classify,
)


@HUNTER.lookup(
    "domain_search",
    needs={"company.domain"},
    supplies={"company.name", "company.email_pattern", "company.industry", "company.country"},
    price=usd("0.034", on_hit_only=True),
    fresh_for=days(90),
    miss_fresh_for=days(30),
    note="One request of the plan for each domain of which Hunter knows an address.",
)
async def domain_search(api: Api, q: Question) -> list[Fact]:
    """Return what Hunter knows of the firm behind a domain, with the pattern of its addresses."""
    domain = firm_domain(q.domain, "Hunter")
    answer = READ.body(await api.get("/domain-search", domain=domain, limit="1"), "data")
    found = READ.part(answer, "data")
    if not READ.parts(found, "emails") and not READ.text(found, "pattern"):
        return []
    said = [
        ("company.name", READ.text(found, "organization")),
        ("company.email_pattern", READ.text(found, "pattern")),
        ("company.industry", READ.text(found, "industry")),
        ("company.country", READ.text(found, "country")),
    ]
    return [Fact(name, value, 0.8) for name, value in said if value]


@HUNTER.lookup(
    "find_email",
    needs={"company.domain", "first_name", "last_name"},
    supplies={"email", "email_status", "email_score", "position", "linkedin_url", "twitter_url"},
    price=usd("0.034", on_hit_only=True),
    fresh_for=days(90),
    miss_fresh_for=days(30),
    label="Find e-mail",
)
async def find_email(api: Api, q: Question) -> list[Fact]:
    """Return the address of a named person at a domain, as sure as Hunter's score."""
    domain = firm_domain(q.domain, "Hunter")
    answer = READ.body(
        await api.get(
            "/email-finder", domain=domain, first_name=q.first_name, last_name=q.last_name
        ),
        "data",
    )
    found = READ.part(answer, "data")
    email, score = READ.text(found, "email"), READ.score(found, "score")
    if not email:
        return []
    sure = (score or 0) / 100
    facts = [Fact("email", email, sure), Fact("email_score", score or 0, sure)]
    status = STATUSES.get(READ.text(READ.part(found, "verification"), "status"))
    if status:
        facts.append(Fact("email_status", status, sure))
    return facts + _person(found, sure)


def _person(found: Body, sure: float) -> list[Fact]:
    linkedin, twitter = READ.text(found, "linkedin_url"), READ.text(found, "twitter")
    said = [
        ("position", READ.text(found, "position")),
        ("linkedin_url", linkedin),
        ("twitter_url", f"https://x.com/{twitter.lstrip('@')}" if twitter else ""),
    ]
    return [Fact(name, value, sure) for name, value in said if value]


@HUNTER.lookup(
    "verify_email",
    needs={"email"},
    supplies={"email_status", "email_score", "email_type"},
    price=usd("0.017"),
    fresh_for=days(60),
    miss_fresh_for=days(7),
    label="Verify e-mail",
)
async def verify_email(api: Api, q: Question) -> list[Fact]:
    """Return whether a mailbox takes mail; a status that we do not know is left out."""
    found = READ.part(READ.body(await api.get("/email-verifier", email=q.email), "data"), "data")
    status, score = STATUSES.get(READ.text(found, "status")), READ.score(found, "score")
    kinds = [name for name in ("disposable", "webmail", "gibberish") if READ.flag(found, name)]
    sure = 0.6 if status in ("unknown", "accept_all") else 0.95
    facts = [Fact("email_status", status, sure)] if status else []
    if score is not None:
        facts.append(Fact("email_score", score, sure))
    return facts + [Fact("email_type", kind, sure) for kind in kinds[:1]]


@HUNTER.tests
async def ask_for_the_plan(api: Api) -> str:
    """Return what the account's own page says is left of the plan; asking is free."""
    searches = READ.part(READ.part(await _plan(api), "requests"), "searches")
    used, available = READ.whole(searches, "used"), READ.whole(searches, "available")
    left = f" {used} of {available} searches are used." if available is not None else ""
    return f"Hunter accepts the key.{left}"


@HUNTER.tells
async def ask_what_is_left(api: Api) -> list[Told]:
    """Return what is left of the plan's searches and verifications until it is renewed."""
    plan = await _plan(api)
    found, resets_at = [], _renewal(READ.text(plan, "reset_date"))
    for kind, lookups in PLAN.items():
        part = READ.part(READ.part(plan, "requests"), kind)
        used, available = READ.whole(part, "used"), READ.whole(part, "available")
        if available is not None:
            left = max(0, available - (used or 0))
            name = f"{kind} of the plan"
            found.append(Told(name, left, available, days(30), resets_at, frozenset(lookups)))
    return found


async def _plan(api: Api) -> Body:
    return READ.part(READ.body(await api.get("/account"), "data"), "data")


def _renewal(day: str) -> datetime | None:
    """Return the beginning of the day (UTC) on which the plan is renewed."""
    try:
        return datetime.fromisoformat(day[:10]).replace(tzinfo=UTC)
    except ValueError:
        return None
