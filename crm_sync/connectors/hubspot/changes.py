"""Tells what changed in HubSpot since a cursor, of however many records and at whatever moment.

A search is in the order of one property, counts to 10,000, and its index comes seconds late; a
record that changes meanwhile moves within it. So no page is asked for by its number: the next one
begins at the moment at which the last one ended. Where a moment has more records than a page, they
are read in the order of their ids (airbytehq/airbyte #43317 loops there). What is changed after a
sync has begun waits for the next one, which begins `LAG_MS` before the first page that may have
come too early for the index.

Archived records are in no search: they are listed at the end, those archived since the last time.

The cursor: `since` (ms); within a sync also `until` (ms), `back` (where the next begins) and
`above` (the id to go on from within one moment); `archived_since`, and `archived_after` while they
are listed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from crm_sync.connector import Answer, Api, Page, Remote
from crm_sync.connectors.hubspot.provider import BATCH, MODIFIED, objects_path
from crm_sync.connectors.hubspot.reading import (
    properties,
    remotes,
    search,
    search_for,
    with_relations,
)

PAGE = 200
# What was changed is in the index "a few moments" later, says the search's page; two minutes are
# our margin, and what they show twice equals what we know.
LAG_MS = 120_000
# HubSpot tells its time in whole seconds that have begun.
SECOND_MS = 999

Cursor = Mapping[str, Any]


async def changed(api: Api, obj: str, cursor: Cursor, fields: Sequence[str]) -> Page:
    """Return the next page of what changed; {} begins with all that is there."""
    if "archived_after" in cursor:
        return await _archived(api, obj, cursor, fields)
    page = await (_of_one_moment if "above" in cursor else _since)(api, obj, cursor, fields)
    return Page(await with_relations(api, obj, page.records), page.cursor, page.has_more)


async def _since(api: Api, obj: str, cursor: Cursor, fields: Sequence[str]) -> Page:
    """Return the records that changed from `since` on, oldest first."""
    since, until = cursor.get("since", 0), cursor.get("until")
    filters = [_filter(obj, "GTE", since)] + ([_filter(obj, "LTE", until)] if until else [])
    answer, found = await _found(api, obj, fields, filters, MODIFIED[obj])
    now = clock_ms(answer)
    at = {**cursor, "until": until or now + SECOND_MS}
    times = [_ms(record) for record in found]
    if "back" not in cursor and (len(found) < PAGE or times[-1] > now - LAG_MS):
        at["back"] = now - LAG_MS
    if len(found) < PAGE:
        return _finished(at, found)
    if times[0] == times[-1]:
        return await _of_one_moment(api, obj, {**at, "since": times[0], "above": "0"}, fields)
    # Those of the last moment come with the next page, which has all of them or goes on by id.
    whole = [record for record, ms in zip(found, times, strict=True) if ms < times[-1]]
    return Page(whole, {**at, "since": times[-1]}, True)


async def _of_one_moment(api: Api, obj: str, cursor: Cursor, fields: Sequence[str]) -> Page:
    """Return records that bear one time, by their ids."""
    since, above = cursor["since"], cursor["above"]
    filters = [
        {**_filter(obj, "BETWEEN", since), "highValue": str(since)},
        {"propertyName": "hs_object_id", "operator": "GT", "value": above},
    ]
    _, found = await _found(api, obj, fields, filters, "hs_object_id")
    if len(found) < PAGE:
        rest = {name: value for name, value in cursor.items() if name != "above"}
        return Page(found, {**rest, "since": since + 1}, True)
    return Page(found, {**cursor, "above": found[-1].id}, True)


def _finished(at: Cursor, found: Sequence[Remote]) -> Page:
    """Go on with what was archived; at the very first there is nothing that we could have had."""
    if "archived_since" in at:
        return Page(found, {**at, "archived_after": ""}, True)
    return Page(found, _next(at))


def _next(at: Cursor) -> Cursor:
    """Return where the next sync begins."""
    return {"since": at["back"], "archived_since": at["until"] - LAG_MS}


async def _archived(api: Api, obj: str, cursor: Cursor, fields: Sequence[str]) -> Page:
    """Return a page of the archived records, those archived since the last sync."""
    wanted = {
        "archived": "true",
        "limit": str(BATCH),
        "properties": ",".join(properties(api, obj, fields)),
        **({"after": cursor["archived_after"]} if cursor["archived_after"] else {}),
    }
    answer = await api.ask("GET", objects_path(obj), params=wanted)
    found = [
        record
        for record, said in zip(
            remotes(api, obj, answer.body, fields), answer.body["results"], strict=True
        )
        if _archived_ms(said) >= cursor["archived_since"]
    ]
    after = ((answer.body.get("paging") or {}).get("next") or {}).get("after")
    if after:
        return Page(found, {**cursor, "archived_after": str(after)}, True)
    return Page(found, _next(cursor))


async def _found(
    api: Api, obj: str, fields: Sequence[str], filters: Sequence[Mapping[str, Any]], by: str
) -> tuple[Answer, Sequence[Remote]]:
    answer = await search(api, obj, search_for(api, obj, fields, [filters], by, PAGE))
    return answer, remotes(api, obj, answer.body, fields)


def _filter(obj: str, operator: str, ms: int) -> dict[str, Any]:
    return {"propertyName": MODIFIED[obj], "operator": operator, "value": str(ms)}


def _ms(record: Remote) -> int:
    """Return when a record was changed, in whole milliseconds, as searches count."""
    at = record.modified_at or datetime.fromtimestamp(0, UTC)
    return int(at.replace(microsecond=0).timestamp()) * 1000 + at.microsecond // 1000


def _archived_ms(said: Mapping[str, Any]) -> float:
    """Return when a record was archived; one that does not say so counts as just now."""
    try:
        return datetime.fromisoformat(str(said.get("archivedAt"))).timestamp() * 1000
    except ValueError:
        return time.time() * 1000


def clock_ms(answer: Answer) -> int:
    """Return HubSpot's time, of whole seconds; ours where it does not tell."""
    try:
        return int(parsedate_to_datetime(answer.headers["Date"]).timestamp()) * 1000
    except (KeyError, ValueError):
        return int(time.time()) * 1000
