"""As much of SOQL as a sync asks: one object, conditions, an order, a limit, groups that repeat."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from integrations.sandbox.crm.store import Row
from integrations.sandbox.salesforce.conditions import (
    SIGNS,
    TIMES,
    Condition,
    compared,
    one_of,
    read,
    shown,
    together,
)
from integrations.sandbox.salesforce.faults import Refusal, malformed
from integrations.sandbox.salesforce.records import INDEXED, Records

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z)|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<word>[A-Za-z_][\w.]*)|(?P<sign><=|>=|!=|[=<>(),]))"
)
ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
WORDS = {"null": None, "true": True, "false": False}
CHUNK = 2_000


class Soql:
    """One query, read and answered. Raises Refusal."""

    def __init__(self, text: str, records: Records) -> None:
        self._records = records
        self._tokens = list(_tokens(text))
        self._at = 0
        self._take("select")
        self.fields = self._list()
        self._take("from")
        self.obj = self._next()[1]
        self._table = records.table(self.obj)
        self.where = self._either() if self._has("where") else None
        self.repeats_by = self._groups() if self._has("group") else ""
        self.order = self._list() if self._has("order") and self._take("by") else []
        self.limit = int(self._next()[1]) if self._has("limit") else None
        for name in () if self.repeats_by else (*self.fields, *self.order):
            self._known(name)

    def answer(self, *, with_deleted: bool) -> list[dict[str, Any]]:
        """Return the records as an answer has them."""
        rows = self._rows(with_deleted)
        if self.repeats_by:
            times = Counter(read(row, self.repeats_by) for row in rows)
            found = [(value, count) for value, count in times.items() if count > 1]
            return [
                {"attributes": {"type": "AggregateResult"}, self.repeats_by: value, "expr0": count}
                for value, count in islice(found, self.limit)
            ]
        return [
            {"attributes": {"type": self.obj}, **{name: shown(row, name) for name in self.fields}}
            for row in islice(rows, self.limit)
        ]

    def _rows(self, with_deleted: bool) -> Iterable[Row]:
        purged = self._records.purged
        rows = (row for row in self._candidates(with_deleted) if row.id not in purged)
        if not with_deleted:
            rows = (row for row in rows if not row.is_deleted)
        if self.where:
            rows = (row for row in rows if self.where.test(row))
        if not self.order or self.order == ["SystemModstamp", "Id"]:
            return rows
        return sorted(rows, key=lambda row: [read(row, name) or "" for name in self.order])

    def _candidates(self, with_deleted: bool) -> Iterator[Row]:
        """Return the rows that may fit in the order of change, by an index where one serves."""
        ms, after = 0, ""
        for part in self._needed():
            if (rows := self._indexed(part, with_deleted)) is not None:
                return iter(sorted(rows.values(), key=lambda row: (row.modified_ms, row.id)))
            if (part.kind, part.name) == (">=", "SystemModstamp"):
                ms = part.values[0]
            if [(each.kind, each.name) for each in part.parts] == [(">", TIMES[0]), (">", "Id")]:
                after = part.parts[1].values[0]
        return self._since(ms, after)

    def _indexed(self, part: Condition, with_deleted: bool) -> dict[str, Row] | None:
        parts = part.parts if part.kind == "or" else [part]
        found: dict[str, Row] = {}
        for each in parts:
            if each.kind not in ("=", "in"):
                return None
            if each.name == "Id":
                rows = [self._table.rows[id_] for id_ in each.values if id_ in self._table.rows]
            elif each.name in INDEXED[self.obj] and not with_deleted and None not in each.values:
                rows = [row for value in each.values for row in self._table.find(each.name, value)]
            else:
                return None
            found.update((row.id, row) for row in rows)
        return found

    def _since(self, ms: int, after: str) -> Iterator[Row]:
        while rows := self._table.since(ms, after, limit=CHUNK):
            yield from rows
            ms, after = rows[-1].modified_ms, rows[-1].id

    def _needed(self) -> list[Condition]:
        if self.where is None:
            return []
        return self.where.parts if self.where.kind == "and" else [self.where]

    # Reading

    def _either(self) -> Condition:
        parts = [self._both()]
        while self._has("or"):
            parts.append(self._both())
        return together("or", parts)

    def _both(self) -> Condition:
        parts = [self._one()]
        while self._has("and"):
            parts.append(self._one())
        return together("and", parts)

    def _one(self) -> Condition:
        if self._has("("):
            found = self._either()
            self._take(")")
            return found
        name = self._known(self._next()[1])
        described = self._records.fields[self.obj][name]
        if described["length"] > 4000:
            raise malformed(f"field '{name}' can not be filtered in a query call", "INVALID_FIELD")
        if self._has("in"):
            self._take("(")
            values = [self._value()]
            while self._has(","):
                values.append(self._value())
            self._take(")")
            return one_of(name, values)
        sign = self._next()[1]
        if sign not in SIGNS:
            raise malformed(f"unexpected token: '{sign}'")
        return compared(name, sign, self._value())

    def _value(self) -> Any:
        kind, text = self._next()
        if kind == "text":
            return re.sub(r"\\(.)", lambda m: ESCAPED.get(m[1], m[1]), text[1:-1], flags=re.DOTALL)
        if kind == "time":
            return int(datetime.fromisoformat(text).timestamp() * 1000)
        if kind == "number":
            return float(text)
        if text.lower() in WORDS:
            return WORDS[text.lower()]
        raise malformed(f"unexpected token: '{text}'")

    def _groups(self) -> str:
        """Read `by f having count(Id) > 1`, the one question of this kind."""
        self._take("by")
        name = self._known(self._next()[1])
        for word in ("having", "count", "(", "id", ")", ">", "1"):
            self._take(word)
        return name

    def _list(self) -> list[str]:
        names = [self._name()]
        while self._has(","):
            names.append(self._name())
        if len(set(names)) < len(names):
            raise malformed("duplicate field selected")
        return names

    def _name(self) -> str:
        name = self._next()[1]
        if self._has("("):
            self._next()
            self._take(")")
        return name

    def _known(self, name: str) -> str:
        if name not in self._records.fields[self.obj]:
            words = f"No such column '{name}' on entity '{self.obj}'."
            raise Refusal(400, "INVALID_FIELD", words)
        return name

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise malformed("unexpected token: '<EOF>'")
        self._at += 1
        return self._tokens[self._at - 1]

    def _has(self, word: str) -> bool:
        there = self._at < len(self._tokens) and self._tokens[self._at][1].lower() == word
        self._at += there
        return there

    def _take(self, word: str) -> bool:
        if not self._has(word):
            raise malformed(f"expecting '{word}'")
        return True


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text.rstrip()):
        found = TOKEN.match(text, at)
        if found is None:
            raise malformed(f"unexpected char: '{text[at:].strip()[:1]}'")
        assert found.lastgroup is not None
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()
