"""Values on their way to Dataverse and back: its choices are numbers, ours are texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from crm_sync.connector import Api, Field, Value, Values
from crm_sync.connectors.dynamics.describing import known

_NUMBERS = re.compile(r"-?\d{1,10}")
_SEVERAL = re.compile(r"-?\d{1,10}(,-?\d{1,10})*")
# Texts that are often nothing but digits; no need to look them up.
_NO_CHOICES = ("telephone", "mobilephone", "fax", "postalcode")


async def to_remote(api: Api, obj: str, all_values: Iterable[Values]) -> list[dict[str, Any]]:
    """Return values as Dataverse takes them; what may be a choice is looked up in its metadata."""
    listed = [*all_values]
    is_asked = any(_may_be_choice(n, v) for values in listed for n, v in values.items())
    fields = await known(api, obj) if is_asked else {}
    return [{n: _sent(fields.get(n), v) for n, v in values.items()} for values in listed]


def _may_be_choice(name: str, value: Value) -> bool:
    return (
        isinstance(value, str)
        and bool(_NUMBERS.fullmatch(value))
        and not any(part in name for part in _NO_CHOICES)
    )


def _sent(field: Field | None, value: Value) -> Any:
    if isinstance(value, list | tuple):
        return ",".join(map(str, value)) or None
    if field and field.type == "option" and isinstance(value, str) and _NUMBERS.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


async def from_remote(api: Api, obj: str, rows: list[dict[str, Any]]) -> list[dict[str, Value]]:
    """Return what was read as we have it: choices as texts, several of them as a tuple."""
    is_asked = any(_may_be_number(value) for row in rows for value in row.values())
    fields: Mapping[str, Field] = await known(api, obj) if is_asked else {}
    return [{name: _read(fields.get(name), value) for name, value in row.items()} for row in rows]


def _may_be_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, str) and bool(_SEVERAL.fullmatch(value)))


def _read(field: Field | None, value: Any) -> Value:
    if field and value is not None:
        if field.type == "option":
            return str(value)
        if field.type == "options":
            return tuple(str(value).split(","))
    found: Value = int(value) if isinstance(value, float) and value.is_integer() else value
    return found
