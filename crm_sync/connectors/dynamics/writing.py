"""Writes: upsert by our alternate key, update of what is known by its id, and deletion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_sync.connector import Api, Write, Written
from crm_sync.connectors.dynamics import odata, outcomes, status
from crm_sync.connectors.dynamics.multipart import Operation, Part, send
from crm_sync.connectors.dynamics.provider import BASE, DETECTS_DUPLICATES, IDS, SETS
from crm_sync.connectors.dynamics.values import to_remote

BATCH = 100
# With the record in the answer, 201 and 200 tell a new one from one that was there.
WITH_RECORD = {"Prefer": "return=representation"}
ONLY_IF_THERE = {"If-Match": "*"}
BIND_COMPANY = "parentcustomerid_account@odata.bind"


async def write(api: Api, obj: str, writes: Sequence[Write]) -> list[Written]:
    """Write up to BATCH records in one request; see `Connector.write`."""
    bodies = await to_remote(api, obj, [each.values for each in writes])
    added = await status.after_push(api, obj)
    operations = [
        _written(api, obj, each, {**status.of(added, each, body), **body})
        for each, body in zip(writes, bodies, strict=True)
    ]
    parts = await send(api, operations)
    outcomes.raise_common(parts)
    found = [
        outcomes.of_write(each, part, IDS[obj]) for each, part in zip(writes, parts, strict=True)
    ]
    return await _settled(api, obj, writes, parts, found)


def _written(api: Api, obj: str, one: Write, body: dict[str, Any]) -> Operation:
    """Return the operation of one record: the key goes in the address, or else in the body."""
    key_field = api.key_fields[obj]
    select = f"$select={IDS[obj]},modifiedon"
    headers = {**WITH_RECORD}
    if api.options.get(DETECTS_DUPLICATES):
        headers["MSCRM.SuppressDuplicateDetection"] = "false"
    if one.remote_id:
        address, query = odata.by_id(SETS[obj], one.remote_id), ""
        headers |= ONLY_IF_THERE
        body[odata.name(key_field)] = one.key
    else:
        address, query = odata.by_key(SETS[obj], key_field, one.key)
        body.pop(key_field, None)
    return Operation("PATCH", odata.url(f"{BASE}/{address}", query, select), body, headers)


async def _settled(
    api: Api, obj: str, writes: Sequence[Write], parts: Sequence[Part | None],
    found: list[Written],
) -> list[Written]:  # fmt: skip
    """Look up what an answer left open: an id that it did not tell, a key that collided.

    Where the record is there by our key, another write was as quick as ours: again. Where it is
    not, another unique key of the organisation is somebody else's.
    """
    open_ = [at for at, one in enumerate(found) if one.outcome in outcomes.DONE | {"several"}
             and not one.remote_id and not outcomes.is_by_rule(one)]  # fmt: skip
    if not open_:
        return found
    ids = await _ids_by_key(api, obj, [writes[at].key for at in open_])
    for at, id_ in zip(open_, ids, strict=True):
        found[at] = outcomes.settled(found[at], id_)
    return found


async def _ids_by_key(api: Api, obj: str, keys: Sequence[str]) -> list[str]:
    operations = []
    for key in keys:
        address, query = odata.by_key(SETS[obj], api.key_fields[obj], key)
        url = odata.url(f"{BASE}/{address}", query, f"$select={IDS[obj]}")
        operations.append(Operation("GET", url))
    parts = await send(api, operations)
    return [str(part.body[IDS[obj]]) if part and part.status == 200 else "" for part in parts]


async def relate(api: Api, pairs: Sequence[tuple[str, str]]) -> list[Written]:
    """Let contacts belong to companies; see `Connector.relate`."""
    found: list[Written] = []
    for at in range(0, len(pairs), BATCH):
        chunk = pairs[at : at + BATCH]
        operations = [
            Operation("PATCH", f"{BASE}/{odata.by_id('contacts', contact)}",
                      {BIND_COMPANY: f"/{odata.by_id('accounts', company)}"}, ONLY_IF_THERE)
            for contact, company in chunk
        ]  # fmt: skip
        parts = await send(api, operations)
        outcomes.raise_common(parts)
        found += [outcomes.of_id(contact, part) for (contact, _), part in
                  zip(chunk, parts, strict=True)]  # fmt: skip
    return found


async def delete(api: Api, obj: str, remote_ids: Sequence[str]) -> list[Written]:
    """Delete; see `Connector.delete`."""
    found: list[Written] = []
    for at in range(0, len(remote_ids), BATCH):
        chunk = remote_ids[at : at + BATCH]
        urls = [f"{BASE}/{odata.by_id(SETS[obj], each)}" for each in chunk]
        parts = await send(api, [Operation("DELETE", url) for url in urls])
        outcomes.raise_common(parts)
        found += [outcomes.of_id(each, part) for each, part in zip(chunk, parts, strict=True)]
    return found
