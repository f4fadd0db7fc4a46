"""How Pipedrive wants to be asked: its credentials, its limits, and what its refusals mean.

Limits (pipedrive.readme.io/docs/core-api-concepts-rate-limiting, 2026-09): a company has 30,000
tokens a day, times 1, 2, 5 or 7 by its plan, times its seats; a list costs 10, a search 20, a
write 5, a deletion 3, a record 1, recents 20. Used up, everything is 429 until midnight there.
In any 2 seconds a token may ask 20 to 120 times, an app 80 to 480 times, by plan, and search 10
times; headers tell. Who goes on after a 429 gets a 403 with a page of Cloudflare's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from crm_sync.connector import Answer, Pace
from integrations.auth import Params
from integrations.classify import retry_after_s
from integrations.errors import (
    CallError,
    ContractBroken,
    NotEntitled,
    QuestionRejected,
    QuotaExhausted,
    Throttled,
)
from integrations.provider import SECOND, Provider, Rate, Secret, Switch, Told
from integrations.reading import whole_of

API = "/api/v2"
OLDER = "/api/v1"  # for what the second version has not: what was deleted, who we are

SIDE_BY_SIDE = 10
SEARCHES = 10  # in 2 seconds, on all plans, told by the same header as the others' limit
SEARCHING = Pace("search", Rate(SEARCHES, per=2 * SECOND))
TOKENS_LEFT = "x-daily-ratelimit-token-remaining"
BLOCKED_S = 900.0
LONGEST_BURST_S = 10


@dataclass(frozen=True, slots=True)
class TokenOrBearer:
    """A person's API token where there is one, else the access token of an app."""

    def apply(self, secrets: Mapping[str, str], headers: dict[str, str], params: Params) -> None:
        if "api_token" in secrets:
            headers["x-api-token"] = secrets["api_token"]
        else:
            headers["Authorization"] = f"Bearer {secrets['token']}"


def data_of(answer: Answer) -> Any:
    """Return what an answer is about. Raises ContractBroken where it is none of Pipedrive's."""
    if not isinstance(answer.body, dict) or "data" not in answer.body:
        raise ContractBroken("Pipedrive: an answer of an unknown shape", status=answer.status)
    return answer.body["data"]


def next_cursor(answer: Answer) -> str | None:
    """Return the cursor of the next page, None after the last one."""
    more = answer.body.get("additional_data") or {}
    found: str | None = more.get("next_cursor")
    return found


def words_of(body: Any) -> str:
    """Return why Pipedrive refused something, in its words."""
    if not isinstance(body, dict):
        return "Pipedrive gave no reason"
    found = [body.get("error"), body.get("error_info")]
    return ". ".join(str(text).rstrip(".") for text in found if text) or "Pipedrive gave no reason"


def code_of(body: Any) -> str:
    """Return Pipedrive's own code of an error, "" where it gave none."""
    found = (body.get("code") or body.get("errorCode") or "") if isinstance(body, dict) else ""
    return str(found)[:64]


def classify(status: int, body: Any, headers: Mapping[str, str]) -> CallError | None:
    """Return what a refusal of Pipedrive's means; None leaves it to its status."""
    is_refused = isinstance(body, dict) and body.get("success") is False
    if status in (400, 422) or (status < 300 and is_refused):
        return QuestionRejected(f"Pipedrive: {words_of(body)}", code=code_of(body))
    if status in (403, 415):
        return _forbidden(body)
    if status == 429:
        return _slow_down(headers)
    return None


def _forbidden(body: Any) -> CallError:
    """A refusal of Pipedrive's is JSON; Cloudflare's page is not, and means that we ask no more."""
    if isinstance(body, dict):
        return NotEntitled(f"Pipedrive: {words_of(body)}", code=code_of(body))
    return Throttled(
        "Pipedrive has blocked this connection for a while, since it was asked too often",
        retry_after_s=BLOCKED_S,
    )


def _slow_down(headers: Mapping[str, str]) -> CallError:
    """A 429 means some seconds, or, where no token is left, the next day."""
    if whole_of(headers, TOKENS_LEFT) == 0:
        return QuotaExhausted(
            "Pipedrive: the company's tokens of this day are used up", retry_at=next_day()
        )
    burst_s = min(whole_of(headers, "x-ratelimit-reset") or 0, LONGEST_BURST_S)
    wait_s = retry_after_s(headers)
    return Throttled(
        "Pipedrive: the rate is reached", retry_after_s=burst_s if wait_s is None else wait_s
    )


def next_day() -> datetime:
    """Return the next midnight in UTC; that of Pipedrive's server is not told."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)


def reads_limits(headers: Mapping[str, str], lookups: Collection[str]) -> Sequence[Told]:
    """Return the limit of this credential's plan, which we count ourselves."""
    limit = whole_of(headers, "x-ratelimit-limit")
    if limit is None or limit <= SEARCHES:
        return ()
    return (Told("requests in 2 seconds", limit=limit, per=2 * SECOND),)


PROVIDER = Provider(
    slug="pipedrive",
    label="Pipedrive",
    docs="https://developers.pipedrive.com/docs/api/v1",
    base_url="https://api.pipedrive.com",
    auth=TokenOrBearer(),
    secrets=(
        Secret("api_token", "API token", "PIPEDRIVE_API_TOKEN", r"[0-9a-f]{40}"),
        Secret("token", "Access token", "PIPEDRIVE_TOKEN"),
    ),
    rate=Rate(480, per=2 * SECOND),
    max_in_flight=SIDE_BY_SIDE,
    timeout_s=30.0,
    circuit_fail_max=15,  # ten side by side fail together
    classify=classify,
    reads_limits=reads_limits,
    switches=(
        Switch("create_key_field", "Make the field for our key where it is missing", False),
        Switch("currency", "Currency of amounts", "USD", pattern=r"[A-Z]{3}"),
    ),
)
