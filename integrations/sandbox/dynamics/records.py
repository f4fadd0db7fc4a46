"""Creates, changes, reads and deletes single records of the played Dynamics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from integrations.sandbox.crm.store import Row, Store
from integrations.sandbox.dynamics.multipart import Operation, Said
from integrations.sandbox.dynamics.odata import GUID
from integrations.sandbox.dynamics.refusals import (
    DUPLICATE_KEY,
    DUPLICATES_FOUND,
    NO_SUCH_KEY,
    NO_SUCH_PROPERTY,
    PRECONDITION,
    Refusal,
    not_there,
    of_payload,
)
from integrations.sandbox.dynamics.schema import KEY, Spec
from integrations.sandbox.dynamics.values import checked

LOOKUP_NAME = "Microsoft.Dynamics.CRM.lookuplogicalname"


@dataclass(slots=True)
class Setting:
    """What tests may set: how keys are built, and how the organisation deviates.

    `keys` is the state of each table's alternate key, "" for none. `refuses` is what a record is
    answered that has a certain text in it: status, code, words, and how often.
    """

    keys: dict[str, str] = field(default_factory=dict)
    refuses: dict[str, list[Any]] = field(default_factory=dict)
    ignores_prefer: bool = False
    finds_duplicates: bool = False


class Records:
    """The records; `new_id` makes ids."""

    def __init__(self, store: Store, setting: Setting, new_id: Callable[[str], str]) -> None:
        self._store = store
        self._setting = setting
        self._new_id = new_id

    def create(self, spec: Spec, asked: Operation, params: Mapping[str, str]) -> Said:
        """Answer POST: 201 with the record, 204 with its address alone."""
        values = checked(self._store, spec, _body(spec, asked))
        self._refuse_told(values)
        row = self._create(spec, asked, values, self._new_id(spec.name))
        return self._said(spec, row, asked, params, 201)

    def patch(
        self, spec: Spec, key: tuple[str, str], asked: Operation, params: Mapping[str, str]
    ) -> Said:
        """Answer PATCH, which makes what is not there; `key` is field and value, or "" and id."""
        name, value = key
        row = self.find(spec, name, value)
        if row is None and asked.headers.get("if-match"):
            raise not_there(spec.label, value)
        if row is not None and asked.headers.get("if-none-match") == "*":
            raise Refusal(412, PRECONDITION, "A record with matching key values already exists.")
        body = _body(spec, asked)
        if name and name in body:
            raise of_payload(spec.entity_set, f"The key '{name}' is in the address already.")
        values = checked(self._store, spec, body)
        self._refuse_told(values)
        if row is None:
            row = self._create(spec, asked, {**values, **({name: value} if name else {})},
                               self._new_id(spec.name) if name else _guid(value))  # fmt: skip
            return self._said(spec, row, asked, params, 201, key)
        if asked.headers.get("if-match", "*") not in ("*", etag(row)):
            raise Refusal(412, PRECONDITION, "The version of the existing record doesn't match.")
        self._refuse_key_of_other(spec, values, row.id)
        self._store[spec.name].update(row, self._named(values, row.values))
        return self._said(spec, row, asked, params, 200, key)

    def delete(self, spec: Spec, key: tuple[str, str]) -> Said:
        row = self.find(spec, *key)
        if row is None:
            raise not_there(spec.label, key[1])
        self._store[spec.name].delete(row)
        return Said(204)

    def get(
        self, spec: Spec, key: tuple[str, str], asked: Operation, params: Mapping[str, str]
    ) -> Said:
        row = self.find(spec, *key)
        if row is None:
            raise not_there(spec.label, key[1])
        return Said(200, orjson.dumps(shown(spec, row, params, asked.headers.get("prefer", ""))))

    def find(self, spec: Spec, name: str, value: str) -> Row | None:
        """Return a record by id, or by an alternate key that is ready. Raises Refusal."""
        table = self._store[spec.name]
        if not name:
            row = table.rows.get(_guid(value))
            return row if row and not row.is_deleted else None
        if name != KEY or self._setting.keys.get(spec.name, "Active") != "Active":
            raise Refusal(
                400, NO_SUCH_KEY,
                f"The specified key attributes are not a defined key for the {spec.name} entity",
            )  # fmt: skip
        return next(iter(table.find(name, value)), None)

    def _create(self, spec: Spec, asked: Operation, values: dict[str, Any], id_: str) -> Row:
        self._refuse_key_of_other(spec, values, id_)
        suppressed = asked.headers.get("mscrm.suppressduplicatedetection", "true")
        email = values.get("emailaddress1")
        looks = self._setting.finds_duplicates and suppressed == "false" and email
        if looks and self._store[spec.name].find("emailaddress1", email):
            raise Refusal(412, DUPLICATES_FOUND, "A record was not created or updated because a "
                          "duplicate of the current record already exists.")  # fmt: skip
        values = {"statecode": 0, "_ownerid_value": str(UUID(int=7)), **values}
        return self._store[spec.name].create(id_, self._named(values, {}))

    def _named(self, values: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        """Add the full name, which Dynamics puts together itself."""
        if "firstname" in values or "lastname" in values:
            known = {**before, **values}
            parts = (known.get("firstname"), known.get("lastname"))
            values = {**values, "fullname": " ".join(filter(None, parts)) or None}
        return values

    def _refuse_key_of_other(self, spec: Spec, values: Mapping[str, Any], id_: str) -> None:
        if self._setting.keys.get(spec.name, "Active") != "Active" or not values.get(KEY):
            return
        if any(row.id != id_ for row in self._store[spec.name].find(KEY, values[KEY])):
            raise Refusal(
                412, DUPLICATE_KEY,
                "Entity Key Switchboard id violated. A record with the same value for Switchboard "
                "id already exists. A duplicate record cannot be created.",
            )  # fmt: skip

    def _refuse_told(self, values: Mapping[str, Any]) -> None:
        for value in values.values():
            told = self._setting.refuses.get(value) if isinstance(value, str) else None
            if told and told[3:] != [0]:
                told[3:] = [told[3] - 1] if told[3:] else []
                raise Refusal(*told[:3])

    def _said(
        self, spec: Spec, row: Row, asked: Operation, params: Mapping[str, str], status: int,
        key: tuple[str, str] = ("", ""),
    ) -> Said:  # fmt: skip
        prefer = asked.headers.get("prefer", "")
        if "return=representation" in prefer and not self._setting.ignores_prefer:
            headers = {"ETag": etag(row), "Preference-Applied": "return=representation"}
            return Said(status, orjson.dumps(shown(spec, row, params, prefer)), headers)
        name, value = key
        address = f"{name}='{value}'" if name else row.id
        base = "https://contoso.crm.dynamics.com/api/data/v9.2"
        return Said(204, b"", {"OData-EntityId": f"{base}/{spec.entity_set}({address})"})


def shown(spec: Spec, row: Row, params: Mapping[str, str], prefer: str = "") -> dict[str, Any]:
    """Return a record as it is shown, with the id always. Raises Refusal for unknown columns."""
    found: dict[str, Any] = {"@odata.etag": etag(row)}
    for name in (*selected(spec, params), spec.id):
        found[name] = value_of(spec, row, name)
        target = row.values.get(f"{name}@type")
        if target and ("*" in prefer or LOOKUP_NAME in prefer):
            found[f"{name}@{LOOKUP_NAME}"] = target
    return found


def selected(spec: Spec, params: Mapping[str, str]) -> list[str]:
    """Return the columns of $select, all without one. Raises Refusal for unknown ones."""
    wanted = params.get("$select", "").split(",") if params.get("$select") else [*spec.properties]
    for name in wanted:
        if name not in spec.properties:
            raise Refusal(
                400, NO_SUCH_PROPERTY,
                f"Could not find a property named '{name}' on type "
                f"'Microsoft.Dynamics.CRM.{spec.name}'.",
            )  # fmt: skip
    return wanted


def value_of(spec: Spec, row: Row, name: str) -> Any:
    if name == spec.id:
        return row.id
    if name in ("createdon", "modifiedon"):
        return moment(row.created_ms if name == "createdon" else row.modified_ms)
    return row.values.get(name)


def moment(ms: int) -> str:
    """Return milliseconds as Dataverse shows them, to the second."""
    return f"{datetime.fromtimestamp(ms // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def etag(row: Row) -> str:
    return f'W/"{row.modified_ms % 10**9}{row.version}"'


def _guid(text: str) -> str:
    if not GUID.fullmatch(text.lower()):
        raise Refusal(400, NO_SUCH_PROPERTY, f"Bad Request - Error in query syntax: '{text}'.")
    return text.lower()


def _body(spec: Spec, asked: Operation) -> dict[str, Any]:
    try:
        body = orjson.loads(asked.body or b"{}")
    except orjson.JSONDecodeError:
        raise of_payload(spec.entity_set, "The body is no JSON.") from None
    if not isinstance(body, dict):
        raise of_payload(spec.entity_set, "The body is no JSON object.")
    return body
