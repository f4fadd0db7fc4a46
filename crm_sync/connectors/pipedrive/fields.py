"""The fields of Pipedrive's objects: asked for, told in our words, and remembered for one sync.

A custom field's name is a hash of 40 characters, another in each company; it is known by its label
alone. What is a list of entries there (e-mails, phones) is one field here: its primary entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from crm_sync.connector import COMPANY, CONTACT, Api, Field, Type
from crm_sync.connectors.pipedrive.provider import API, data_of, next_cursor

OBJECT = {CONTACT: "persons", COMPANY: "organizations"}
FIELDS = {CONTACT: "personFields", COMPANY: "organizationFields"}
PAGE = 500

# The field's code in the description, and the name of its list in a record.
LISTS = {"email": "emails", "phone": "phones"}
CODES = {"emails": "email", "phones": "phone", "label": "label_ids"}
ADDRESS = {
    "route": "Street",
    "locality": "City",
    "admin_area_level_1": "State",
    "postal_code": "Postal code",
    "country": "Country",
}
WRITABLE = {
    "name", "email", "phone", "org_id", "owner_id", "visible_to", "label_ids", "address", "website",
    "linkedin", "industry", "annual_revenue", "employee_count", "job_title", "birthday", "notes",
}  # fmt: skip
TYPES: Mapping[str, Type] = {
    "varchar": "text", "varchar_auto": "text", "text": "text", "address": "text", "phone": "phone",
    "int": "number", "double": "number", "monetary": "money", "boolean": "bool", "date": "date",
    "enum": "option", "set": "options", "visible_to": "option", "org": "reference",
    "people": "reference", "user": "reference",
}  # fmt: skip
BY_CODE: Mapping[str, Type] = {
    "email": "email", "phone": "phone", "website": "url", "linkedin": "url",
    "annual_revenue": "number", "add_time": "datetime", "update_time": "datetime",
}  # fmt: skip
LENGTHS = {"varchar": 255, "varchar_auto": 255, "phone": 255, "text": 65_000}
SEARCHABLE = ("varchar", "varchar_auto", "text")


@dataclass(frozen=True, slots=True)
class Schema:
    """An object's fields by name, the custom ones among them, and those labelled as the key's."""

    obj: str
    fields: Mapping[str, Field]
    custom: frozenset[str]
    keys: Sequence[str]

    @property
    def key(self) -> str:
        """The name of the key field, "" where there is none."""
        return self.keys[0] if self.keys else ""

    @property
    def path(self) -> str:
        return f"{API}/{OBJECT[self.obj]}"


_remembered: WeakKeyDictionary[Api, dict[str, Schema]] = WeakKeyDictionary()


async def schema_of(api: Api, obj: str) -> Schema:
    """Return an object's fields as they were when this `api` first asked."""
    known = _remembered.get(api, {}).get(obj)
    return known or await ask_schema(api, obj)


async def ask_schema(api: Api, obj: str) -> Schema:
    """Return an object's fields as they are now, for the rest of the sync too."""
    found: list[Mapping[str, Any]] = []
    params = {"limit": str(PAGE)}
    while True:
        answer = await api.ask("GET", f"{API}/{FIELDS[obj]}", params=params)
        found += data_of(answer)
        if not (following := next_cursor(answer)):
            break
        params["cursor"] = following
    schema = _schema(obj, found, api.key_fields[obj])
    _remembered.setdefault(api, {})[obj] = schema
    return schema


async def create_key_field(api: Api, obj: str) -> Schema:
    """Make the field for our key, and return the fields with it."""
    wanted = {"field_name": api.key_fields[obj], "field_type": "varchar"}
    await api.ask("POST", f"{API}/{FIELDS[obj]}", json=wanted, once=True)
    return await ask_schema(api, obj)


def _schema(obj: str, found: Sequence[Mapping[str, Any]], key: str) -> Schema:
    custom = {one["field_code"] for one in found if one["is_custom_field"]}
    keys = [
        one["field_code"]
        for one in found
        if one["is_custom_field"] and key.lower() in (one["field_name"].lower(), one["field_code"])
    ]
    fields: dict[str, Field] = {}
    for one in found:
        field = _field(one, keys)
        fields[field.name] = field
        if field.name == "address":
            fields.update(_address(field))
    return Schema(obj, fields, frozenset(custom), keys)


def _field(one: Mapping[str, Any], keys: Sequence[str]) -> Field:
    code = CODES.get(one["field_code"], one["field_code"])
    is_custom, kind = one["is_custom_field"], one["field_type"]
    type_ = TYPES.get(kind, "other") if is_custom else BY_CODE.get(code, TYPES.get(kind, "other"))
    can_be_written = is_custom or code in WRITABLE
    options = {str(each["id"]): each["label"] for each in one.get("options") or ()}
    return Field(
        code,
        one["field_name"],
        type_,
        length=LENGTHS.get(kind),
        is_required=code == "name",
        is_readonly=type_ == "other" or not can_be_written or one.get("is_writable") is False,
        is_key=code in keys and kind in SEARCHABLE,
        options=options,
    )


def _address(whole: Field) -> Mapping[str, Field]:
    return {
        f"address.{part}": Field(
            f"address.{part}", f"{whole.label}: {label.lower()}", is_readonly=whole.is_readonly
        )
        for part, label in ADDRESS.items()
    }
