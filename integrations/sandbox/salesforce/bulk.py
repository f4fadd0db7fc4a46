"""Bulk API 2.0 of the played Salesforce: a job is made, filled, closed, worked, and read."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from integrations.sandbox.salesforce.faults import Fault, Refusal, not_found
from integrations.sandbox.salesforce.records import NUMBERS, Records

CLEARED = "#N/A"
OPERATIONS = ("insert", "update", "upsert")
LARGEST = 150_000_000  # bytes, as base64; 100 MB as they are
Line = dict[str, str]


@dataclass(slots=True)
class Job:
    """A job; its rows are worked when it is closed, and told when it is said to be done."""

    id: str
    operation: str
    obj: str
    by: str
    state: str = "Open"
    uploads: list[bytes] = field(default_factory=list)
    done_at: float = 0.0
    words: str = ""
    done: list[Line] = field(default_factory=list)
    failed: list[Line] = field(default_factory=list)
    left: list[Line] = field(default_factory=list)

    def told(self, version: str) -> dict[str, Any]:
        return {
            "id": self.id,
            "operation": self.operation,
            "object": self.obj,
            "externalIdFieldName": self.by or None,
            "state": self.state,
            "contentType": "CSV",
            "apiVersion": float(version.removeprefix("v")),
            "contentUrl": f"services/data/{version}/jobs/ingest/{self.id}/batches",
            "lineEnding": "LF",
            "columnDelimiter": "COMMA",
            "concurrencyMode": "Parallel",
            "numberRecordsProcessed": len(self.done) + len(self.failed),
            "numberRecordsFailed": len(self.failed),
            "errorMessage": self.words,
        }


class Bulk:
    """The jobs. A job takes `lasts_s`; `breaks_after` rows it fails as a whole, once.

    `doubts` of the next uploads are kept, although they are answered with a failure.
    """

    def __init__(self, records: Records) -> None:
        self.records = records
        self.jobs: dict[str, Job] = {}
        self.lasts_s = 0.0
        self.breaks_after = -1
        self.doubts = 0

    def make(self, wanted: Mapping[str, Any]) -> Job:
        """Raises Refusal."""
        obj, operation = str(wanted.get("object", "")), str(wanted.get("operation", ""))
        self.records.table(obj)
        by = str(wanted.get("externalIdFieldName") or "")
        if operation not in OPERATIONS or (operation == "upsert") != bool(by):
            words = "externalIdFieldName is needed for upsert, and for nothing else"
            raise Refusal(400, "INVALIDJOB", words)
        if wanted.get("contentType") != "CSV" or wanted.get("lineEnding") != "LF":
            raise Refusal(400, "INVALIDJOB", "the sandbox takes CSV with LF")
        job = Job(f"750Qx{self.records.store.next_id():013d}", operation, obj, by)
        self.jobs[job.id] = job
        self.records.store.did("jobs", partial(self.jobs.__delitem__, job.id))
        return job

    def get(self, id_: str) -> Job:
        """Return a job as it is now. Raises Refusal."""
        if id_ not in self.jobs:
            raise not_found()
        job = self.jobs[id_]
        if job.state == "InProgress" and time.monotonic() >= job.done_at:
            job.state = "Failed" if job.words else "JobComplete"
        return job

    def upload(self, job: Job, content: bytes) -> None:
        """Raises Refusal."""
        if job.state != "Open":
            raise Refusal(400, "INVALIDJOBSTATE", f"Upload not allowed in state {job.state}")
        if len(content) * 4 / 3 > LARGEST:
            raise Refusal(400, "INVALIDJOB", "The job's data is too large")
        job.uploads.append(content)
        self.records.store.did("uploads", partial(job.uploads.__delitem__, -1))
        if self.doubts > 0:
            self.doubts -= 1
            raise Refusal(503, "SERVER_UNAVAILABLE", "The server is too busy")

    def close(self, job: Job, state: str) -> None:
        """Raises Refusal."""
        if job.state != "Open" and not (state == "Aborted" and job.state == "InProgress"):
            raise Refusal(400, "INVALIDJOBSTATE", f"Transition from {job.state} to {state}")
        if state == "UploadComplete" and len(job.uploads) > 1:
            words = (
                f"Found multiple contents for job: <{job.id}>, please 'Close' / 'Abort' / "
                "'Delete' the current Job then create a new Job and make sure you only do 'PUT' "
                "once on a given Job."
            )
            raise Refusal(400, "INVALIDJOB", words)
        was = job.state

        def undo() -> None:
            job.state, job.words = was, ""
            job.done, job.failed, job.left = [], [], []

        self.records.store.did("closed", undo)
        job.state = "Aborted"
        if state == "UploadComplete":
            job.state, job.done_at = "InProgress", time.monotonic() + self.lasts_s
            self._work(job)

    def _work(self, job: Job) -> None:
        lines = list(csv.DictReader(io.StringIO(b"".join(job.uploads).decode(), newline="")))
        fields = self.records.fields[job.obj]
        unknown = [name for name in (lines[0] if lines else ()) if name not in fields]
        if unknown:
            job.words = f"InvalidBatch : Field name not found : {unknown[0]}"
            job.left = lines
            return
        for at, line in enumerate(lines):
            if at == self.breaks_after:
                self.breaks_after = -1
                job.words = "InternalServerError : the job was given up"
                job.left = lines[at:]
                return
            self._write(job, line)

    def _write(self, job: Job, line: Line) -> None:
        id_ = ""
        try:
            values = self._values(job.obj, line)
            if job.operation == "upsert":
                row, is_new = self._upserted(job, values)
            elif job.operation == "update":
                id_ = str(values.pop("Id", ""))
                row, is_new = self.records.update(job.obj, id_, values), False
            else:
                row, is_new = self.records.create(job.obj, values), True
            job.done.append({"sf__Id": row.id, "sf__Created": str(is_new).lower(), **line})
        except Fault as fault:
            job.failed.append({"sf__Id": id_, "sf__Error": fault.line, **line})

    def _upserted(self, job: Job, values: dict[str, Any]) -> tuple[Any, bool]:
        key = values.pop(job.by, None)
        if not key:
            raise Fault("MISSING_ARGUMENT", f"{job.by} not specified", job.by)
        return self.records.upsert(job.obj, job.by, key, values)

    def _values(self, obj: str, line: Line) -> dict[str, Any]:
        """Return a row's values: what is empty is left alone, "#N/A" is cleared. Raises Fault."""
        fields, found = self.records.fields[obj], {}
        for name, text in line.items():
            if text != "":
                found[name] = None if text == CLEARED else _typed(fields[name]["type"], name, text)
        return found


def _typed(kind: str, name: str, text: str) -> Any:
    if kind == "boolean":
        return text.lower() in ("true", "1")
    if kind not in NUMBERS:
        return text
    try:
        return float(text)
    except ValueError:
        raise Fault("INVALID_TYPE_ON_FIELD_IN_RECORD", f"{name}: {text}", name) from None
