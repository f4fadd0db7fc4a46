"""A lead's own columns about its sync, written with it: they tell the state after the push.

They are no part of a mapping, since they differ each time and would make every lead a changed one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from crm_sync.connector import LEAD, Api, Field, Write
from crm_sync.connectors.dynamics.describing import known
from crm_sync.connectors.dynamics.provider import TELLS_STATE

SYNCED_AT, STATE, ERROR, OWN_ID = (
    "hnt_lastsynctime", "hnt_processingstatus", "hnt_syncerrormessage", "hnt_d365leadid",
)  # fmt: skip
DONE = "completed"  # the label of the choice, whatever its number


async def after_push(api: Api, obj: str) -> dict[str, Any]:
    """Return what all records of a batch are told, {} where the table has no such columns."""
    if obj != LEAD or not api.options.get(TELLS_STATE, True):
        return {}
    fields = await known(api, obj)
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    told = {SYNCED_AT: now, STATE: completed(fields), ERROR: None, OWN_ID: ""}
    return {name: value for name, value in told.items() if name in fields}


def of(told: Mapping[str, Any], one: Write, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what one record is told, besides what its mapping sets."""
    found = {name: value for name, value in told.items() if name not in values}
    if OWN_ID in found:
        found[OWN_ID] = one.remote_id
        if not one.remote_id:
            del found[OWN_ID]
    return found


def completed(fields: Mapping[str, Field]) -> int | None:
    """Return the number of the choice that says it, as this organisation has it."""
    options = fields[STATE].options if STATE in fields else {}
    return next((int(n) for n, label in options.items() if label.casefold() == DONE), None)
