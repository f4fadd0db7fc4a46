"""Tells what changed in Pipedrive: what there is, by the second version, what was deleted, by the

first, whose recents are the only place that tells it.

A cursor is `since` and `next` of the list, then `gone` and `start` of the recents; `began` is where
the next sync's recents begin. Both are asked from a while before what was seen last, since records
get their time a little before they can be seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from crm_sync.connector import Api, Page, Remote
from crm_sync.connectors.pipedrive.fields import OBJECT, PAGE, Schema
from crm_sync.connectors.pipedrive.provider import OLDER, data_of, next_cursor
from crm_sync.connectors.pipedrive.reading import only, told_time
from crm_sync.connectors.pipedrive.values import at, remote_of
from integrations.errors import NotFound

OVERLAP = timedelta(seconds=30)
# Recents are paged by place. Within one second, pages overlap: some may leave it meanwhile.
STEP_BACK = 20
LONGEST = timedelta(days=30)  # recents go back a month

Cursor = Mapping[str, Any]


async def changed(api: Api, schema: Schema, cursor: Cursor, fields: Sequence[str]) -> Page:
    """Return a page of what changed since the cursor; see `Connector.changed`."""
    if "gone" in cursor:
        return await _deleted(api, schema, cursor)
    return await _listed(api, schema, cursor, fields)


async def _listed(api: Api, schema: Schema, cursor: Cursor, fields: Sequence[str]) -> Page:
    params = {"sort_by": "update_time", "sort_direction": "asc", "limit": str(PAGE)}
    params.update(only(schema, fields))
    if since := cursor.get("since"):
        params["updated_since"] = since
    if following := cursor.get("next"):
        params["cursor"] = following
    answer = await api.ask("GET", schema.path, params=params)
    page = data_of(answer) or []
    found = [remote_of(schema, each, fields) for each in page]
    # A walk through everything needs no recents: they begin where it began.
    now = told_time(answer)
    at_end = {"seen": cursor.get("seen", ""), "began": cursor.get("began") or _text(now - OVERLAP)}
    if page:
        at_end["seen"] = max(at_end["seen"], page[-1]["update_time"])
    if following := next_cursor(answer):
        return Page(found, {**_kept(cursor), **at_end, "next": following}, has_more=True)
    onward = _text((at(at_end["seen"]) or now) - OVERLAP)
    if not since:
        return Page(found, {"since": onward, "began": at_end["began"]})
    began = max(at_end["began"], _text(now - LONGEST))
    return Page(found, {"since": max(onward, since), "gone": began, "start": 0}, has_more=True)


async def _deleted(api: Api, schema: Schema, cursor: Cursor) -> Page:
    since, start, item = cursor["gone"], cursor["start"], OBJECT[schema.obj][:-1]
    params = {"since_timestamp": _older(since), "items": item, "limit": str(PAGE)}
    try:
        answer = await api.ask("GET", f"{OLDER}/recents", params={**params, "start": str(start)})
    except NotFound:
        # The first version is being given up; who is gone shows when it is written to.
        return Page((), {"since": cursor["since"], "began": since})
    page = [each for each in data_of(answer) or [] if each["item"] == item]
    found = [Remote(str(each["id"]), {}, is_deleted=True) for each in page if _is_gone(each)]
    more = answer.body.get("additional_data") or {}
    last = _newer(more.get("last_timestamp_on_page")) or since
    if not (more.get("pagination") or {}).get("more_items_in_collection"):
        began = max(since, _text((at(last) or datetime.now(UTC)) - OVERLAP))
        return Page(found, {"since": cursor["since"], "began": began})
    onward = {"gone": last, "start": 0}
    if last <= since:
        onward = {"gone": since, "start": start + max(1, len(page) - STEP_BACK)}
    return Page(found, {"since": cursor["since"], **onward}, has_more=True)


def _is_gone(each: Mapping[str, Any]) -> bool:
    """Tell whether an entry of the recents is a deletion: it has no record, or an inactive one."""
    record = each.get("data")
    return not record or record.get("active_flag") is False or record.get("is_deleted") is True


def _kept(cursor: Cursor) -> dict[str, Any]:
    return {"since": cursor["since"]} if cursor.get("since") else {}


def _text(time: datetime) -> str:
    """Return a time as lists take it: whole seconds, a fraction is refused."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _older(text: str) -> str:
    """Return a time as the first version writes it."""
    return text.replace("T", " ").removesuffix("Z")


def _newer(text: str | None) -> str:
    return f"{text.replace(' ', 'T')}Z" if text else ""
