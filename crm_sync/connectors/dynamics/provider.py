"""Dynamics 365 as a provider: where its tables are, how often it may be asked, what errors mean."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from crm_sync.connector import COMPANY, CONTACT, LEAD, Answer, Api
from crm_sync.connectors.dynamics.complaints import (
    DUPLICATES,
    EXPIRED,
    NO_PRIVILEGE,
    NOT_THERE,
    THROTTLED,
    read,
)
from integrations.auth import bearer
from integrations.classify import retry_after_s
from integrations.errors import (
    CallError,
    CredentialRejected,
    NotEntitled,
    NotFound,
    QuestionRejected,
    Throttled,
)
from integrations.provider import Provider, Rate, Secret, Switch, Told

VERSION = "v9.2"
BASE = f"/api/data/{VERSION}"
TABLES = {COMPANY: "account", CONTACT: "contact", LEAD: "lead"}
SETS = {obj: f"{table}s" for obj, table in TABLES.items()}
IDS = {obj: f"{table}id" for obj, table in TABLES.items()}
LABELS = {COMPANY: "Account", CONTACT: "Contact", LEAD: "Lead"}
KEY_FIELD = "new_switchboardid"

# learn.microsoft.com/power-apps/developer/data-platform/api-limits (2026): what one user may ask of
# one web server. A batch is one request, of as much execution time as its operations take.
REQUESTS, EXECUTION_S, WINDOW = 6_000, 1_200, timedelta(minutes=5)
# The same page: 52 at a time, "or higher". More than a few only use up the execution time sooner.
MAX_IN_FLIGHT = 16

# The connection's switches.
DETECTS_DUPLICATES, TELLS_STATE = "detects_duplicates", "tells_state"

ALWAYS = {"OData-Version": "4.0", "OData-MaxVersion": "4.0"}
# The last keeps caches on the way from answering for it.
READING = {**ALWAYS, "If-None-Match": "null"}


def definition(obj: str, rest: str = "") -> str:
    """Return the address of what Dataverse tells of an object's table."""
    return f"{BASE}/EntityDefinitions(LogicalName='{TABLES[obj]}'){rest}"


async def get(
    api: Api, path: str, params: Mapping[str, str] | None = None, *, prefer: str = ""
) -> Answer:
    """Ask for something; raises what `Api.ask` does."""
    headers = {**READING, **({"Prefer": prefer} if prefer else {})}
    return await api.ask("GET", path, headers=headers, params=params)


def classify(status: int, body: Any, headers: Mapping[str, str]) -> CallError | None:
    """Return what a refusal means that is Dataverse's own; its code goes before the status."""
    if 200 <= status < 300:
        return None
    said = read(body)
    words = f"Dynamics 365: {said.words or f'HTTP {status}'}"
    if kind := _BY_CODE.get(said.code) or _BY_STATUS.get(status):
        return kind(words, code=said.code)
    if 400 <= status < 500 and status not in (408, 429):
        return QuestionRejected(words, code=said.code)
    return None


def reads_limits(headers: Mapping[str, str], lookups: Collection[str]) -> Sequence[Told]:
    """Return that nothing is left until Retry-After: it is the user's, not this request's alone."""
    wait_s = retry_after_s(headers)
    if wait_s is None:
        return ()
    resets_at = datetime.now(UTC) + timedelta(seconds=wait_s)
    return (Told("requests", 0, REQUESTS, WINDOW, resets_at),)


_BY_CODE: dict[str, type[CallError]] = {
    **dict.fromkeys(THROTTLED, Throttled),
    **dict.fromkeys(DUPLICATES, QuestionRejected),
    NO_PRIVILEGE: NotEntitled,
    NOT_THERE: NotFound,
    EXPIRED: QuestionRejected,
}
_BY_STATUS: dict[int, type[CallError]] = {
    401: CredentialRejected,
    403: NotEntitled,
    404: NotFound,
    410: NotFound,
    429: Throttled,
}

PROVIDER = Provider(
    slug="dynamics",
    label="Dynamics 365",
    docs="https://learn.microsoft.com/power-apps/developer/data-platform/webapi/overview",
    base_url="",
    auth=bearer("token"),
    secrets=(Secret("token", "Access token", "DYNAMICS_TOKEN"),),
    rate=Rate(REQUESTS, per=WINDOW),
    max_in_flight=MAX_IN_FLIGHT,
    timeout_s=120.0,
    classify=classify,
    reads_limits=reads_limits,
    switches=(
        Switch(
            DETECTS_DUPLICATES,
            "Let the organisation's duplicate detection rules refuse records",
            False,
            hint="What they refuse waits for a person to choose.",
        ),
        Switch(
            TELLS_STATE,
            "Tell in a lead's hnt_ columns when and how it was synced",
            True,
            hint="Only where the table has them.",
        ),
    ),
)
