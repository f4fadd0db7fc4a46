"""What the service protection limits leave of five minutes, as every answer tells it."""

from __future__ import annotations

from collections.abc import Mapping

from crm_sync.connector import Allowance, Api
from crm_sync.connectors.dynamics.provider import BASE, EXECUTION_S, REQUESTS, get

_PER = "5 minutes"


async def allowances(api: Api) -> list[Allowance]:
    """Return the requests and the seconds of execution; what is left only where it is told."""
    headers = (await get(api, f"{BASE}/WhoAmI")).headers
    return [
        Allowance("Requests", REQUESTS, _left(headers, "burst", REQUESTS), _PER),
        Allowance("Seconds of execution", EXECUTION_S, _left(headers, "time", EXECUTION_S), _PER),
    ]


def _left(headers: Mapping[str, str], what: str, most: int) -> int | None:
    """Return what is left, which is told as "5,999" or "1,198.55"."""
    told = headers.get(f"x-ms-ratelimit-{what}-remaining-xrm-requests") or ""
    try:
        return min(max(int(float(told.replace(",", ""))), 0), most)
    except ValueError:
        return None
