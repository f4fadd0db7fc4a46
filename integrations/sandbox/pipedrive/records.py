"""The records of the played company: how they are kept, and how both versions show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.sandbox.crm.store import Row
from integrations.sandbox.pipedrive.answers import older, rfc_3339
from integrations.sandbox.pipedrive.fields import SEARCHABLE, PlayedField

# What records can be looked up by: of the lists and the custom fields, every value.
KEYS = ("name", "email", "phone", "custom")
Fields = Mapping[str, PlayedField]


def kept(fields: Fields, body: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a body changes, flat, with what the record can then be looked up by."""
    changes = {**body, **body.get("custom_fields", {})}
    changes.pop("custom_fields", None)
    for name in ("emails", "phones"):
        if name in changes:
            changes[name] = _entries(changes[name])
            changes[name[:-1]] = [each["value"] for each in changes[name]]
    if "name" in changes:
        first, _, last = changes["name"].partition(" ")
        changes |= {"first_name": first, "last_name": last or None}
    after = {**before, **changes}
    changes["custom"] = [
        after[code]
        for code, one in fields.items()
        if one.is_custom and one.kind in SEARCHABLE and isinstance(after.get(code), str)
    ]
    return changes


def _entries(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a list's entries; without a primary one, the first is."""
    chosen = next((place for place, each in enumerate(given) if each.get("primary")), 0)
    return [
        {"value": each["value"], "primary": place == chosen, "label": each.get("label", "work")}
        for place, each in enumerate(given)
    ]


def shown(obj: str, fields: Fields, row: Row, only: Sequence[str] | None = None) -> dict[str, Any]:
    """Return a record as the second version shows it, with all custom fields or `only` some."""
    values = row.values
    custom = {
        code: values.get(code)
        for code, one in fields.items()
        if one.is_custom and (only is None or code in only)
    }
    found: dict[str, Any] = {
        "id": int(row.id),
        "name": values["name"],
        "owner_id": values.get("owner_id", 1),
        "add_time": rfc_3339(row.created_ms),
        "update_time": rfc_3339(row.modified_ms),
        "is_deleted": row.is_deleted,
        "visible_to": values.get("visible_to", 3),
        "label_ids": [],
        "custom_fields": custom,
    }
    if obj == "organizations":
        return {**found, "address": values.get("address")}
    return {
        **found,
        "first_name": values.get("first_name"),
        "last_name": values.get("last_name"),
        "emails": values.get("emails", []),
        "phones": values.get("phones", []),
        "org_id": values.get("org_id"),
        "picture_id": None,
    }


def shown_older(item: str, row: Row) -> dict[str, Any]:
    """Return an entry of the recents: a deleted record is one that is not active."""
    record = {
        "id": int(row.id),
        "name": row.values["name"],
        "active_flag": not row.is_deleted,
        "add_time": older(row.created_ms),
        "update_time": older(row.modified_ms),
    }
    return {"item": item, "id": int(row.id), "data": record}


def found_by_search(item: str, row: Row) -> dict[str, Any]:
    """Return what search says of a record, which is not all of it."""
    values = row.values
    return {
        "result_score": 0.5,
        "item": {
            "id": int(row.id),
            "type": item,
            "name": values["name"],
            "emails": values.get("email", []),
            "phones": values.get("phone", []),
            "visible_to": 3,
            "custom_fields": values.get("custom", []),
            "update_time": rfc_3339(row.modified_ms),
        },
    }
