"""Reads single values out of a referral: what is not as documented is as if it were not there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

LARGEST = Decimal(10) ** 15


def at(body: Any, *path: str) -> Any:
    """Return what stands at a path of keys, None where anything on the way is missing.

    The documentation writes keys in two ways ("eTag", "ETag"): their case is ignored.
    """
    for key in path:
        if not isinstance(body, Mapping):
            return None
        if key in body:
            body = body[key]
        else:
            body = next((value for name, value in body.items() if _is(name, key)), None)
    return body


def text(body: Any, *path: str, limit: int = 255) -> str:
    """Return a text in one line, "" for anything that is none; numbers are written out."""
    found = at(body, *path)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    return " ".join(str(found).replace("\0", "").split())[:limit]


def lines(body: Any, *path: str, limit: int = 5000) -> str:
    """Return a text with its lines, "" for anything that is none."""
    found = at(body, *path)
    return found.replace("\0", "").strip()[:limit] if isinstance(found, str) else ""


def flag(body: Any, *path: str) -> bool | None:
    """Return yes or no, None where it is not told; also where it is told as a text."""
    found = at(body, *path)
    if isinstance(found, str):
        return {"true": True, "false": False}.get(found.strip().lower())
    return found if isinstance(found, bool) else None


def moment(body: Any, *path: str) -> datetime | None:
    """Return a time in UTC; None for none, and for .NET's way of saying so, the year 1."""
    found = at(body, *path)
    if not isinstance(found, str):
        return None
    try:
        read = datetime.fromisoformat(found.strip())
        read = read.replace(tzinfo=read.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return read if read.year > 1900 else None


def amount(body: Any, *path: str) -> Decimal | None:
    """Return a sum of money with two decimals, None for what is none."""
    found = at(body, *path)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return None
    try:
        read = Decimal(str(found).strip())
    except InvalidOperation:
        return None
    fits = read.is_finite() and abs(read) < LARGEST
    return read.quantize(Decimal("0.01")) if fits else None


def rows(body: Any, *path: str) -> list[Mapping[str, Any]]:
    """Return the objects of a list; an object alone is a list of one."""
    found = at(body, *path)
    if isinstance(found, Mapping):
        return [found]
    if not isinstance(found, list):
        return []
    return [one for one in found if isinstance(one, Mapping)]


def clean(value: Any) -> Any:
    """Return JSON without NULs, which PostgreSQL keeps in no text."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, Mapping):
        return {clean(key): clean(one) for key, one in value.items()}
    return [clean(one) for one in value] if isinstance(value, list) else value


def _is(name: Any, key: str) -> bool:
    return isinstance(name, str) and name.lower() == key.lower()
