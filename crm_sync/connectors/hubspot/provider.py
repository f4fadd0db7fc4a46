"""HubSpot as a provider: where it is, how often it may be asked, and what its refusals mean."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from crm_sync.connector import COMPANY, CONTACT, Pace
from integrations.auth import bearer
from integrations.errors import CallError, CredentialRejected, NotEntitled, Throttled
from integrations.provider import DAY, SECOND, Provider, Rate, Secret, Switch, Told
from integrations.reading import whole_of

# developers.hubspot.com/docs/developer-tooling/platform/versioning: a version is the current one
# for six months and served for eighteen.
VERSION = "2026-03"
OBJECTS = {COMPANY: "companies", CONTACT: "contacts"}
MODIFIED = {COMPANY: "hs_lastmodifieddate", CONTACT: "lastmodifieddate"}
BATCH = 100  # records in one batch of any kind
# The connection's switch that lets us make the key field.
MAKES_KEY_FIELD = "makes_key_field"
TEN_SECONDS = timedelta(seconds=10)

# developers.hubspot.com/docs/guides/apps/api-usage/usage-details: 190 calls in 10 s with a
# Professional or Enterprise plan; smaller plans tell theirs in each answer, and that is obeyed.
RATE = Rate(190, per=TEN_SECONDS)
# The same page: searches are five a second for the whole account, and say nothing in headers.
SEARCHES = Pace("search", Rate(5, per=SECOND))

A_MOMENT_S = {"TEN_SECONDLY_ROLLING": 2.0, "SECONDLY": 1.0}
# Until midnight in the account's time zone, which the refusal does not name.
NEXT_DAY_S = 3_600.0
# Too much at once on one record, and a data centre that moves house: both pass.
LOCKED, MOVING = 423, 477


def objects_path(obj: str, rest: str = "") -> str:
    """Return the address of an object's records."""
    return f"/crm/objects/{VERSION}/{OBJECTS[obj]}{rest}"


def relations_path(rest: str) -> str:
    """Return the address of which contacts belong to which companies."""
    return f"/crm/associations/{VERSION}/contacts/companies{rest}"


def properties_path(obj: str, rest: str = "") -> str:
    """Return the address of an object's properties."""
    return f"/crm/properties/{VERSION}/{OBJECTS[obj]}{rest}"


def classify(status: int, body: Any, headers: Mapping[str, str]) -> CallError | None:
    """Return what a refusal means that is HubSpot's own; None where its status says it all."""
    said: Mapping[str, Any] = body if isinstance(body, dict) else {}
    words, category = str(said.get("message") or ""), str(said.get("category") or "")
    if status == 429:
        return _throttled(said, headers)
    if status in (LOCKED, MOVING):
        return Throttled(f"HubSpot: {words or 'busy'}", code=category, retry_after_s=2.0)
    if status == 401:
        return CredentialRejected(f"HubSpot: {words or 'the token is refused'}", code=category)
    if status == 403:
        return NotEntitled(f"HubSpot: {_missing(said) or words or 'not allowed'}", code=category)
    return None


def _throttled(said: Mapping[str, Any], headers: Mapping[str, str]) -> Throttled:
    """Return when to ask again: at once more or less, or another day."""
    policy = str(said.get("policyName") or "")
    words = str(said.get("message") or "too many calls")
    wait = NEXT_DAY_S if policy == "DAILY" else A_MOMENT_S.get(policy, 1.0)
    told = "retry-after" in {name.lower() for name in headers}
    return Throttled(f"HubSpot: {words}", code=policy, retry_after_s=None if told else wait)


def _missing(said: Mapping[str, Any]) -> str:
    """Return which scopes are missing, in words, "" where it is something else."""
    errors = said.get("errors")
    found: list[str] = []
    for each in [said, *(errors if isinstance(errors, list) else ())]:
        context = each.get("context") if isinstance(each, dict) else None
        for name in ("requiredGranularScopes", "requiredScopes", "missingScopes"):
            scopes = context.get(name) if isinstance(context, dict) else None
            found += [str(one) for one in scopes] if isinstance(scopes, list) else []
    return f"the token lacks the scope {', '.join(dict.fromkeys(found))}" if found else ""


def read_limits(headers: Mapping[str, str], lookups: Collection[str]) -> list[Told]:
    """Return the limits that an answer tells; of a day only to private apps, none to searches."""
    found = []
    most = whole_of(headers, "X-HubSpot-RateLimit-Max")
    ms = whole_of(headers, "X-HubSpot-RateLimit-Interval-Milliseconds")
    if most and ms:
        found.append(
            Told(f"calls in {ms / 1000:g} seconds", None, most, timedelta(milliseconds=ms))
        )
    left = whole_of(headers, "X-HubSpot-RateLimit-Daily-Remaining")
    if left is not None:
        day = whole_of(headers, "X-HubSpot-RateLimit-Daily")
        found.append(Told("calls a day", left, day, DAY))
    return found


PROVIDER = Provider(
    slug="hubspot",
    label="HubSpot",
    docs="https://developers.hubspot.com/docs/api-reference/latest/overview",
    base_url="https://api.hubapi.com",
    auth=bearer("token"),
    secrets=(Secret("token", "Access token", "HUBSPOT_TOKEN"),),
    rate=RATE,
    max_in_flight=10,
    timeout_s=30.0,
    classify=classify,
    switches=(
        Switch(
            MAKES_KEY_FIELD,
            "Make the key field where it is missing",
            False,
            hint="Needs the scopes crm.schemas.contacts.write and crm.schemas.companies.write.",
        ),
    ),
    reads_limits=read_limits,
)
