"""What a record holds, as SOQL compares it and as an answer shows it; and its conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from integrations.sandbox.crm.store import Row

SIGNS = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
TIMES = ("SystemModstamp", "LastModifiedDate", "CreatedDate")

Test = Callable[[Row], bool]


@dataclass(slots=True)
class Condition:
    """A test of a record, and what it compares, so that an index can serve.

    `kind` is a sign, "in", "and" or "or"; the last two have `parts`.
    """

    test: Test
    kind: str
    name: str = ""
    values: Sequence[Any] = ()
    parts: list[Condition] = field(default_factory=list)


def read(row: Row, name: str) -> Any:
    """Return a field as it is compared: times are milliseconds."""
    if name == "Id":
        return row.id
    if name == "IsDeleted":
        return row.is_deleted
    if name in TIMES:
        return row.created_ms if name == "CreatedDate" else row.modified_ms
    if name == "Name" and "LastName" in row.values:
        return " ".join(filter(None, (row.values.get("FirstName"), row.values["LastName"])))
    return row.values.get(name)


def shown(row: Row, name: str) -> Any:
    """Return a field as an answer has it."""
    value = read(row, name)
    return as_time(value) if name in TIMES else value


def as_time(ms: int) -> str:
    at = datetime.fromtimestamp(ms / 1000, UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+0000"


def compared(name: str, sign: str, value: Any) -> Condition:
    """A field beside a value; text is the same whatever its case, ids are not."""
    compare, wanted = SIGNS[sign], _folded(name, value)

    def test(row: Row) -> bool:
        held = _folded(name, read(row, name))
        if held is None or wanted is None:
            return sign in ("=", "!=") and (sign == "=") is (held is wanted)
        return bool(compare(held, wanted))

    return Condition(test, sign, name, [value])


def one_of(name: str, values: Sequence[Any]) -> Condition:
    wanted = {_folded(name, value) for value in values}
    return Condition(lambda row: _folded(name, read(row, name)) in wanted, "in", name, values)


def together(kind: str, parts: list[Condition]) -> Condition:
    """One condition of several: "and" or "or"."""
    if len(parts) == 1:
        return parts[0]
    tests, holds = [part.test for part in parts], all if kind == "and" else any
    return Condition(lambda row: holds(test(row) for test in tests), kind, parts=parts)


def _folded(name: str, value: Any) -> Any:
    return value.lower() if isinstance(value, str) and name != "Id" else value
