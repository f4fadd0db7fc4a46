"""What a remote field takes: a value of ours brought into its type, its length and its options."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from crm_sync.connector import Field, Value
from crm_sync.mapping.texts import in_words

Fit = Callable[[Any], Value]

_EMAIL = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\"]+")
_IN_ANGLES = re.compile(r"[^<>]*<([^<>]+)>")
_EMAIL_MOST = 254
_NUMBER_MOST = 10**18
_YES = frozenset(("yes", "y", "true", "1", "on"))
_NO = frozenset(("no", "n", "false", "0", "off"))
_SEPARATORS = re.compile(r"[;,\n]")


class Unfit(ValueError):
    """The value is not what the field takes; the message goes on after "<label> ", for people."""


def fit_for(field: Field, *, cuts: bool = False) -> Fit:
    """Return what brings a value that is not blank into the field; with `cuts` it is shortened.

    Moments become ISO 8601 in UTC, to the second. The result is None where nothing is left of the
    value. Raises Unfit.
    """
    if field.type in ("option", "options"):
        return _options(field, several=field.type == "options")
    convert = _BY_TYPE.get(field.type, text)
    if field.length is None or convert not in (text, email):
        return convert
    return _within(convert, field.length, cuts=cuts and convert is text)


def _within(convert: Fit, length: int, *, cuts: bool) -> Fit:
    def fit(value: Any) -> Value:
        found = convert(value)
        if not isinstance(found, str) or len(found) <= length:
            return found
        if cuts:
            return found[:length].rstrip() or None
        raise Unfit(f"takes {length:,} characters, and ours has {len(found):,}")

    return fit


def text(value: Any) -> str | None:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, dict):
        raise Unfit("takes a text, and ours is an object")
    found = value if isinstance(value, str) else in_words(value)
    return found.replace("\x00", "").strip() or None


def email(value: Any) -> str | None:
    """Return the first address of a text, a list, or an object with one (AR-36)."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("email", "value", "address") if value.get(key)), None)
    if isinstance(value, list | tuple):
        return _first_email(value)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Unfit(f"takes an e-mail address, not {str(value)[:60]!r}")
    found = value.strip()
    if inside := _IN_ANGLES.fullmatch(found):
        found = inside[1].strip()
    if not _EMAIL.fullmatch(found) or len(found) > _EMAIL_MOST:
        raise Unfit(f"takes an e-mail address, not {found[:60]!r}")
    return found


def _first_email(values: Iterable[Any]) -> str | None:
    refused = None
    for one in values:
        try:
            if found := email(one):
                return found
        except Unfit as why:
            refused = refused or why
    if refused:
        raise refused
    return None


def number(value: Any) -> int | float:
    """Return a whole number where it is one, so that 10, 10.0 and "10" are the same."""
    if isinstance(value, bool):
        raise Unfit("takes a number, not yes or no")
    try:
        found = Decimal(value if isinstance(value, int) else str(value).strip())
    except InvalidOperation:
        raise Unfit(f"takes a number, not {str(value)[:60]!r}") from None
    if not found.is_finite() or abs(found) > _NUMBER_MOST:
        raise Unfit("takes a number, and not so large a one")
    return int(found) if found == found.to_integral_value() else float(found)


def truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    found = str(value).strip().casefold()
    if found in _YES or found in _NO:
        return found in _YES
    raise Unfit(f"takes yes or no, not {str(value)[:60]!r}")


def day(value: Any) -> str:
    """Return a day in ISO 8601; a moment's is that of UTC."""
    if isinstance(value, datetime):
        return _in_utc(value).date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    found = str(value).strip()
    try:
        return day(datetime.fromisoformat(found)) if len(found) > 10 else _parsed_day(found)
    except (ValueError, OverflowError):
        raise Unfit(f"takes a day such as 2026-11-30, not {found[:60]!r}") from None


def _parsed_day(found: str) -> str:
    return date.fromisoformat(found).isoformat()


def moment(value: Any) -> str:
    """Return a moment as 2026-11-30T09:05:00Z; without a zone it is taken for UTC."""
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value.strip())
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime.combine(value, time(), UTC)
        return f"{_in_utc(value).replace(tzinfo=None).isoformat(timespec='seconds')}Z"
    except (ValueError, AttributeError, OverflowError):
        raise Unfit(f"takes a date and time, not {str(value)[:60]!r}") from None


def _in_utc(value: datetime) -> datetime:
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def lookup(options: Mapping[str, str]) -> dict[str, str]:
    """Return option values by folded value and label; a value goes before a label."""
    by_label = {label.strip().casefold(): value for value, label in options.items()}
    return {**by_label, **{value.strip().casefold(): value for value in options}}


def _options(field: Field, *, several: bool) -> Fit:
    known = lookup(field.options)

    def one(value: Any) -> str:
        found = str(text(value) or "")
        if not known:  # the CRM does not tell which there are
            return found
        try:
            return known[found.casefold()]
        except KeyError:
            raise Unfit(f"has no value {found[:60]!r}") from None

    def many(value: Any) -> Value:
        parts = value if isinstance(value, list | tuple) else _split(value, known)
        return tuple(dict.fromkeys(one(part) for part in parts if part not in (None, ""))) or None

    return many if several else lambda value: one(value) or None


def _split(value: Any, known: Mapping[str, str]) -> list[str]:
    whole = str(text(value) or "")
    if whole.casefold() in known:
        return [whole]
    between = ";" if ";" in whole else _SEPARATORS.pattern
    return [part.strip() for part in re.split(between, whole) if part.strip()]


_BY_TYPE: dict[str, Fit] = {
    "email": email, "number": number, "money": number, "bool": truth, "date": day,
    "datetime": moment,
}  # fmt: skip
