"""Reads values out of Twilio's answers, refusing shapes that the contract does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.errors import ContractBroken

Body = Mapping[str, Any]


def broken(key: str, value: Any) -> ContractBroken:
    """Return the error that names the key and the kind of value, not the value."""
    return ContractBroken(f"Twilio: {key} has a shape we do not know ({type(value).__name__})")


def text(body: Body, key: str) -> str:
    """Return a text, trimmed; "" when it is null, absent or blank."""
    value = body.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise broken(key, value)
    return value.strip()


def flag(body: Body, key: str) -> bool | None:
    """Return true, false, or None when it is null or absent."""
    value = body.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise broken(key, value)


def score(body: Body, key: str) -> int | None:
    """Return a score 0..100, or None when it is null or absent."""
    value = body.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
        raise broken(key, value)
    return value


def part(body: Body, key: str) -> Body:
    """Return a nested object; empty when it is null or absent."""
    value = body.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise broken(key, value)
    return value
