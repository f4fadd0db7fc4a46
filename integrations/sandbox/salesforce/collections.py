"""Many records in one request: upserted, updated, deleted and read, each with its own outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from integrations.sandbox.salesforce.conditions import shown
from integrations.sandbox.salesforce.faults import Fault, Refusal, malformed
from integrations.sandbox.salesforce.records import PREFIXES, Records

MOST = 200
MOST_READ = 2_000
Results = list[dict[str, Any]]


class Collections:
    """The four requests, over the records."""

    def __init__(self, records: Records) -> None:
        self.records = records

    def upsert(self, obj: str, by: str, wanted: Mapping[str, Any]) -> Results:
        """Raises Refusal."""
        self.records.external(obj, by)
        plain = self._plain(wanted)
        for kind, values in plain:
            if kind != obj:
                words = f"The record type {kind} does not match {obj}"
                raise Refusal(400, "INVALID_INPUT", words)
            self.records.check_shape(obj, values)
        return [self._done(partial(self._upserted, obj, by, values)) for _, values in plain]

    def update(self, wanted: Mapping[str, Any]) -> Results:
        """Raises Refusal."""
        plain = self._plain(wanted)
        for kind, values in plain:
            self.records.table(kind)
            self.records.check_shape(kind, {k: v for k, v in values.items() if k != "id"})
        return [self._done(partial(self._updated, kind, values)) for kind, values in plain]

    def delete(self, ids: Sequence[str]) -> Results:
        """Raises Refusal."""
        if not 0 < len(ids) <= MOST:
            raise Refusal(400, "EXCEEDED_MAX_SIZE_REQUEST", f"not more than {MOST} records")
        return [self._done(partial(self._deleted, id_)) for id_ in ids]

    def read(self, obj: str, wanted: Mapping[str, Any]) -> list[dict[str, Any] | None]:
        """Return each record, None for one that is not there. Raises Refusal."""
        ids, fields = wanted["ids"], wanted["fields"]
        table = self.records.table(obj)
        if len(ids) > MOST_READ:
            raise Refusal(400, "EXCEEDED_MAX_SIZE_REQUEST", f"not more than {MOST_READ} records")
        for name in fields:
            if name not in self.records.fields[obj]:
                raise malformed(f"No such column '{name}' on entity '{obj}'.", "INVALID_FIELD")
        rows = [table.rows.get(id_) for id_ in ids]
        return [
            None
            if row is None or row.is_deleted
            else {"attributes": {"type": obj}, **{name: shown(row, name) for name in fields}}
            for row in rows
        ]

    def _plain(self, wanted: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        """Return (type, values) of each record. Raises Refusal."""
        records = wanted.get("records")
        if not isinstance(records, list) or not records:
            raise Refusal(400, "INVALID_INPUT", "records is required")
        if len(records) > MOST:
            raise Refusal(400, "EXCEEDED_MAX_SIZE_REQUEST", f"not more than {MOST} records")
        found = []
        for record in records:
            kind = record.get("attributes", {}).get("type", "")
            found.append((kind, {k: v for k, v in record.items() if k != "attributes"}))
        return found

    def _upserted(self, obj: str, by: str, values: dict[str, Any]) -> dict[str, Any]:
        key = values.pop(by, None)
        if not key:
            raise Fault("MISSING_ARGUMENT", f"{by} not specified", by)
        row, is_new = self.records.upsert(obj, by, str(key), values)
        return {"id": row.id, "success": True, "errors": [], "created": is_new}

    def _updated(self, obj: str, values: dict[str, Any]) -> dict[str, Any]:
        row = self.records.update(obj, str(values.pop("id", "")), values)
        return {"id": row.id, "success": True, "errors": []}

    def _deleted(self, id_: str) -> dict[str, Any]:
        objs = [name for name, prefix in PREFIXES.items() if id_.startswith(prefix)]
        if not objs:
            raise Fault("MALFORMED_ID", f"malformed id {id_}")
        self.records.delete(objs[0], id_)
        return {"id": id_, "success": True, "errors": []}

    def _done(self, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        try:
            return work()
        except Fault as fault:
            return fault.result
