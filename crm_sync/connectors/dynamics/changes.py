"""What changed: by change tracking where the table has it, else by the time of change.

A cursor is one of

    {}                                          everything there is
    {"link": …, "fields": …}                    on the way through pages, or where they ended
    {"link": …, "since": …, "fields": …}        the same without change tracking
    {"since": …, "fields": …}                   what was changed at that time or later

Links are Dataverse's own, taken as they are. A delta link goes on where the last page ended, with
deletions; one that is too old begins again (learn.microsoft.com/power-apps/developer/data-platform/
use-change-tracking-synchronize-data-external-systems, 2026). Without change tracking nothing is
told of deletions. A cursor of other fields begins again, so that new fields are filled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from crm_sync.connector import Answer, Api, Page, Remote
from crm_sync.connectors.dynamics import odata
from crm_sync.connectors.dynamics.complaints import EXPIRED, read
from crm_sync.connectors.dynamics.provider import BASE, IDS, SETS, definition, get
from crm_sync.connectors.dynamics.reading import WITH_TARGETS, listed, remotes, selected
from integrations.errors import QuestionRejected

PAGE = 500  # of records with long texts in them; an answer may have 10 MB
# A record is seen when its transaction ends, and bears the time at which it began.
OVERLAP = timedelta(minutes=2)
_TRACKED = f"odata.track-changes,{WITH_TARGETS},odata.maxpagesize={PAGE}"
_PLAIN = f"{WITH_TARGETS},odata.maxpagesize={PAGE}"
_OLD = (400, 404, 410)


async def changed(api: Api, obj: str, cursor: Mapping[str, Any], fields: Sequence[str]) -> Page:
    """Return a page of what changed; see `Connector.changed`."""
    select = selected(api, obj, fields)
    if cursor.get("fields") != select:
        cursor = {}
    if link := cursor.get("link"):
        prefer = _PLAIN if "since" in cursor else _TRACKED
        answer = await _followed(api, str(link), prefer)
        if answer is None:
            return await _begun(api, obj, {"since": cursor.get("since")}, select, fields)
    elif "since" in cursor:
        return await _begun(api, obj, cursor, select, fields)
    elif await _is_tracked(api, obj):
        params = {"$select": select}
        answer = await get(api, f"{BASE}/{SETS[obj]}", params, prefer=_TRACKED)
    else:
        return await _begun(api, obj, {"since": ""}, select, fields)
    return await _page(api, obj, answer, cursor, select, fields)


async def _followed(api: Api, link: str, prefer: str) -> Answer | None:
    """Return what a link leads to; None where it is too old. Raises what else is wrong with it."""
    answer = await api.ask(
        "GET", link, headers={"OData-Version": "4.0", "Prefer": prefer}, fine=_OLD
    )
    if answer.status < 400:
        return answer
    said = read(answer.body)
    if answer.status == 410 or said.code == EXPIRED or "skiptoken" in said.words.lower():
        return None
    raise QuestionRejected(f"Dynamics 365: {said.words or answer.status}", code=said.code)


async def _is_tracked(api: Api, obj: str) -> bool:
    answer = await get(api, definition(obj), {"$select": "ChangeTrackingEnabled"})
    return bool(answer.body.get("ChangeTrackingEnabled"))


async def _begun(
    api: Api, obj: str, cursor: Mapping[str, Any], select: str, fields: Sequence[str]
) -> Page:
    """Return the first page by time, or of everything again where there is no time to go by."""
    since = cursor.get("since")
    if since is None:
        return await changed(api, obj, {}, fields)
    params = {"$select": select, "$orderby": f"modifiedon asc,{IDS[obj]} asc"}
    if since:
        params["$filter"] = f"modifiedon ge {since}"
    answer = await get(api, f"{BASE}/{SETS[obj]}", params, prefer=_PLAIN)
    return await _page(api, obj, answer, {"since": since}, select, fields)


async def _page(
    api: Api, obj: str, answer: Answer, cursor: Mapping[str, Any], select: str,
    fields: Sequence[str],
) -> Page:  # fmt: skip
    rows = listed(answer)
    there = [row for row in rows if not _is_deleted(row)]
    gone = [Remote(_id(row), {}, is_deleted=True) for row in rows if _is_deleted(row)]
    records = [*await remotes(api, obj, there, fields), *gone]
    at: dict[str, Any] = {"fields": select}
    if "since" in cursor:
        at["since"] = _later(str(cursor["since"]), there)
    link = answer.body.get("@odata.nextLink") or answer.body.get("@odata.deltaLink")
    if link:
        at["link"] = link
    has_more = "@odata.nextLink" in answer.body
    if "since" in at and not has_more:
        at["since"] = _back(at["since"])
    return Page(records, at, has_more)


def _is_deleted(row: Mapping[str, Any]) -> bool:
    context = str(row.get("@odata.context") or "")
    return context.endswith("/$deletedEntity") or "@removed" in row


def _id(row: Mapping[str, Any]) -> str:
    """Return a deleted record's id, which may come as an address."""
    id_ = str(row.get("id") or "")
    return odata.guid(id_) or id_.rpartition("(")[2].rstrip(")")


def _later(since: str, rows: Sequence[Mapping[str, Any]]) -> str:
    return max([since, *(str(row.get("modifiedon") or "") for row in rows)])


def _back(since: str) -> str:
    """Return a time by the overlap earlier, "" for none."""
    at: datetime | None = odata.moment(since)
    return f"{at - OVERLAP:%Y-%m-%dT%H:%M:%SZ}" if at else since
