"""The REST resources of the played Salesforce: which request is which, and its answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.salesforce import jobs
from integrations.sandbox.salesforce.bulk import Bulk
from integrations.sandbox.salesforce.collections import Collections
from integrations.sandbox.salesforce.conditions import as_time
from integrations.sandbox.salesforce.faults import Fault, Refusal, malformed, not_found
from integrations.sandbox.salesforce.jobs import ok
from integrations.sandbox.salesforce.metadata import described
from integrations.sandbox.salesforce.records import Records
from integrations.sandbox.salesforce.soql import Soql

PAGE = 2_000
DAYS_BACK_MS = 30 * 86_400_000
MINUTE_MS = 60_000


class Rest:
    """`page` is how many records an answer to a query has: fewer where they are large.

    `lags_s` is how long ago a transaction began that has not ended; `most_ids` are told at once of
    deleted records; with `hides_limits` the user may not see the org's.
    """

    def __init__(self, records: Records, bulk: Bulk) -> None:
        self.records = records
        self.bulk = bulk
        self.collections = Collections(records)
        self.daily = (15_000, 0)
        self.page = PAGE
        self.lags_s = 0.0
        self.most_ids = 600_000
        self.hides_limits = False

    def answer(self, asked: Asked, version: str, parts: list[str]) -> Answer:
        """Raises Refusal."""
        match asked.method, parts:
            case "GET", ["limits"]:
                told: Any = self._limits()
            case "GET", ["query" | "queryAll" as how]:
                told = self._query(asked, version, with_deleted=how == "queryAll")
            case "GET", ["sobjects", obj, "describe"]:
                self.records.table(obj)
                told = described(obj, self.records.fields[obj], self.records.rights[obj])
            case "GET", ["sobjects", obj, "deleted"]:
                told = self._deleted(asked, obj)
            case "PATCH", ["composite", "sobjects"]:
                told = self.collections.update(orjson.loads(asked.body))
            case "PATCH", ["composite", "sobjects", obj, by]:
                told = self.collections.upsert(obj, by, orjson.loads(asked.body))
            case "DELETE", ["composite", "sobjects"]:
                told = self.collections.delete(asked.params().get("ids", "").split(","))
            case "POST", ["composite", "sobjects", obj]:
                told = self.collections.read(obj, orjson.loads(asked.body))
            case "PATCH", ["sobjects", obj, by, value]:
                return self._upsert_one(asked, version, obj, by, value)
            case _, ["jobs", "ingest", *rest]:
                return jobs.answer(self.bulk, asked, version, rest)
            case _:
                raise not_found()
        return ok(told)

    def _limits(self) -> dict[str, Any]:
        if self.hides_limits:
            raise Refusal(403, "FUNCTIONALITY_NOT_ENABLED", "This feature is not enabled")
        most, used = self.daily
        return {
            "DailyApiRequests": {"Max": most, "Remaining": most - used},
            "DailyBulkApiBatches": {"Max": 15_000, "Remaining": 15_000 - len(self.bulk.jobs)},
            "DataStorageMB": {"Max": 1_024, "Remaining": 1_000},
        }

    def _query(self, asked: Asked, version: str, *, with_deleted: bool) -> dict[str, Any]:
        if len(asked.query) > 16_000:
            raise Refusal(414, "URI_TOO_LONG", "URI Too Long")
        found = Soql(asked.params().get("q", ""), self.records).answer(with_deleted=with_deleted)
        told: dict[str, Any] = {"totalSize": len(found), "done": True, "records": found}
        if len(found) > self.page:
            told |= {"done": False, "records": found[: self.page]}
            told["nextRecordsUrl"] = f"/services/data/{version}/query/01gQx-{self.page}"
        return told

    def _deleted(self, asked: Asked, obj: str) -> dict[str, Any]:
        """Answer what was deleted between two minutes: seconds are not looked at."""
        now, rows = self.records.store.now(), self.records.table(obj)
        start, end = (_minute(asked.params().get(name, "")) for name in ("start", "end"))
        if start >= end or start < now - DAYS_BACK_MS:
            words = "start has to be before end, and within 30 days"
            raise malformed(words, "INVALID_REPLICATION_DATE")
        since = rows.since(start, limit=len(rows.rows))
        found = [(row.id, row.modified_ms) for row in since if row.is_deleted]
        found = [(id_, at) for id_, at in found if at < end]
        if len(found) > self.most_ids:
            raise Refusal(400, "EXCEEDED_ID_LIMIT", "too many ids: bring start and end closer")
        covered = min(end, now, now - int(self.lags_s * 1000)) // MINUTE_MS * MINUTE_MS
        return {
            "deletedRecords": [{"id": id_, "deletedDate": as_time(at)} for id_, at in found],
            "earliestDateAvailable": as_time(now - DAYS_BACK_MS),
            "latestDateCovered": as_time(max(covered, 0)),
        }

    def _upsert_one(self, asked: Asked, version: str, obj: str, by: str, value: str) -> Answer:
        """Write one record by an external id, which its body must not have; 300: several fit."""
        self.records.external(obj, by)
        values = orjson.loads(asked.body)
        self.records.check_shape(obj, values)
        if by in values:
            words = f"The {by} field should not be specified in the sobject data."
            raise Refusal(400, "INVALID_FIELD", words)
        if len(several := self.records.store[obj].find(by, value)) > 1:
            place = f"/services/data/{version}/sobjects/{obj}"
            return Answer(300, orjson.dumps([f"{place}/{row.id}" for row in several]))
        try:
            row, is_new = self.records.upsert(obj, by, value, values)
        except Fault as fault:
            raise Refusal(400, fault.code, str(fault), fault.fields) from None
        told = {"id": row.id, "success": True, "errors": [], "created": is_new}
        return ok(told, 201 if is_new else 200)


def _minute(text: str) -> int:
    """Return the minute of a time, in milliseconds. Raises Refusal."""
    try:
        ms = int(datetime.fromisoformat(text).timestamp() * 1000)
    except ValueError:
        raise malformed(f"not a time: {text}", "MALFORMED_QUERY") from None
    return ms // MINUTE_MS * MINUTE_MS
