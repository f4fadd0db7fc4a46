"""Whitepages Pro: who answers at a phone number or lives at an address in the United States.

The API of 2025 (api.whitepages.com/v2); the old proapi.whitepages.com/3.x is gone. Its pages
contradict each other: search answers an object or a bare list, e-mail addresses are texts or
objects with `email` or `address`. All of these are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.auth import header_key
from integrations.errors import CallError, QuestionRejected, QuotaExhausted
from integrations.provider import SECOND, Api, Fact, Provider, Question, Rate, Secret, days, usd
from integrations.providers.own.addresses import read
from integrations.providers.own.refusing import refused
from integrations.reading import Body, Reader

READ = Reader("Whitepages")
CANDIDATES = "3"
# How sure a person is without a match score, and by how much a rival makes the first less so; ours.
UNSCORED, RIVALLED = 0.6, 0.7
LINE_TYPES = frozenset({"mobile", "landline"})
NO_NAMES = frozenset({"dr", "mr", "mrs", "ms", "jr", "sr", "ii", "iii", "iv"})
SUPPLIES = {
    "first_name", "last_name", "full_name", "address_line", "city", "state", "postal_code",
    "address_type", "email", "linkedin_url", "position",
}  # fmt: skip


def classify(status: int, body: Any, headers: Mapping[str, str]) -> CallError | None:
    """Return what Whitepages means by its own words: the quota's refusal has no status of its own.

    403 "Forbidden" is the key, as everywhere in our table; 429 "Too Many Requests" is the rate.
    """
    words = str(body.get("message") or "") if isinstance(body, dict) else ""
    if status >= 400 and words.lower() == "limit exceeded":
        return QuotaExhausted("Whitepages: the plan's queries are used up", status=status)
    return None


WHITEPAGES = Provider(
    slug="whitepages",
    label="Whitepages Pro",
    docs="https://api.whitepages.com/docs",
    base_url="https://api.whitepages.com",
    auth=header_key("X-Api-Key"),
    secrets=(
        Secret(
            "api_key",
            "API key",
            "WHITEPAGES_API_KEY",
            hint="from api.whitepages.com; a trial has 50 queries in 14 days",
        ),
    ),
    rate=Rate(5, per=SECOND),
    classify=classify,
)


@WHITEPAGES.lookup(
    "find_person",
    needs={"phone"},
    supplies={*SUPPLIES, "line_type"},
    price=usd("0.05"),
    fresh_for=days(180),
    miss_fresh_for=days(90),
    label="Person by number",
    note="Every answer is billed, also one that knows nobody. Numbers of the United States only.",
)
async def find_person(api: Api, q: Question) -> list[Fact]:
    """Return the person whom a number belongs to, as sure as the match is."""
    phone = q.get("phone")
    if not phone.startswith("+1") or len(phone) != 12:
        raise refused("phone", "Whitepages knows numbers of the United States only")
    people = _people(await api.get("/v2/person/", phone=phone[2:], page_size=CANDIDATES))
    if not people:
        return []
    return _facts(people) + _line_type(people[0], phone)


@WHITEPAGES.lookup(
    "find_resident",
    needs={"last_name", "address_line", "state"},
    uses={"first_name", "city", "postal_code"},
    supplies=SUPPLIES,
    price=usd("0.05"),
    fresh_for=days(180),
    miss_fresh_for=days(90),
    label="Person by name and address",
    note="Every answer is billed, also one that knows nobody.",
)
async def find_resident(api: Api, q: Question) -> list[Fact]:
    """Return the person of a name at an address. Raises QuestionRejected as `read` does."""
    at = read(
        q.get("address_line"),
        city=q.get("city"),
        state=q.get("state"),
        postal_code=q.get("postal_code"),
    )
    asked: dict[str, str] = {
        "first_name": q.get("first_name"),
        "last_name": q.get("last_name"),
        "street": at.line,
        "city": at.city,
        "state_code": at.state,
        "zipcode": at.postal_code[:5],
    }
    given: dict[str, Any] = {name: value for name, value in asked.items() if value}
    people = _people(await api.get("/v2/person/", **given, page_size=CANDIDATES))
    return _facts(people) if people else []


@WHITEPAGES.tests
async def ask_for_the_usage(api: Api) -> str:
    """Return that the key is accepted; only person and property queries are billed."""
    today = datetime.now(UTC).date()
    yesterday = str(today - timedelta(days=1))
    await api.get("/v1/account/usage", start_date=yesterday, end_date=str(today))
    return "Whitepages accepts the key."


def _people(answer: Any) -> list[Body]:
    """Return the living people of an answer, the best match first."""
    found = {"results": answer} if isinstance(answer, list) else READ.body(answer)
    if "results" not in found:
        raise READ.broken("results", None)
    return [one for one in READ.parts(found, "results") if not READ.flag(one, "is_dead")]


def _facts(people: Sequence[Body]) -> list[Fact]:
    person = people[0]
    score = READ.score(person, "match_score")
    sure = UNSCORED if score is None else score / 100
    sure = round(sure * (RIVALLED if len(people) > 1 else 1), 2)
    said = {
        **_name(READ.text(person, "name")),
        **_address(person),
        "linkedin_url": READ.text(person, "linkedin_url"),
        "position": READ.text(person, "job_title"),
    }
    facts = [Fact(name, value, sure) for name, value in said.items() if value]
    return facts + _email(person, sure)


def _name(text: str) -> dict[str, str]:
    """Return first, last and full name; of a name in one word only the whole is told."""
    words = [word for word in text.split() if word.strip(".,").lower() not in NO_NAMES]
    if len(words) < 2:
        return {"full_name": text}
    return {"first_name": words[0], "last_name": words[-1].strip(","), "full_name": text}


def _address(person: Body) -> dict[str, str]:
    """Return the first current address: in parts, or one text that is read here."""
    current = READ.parts(person, "current_addresses")
    if not current:
        return {}
    at = current[0]
    kind = READ.text(at, "type").lower().replace(" ", "_")[:20]
    line = READ.text(at, "line1")
    if line:
        return {
            "address_line": line,
            "city": READ.text(at, "city"),
            "state": READ.text(at, "state") or READ.text(at, "state_code"),
            "postal_code": READ.text(at, "zip") or READ.text(at, "zipcode"),
            "address_type": kind,
        }
    try:
        told = read(READ.text(at, "full_address") or READ.text(at, "address"))
    except QuestionRejected:
        return {}  # a place without a street is nothing that a person can be written to
    return {
        "address_line": told.line,
        "city": told.city,
        "state": told.state,
        "postal_code": told.postal_code,
        "address_type": kind or told.kind,
    }


def _email(person: Body, sure: float) -> list[Fact]:
    """Return the first address, as sure as the person and the address are together."""
    found = person.get("emails") or []
    if not isinstance(found, list):
        raise READ.broken("emails", found)
    if not found:
        return []
    first = {"email": found[0]} if isinstance(found[0], str) else found[0]
    if not isinstance(first, dict):
        raise READ.broken("emails", first)
    email = READ.text(first, "email") or READ.text(first, "address")
    score = READ.score(first, "score")
    told = round(sure * (UNSCORED if score is None else score / 100), 2)
    return [Fact("email", email, told)] if email else []


def _line_type(person: Body, phone: str) -> list[Fact]:
    for one in READ.parts(person, "phones"):
        digits = "".join(filter(str.isdigit, READ.text(one, "number")))
        kind = READ.text(one, "type").lower()
        if digits[-10:] == phone[2:] and kind in LINE_TYPES:
            return [Fact("line_type", kind, UNSCORED)]
    return []
