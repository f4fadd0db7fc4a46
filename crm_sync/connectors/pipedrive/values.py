"""Pipedrive's records as everyone reads them.

Custom fields stand in an object of their own, options are numbers, amounts have a currency, and of
e-mails and phones, which are lists, the primary entry is the field's value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from crm_sync.connector import COMPANY, CONTACT, Remote, Value
from crm_sync.connectors.pipedrive.fields import LISTS, Schema

Record = Mapping[str, Any]


def remote_of(schema: Schema, record: Record, fields: Sequence[str]) -> Remote:
    """Return a record as everyone reads it."""
    firm = record.get("org_id") if schema.obj == CONTACT else None
    return Remote(
        str(record["id"]),
        {name: value_of(schema, record, name) for name in fields},
        key=key_of(schema, record),
        modified_at=at(record.get("update_time")),
        is_deleted=bool(record.get("is_deleted")),
        relations={COMPANY: str(firm)} if firm else {},
    )


def value_of(schema: Schema, record: Record, name: str) -> Value:
    """Return a field's value, None where it is empty."""
    if name in LISTS:
        return (primary(record.get(LISTS[name]) or ()) or {}).get("value") or None
    if is_address(name):
        part: str | None = (record.get("address") or {}).get(part_of(name))
        return part or None
    found = held(schema, record, name)
    if isinstance(found, Mapping):
        found = found.get("value")
    field = schema.fields.get(name)
    if found is None or field is None:
        return None
    if field.type == "options":
        return [str(each) for each in found]
    return str(found) if field.type in ("option", "reference") else found


def held(schema: Schema, record: Record, name: str) -> Any:
    """Return what a record has for a field, in Pipedrive's shape."""
    return (record.get("custom_fields") or {} if name in schema.custom else record).get(name)


def key_of(schema: Schema, record: Record) -> str:
    """Return our key from a record, "" where it has none."""
    return (record.get("custom_fields") or {}).get(schema.key) or ""


def primary(entries: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    return next((each for each in entries if each.get("primary")), None)


def at(text: str | None) -> datetime | None:
    """Return the time of an RFC 3339 text."""
    return datetime.fromisoformat(text) if text else None


def is_address(name: str) -> bool:
    return name == "address" or name.startswith("address.")


def part_of(name: str) -> str:
    """Return what an address calls the part that a field names; the whole text is its "value"."""
    return name.partition(".")[2] or "value"
