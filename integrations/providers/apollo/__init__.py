"""Apollo: the firm behind a domain, and the person of a name at it; never their phone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from integrations.auth import header_key
from integrations.errors import (
    CallError,
    CredentialRejected,
    NotEntitled,
    QuotaExhausted,
    Throttled,
)
from integrations.provider import MINUTE, Api, Gather, Provider, Rate, Secret, Switch, days, usd
from integrations.providers.apollo import limits
from integrations.providers.apollo.asking import (
    PERSON_INPUTS,
    ask_organizations,
    match_people,
    size,
)
from integrations.providers.apollo.reading import ORGANIZATION, PEOPLE, READ

HOUR = timedelta(hours=1)
# How long to wait for which limit, where no header says it.
PAUSES = (("per day", 3600.0), ("per hour", 600.0), ("", 60.0))


def classify(status: int, body: Any, headers: Mapping[str, str]) -> CallError | None:
    """Return what Apollo means by a status that is its own.

    403 is a key without this endpoint; 422 is a bad question, or credits that are used up; 429
    says in words whether a minute's, an hour's or a day's limit is reached. A 401 is plain text.
    """
    words = _words(body)
    text = f"Apollo: {words or f'HTTP {status}'}"
    if status == 403:
        return NotEntitled(text, status=status)
    if status == 422 and "credit" in words.lower():
        return QuotaExhausted(text, status=status)
    if status == 429:
        pause_s = next(s for span, s in PAUSES if span in words.lower())
        is_told = "retry-after" in headers
        return Throttled(text, status=status, retry_after_s=None if is_told else pause_s)
    return None


def _words(body: Any) -> str:
    said = body if isinstance(body, dict) else {}
    return str(said.get("error") or said.get("message") or "")[:200]


APOLLO = Provider(
    slug="apollo",
    label="Apollo",
    docs="https://docs.apollo.io/reference/people-enrichment",
    base_url="https://api.apollo.io/api/v1",
    hosts={"site": "https://api.apollo.io"},
    auth=header_key("x-api-key"),
    secrets=(
        Secret(
            "api_key",
            "API key",
            "APOLLO_API_KEY",
            hint="Under Settings, Integrations, API keys; it needs the enrichment endpoints",
        ),
    ),
    rate=Rate(50, per=MINUTE) & Rate(600, per=HOUR),
    classify=classify,
    reads_limits=limits.read_limits,
    switches=(
        Switch(
            "batch_size",
            "Questions per request",
            1,
            hint="1 asks one by one; up to 10 if the key has the bulk endpoints",
        ),
    ),
)
APOLLO.add(
    "enrich_organization",
    {"company.domain"},
    set(ORGANIZATION),
    usd("0.03", on_hit_only=True),
    days(180),
    miss_fresh_for=days(60),
    gather=Gather("organizations", by="company.domain", ask=ask_organizations, size=size),
)
APOLLO.add(
    "match_person",
    {"full_name", "company.domain"},
    set(PEOPLE),
    usd("0.03", on_hit_only=True),
    days(180),
    miss_fresh_for=days(30),
    uses=set(PERSON_INPUTS) - {"full_name"},
    note="One credit for a person who is found; phones are never asked for.",
    gather=Gather("people", by="full_name", ask=match_people, size=size),
)


@APOLLO.tests
async def ask_for_health(api: Api) -> str:
    """Return whether the key is signed in, which is free; a wrong one is answered with 200, too."""
    found = READ.body(await api.get("site:/v1/auth/health"))
    if READ.flag(found, "is_logged_in") is not True:
        raise CredentialRejected("Apollo: the API key is not valid", status=200)
    return "Apollo accepts the key. Whether it has each endpoint shows only when one is asked."
