"""What the played Dynamics takes as a record's values, and what it refuses as Dataverse does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.sandbox.crm.store import Store
from integrations.sandbox.dynamics.odata import reference
from integrations.sandbox.dynamics.refusals import (
    BAD_CHOICE,
    OUT_OF_RANGE,
    TOO_LONG,
    Refusal,
    not_there,
    of_payload,
)
from integrations.sandbox.dynamics.schema import SPECS, Column, Spec

MOST_WHOLE = 2_147_483_647
BIND = "@odata.bind"


def checked(store: Store, spec: Spec, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body as it is stored. Columns that nobody writes are left out, silently.

    Raises Refusal.
    """
    found: dict[str, Any] = {}
    for name, value in body.items():
        if name.endswith(BIND):
            found.update(bound(store, spec, name.removesuffix(BIND), value))
        elif "@" not in name:
            column = spec.columns.get(name)
            if column is None or column.targets:
                raise of_payload(spec.entity_set, no_property(spec, name))
            if column.is_written:
                found[name] = converted(spec, column, value)
    return found


def bound(store: Store, spec: Spec, navigation: str, value: Any) -> dict[str, Any]:
    """Return what a lookup becomes that is bound to a record. Raises Refusal."""
    for column in spec.columns.values():
        target = SPECS.get(column.targets.get(navigation, ""))
        if target is None:
            continue
        entity_set, id_ = reference(str(value))
        row = store[target.name].rows.get(id_)
        if entity_set != target.entity_set:
            raise of_payload(spec.entity_set, f"The value '{value}' is no {target.name}.")
        if row is None or row.is_deleted:
            raise not_there(target.label, id_)
        return {column.property: id_, f"{column.property}@type": target.name}
    raise of_payload(spec.entity_set, no_property(spec, navigation))


def no_property(spec: Spec, name: str) -> str:
    return (
        f"The property '{name}' does not exist on type 'Microsoft.Dynamics.CRM.{spec.name}'. Make "
        "sure to only use property names that are defined by the type."
    )


def converted(spec: Spec, column: Column, value: Any) -> Any:
    """Return a value as it is stored. Raises Refusal."""
    if value is None or value == "":
        return None
    if column.kind in ("String", "Memo"):
        return short_enough(spec, column, value)
    if column.kind in ("Picklist", "State", "Status", "Integer"):
        return whole(spec, column, value)
    if column.kind == "MultiSelectPicklist":
        return several(spec, column, value)
    wanted = {"Boolean": bool, "DateTime": str, "Decimal": (int, float), "Money": (int, float)}
    kind: Any = wanted[column.kind]
    if not isinstance(value, kind) or (column.kind != "Boolean" and isinstance(value, bool)):
        raise of_payload(spec.entity_set, mistyped(value, column.kind))
    return value


def short_enough(spec: Spec, column: Column, value: Any) -> str:
    if not isinstance(value, str):
        raise of_payload(spec.entity_set, mistyped(value, "String"))
    if len(value) > column.length:
        raise Refusal(
            400, TOO_LONG,
            f"A validation error occurred. The length of the '{column.name}' attribute of the "
            f"'{spec.name}' entity exceeded the maximum allowed length of '{column.length}'.",
        )  # fmt: skip
    return value


def whole(spec: Spec, column: Column, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise of_payload(spec.entity_set, mistyped(value, "Int32"))
    if column.options and value not in column.options:
        accepted = ",".join(map(str, column.options))
        raise Refusal(
            400, BAD_CHOICE,
            f"A validation error occurred. The value {value} of '{column.name}' on record of type "
            f"'{spec.name}' is outside the valid range. Accepted Values: {accepted}",
        )  # fmt: skip
    if abs(value) > MOST_WHOLE:
        raise Refusal(
            400, OUT_OF_RANGE,
            f"A validation error occurred. The value of '{column.name}' on record of type "
            f"'{spec.name}' is outside the valid range.",
        )  # fmt: skip
    return value


def several(spec: Spec, column: Column, value: Any) -> str:
    if not isinstance(value, str):
        raise of_payload(spec.entity_set, mistyped(value, "String"))
    for each in value.split(","):
        whole(spec, column, int(each) if each.isdigit() else each)
    return value


def mistyped(value: Any, kind: str) -> str:
    return f"Cannot convert the literal '{value}' to the expected type 'Edm.{kind}'."
