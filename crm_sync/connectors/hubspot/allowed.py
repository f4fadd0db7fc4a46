"""What HubSpot lets us do, and how much of it is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_sync.connector import Allowance, Answer, Api
from crm_sync.connectors.hubspot.batches import moment
from crm_sync.connectors.hubspot.provider import SEARCHES, VERSION
from integrations.reading import whole_of

# Of the day it tells private apps alone; the others have no daily limit of their own.
NOT_FOR_US = (400, 403, 404)


async def allowances(api: Api) -> list[Allowance]:
    """Return the calls of ten seconds and of the day, and the searches of a second."""
    path = f"/account-info/{VERSION}/api-usage/daily/private-apps"
    answer = await api.ask("GET", path, fine=NOT_FOR_US)
    found = [*_moment(answer.headers), *_day(answer)]
    return [*found, Allowance("Searches", SEARCHES.rate.limit, per="second")]


def _moment(headers: Mapping[str, str]) -> list[Allowance]:
    most = whole_of(headers, "X-HubSpot-RateLimit-Max")
    ms = whole_of(headers, "X-HubSpot-RateLimit-Interval-Milliseconds") or 10_000
    left = whole_of(headers, "X-HubSpot-RateLimit-Remaining")
    return [Allowance("Calls", most, _at_most(left, most), f"{ms // 1000} seconds")] if most else []


def _day(answer: Answer) -> list[Allowance]:
    """Return the calls of a day, by the answer itself, else by its headers."""
    body: Any = answer.body if answer.status == 200 else {}
    for each in (body.get("results") or ()) if isinstance(body, dict) else ():
        if most := each.get("usageLimit"):
            left = max(0, most - (each.get("currentUsage") or 0))
            return [Allowance("Calls", most, left, "day", moment(each.get("resetsAt")))]
    most = whole_of(answer.headers, "X-HubSpot-RateLimit-Daily")
    left = whole_of(answer.headers, "X-HubSpot-RateLimit-Daily-Remaining")
    return [Allowance("Calls", most, _at_most(left, most), "day")] if most else []


def _at_most(left: int | None, most: int) -> int | None:
    return None if left is None else min(left, most)
