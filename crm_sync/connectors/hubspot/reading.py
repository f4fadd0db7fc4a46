"""Reads records out of HubSpot: by id, by a unique value, by a search; with their companies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from crm_sync.connector import COMPANY, CONTACT, Api, Remote
from crm_sync.connectors.hubspot.batches import moment
from crm_sync.connectors.hubspot.provider import (
    BATCH,
    MODIFIED,
    SEARCHES,
    objects_path,
    relations_path,
)
from integrations.errors import ContractBroken

T = TypeVar("T")

MOST_FOUND = 200
MOST_GROUPS = 5  # filter groups of a search, any of which may fit
MOST_IN = 100  # values of one IN
NOT_ALLOWED = (403,)
PRIMARY_TYPE = 1


async def read(
    api: Api, obj: str, remote_ids: Sequence[str], fields: Sequence[str]
) -> Sequence[Remote]:
    """Return the records that exist, with these properties and whom they belong to."""
    found = [
        record
        for ids in chunks(remote_ids, BATCH)
        for record in await batch_read(api, obj, ids, fields)
    ]
    return await with_relations(api, obj, found)


async def existing(api: Api, obj: str, remote_ids: Sequence[str]) -> frozenset[str]:
    """Return which of these ids are there."""
    return frozenset(record.id for record in await batch_read(api, obj, remote_ids, ()))


async def batch_read(
    api: Api, obj: str, values: Sequence[str], fields: Sequence[str], by: str = ""
) -> Sequence[Remote]:
    """Return up to 100 records by their ids, or by the values of the unique property `by`.

    Those that are not there are errors in a 207; a 404 would say that the address is not there.
    """
    wanted = {
        "inputs": [{"id": value} for value in values],
        "properties": properties(api, obj, fields),
        **({"idProperty": by} if by else {}),
    }
    path = objects_path(obj, "/batch/read")
    answer = await api.ask("POST", path, json=wanted)
    return remotes(api, obj, answer.body, fields)


async def find(
    api: Api, obj: str, by: Sequence[tuple[str, str]], fields: Sequence[str]
) -> Sequence[Remote]:
    """Return records with one of these values, oldest first, 200 at most.

    By e-mail and by our key they are read, which no search limit and no lag of the index concerns.
    """
    sought: dict[str, list[str]] = {}
    for name, value in by:
        sought.setdefault(name, []).append(value)
    unique = {api.key_fields[obj], *(["email"] if obj == CONTACT else [])}
    found: dict[str, Remote] = {}
    for name in sorted(unique & sought.keys()):
        for values in chunks(sought.pop(name), BATCH):
            found.update({one.id: one for one in await batch_read(api, obj, values, fields, name)})
    for groups in chunks(list(_groups(sought)), MOST_GROUPS):
        wanted = search_for(api, obj, fields, groups, "createdate", MOST_FOUND)
        answer = await search(api, obj, wanted)
        found.update({one.id: one for one in remotes(api, obj, answer.body, fields)})
    oldest = sorted(found.values(), key=lambda one: (len(one.id), one.id))
    return await with_relations(api, obj, oldest[:MOST_FOUND])


def _groups(sought: Mapping[str, Sequence[str]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Return the filters of a search; in a list of texts HubSpot wants them in lower case."""
    for name, values in sought.items():
        for some in chunks([value.lower() for value in values], MOST_IN):
            yield [{"propertyName": name, "operator": "IN", "values": some}]


def search_for(
    api: Api,
    obj: str,
    fields: Sequence[str],
    groups: Sequence[Sequence[Mapping[str, Any]]],
    by: str,
    limit: int,
) -> Mapping[str, Any]:
    """Return a search's body: records that fit one of the groups, in the order of one property."""
    return {
        "filterGroups": [{"filters": list(group)} for group in groups],
        "sorts": [{"propertyName": by, "direction": "ASCENDING"}],
        "properties": properties(api, obj, fields),
        "limit": limit,
    }


async def search(api: Api, obj: str, wanted: Mapping[str, Any]) -> Any:
    """Search, as often as the account may."""
    return await api.ask("POST", objects_path(obj, "/search"), json=wanted, pace=SEARCHES)


async def with_relations(api: Api, obj: str, records: Sequence[Remote]) -> Sequence[Remote]:
    """Return contacts with the company that each belongs to: its primary one, else the first.

    Without the right to see companies nobody belongs to one.
    """
    if obj != CONTACT or not records:
        return records
    of: dict[str, str] = {}
    for some in chunks(records, BATCH):
        inputs = {"inputs": [{"id": record.id} for record in some]}
        answer = await api.ask("POST", relations_path("/batch/read"), json=inputs, fine=NOT_ALLOWED)
        body = answer.body if isinstance(answer.body, dict) else {}
        for result in body.get("results") or ():
            if company := _company(result.get("to") or ()):
                of[str(result["from"]["id"])] = company
    return [
        Remote(
            one.id, one.values, one.key, one.modified_at, one.is_deleted,
            {COMPANY: of[one.id]} if one.id in of else {},
        )
        for one in records
    ]  # fmt: skip


def _company(to: Sequence[Mapping[str, Any]]) -> str:
    """Return the primary one of these companies, else the first, "" where there is none."""
    ranked = sorted(
        to,
        key=lambda one: all(
            kind.get("typeId") != PRIMARY_TYPE for kind in one.get("associationTypes") or ()
        ),
    )
    return str(ranked[0].get("toObjectId") or "") if ranked else ""


def properties(api: Api, obj: str, fields: Sequence[str]) -> list[str]:
    """Return the properties to ask for: those wanted, our key, and when it was changed."""
    return list(dict.fromkeys([*fields, api.key_fields[obj], MODIFIED[obj]]))


def remotes(api: Api, obj: str, body: Any, fields: Sequence[str]) -> Sequence[Remote]:
    """Return the records of an answer. Raises ContractBroken for one that is none."""
    results = body.get("results") if isinstance(body, dict) else None
    if not isinstance(results, list):
        raise ContractBroken("HubSpot: an answer has no results where records belong")
    return [remote(api, obj, result, fields) for result in results]


def remote(api: Api, obj: str, record: Mapping[str, Any], fields: Sequence[str]) -> Remote:
    """Return a record in our words; HubSpot's empty text is nothing."""
    held = record.get("properties") or {}
    return Remote(
        str(record["id"]),
        {name: held.get(name) or None for name in fields},
        str(held.get(api.key_fields[obj]) or ""),
        moment(held.get(MODIFIED[obj]) or record.get("updatedAt")),
        record.get("archived") is True,
    )


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Return the items in runs of `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))
