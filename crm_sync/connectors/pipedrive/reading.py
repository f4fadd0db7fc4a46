"""Reads Pipedrive's records: by id, by a value, and the newest."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote
from weakref import WeakKeyDictionary

from crm_sync.connector import Answer, Api, Remote
from crm_sync.connectors.pipedrive.fields import LISTS, PAGE, Schema
from crm_sync.connectors.pipedrive.provider import SEARCHING, data_of, next_cursor
from crm_sync.connectors.pipedrive.values import Record, at, key_of, remote_of, value_of

IDS = 100  # `ids` takes no more
CUSTOM = 15  # nor `custom_fields`
FOUND = 200
# What was written a moment ago is not found by search, but listed (Pipedrive names no time).
SEARCH_LAG = timedelta(minutes=5)
NEWEST_PAGES = 20
FEW, LEAST_PAGES = 8, 40
# The ways to CRMs whose lists were too long to be read: no sync reads them twice.
_TOO_LONG: WeakKeyDictionary[Api, set[str]] = WeakKeyDictionary()


async def records(
    api: Api, schema: Schema, ids: Collection[str], fields: Sequence[str] | None = None
) -> Sequence[Record]:
    """Return the records that exist, 100 a call; all their fields where none are named."""
    known = [id_ for id_ in dict.fromkeys(ids) if id_.isdigit()]
    params = {} if fields is None else only(schema, fields)
    found: list[Record] = []
    for start in range(0, len(known), IDS):
        some = {"ids": ",".join(known[start : start + IDS]), "limit": str(IDS), **params}
        found += data_of(await api.ask("GET", schema.path, params=some)) or []
    return [each for each in found if not each.get("is_deleted")]


async def record(api: Api, schema: Schema, id_: str) -> Record | None:
    """Return one record, None for one that is gone."""
    path = f"{schema.path}/{quote(id_, safe='')}"
    answer = await api.ask("GET", path, fine=(404, 410))
    if answer.status in (404, 410):
        return None
    found: Record = data_of(answer)
    return None if found.get("is_deleted") else found


def only(schema: Schema, fields: Sequence[str]) -> Mapping[str, str]:
    """Return the parameter that leaves all other custom fields out, where there are few enough."""
    wanted = list(dict.fromkeys([schema.key, *(n for n in fields if n in schema.custom)]))
    named = [name for name in wanted if name]
    return {"custom_fields": ",".join(named)} if 0 < len(named) <= CUSTOM else {}


async def search(api: Api, schema: Schema, field: str, term: str) -> Sequence[str]:
    """Return the ids of records in which a field has this value, as search knows them."""
    params = {"term": term, "fields": field, "exact_match": "true", "limit": str(IDS)}
    answer = await api.ask("GET", f"{schema.path}/search", params=params, pace=SEARCHING)
    return [str(each["item"]["id"]) for each in data_of(answer)["items"]]


async def newest_with(
    api: Api, schema: Schema, keys: Collection[str]
) -> Mapping[str, Sequence[str]]:
    """Return the ids of records with our keys among all that search may not know yet."""
    wanted = set(keys)
    found: dict[str, list[str]] = {}
    params = {"sort_by": "add_time", "sort_direction": "desc", "limit": str(PAGE)}
    params.update(only(schema, ()))
    for _ in range(NEWEST_PAGES):
        answer = await api.ask("GET", schema.path, params=params)
        page = data_of(answer) or []
        for each in page:
            if (key := key_of(schema, each)) in wanted and not each.get("is_deleted"):
                found.setdefault(key, []).append(str(each["id"]))
        following = next_cursor(answer)
        since = told_time(answer) - SEARCH_LAG
        if (
            not following
            or len(found) == len(wanted)
            or (at(page[-1]["add_time"]) or since) < since
        ):
            break
        params["cursor"] = following
    return found


async def find(
    api: Api, schema: Schema, by: Sequence[tuple[str, str]], fields: Sequence[str]
) -> Sequence[Remote]:
    """Return the records with one of these values exactly, oldest first, 200 at most.

    A search is for one value, costs as much as two pages of all records, and waits for its turn
    twelve times as long: many values are looked for in the list, where it is not too long.
    """
    asked = [(name, value) for name, value in by if value and _searched(schema, name)]
    there = await _in_list(api, schema, asked, fields) if len(asked) > FEW else None
    if there is None:
        there = await _by_search(api, schema, asked, fields)
    there.sort(key=lambda each: (str(each.get("add_time")), each["id"]))
    return [remote_of(schema, each, fields) for each in there[:FOUND]]


async def _in_list(
    api: Api, schema: Schema, asked: Sequence[tuple[str, str]], fields: Sequence[str]
) -> list[Record] | None:
    """Return the records of the list that have one of the values, None where it is too long."""
    if schema.path in _TOO_LONG.get(api, ()):
        return None
    wanted = {(name, _folded(value)) for name, value in asked}
    names = sorted({name for name, _ in asked})
    params = {"limit": str(PAGE), **only(schema, [*fields, *names])}
    found: list[Record] = []
    for _ in range(max(LEAST_PAGES, len(asked))):
        answer = await api.ask("GET", schema.path, params=params)
        for each in data_of(answer) or []:
            held = ((name, one) for name in names for one in _held(schema, each, name))
            if not each.get("is_deleted") and any(pair in wanted for pair in held):
                found.append(each)
        following = next_cursor(answer)
        if not following:
            return found
        params["cursor"] = following
    _TOO_LONG.setdefault(api, set()).add(schema.path)
    return None


async def _by_search(
    api: Api, schema: Schema, asked: Sequence[tuple[str, str]], fields: Sequence[str]
) -> list[Record]:
    found = await asyncio.gather(
        *(search(api, schema, _searched(schema, name), value) for name, value in asked)
    )
    ids = [id_ for some in found for id_ in some]
    needed = [*fields, *(name for name, _ in asked)]
    wanted = [(name, _folded(value)) for name, value in asked]
    return [
        each
        for each in await records(api, schema, ids, needed)
        if any(value in _held(schema, each, name) for name, value in wanted)
    ]


def told_time(answer: Answer) -> datetime:
    """Return the CRM's time of an answer, ours where it tells none."""
    try:
        return parsedate_to_datetime(answer.headers["date"]).replace(tzinfo=UTC)
    except (KeyError, ValueError):
        return datetime.now(UTC)


def _searched(schema: Schema, name: str) -> str:
    """Return what search calls the place of a field, "" where it does not look."""
    if name in schema.custom:
        return "custom_fields"
    return name if name in ("name", "address", *LISTS) else ""


def _held(schema: Schema, each: Record, name: str) -> list[str]:
    """Return a record's values of a field, as they are compared."""
    entries: Any = each.get(LISTS[name]) if name in LISTS else None
    held = [entry.get("value") for entry in entries or ()] or [value_of(schema, each, name)]
    return [_folded(one) for one in held]


def _folded(value: object) -> str:
    return str(value).strip().casefold()
