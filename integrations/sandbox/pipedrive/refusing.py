"""What the second version refuses of a body: unknown fields, wrong types, what is too long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from integrations.sandbox.pipedrive.answers import Refused, invalid
from integrations.sandbox.pipedrive.fields import LENGTHS, PlayedField

CONTACT_SYNC = ("job_title", "birthday", "notes", "im", "postal_address")


def _text(one: PlayedField, value: Any) -> None:
    if not isinstance(value, str):
        raise invalid(f"{one.code}: string expected", one.code)
    if len(value) > LENGTHS.get(one.kind, 65_000):
        raise invalid(f"{one.code}: longer than {LENGTHS[one.kind]} characters", one.code)


def _number(one: PlayedField, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid(f"{one.code}: number expected", one.code)


def _option(one: PlayedField, value: Any) -> None:
    if value not in one.options:
        raise invalid(f"{one.code}: {value} is not an option", one.code)


def _options(one: PlayedField, value: Any) -> None:
    if not isinstance(value, list) or not value:
        raise invalid(f"{one.code}: a list of options, or null, expected", one.code)
    for each in value:
        _option(one, each)


def _money(one: PlayedField, value: Any) -> None:
    if not isinstance(value, dict) or set(value) != {"value", "currency"}:
        raise invalid(f"{one.code}: value and currency expected", one.code)
    _number(one, value["value"])


CHECKS: Mapping[str, Callable[[PlayedField, Any], None]] = {
    "varchar": _text, "varchar_auto": _text, "text": _text, "phone": _text, "date": _text,
    "double": _number, "enum": _option, "set": _options, "monetary": _money, "user": _number,
    "org": _number, "people": _number,
}  # fmt: skip


def check_body(fields: Mapping[str, PlayedField], body: Any, *, is_new: bool) -> None:
    """Refuse a body that Pipedrive would: unknown fields, texts as numbers, too long, no name."""
    if not isinstance(body, dict):
        raise invalid("object expected")
    if is_new and not body.get("name"):
        raise invalid("name is required", "name")
    for name, value in body.items():
        if name == "custom_fields":
            for code, given in value.items():
                _check(fields, code, given, is_custom=True)
        else:
            _check(fields, name, value, is_custom=False)


def _check(fields: Mapping[str, PlayedField], name: str, value: Any, *, is_custom: bool) -> None:
    if name in CONTACT_SYNC:
        raise Refused(403, f"{name} needs contact sync", code="feature_not_enabled")
    one = fields.get(name)
    if one is None or one.is_custom != is_custom:
        raise invalid(f"{name} is not allowed", name)
    if not one.is_writable:
        raise invalid(f"{name} is read-only", name)
    if name in ("emails", "phones"):
        _check_entries(name, value)
    elif name == "address":
        _check_address(value)
    elif name == "name" and not value:
        raise invalid("name is required", "name")
    elif value is not None and one.kind in CHECKS:
        CHECKS[one.kind](one, value)


def _check_entries(name: str, value: Any) -> None:
    if not isinstance(value, list) or len(value) > 50:
        raise invalid(f"{name}: a list expected", name)
    for each in value:
        if not isinstance(each, dict) or not isinstance(each.get("value"), str):
            raise invalid(f"{name}: an entry needs a value", name)
        if not isinstance(each.get("primary", False), bool) or len(each["value"]) > 255:
            raise invalid(f"{name}: an entry is not as it should be", name)


def _check_address(value: Any) -> None:
    if value is not None and (not isinstance(value, dict) or not value.get("value")):
        raise invalid("address: value is required", "address")
