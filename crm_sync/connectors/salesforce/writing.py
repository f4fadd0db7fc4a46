"""Many records in a request: written, related and deleted, 200 at a time (sObject Collections).

Each record has an outcome of its own, in the order in which they were sent. What cannot be read
at all refuses the request as a whole, and names no record: then halves of it are sent, until the
bad one is alone.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_sync.connector import CONTACT, Api, Value, Write, Written
from crm_sync.connectors.salesforce import faults
from crm_sync.connectors.salesforce.asking import ACCOUNT, TABLES, groups, path
from integrations.errors import CallError, ContractBroken

MOST = 200  # records of a request
# What is wrong with every record alike: halves of them would not fare better.
OF_ALL = ("INVALID_FIELD", "INVALID_TYPE", "NOT_FOUND")


@dataclass(frozen=True, slots=True)
class Record:
    """One to be sent, and by which name its outcome is told."""

    name: str
    body: Mapping[str, Any]
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """Where records are sent, and which of their fields is the key."""

    path: str
    key_field: str


def plain(value: Value) -> Any:
    """Return a value as Salesforce has it: several options are one text."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ";".join(value)
    return value


async def upsert(api: Api, obj: str, writes: Sequence[Write]) -> list[Written]:
    """Write records by key; at most MOST."""
    key_field = api.key_fields[obj]
    way = Way(path(api, "composite", "sobjects", TABLES[obj], key_field), key_field)
    return await _send(api, way, [Record(one.key, _body(obj, key_field, one)) for one in writes])


async def update(api: Api, obj: str, writes: Sequence[Write]) -> list[Written]:
    """Write records whose id is known, and the key with them; at most MOST.

    By id and not by key, so that one that was deleted is told and not made again.
    """
    key_field = api.key_fields[obj]
    way = Way(path(api, "composite", "sobjects"), key_field)
    bodies = [{**_body(obj, key_field, one), "id": one.remote_id} for one in writes]
    records = [Record(one.key, body, True) for one, body in zip(writes, bodies, strict=True)]
    return await _send(api, way, records)


async def relate(api: Api, pairs: Sequence[tuple[str, str]]) -> list[Written]:
    """Make contacts belong to companies, by ids."""
    way, kind = Way(path(api, "composite", "sobjects"), ""), {"type": TABLES[CONTACT]}
    records = [
        Record(contact, {"attributes": kind, "id": contact, ACCOUNT: company}, True)
        for contact, company in pairs
    ]
    return await together([(some, _send(api, way, some)) for some in groups(records, MOST)])


async def delete(api: Api, remote_ids: Sequence[str]) -> list[Written]:
    """Delete records, into the recycle bin."""
    records = [Record(each, {}, True) for each in remote_ids]
    return await together([(some, _delete(api, some)) for some in groups(records, MOST)])


async def _delete(api: Api, records: Sequence[Record]) -> list[Written]:
    ids = ",".join(record.name for record in records)
    answer = await api.ask(
        "DELETE",
        path(api, "composite", "sobjects"),
        params={"ids": ids, "allOrNone": "false"},
    )
    return _outcomes(records, answer.body, "")


async def _send(api: Api, way: Way, records: Sequence[Record]) -> list[Written]:
    bodies = [record.body for record in records]
    wanted = {"allOrNone": False, "records": bodies}
    answer = await api.ask("PATCH", way.path, json=wanted, fine=(400,))
    if answer.status != 400:
        return _outcomes(records, answer.body, way.key_field)
    error = faults.said(answer.body)
    if len(records) == 1 or error.code in OF_ALL:
        return [
            Written(each.name, "rejected", "", error.words, error.field, error.code)
            for each in records
        ]
    half = len(records) // 2
    return [
        *await _send(api, way, records[:half]),
        *await _send(api, way, records[half:]),
    ]


def _outcomes(records: Sequence[Record], body: Any, key_field: str) -> list[Written]:
    """Return what became of each. Raises ContractBroken where not each is told of."""
    if not isinstance(body, list) or len(body) != len(records):
        raise ContractBroken("Salesforce: an answer without an outcome for each record")
    return [_outcome(*pair, key_field) for pair in zip(records, body, strict=True)]


def _outcome(record: Record, told: Mapping[str, Any], key_field: str) -> Written:
    if told.get("success"):
        outcome = "created" if told.get("created") else "updated"
        return Written(record.name, outcome, str(told.get("id") or ""))  # type: ignore[arg-type] # one of two
    error = faults.said(told.get("errors"))
    outcome = faults.outcome_of(error, key_field, is_known=record.is_known)
    return Written(record.name, outcome, "", error.words, error.field, error.code)


def _body(obj: str, key_field: str, one: Write) -> dict[str, Any]:
    values = {name: plain(value) for name, value in one.values.items()}
    return {"attributes": {"type": TABLES[obj]}, **values, key_field: one.key}


async def together(
    asked: Iterable[tuple[Sequence[Record] | Sequence[Write], Awaitable[list[Written]]]],
) -> list[Written]:
    """Send groups side by side; what is known of one is not lost with another.

    Raises CallError where nothing is known of any.
    """
    asked = list(asked)
    told = await asyncio.gather(*(_caught(sending) for _, sending in asked))
    errors = [each for each in told if isinstance(each, CallError)]
    if errors and len(errors) == len(told):
        raise errors[0]
    found: list[Written] = []
    for (group, _), each in zip(asked, told, strict=True):
        if isinstance(each, CallError):
            outcome = faults.unanswered(each)
            found += [Written(_name(one), outcome, "", str(each), "", each.code) for one in group]
        else:
            found += each
    return found


async def _caught(sending: Awaitable[list[Written]]) -> list[Written] | CallError:
    try:
        return await sending
    except CallError as error:
        return error


def _name(one: Record | Write) -> str:
    return one.name if isinstance(one, Record) else one.key
