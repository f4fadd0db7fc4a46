"""Writes records to HubSpot: by its id where we know it, else by our key, in batches of 100."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_sync.connector import Api, Value, Write, Written
from crm_sync.connectors.hubspot.batches import Batch, Item
from crm_sync.connectors.hubspot.provider import BATCH, objects_path, relations_path
from crm_sync.connectors.hubspot.reading import PRIMARY_TYPE, chunks, existing

# Of all its companies, the primary one says to which a contact belongs; the one before stays
# associated. developers.hubspot.com/docs/api-reference/latest/crm/associations
PRIMARY = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": PRIMARY_TYPE}


async def write(api: Api, obj: str, writes: Sequence[Write]) -> Sequence[Written]:
    """Update what we know the id of, and create or update the rest by our key.

    An e-mail that has changed is one of the values, and never what a record is found by. The key
    is written along, so that a record taken over has it from then on.
    """
    key_field = api.key_fields[obj]
    batch = Batch(api, key_field)
    known = [_item(one, key_field) for one in writes if one.remote_id]
    new = [_item(one, key_field) for one in writes if not one.remote_id]
    for path, items in (("/batch/update", known), ("/batch/upsert", new)):
        for some in chunks(items, BATCH):
            await batch.send(objects_path(obj, path), some)
    return batch.done


async def relate(api: Api, pairs: Sequence[tuple[str, str]]) -> Sequence[Written]:
    """Make companies the primary ones of contacts."""
    batch = Batch(api)
    items = [
        Item(
            contact,
            {"from": {"id": contact}, "to": {"id": company}, "types": [PRIMARY]},
            frozenset([contact]),
            contact,
        )
        for contact, company in pairs
    ]
    for some in chunks(items, BATCH):
        await batch.send(relations_path("/batch/create"), some)
    return batch.done


async def delete(api: Api, obj: str, remote_ids: Sequence[str]) -> Sequence[Written]:
    """Archive records. HubSpot says of none whether it was there, so they are looked at before."""
    done: list[Written] = []
    for ids in chunks(remote_ids, BATCH):
        there = await existing(api, obj, ids)
        if there:
            inputs = {"inputs": [{"id": each} for each in ids if each in there]}
            await api.ask("POST", objects_path(obj, "/batch/archive"), json=inputs)
        done += [
            Written(each, "updated" if each in there else "gone", each) for each in ids
        ]  # fmt: skip
    return done


def _item(one: Write, key_field: str) -> Item:
    """Return a write as HubSpot takes it, with our key to tell its result by."""
    values = {name: text(value) for name, value in one.values.items()}
    body: dict[str, Any] = {
        "id": one.remote_id or one.key,
        "objectWriteTraceId": one.key,
        "properties": {**values, key_field: one.key},
    }
    if not one.remote_id:
        body["idProperty"] = key_field
    names = frozenset(filter(None, (one.key, one.remote_id)))
    return Item(one.key, body, names, one.remote_id)


def text(value: Value) -> str:
    """Return a value as HubSpot wants all of them, as text; nothing clears a property."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    return ";".join(value)
