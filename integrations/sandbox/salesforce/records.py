"""The records of the played Salesforce: what may be written, and how one is found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from integrations.sandbox.crm.store import Row, Store, Table
from integrations.sandbox.salesforce.faults import (
    Fault,
    Refusal,
    deleted,
    like_others,
    locked,
    no_column,
    not_found,
    unknown,
)
from integrations.sandbox.salesforce.metadata import KEY, Fields, objects

INDEXED = {"Contact": (KEY, "Email", "AccountId"), "Account": (KEY, "Name", "Website")}
PREFIXES = {"Contact": "003", "Account": "001"}
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MAIL = re.compile(r"[^@\s,]+@[^@\s,]+\.[^@\s,]+")
NUMBERS = ("double", "int", "currency")


class Seconds(Store):
    """Records whose times are whole seconds, as Salesforce's are."""

    def now(self) -> int:
        return super().now() // 1000 * 1000


class Records:
    """Contacts and accounts, and the rules by which they are written.

    `locks` of the next writes find their record locked; with `finds_duplicates` a new contact
    needs an e-mail address of its own; `rights` are (object, right): false.
    """

    def __init__(self) -> None:
        self.store = Seconds(INDEXED)
        self.fields: dict[str, Fields] = objects()
        self.rights: dict[str, dict[str, bool]] = {name: {} for name in INDEXED}
        self.purged: set[str] = set()
        self.locks = 0
        self.finds_duplicates = False

    def table(self, obj: str) -> Table:
        """Return the records of an object. Raises Refusal."""
        if obj not in self.fields:
            raise not_found()
        return self.store[obj]

    def new_id(self, obj: str) -> str:
        """Return an id of 18 letters that sorts after all before it."""
        number, text = self.store.next_id(), ""
        while number:
            number, digit = divmod(number, 62)
            text = DIGITS[digit] + text
        short = PREFIXES[obj] + "Qx" + text.rjust(10, "0")
        return short + "".join(_capitals(short[at : at + 5]) for at in (0, 5, 10))

    def external(self, obj: str, by: str) -> None:
        """Refuse to look for records by what is no external id. Raises Refusal."""
        self.table(obj)
        if not self.fields[obj].get(by, {}).get("externalId"):
            words = f"Provided external ID field does not exist or is not accessible: {by}"
            raise Refusal(404, "NOT_FOUND", words)

    def purge(self, obj: str, id_: str) -> None:
        """Delete a record and empty the recycle bin, so that no query tells of it any more."""
        row = self.store[obj].rows[id_]
        if not row.is_deleted:
            self.store[obj].delete(row)
        self.purged.add(id_)

    def check_shape(self, obj: str, values: Mapping[str, Any]) -> None:
        """Refuse the whole request for a field that is not there, or a value that is no such one.

        Raises Refusal.
        """
        for name, value in values.items():
            field = self.fields[obj].get(name)
            if field is None:
                raise no_column(name, obj)
            if not _fits(field["type"], value):
                raise Refusal(
                    400,
                    "JSON_PARSER_ERROR",
                    f"Cannot deserialize instance of {field['type']} from value {value!s:.40} or "
                    "request may be missing a required field at [line:1, column:1]",
                )

    def upsert(self, obj: str, by: str, value: str, values: Mapping[str, Any]) -> tuple[Row, bool]:
        """Write by an external id; return the record and whether it is new. Raises Fault."""
        found = self.store[obj].find(by, value)
        if len(found) > 1:
            ids = ", ".join(row.id for row in found)
            raise Fault(
                "DUPLICATE_EXTERNAL_ID",
                f"{by}: more than one record found for external id field: [{ids}]",
                by,
            )
        if found:
            return self.update(obj, found[0].id, values), False
        return self.create(obj, {**values, by: value}), True

    def create(self, obj: str, values: Mapping[str, Any]) -> Row:
        """Raises Fault."""
        self._may(obj, "createable")
        kept = self._checked(obj, values, "")
        needed = [
            name
            for name, field in self.fields[obj].items()
            if not field["nillable"] and not field["defaultedOnCreate"] and field["createable"]
        ]
        if missing := [name for name in needed if kept.get(name) is None]:
            words = f"Required fields are missing: [{', '.join(missing)}]"
            raise Fault("REQUIRED_FIELD_MISSING", words, *missing)
        email = kept.get("Email") if self.finds_duplicates else None
        if email and self.store[obj].find("Email", email):
            raise like_others()
        return self.store[obj].create(self.new_id(obj), kept)

    def update(self, obj: str, id_: str, values: Mapping[str, Any]) -> Row:
        """Raises Fault."""
        self._may(obj, "updateable")
        row = self.living(obj, id_)
        kept = self._checked(obj, values, row.id)
        for name, value in kept.items():
            if value is None and not self.fields[obj][name]["nillable"]:
                words = f"Required fields are missing: [{name}]"
                raise Fault("REQUIRED_FIELD_MISSING", words, name)
        self.store[obj].update(row, kept)
        return row

    def delete(self, obj: str, id_: str) -> None:
        """Raises Fault."""
        self._may(obj, "deletable")
        self.store[obj].delete(self.living(obj, id_))

    def living(self, obj: str, id_: str) -> Row:
        """Return a record that is there. Raises Fault."""
        row = self.store[obj].rows.get(id_)
        if row is None:
            raise unknown()
        if row.is_deleted:
            raise deleted()
        return row

    def _may(self, obj: str, right: str) -> None:
        if self.locks > 0:
            self.locks -= 1
            raise locked()
        if not self.rights[obj].get(right, True):
            words = f"entity type cannot be {right.replace('able', 'ed')}: {obj}"
            raise Fault("INSUFFICIENT_ACCESS_OR_READONLY", words)

    def _checked(self, obj: str, values: Mapping[str, Any], own_id: str) -> dict[str, Any]:
        """Return values as they are kept. Raises Fault for the first that is not."""
        kept = {}
        for name, value in values.items():
            field = self.fields[obj][name]
            if not (field["updateable"] if own_id else field["createable"]):
                words = (
                    f"Unable to create/update fields: {name}. Please check the security settings "
                    "of this field and verify that it is read/write for your profile or "
                    "permission set."
                )
                raise Fault("INVALID_FIELD_FOR_INSERT_UPDATE", words, name)
            kept[name] = None if value == "" else value
            if kept[name] is not None:
                self._check(obj, field, kept[name], own_id)
        return kept

    def _check(self, obj: str, field: Mapping[str, Any], value: Any, own_id: str) -> None:
        name, label = field["name"], field["label"]
        if isinstance(value, str) and 0 < field["length"] < len(value):
            words = f"{label}: data value too large: {value} (max length={field['length']})"
            raise Fault("STRING_TOO_LONG", words, name)
        if field["type"] == "email" and not MAIL.fullmatch(value):
            words = f"{label}: invalid email address: {value}"
            raise Fault("INVALID_EMAIL_ADDRESS", words, name)
        options = [each["value"] for each in field["picklistValues"]]
        if field["restrictedPicklist"] and value not in options:
            words = f"{label}: bad value for restricted picklist field: {value}"
            raise Fault("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", words, name)
        if field["type"] == "reference" and value not in self.store["Account"].rows:
            raise Fault("MALFORMED_ID", f"{label}: id value of incorrect type: {value}", name)
        if field["type"] == "reference" and self.store["Account"].rows[value].is_deleted:
            raise deleted(name)
        if field["unique"]:
            others = [row for row in self.store[obj].find(name, value) if row.id != own_id]
            if others:
                words = f"{name} duplicates value on record with id: {others[0].id}"
                raise Fault("DUPLICATE_VALUE", f"duplicate value found: {words}")


def _fits(kind: str, value: Any) -> bool:
    """Tell whether JSON of this type can be read into a field, as a parser judges."""
    if value is None:
        return True
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "date":
        try:
            return bool(date.fromisoformat(value))
        except (TypeError, ValueError):
            return False
    return isinstance(value, str)


def _capitals(five: str) -> str:
    """Return the letter that says which of five are capitals, so that case may get lost."""
    return (DIGITS[10:36] + DIGITS[:6])[
        sum(1 << at for at, letter in enumerate(five) if letter.isupper())
    ]
