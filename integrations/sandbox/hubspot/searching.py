"""The played HubSpot's search: filters, one order, ten thousand at most, an index that comes late.

A search from a time on, and one for a value that is looked up by, cost the records they look at;
every other one goes through all. `total` is counted to 10,001.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from integrations.sandbox.crm.store import Row
from integrations.sandbox.hubspot.records import KEYS, MODIFIED, Records, iso
from integrations.sandbox.hubspot.refusals import Refused

LARGEST_PAGE = 200
MOST = 10_000
MOST_GROUPS, MOST_FILTERS = 5, 6
STEP = 512
Filter = Mapping[str, Any]


class Search:
    """One search of one object. Raises Refused for a body that HubSpot would not take."""

    def __init__(self, records: Records, obj: str, body: Mapping[str, Any], lag_ms: int) -> None:
        self.records = records
        self.obj = obj
        self.names = list(body.get("properties") or ())
        self.limit = int(body.get("limit") or 10)
        self.after = int(body.get("after") or 0)
        self.groups = [list(group["filters"]) for group in body.get("filterGroups") or ()]
        self.sorts = list(body.get("sorts") or ())
        self.indexed_ms = records.store.now() - lag_ms
        self._refuse()
        self._passes = [[self._passing(one) for one in group] for group in self.groups]

    def _refuse(self) -> None:
        known = self.records.properties.of[self.obj]
        filters = [one for group in self.groups for one in group]
        wrong = [one["propertyName"] for one in filters if one["propertyName"] not in known]
        if wrong:
            raise Refused(400, "VALIDATION_ERROR", f"There was a problem with the request: {wrong}")
        if len(self.groups) > MOST_GROUPS or any(len(g) > MOST_FILTERS for g in self.groups):
            raise Refused(400, "VALIDATION_ERROR", "too many filters")
        if len(self.sorts) > 1:
            raise Refused(400, "VALIDATION_ERROR", "only one sort is allowed")
        if not 0 < self.limit <= LARGEST_PAGE:
            raise Refused(400, "VALIDATION_ERROR", f"limit must be 1 to {LARGEST_PAGE}")
        if self.after + self.limit > MOST:
            raise Refused(400, "VALIDATION_ERROR", f"the result window is {MOST}")

    def answer(self) -> dict[str, Any]:
        """Return the page asked for."""
        found: list[Row] = []
        for row in self._candidates():
            if row.is_deleted or row.modified_ms > self.indexed_ms:
                continue
            if not self._passes or any(all(one(row) for one in each) for each in self._passes):
                found.append(row)
                if len(found) > MOST:
                    break
        page = self._sorted(found)[self.after : self.after + self.limit]
        body: dict[str, Any] = {
            "total": len(found),
            "results": [self.records.shown(self.obj, row, self.names) for row in page],
        }
        if self.after + self.limit < len(found):
            body["paging"] = {"next": {"after": str(self.after + self.limit)}}
        return body

    def _candidates(self) -> Iterator[Row]:
        """Return the records that may fit, by the narrowest way to them."""
        if len(self.groups) == 1:
            for one in self.groups[0]:
                name, kind = one["propertyName"], one["operator"]
                if name == MODIFIED[self.obj] and kind in ("GTE", "BETWEEN"):
                    return self._from(int(one["value"]), int(one.get("highValue") or 1 << 60))
                if name in KEYS[self.obj] and kind in ("EQ", "IN"):
                    return self._looked_up(name, one)
        return iter(self.records.store[self.obj].rows.values())

    def _looked_up(self, name: str, one: Filter) -> Iterator[Row]:
        values = one["values"] if one["operator"] == "IN" else [one["value"]]
        table = self.records.store[self.obj]
        return (row for value in values for row in table.find(name, value))

    def _from(self, low: int, high: int) -> Iterator[Row]:
        above = next((o["value"] for o in self.groups[0] if o["operator"] == "GT"), "")
        at = (low, above if low == high else "")
        while rows := self.records.store[self.obj].since(*at, limit=STEP):
            for row in rows:
                if row.modified_ms > high:
                    return
                yield row
            at = (rows[-1].modified_ms, rows[-1].id)

    def _sorted(self, found: list[Row]) -> list[Row]:
        if not self.sorts:
            return found
        sort = self.sorts[0]
        name, is_down = sort["propertyName"], sort.get("direction") == "DESCENDING"
        return sorted(found, key=lambda row: self._value(row, name) or "", reverse=is_down)

    def _value(self, row: Row, name: str) -> str | None:
        if name == MODIFIED[self.obj]:
            return iso(row.modified_ms)
        if name == "createdate":
            return iso(row.created_ms)
        value = row.id if name == "hs_object_id" else row.values.get(name)
        return None if value is None else str(value)

    def _passing(self, one: Filter) -> Passes:
        """Return what tells whether a record passes a filter. Raises Refused."""
        name, sign = one["propertyName"], one["operator"]
        if sign == "HAS_PROPERTY":
            return lambda row: bool(self._value(row, name))
        if sign in ("EQ", "IN") and name != MODIFIED[self.obj]:
            wanted = {str(v).lower() for v in (one["values"] if sign == "IN" else [one["value"]])}
            return lambda row: (self._value(row, name) or "").lower() in wanted
        kind = self.records.properties.of[self.obj][name]["type"]
        low, high = _number(kind, str(one["value"])), _number(kind, one.get("highValue") or "0")
        if sign == "BETWEEN":
            return lambda row: low <= self._counted(row, name, kind) <= high
        if sign not in COMPARED:
            raise Refused(400, "VALIDATION_ERROR", f"{sign} is no operator that is played")
        compare = COMPARED[sign]
        return lambda row: compare(self._counted(row, name, kind), low)

    def _counted(self, row: Row, name: str, kind: str) -> float:
        """Return a number or a time of a record, one that it lacks as less than all."""
        if name == MODIFIED[self.obj]:
            return row.modified_ms
        value = self._value(row, name)
        return _number(kind, value) if value else float("-inf")


Passes = Callable[[Row], bool]
COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "GT": operator.gt,
    "GTE": operator.ge,
    "LT": operator.lt,
    "LTE": operator.le,
}


def _number(kind: str, text: str) -> float:
    """Return what is compared: a number, or the milliseconds of a time."""
    if kind == "datetime" and not text.lstrip("-").isdigit():
        return round(datetime.fromisoformat(text).timestamp() * 1000)
    return float(text)
