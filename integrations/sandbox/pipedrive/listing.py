"""Lists and searches the played company's records, page by page, as both versions do."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from integrations.sandbox.crm.store import Row, Store, Table
from integrations.sandbox.pipedrive.answers import Refused, in_ms, invalid, older
from integrations.sandbox.pipedrive.records import KEYS, found_by_search, shown_older

MOST, IDS, CUSTOM, SEARCHED = 500, 100, 15, 100
LOOKED_AT = {"name": "name", "email": "email", "phone": "phone", "custom_fields": "custom"}
ITEMS = {"person": "persons", "organization": "organizations"}
Given = Mapping[str, str]


def limit_of(given: Given, most: int = MOST) -> int:
    text = given.get("limit", "100")
    if not text.isdigit() or not 1 <= int(text) <= most:
        raise invalid(f"limit must be 1 to {most}")
    return int(text)


def only_custom(given: Given) -> Sequence[str] | None:
    """Return the custom fields that are asked for, None for all."""
    if "custom_fields" not in given:
        return None
    found = given["custom_fields"].split(",")
    if len(found) > CUSTOM:
        raise invalid(f"custom_fields takes {CUSTOM} keys at most")
    return found


def listed(table: Table, given: Given) -> tuple[list[Row], str | None]:
    """Return a page of living records and the cursor of the next one."""
    limit = limit_of(given)
    if "ids" in given:
        ids = given["ids"].split(",")
        if len(ids) > IDS or not all(id_.isdigit() for id_ in ids):
            raise invalid(f"ids takes {IDS} ids at most")
        rows = [table.rows[id_] for id_ in ids if id_ in table.rows]
        return [row for row in rows if not row.is_deleted], None
    is_down = given.get("sort_direction") == "desc"
    sort = given.get("sort_by", "id")
    if sort not in ("id", "add_time", "update_time"):
        raise invalid(f"sort_by cannot be {sort}")
    walk = _by_update if sort == "update_time" else _by_id
    after = _opened(given["cursor"]) if "cursor" in given else None
    since = in_ms(given["updated_since"]) if "updated_since" in given else 0
    found: list[Row] = []
    for row in walk(table, after, since, is_down):
        if row.is_deleted or row.modified_ms < since:
            continue
        if len(found) == limit:
            return found, _sealed(found[-1])
        found.append(row)
    return found, None


def _by_update(table: Table, after: Any, since: int, is_down: bool) -> Iterator[Row]:
    if is_down:
        rows = table.since(since, limit=len(table.rows))
        yield from (
            row for row in reversed(rows) if not after or (row.modified_ms, row.id) < tuple(after)
        )
        return
    ms, id_ = after or (since, "")
    while rows := table.since(ms, id_, limit=MOST):
        yield from rows
        ms, id_ = rows[-1].modified_ms, rows[-1].id


def _by_id(table: Table, after: Any, since: int, is_down: bool) -> Iterator[Row]:
    """Ids are given in the order of creation, so this is the order of add_time as well."""
    last = int(next(reversed(table.rows), "0"))
    start = int(after[1]) if after else (last + 1 if is_down else 0)
    places = range(start - 1, 0, -1) if is_down else range(start + 1, last + 1)
    return (table.rows[id_] for id_ in map(str, places) if id_ in table.rows)


def searched(
    table: Table, item: str, given: Given, is_indexed: Callable[[Row], bool]
) -> list[dict[str, Any]]:
    """Return what search finds, among the records that it knows already."""
    limit, term = limit_of(given, SEARCHED), given.get("term", "")
    is_exact = given.get("exact_match") == "true"
    if len(term.strip()) < (1 if is_exact else 2):
        raise invalid("term must be at least 2 characters, or 1 with exact_match")
    asked = given["fields"].split(",") if "fields" in given else list(LOOKED_AT)
    if unknown := [name for name in asked if name not in (*LOOKED_AT, "notes", "address")]:
        raise invalid(f"fields cannot be {unknown[0]}")
    places = [LOOKED_AT[name] for name in asked if name in LOOKED_AT]
    if is_exact:
        rows = [row for place in places for row in table.find(place, term)]
    else:
        rows = [row for row in table.living() if _holds(row, places, term.lower())]
    once = {row.id: row for row in rows if is_indexed(row)}
    return [found_by_search(item, row) for row in list(once.values())[:limit]]


def _holds(row: Row, places: Sequence[str], term: str) -> bool:
    return any(term in str(row.values.get(place, "")).lower() for place in places if place in KEYS)


def recents(store: Store, given: Given) -> dict[str, Any]:
    """Return the first version's recents: what changed at a time or later, deleted ones too."""
    try:
        since = datetime.strptime(given["since_timestamp"] + "Z", "%Y-%m-%d %H:%M:%S%z")
    except (KeyError, ValueError):
        raise Refused(400, "since_timestamp must be YYYY-MM-DD HH:MM:SS") from None
    ms = int(since.timestamp() * 1000)
    start, limit = int(given.get("start", "0")), limit_of(given)
    items = given["items"].split(",") if "items" in given else list(ITEMS)
    rows = [
        (row.modified_ms, row.id, item, row)
        for item in items
        for row in store[ITEMS[item]].since(ms, limit=start + limit + 1)
    ]
    rows.sort(key=lambda each: each[:3])
    shown = rows[start : start + limit]
    return {
        "data": [shown_older(item, row) for *_, item, row in shown] or None,
        "additional_data": {
            "since_timestamp": given["since_timestamp"],
            "last_timestamp_on_page": older(shown[-1][0]) if shown else None,
            "pagination": {
                "start": start,
                "limit": limit,
                "more_items_in_collection": len(rows) > start + limit,
            },
        },
    }


def _sealed(row: Row) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([row.modified_ms, row.id])).decode()


def _opened(cursor: str) -> Any:
    try:
        return orjson.loads(base64.urlsafe_b64decode(cursor))
    except (binascii.Error, orjson.JSONDecodeError):
        raise invalid("cursor is not one of ours") from None
