"""Very many records in a job (Bulk API 2.0): made, filled, closed, waited for, and read.

A job does nothing before it is closed, so one whose making or filling is in doubt is left behind
and another made. Closing is asked again until the job says that it is. A job that is lost after
that is written once more, by key or by id, which makes nothing twice. Who gives a job up ends it,
so that it does not write old values over newer ones; a process that is killed cannot.

150,000,000 records and 15,000 batches in 24 hours, 150 MB a job.
https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_bulkapi.htm
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from crm_sync.connector import Api, Outcome, Value, Write, Written
from crm_sync.connectors.salesforce import faults
from crm_sync.connectors.salesforce.asking import TABLES, part, path
from crm_sync.connectors.salesforce.writing import plain, together
from integrations.errors import CallError, ContractBroken, OutcomeUnknown, ServerFailed

CLEARED = "#N/A"  # an empty cell leaves a field alone
LARGEST = 6_000_000  # bytes: results repeat every row, and must be below what is read of an answer
TRIES = 5
SOONEST_S, LATEST_S, SHARE = 0.5, 5.0, 0.15  # a look comes at most so much later than the end
LONGEST_S = 7_200.0
PATIENCE_S = 600.0  # for the end of a job that was asked to end
WORKING = ("UploadComplete", "InProgress")


@dataclass(frozen=True, slots=True)
class Load:
    """What a job is to do: records by key, or those whose id is known."""

    obj: str
    key_field: str
    writes: Sequence[Write]
    is_known: bool

    @property
    def job(self) -> dict[str, str]:
        """The job as it is asked for."""
        how = {"operation": "update"}
        if not self.is_known:
            how = {"operation": "upsert", "externalIdFieldName": self.key_field}
        return {**how, "object": TABLES[self.obj], "contentType": "CSV", "lineEnding": "LF"}

    def table(self) -> bytes:
        """Return the records as CSV."""
        names = dict.fromkeys(name for one in self.writes for name in one.values)
        first = ["Id"] if self.is_known else []
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*first, self.key_field, *names])
        for one in self.writes:
            own = [one.remote_id] if self.is_known else []
            cells = [_cell(one.values[name]) if name in one.values else "" for name in names]
            writer.writerow([*own, one.key, *cells])
        return out.getvalue().encode()


def is_said_plainly(one: Write) -> bool:
    """Tell whether a job can carry a record: what looks like its word for nothing, it cannot."""
    return CLEARED not in one.values.values()


async def send(api: Api, load: Load) -> list[Written]:
    """Write records by a job, or by several where they are too large for one.

    Raises CallError where it brought no answer.
    """
    content = load.table()
    if len(content) > LARGEST and len(load.writes) > 1:
        half = len(load.writes) // 2
        halves = [load.writes[:half], load.writes[half:]]
        loads = [Load(load.obj, load.key_field, some, load.is_known) for some in halves]
        return await together([(each.writes, send(api, each)) for each in loads])
    place = await _closed_job(api, load, content)
    try:
        job = await _ended(api, place)
        return await _results(api, place, job, load)
    except CallError:
        await _abandon(api, place)
        raise


async def _closed_job(api: Api, load: Load, content: bytes) -> str:
    """Return the path of a job that is on its way with these records, surely and once."""
    lost: CallError | None = None
    for _ in range(TRIES):
        place = ""
        try:
            made = await api.ask("POST", path(api, "jobs", "ingest"), json=load.job)
            place = path(api, "jobs", "ingest", part(made.body, "id"))
            kind = {"Content-Type": "text/csv; charset=UTF-8"}
            await api.ask("PUT", f"{place}/batches", content=content, headers=kind, once=True)
            if await _close(api, place):
                return place
            lost = ServerFailed("Salesforce: a job could not be closed")
        except CallError as error:
            lost = error
        if place:
            await _abandon(api, place)
        if not isinstance(lost, OutcomeUnknown | ServerFailed):
            break
    assert lost is not None
    raise lost


async def _close(api: Api, place: str) -> bool:
    """Close a job; tell whether it is on its way, which it says itself where nobody heard it."""
    for _ in range(TRIES):
        try:
            answer = await api.ask("PATCH", place, json={"state": "UploadComplete"}, fine=(400,))
            if answer.status < 300:
                return True
        except OutcomeUnknown:
            answer = None
        if part(await _get(api, place), "state") != "Open":
            return True
        if answer is not None:
            return False
    return False


async def _ended(api: Api, place: str) -> Mapping[str, Any]:
    """Return a job when it is done with; one that lasts too long is ended."""
    waited = 0.0
    while True:
        job: Mapping[str, Any] = await _get(api, place)
        if part(job, "state") not in WORKING:
            return job
        if waited >= LONGEST_S:
            await _abandon(api, place)
        if waited >= LONGEST_S + PATIENCE_S:
            raise OutcomeUnknown(f"Salesforce: a job is at work since {waited:.0f} s")
        pause = min(LATEST_S, max(SOONEST_S, waited * SHARE))
        await api.sleep(pause)
        waited += pause


async def _results(api: Api, place: str, job: Mapping[str, Any], load: Load) -> list[Written]:
    """Return what became of each record; of those that a job says nothing of, by its end."""
    try:
        done = [_done(row, load) for row in await _rows(api, place, "successfulResults")]
        failed = [_failed(row, load) for row in await _rows(api, place, "failedResults")]
    except KeyError as error:
        raise ContractBroken(f"Salesforce: a job's results have no {error}") from error
    found = {one.key: one for one in (*done, *failed)}
    words = str(job.get("errorMessage") or "")
    left: Outcome = "rejected" if words.startswith("InvalidBatch") else "again"
    at = faults.field_in(words)
    return [
        found.get(one.key) or Written(one.key, left, one.remote_id, words, at, str(job["state"]))
        for one in load.writes
    ]


def _done(row: Mapping[str, str], load: Load) -> Written:
    is_new = row["sf__Created"] == "true" and not load.is_known
    return Written(row[load.key_field], "created" if is_new else "updated", row["sf__Id"])


def _failed(row: Mapping[str, str], load: Load) -> Written:
    error = faults.said_of_row(row["sf__Error"])
    outcome = faults.outcome_of(error, load.key_field, is_known=load.is_known)
    return Written(row[load.key_field], outcome, "", error.words, error.field, error.code)


async def _rows(api: Api, place: str, which: str) -> Iterator[dict[str, str]]:
    text = await _get(api, f"{place}/{which}")
    return csv.DictReader(io.StringIO(text if isinstance(text, str) else "", newline=""))


async def _get(api: Api, place: str) -> Any:
    """Ask what changes nothing, again where the answer was lost."""
    for _ in range(TRIES):
        with suppress(OutcomeUnknown):
            return (await api.ask("GET", place)).body
    return (await api.ask("GET", place)).body


async def _abandon(api: Api, place: str) -> None:
    """End a job that nobody waits for; it may have ended, and then there is nothing to end."""
    with suppress(CallError):
        await api.ask("PATCH", place, json={"state": "Aborted"}, fine=(400, 404))


def _cell(value: Value) -> str:
    if value is None or value == "":
        return CLEARED
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(plain(value))
