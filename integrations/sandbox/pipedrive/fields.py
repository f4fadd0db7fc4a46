"""The fields of the played company."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Any

KEY = "Switchboard ID"
SEARCHABLE = ("varchar", "varchar_auto", "text", "phone", "double", "monetary", "address")
LENGTHS = {"varchar": 255, "varchar_auto": 255, "phone": 255, "text": 65_000}
KINDS = (*LENGTHS, "double", "monetary", "enum", "set", "user", "org", "people", "date",
         "daterange", "time", "timerange", "address")  # fmt: skip


@dataclass(slots=True)
class PlayedField:
    """A field; `options` are id: label."""

    code: str
    name: str
    kind: str = "varchar"
    is_custom: bool = True
    options: Mapping[int, str] = field(default_factory=dict)
    is_writable: bool = True

    def as_told(self) -> dict[str, Any]:
        """Return what the description says of it."""
        given = [{"id": id_, "label": label, "color": None} for id_, label in self.options.items()]
        return {
            "field_name": self.name,
            "field_code": self.code,
            "description": "",
            "field_type": self.kind,
            "options": given or None,
            "subfields": None,
            "is_custom_field": self.is_custom,
            "is_optional_response_field": False,
            "is_writable": self.is_writable,
        }


def hash_of(obj: str, name: str) -> str:
    """Return the name of a custom field, the same in every run."""
    return sha1(f"{obj}|{name}".encode(), usedforsecurity=False).hexdigest()


def custom(obj: str, name: str, kind: str = "varchar", *labels: str) -> PlayedField:
    options = dict(enumerate(labels, start=11))
    return PlayedField(hash_of(obj, name), name, kind, options=options)


def plain(code: str, name: str, kind: str = "varchar", *, is_writable: bool = True) -> PlayedField:
    return PlayedField(code, name, kind, is_custom=False, is_writable=is_writable)


def fields_of(obj: str) -> dict[str, PlayedField]:
    """Return the fields of "persons" or "organizations" by code."""
    found = [
        plain("id", "ID", "int", is_writable=False),
        plain("name", "Name"),
        plain("add_time", "Created", "date", is_writable=False),
        plain("update_time", "Updated", "date", is_writable=False),
        plain("owner_id", "Owner", "user"),
        plain("visible_to", "Visible to", "visible_to"),
        custom(obj, KEY),
    ]
    if obj == "persons":
        found += [
            plain("first_name", "First name", is_writable=False),
            plain("last_name", "Last name", is_writable=False),
            plain("emails", "Email"),
            plain("phones", "Phone", "phone"),
            plain("org_id", "Organization", "org"),
            custom(obj, "Department"),
            custom(obj, "Segment", "enum", "Small", "Large"),
            custom(obj, "Interests", "set", "Data", "Calls", "Letters"),
            custom(obj, "Budget", "monetary"),
            custom(obj, "Score", "double"),
            custom(obj, "Consent", "date"),
        ]
    else:
        found += [plain("address", "Address", "address"), custom(obj, "Domain")]
    return {one.code: one for one in found}
