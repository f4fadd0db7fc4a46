"""Reads values out of providers' answers, refusing shapes that the contract does not know."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from integrations.errors import ContractBroken
from integrations.provider import Fact, Value

Body = Mapping[str, Any]


def told(said: Iterable[tuple[str, Value]], sure: float) -> list[Fact]:
    """Return a fact, so sure, for each field of which something is said."""
    return [Fact(name, value, sure) for name, value in said if value not in (None, "")]


def whole_of(headers: Mapping[str, str], name: str) -> int | None:
    """Return a header's whole number from 0, None where there is none that can be read."""
    text = headers.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


class Reader:
    """Reads one provider's bodies; a wrong shape is ContractBroken and names the key.

    Null and absent are the same everywhere: "", None or empty.
    """

    __slots__ = ("label",)

    def __init__(self, label: str) -> None:
        self.label = label

    def broken(self, key: str, value: Any) -> ContractBroken:
        """Return the error that names the key and the kind of value, not the value."""
        kind = type(value).__name__
        return ContractBroken(f"{self.label}: {key} has a shape we do not know ({kind})")

    def body(self, value: Any, *one_of: str) -> Body:
        """Return an answer that has to be an object, with `one_of` these keys where some are named.

        An object without them is something else in a good answer's place, perhaps an error.
        """
        if not isinstance(value, dict):
            raise self.broken("the answer", value)
        if one_of and not any(key in value for key in one_of):
            raise ContractBroken(f"{self.label}: the answer has no {' and no '.join(one_of)}")
        return value

    def text(self, body: Body, key: str) -> str:
        """Return a text, trimmed; "" when it is null, absent or blank. Numbers are no text."""
        value = body.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.broken(key, value)
        return value.strip()

    def flag(self, body: Body, key: str) -> bool | None:
        """Return true, false, or None when it is null or absent."""
        value = body.get(key)
        if value is None or isinstance(value, bool):
            return value
        raise self.broken(key, value)

    def whole(self, body: Body, key: str, most: int = 2**63 - 1) -> int | None:
        """Return a whole number 0..most, or None when it is null or absent; 12.0 counts as 12."""
        value = self.number(body, key)
        if value is None:
            return None
        if value != int(value) or not 0 <= value <= most:
            raise self.broken(key, value)
        return int(value)

    def number(self, body: Body, key: str) -> float | None:
        """Return a finite number, or None when it is null or absent."""
        value = body.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.broken(key, value)
        if not math.isfinite(value):
            raise self.broken(key, value)
        return value

    def score(self, body: Body, key: str) -> int | None:
        """Return a score 0..100, or None when it is null or absent."""
        return self.whole(body, key, 100)

    def part(self, body: Body, key: str) -> Body:
        """Return a nested object; empty when it is null or absent."""
        value = body.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.broken(key, value)
        return value

    def parts(self, body: Body, key: str) -> list[Body]:
        """Return a list of objects; empty when it is null or absent."""
        value = body.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.broken(key, value)
        return value

    def texts(self, body: Body, key: str) -> list[str]:
        """Return a list of texts, trimmed, without blanks; empty when it is null or absent.

        One text counts as a list of one.
        """
        value = body.get(key)
        listed = [value] if isinstance(value, str) else value or []
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise self.broken(key, value)
        return [one.strip() for one in listed if one.strip()]
