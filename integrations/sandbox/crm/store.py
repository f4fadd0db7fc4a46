"""The records of a CRM that the sandbox plays, with a clock of its own and nothing hidden."""

from __future__ import annotations

import bisect
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.sandbox.faults import FAILED, REFUSED, THROTTLED

Undo = Callable[[], None]


@dataclass(slots=True)
class Row:
    """A record; times are milliseconds since 1970 by the CRM's clock."""

    id: str
    values: dict[str, Any]
    created_ms: int
    modified_ms: int
    is_deleted: bool = False
    relations: dict[str, str] = field(default_factory=dict)
    version: int = 1


class Table:
    """The records of one object. `keys` are fields that can be looked up by; unique or not."""

    def __init__(self, store: Store, keys: Iterable[str]) -> None:
        self.rows: dict[str, Row] = {}
        self._store = store
        self._by: dict[str, dict[str, list[str]]] = {key: {} for key in keys}
        self._order: list[tuple[int, str]] = []

    def find(self, key: str, value: object) -> list[Row]:
        """Return the living records with this value (case is ignored), oldest first."""
        ids = self._by[key].get(_folded(value), [])
        return [self.rows[id_] for id_ in ids if not self.rows[id_].is_deleted]

    def living(self) -> list[Row]:
        return [row for row in self.rows.values() if not row.is_deleted]

    def create(self, id_: str, values: Mapping[str, Any]) -> Row:
        now = self._store.now()
        row = Row(id_, dict(values), now, now)
        self._put(row)
        self._store.did("created", lambda: self._drop(row))
        return row

    def update(self, row: Row, values: Mapping[str, Any]) -> bool:
        """Change a record; tell whether anything did. Written as it was, it counts as "same"."""
        before = {name: row.values.get(name) for name in values}
        if before == dict(values):
            self._store.did("same")
            return False
        self._change(row, values, self._store.now())
        was, version = row.modified_ms, row.version
        self._store.did("updated", lambda: self._change(row, before, was, version))
        return True

    def delete(self, row: Row) -> None:
        was = row.modified_ms
        row.is_deleted = True
        self._touch(row, self._store.now())

        def undo() -> None:
            row.is_deleted = False
            self._touch(row, was)

        self._store.did("deleted", undo)

    def since(self, ms: int, after_id: str = "", *, limit: int) -> list[Row]:
        """Return what was changed at `ms` (with an id above `after_id`) or later, in that order."""
        start = bisect.bisect_right(self._order, (ms, after_id))
        return [self.rows[id_] for _, id_ in self._order[start : start + limit]]

    def _change(
        self, row: Row, values: Mapping[str, Any], ms: int, version: int | None = None
    ) -> None:
        self._index(row, remove=True)
        row.values.update(values)
        self._index(row)
        row.version = row.version + 1 if version is None else version
        self._touch(row, ms)

    def _touch(self, row: Row, ms: int) -> None:
        at = bisect.bisect_left(self._order, (row.modified_ms, row.id))
        if at < len(self._order) and self._order[at] == (row.modified_ms, row.id):
            del self._order[at]
        row.modified_ms = ms
        bisect.insort(self._order, (ms, row.id))

    def _put(self, row: Row) -> None:
        self.rows[row.id] = row
        self._index(row)
        bisect.insort(self._order, (row.modified_ms, row.id))

    def _drop(self, row: Row) -> None:
        self._index(row, remove=True)
        self._order.remove((row.modified_ms, row.id))
        del self.rows[row.id]

    def _index(self, row: Row, *, remove: bool = False) -> None:
        for key, by in self._by.items():
            value = row.values.get(key)
            for each in value if isinstance(value, list) else [value]:
                if each in (None, ""):
                    continue
                ids = by.setdefault(_folded(each), [])
                if remove:
                    ids.remove(row.id)
                else:
                    ids.append(row.id)


class Store:
    """The tables of one CRM. What a request does is undone where its fault says that it was not.

    `skew_ms` is how far the CRM's clock is off; `counts` are writes by what they did.
    """

    def __init__(self, tables: Mapping[str, Iterable[str]]) -> None:
        self.tables = {name: Table(self, keys) for name, keys in tables.items()}
        self.counts: Counter[str] = Counter()
        self.skew_ms = 0
        self.stands_at: int | None = None
        self._log: list[tuple[str, Undo | None]] = []
        self._next = 0

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]

    def now(self) -> int:
        """Return the CRM's time; while it `stands_at` one, all records bear the same."""
        if self.stands_at is not None:
            return self.stands_at
        return int(time.time() * 1000) + self.skew_ms

    def next_id(self) -> int:
        self._next += 1
        return self._next

    def did(self, what: str, undo: Undo | None = None) -> None:
        self._log.append((what, undo))

    def begin(self) -> None:
        """Begin a request: what it does belongs together."""
        self._log = []

    def end(self, outcome: int) -> None:
        """Keep what the request did, also where its answer is lost; else undo it (Answer.after)."""
        log, self._log = self._log, []
        if outcome in (THROTTLED, FAILED):
            for _, undo in reversed(log):
                if undo:
                    undo()
        elif outcome != REFUSED or log:
            self.counts.update(what for what, _ in log)


def _folded(value: object) -> str:
    return str(value).strip().lower()
