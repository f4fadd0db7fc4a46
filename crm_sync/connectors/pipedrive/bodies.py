"""What is sent to Pipedrive for a write: our values in its shapes, and what others keep there.

Of e-mails and phones only the primary entry is ours, and the parts of an address are cleared where
they are not sent; so both can be written only by who has read what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from crm_sync.connector import Field, Type, Value, Values, Write
from crm_sync.connectors.pipedrive.fields import ADDRESS, LISTS, Schema
from crm_sync.connectors.pipedrive.values import (
    Record,
    held,
    is_address,
    key_of,
    part_of,
    primary,
)


class BadValue(ValueError):
    """A value that a field cannot take, found before it was sent."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


def body_of(schema: Schema, write: Write, there: Record | None, currency: str) -> dict[str, Any]:
    """Return what to send for a write; `there` is the record as it is, where that matters.

    `currency` is that of an amount that had none. Raises BadValue.
    """
    there = there or {}
    is_ours = key_of(schema, there) == write.key
    body: dict[str, Any] = {}
    custom: dict[str, Any] = {schema.key: write.key}
    for name, value in write.values.items():
        field = schema.fields.get(name)
        if name in LISTS:
            entries = there.get(LISTS[name]) or ()
            body[LISTS[name]] = with_primary(entries, value, keeps_old=not is_ours)
        elif field is None:
            body[name] = value
        elif not is_address(name):
            place = custom if name in schema.custom else body
            place[name] = _shaped(field, value)
            if field.type == "money" and place[name] is not None:
                before = held(schema, there, name) or {}
                place[name] = {"value": place[name], "currency": before.get("currency", currency)}
    if any(map(is_address, write.values)):
        body["address"] = _address(write.values, there.get("address") or {})
    return {**body, "custom_fields": custom}


def needs_record(schema: Schema, values: Values) -> bool:
    """Tell whether these values can be written only by who knows what is there."""
    return any(
        name in LISTS
        or is_address(name)
        or (name in schema.fields and schema.fields[name].type == "money")
        for name in values
    )


def with_primary(
    entries: Sequence[Mapping[str, Any]], value: Value, *, keeps_old: bool
) -> list[dict[str, Any]]:
    """Return a list of entries whose primary one is `value`, without it for None.

    Everybody else's stay, and so does the old primary one where it is not known to be ours.
    """
    old = primary(entries)
    others = [{**each, "primary": False} for each in entries if each is not old]
    if value in (None, ""):
        return others
    same = next((each for each in entries if _folded(each.get("value")) == _folded(value)), None)
    if same is not None:
        rest = [{**each, "primary": False} for each in entries if each is not same]
        return [{**same, "value": value, "primary": True}, *rest]
    first = {"value": value, "primary": True, "label": (old or {}).get("label") or "work"}
    if old is not None and keeps_old:
        others.insert(0, {**old, "primary": False})
    return [first, *others]


def _address(values: Values, there: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the whole address; its text, which it must have, is made of parts if need be."""
    whole = {name: value for name, value in there.items() if value is not None}
    whole.update({part_of(name): value for name, value in values.items() if is_address(name)})
    if "address" not in values:
        whole["value"] = ", ".join(str(whole[part]) for part in ADDRESS if whole.get(part))
    return whole if whole.get("value") else None


def _shaped(field: Field, value: Value) -> Any:
    shape = SHAPES.get(field.type)
    if value is None or (shape and value in ("", [], ())):
        return None
    try:
        return shape(value) if shape else value
    except ValueError:
        kind = "a number" if field.type in ("number", "money") else "the id of an option or record"
        raise BadValue(field.name, f"{field.label} takes {kind}, not {value!r}") from None


def _number(value: Any) -> int | float:
    found = value if isinstance(value, int | float) else float(value)
    return int(found) if isinstance(found, float) and found.is_integer() else found


def _option(value: Any) -> int | str:
    """Options of custom fields have numbers; those of built-in fields may be words."""
    text = str(value).strip()
    return int(text) if text.isdecimal() else text


def _options(value: Any) -> list[int | str]:
    given = value if isinstance(value, list | tuple) else str(value).split(",")
    return [_option(each) for each in given]


def _folded(value: object) -> str:
    return str(value).strip().casefold()


SHAPES: Mapping[Type, Callable[[Any], Any]] = {
    "number": _number, "money": _number, "option": _option, "options": _options,
    "reference": lambda value: int(str(value)),
}  # fmt: skip
