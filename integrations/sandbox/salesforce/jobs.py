"""The resources of Bulk API 2.0: which request is which, and its answer."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import orjson

from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.salesforce.bulk import Bulk, Line
from integrations.sandbox.salesforce.faults import not_found


def ok(told: Any, status: int = 200) -> Answer:
    """Return an answer in JSON."""
    return Answer(status, orjson.dumps(told))


def answer(bulk: Bulk, asked: Asked, version: str, parts: list[str]) -> Answer:
    """Answer a request under /jobs/ingest. Raises Refusal."""
    match asked.method, parts:
        case "POST", []:
            job = bulk.make(orjson.loads(asked.body))
        case "GET", [id_]:
            job = bulk.get(id_)
        case "PATCH", [id_]:
            job = bulk.get(id_)
            bulk.close(job, orjson.loads(asked.body)["state"])
        case "PUT", [id_, "batches"]:
            bulk.upload(bulk.get(id_), asked.body)
            return Answer(201, b"")
        case "GET", [id_, which]:
            return _results(bulk, id_, which)
        case _:
            raise not_found()
    return ok(job.told(version))


def _results(bulk: Bulk, id_: str, which: str) -> Answer:
    """Answer what became of a job's rows, as CSV. Raises Refusal."""
    job = bulk.get(id_)
    if which == "successfulResults":
        return Answer(200, _table(job.done, ("sf__Id", "sf__Created")))
    if which == "failedResults":
        return Answer(200, _table(job.failed, ("sf__Id", "sf__Error")))
    if which == "unprocessedrecords":
        return Answer(200, _table(job.left, ("Id",)))
    raise not_found()


def _table(lines: Sequence[Line], first: Sequence[str]) -> bytes:
    out = io.StringIO()
    names = list(lines[0]) if lines else list(first)
    writer = csv.DictWriter(out, names, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode()
