"""Writing: what the engine learned goes to the database in bulk, in one transaction a batch.

In one order: calls and money, answers, contacts, items, runs. A batch that is written twice (its
commit was hidden by a broken connection) changes nothing the second time: a batch that stands is
recognised by the first thing in it, and an item leaves a worker's hands only once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.utils import timezone

from enrichment import golden
from enrichment.engine.items import ZERO, AnswerRow, Finished, Item
from enrichment.survivorship import current, survives
from integrations import ledger
from integrations.calls import Call
from integrations.errors import CredentialRejected
from integrations.ledger import Intent, Settled
from integrations.models import Account
from integrations.services import stop_account

# An escaped NUL, but not a backslash that is followed by "u0000".
NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
ANSWER_COLUMNS = (
    "id, question_key, lookup, request_id, outcome, facts, raw, price_usd, is_sandbox,"
    " observed_at, expires_at"
)


@dataclass(slots=True)
class Batch:
    """What has ended since the last write."""

    settled: list[Settled] = field(default_factory=list)
    released: list[Intent] = field(default_factory=list)
    answers: list[AnswerRow] = field(default_factory=list)
    finished: list[Finished] = field(default_factory=list)
    call_keys: list[UUID] = field(default_factory=list)
    stops: list[Call] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.settled or self.released or self.answers or self.finished)

    def parts(self) -> list[Batch]:
        """Return the batch as smaller ones, none when it is a single thing: money comes first."""
        kinds = [
            Batch(settled=self.settled, released=self.released, stops=self.stops),
            Batch(answers=self.answers),
            Batch(finished=self.finished),
        ]
        kinds = [kind for kind in kinds if kind]
        if len(kinds) > 1:
            return kinds
        for name in ("settled", "answers", "finished"):
            rows = getattr(self, name)
            if len(rows) > 1:
                middle = len(rows) // 2
                return [Batch(**{name: rows[:middle]}), Batch(**{name: rows[middle:]})]
        return []


def write(batch: Batch, worker_id: UUID) -> None:
    """Write a batch."""
    if _stands(batch):
        return
    ledger.release(batch.released)
    ledger.settle(batch.settled)
    _copy_answers(batch.answers)
    mine = _finish_items(batch.finished, worker_id)
    held = [one for one in batch.finished if one.item.id in mine]
    _update_contacts(held)
    _count_runs(held)
    _count_lookups(held)
    _block_runs(held)
    _stop_accounts(batch.stops)


def _stop_accounts(calls: Sequence[Call]) -> None:
    """Mark accounts whose secret was refused or whose plan is used up."""
    for account_id, call in {call.account.id: call for call in calls}.items():
        is_refused = isinstance(call.error, CredentialRejected)
        state = Account.State.REJECTED if is_refused else Account.State.EXHAUSTED
        stop_account(account_id, call.account.version, state, str(call.error))


def _stands(batch: Batch) -> bool:
    if not batch.settled:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM integrations_apicall WHERE id = %s AND outcome <> 'unknown'",
            [batch.settled[0].call.request_id],
        )
        return cursor.fetchone() is not None


def _copy_answers(answers: Sequence[AnswerRow]) -> None:
    if not answers:
        return
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY enrichment_answer ({ANSWER_COLUMNS}) FROM STDIN") as copy,
    ):
        for one in answers:
            copy.write_row(
                (
                    one.id,
                    one.question_key,
                    one.lookup,
                    one.request_id,
                    one.outcome,
                    orjson.dumps(one.facts).decode(),
                    _json(one.raw) if one.raw else None,
                    one.price_usd,
                    one.is_sandbox,
                    one.observed_at,
                    one.expires_at,
                )
            )


def _json(value: Any) -> str:
    """Return JSON as PostgreSQL takes it: without NULs, which no text there can have."""
    text = orjson.dumps(value).decode()
    return NUL.sub(r"\1", text) if "\\u0000" in text else text


def _finish_items(finished: Sequence[Finished], worker_id: UUID) -> set[int]:
    """Let go of the items still ours, and return their ids."""
    if not finished:
        return set()
    now = timezone.now()
    rows = [
        {
            "id": one.item.id,
            "state": "waiting" if one.ending == "released" else one.ending,
            "due_at": one.due_at or now,
            "untried": 0 if one.is_try else 1,
            "cost_usd": str(one.item.cost_usd),
            "trace": one.item.trace,
            "error": one.error[:300],
        }
        for one in finished
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE enrichment_runitem AS i SET state = v.state, due_at = v.due_at,"
            " worker_id = NULL, tries = i.tries - v.untried, cost_usd = i.cost_usd + v.cost_usd,"
            " trace = v.trace, error = v.error,"
            " finished_at = CASE WHEN v.state = 'waiting' THEN NULL ELSE now() END"
            " FROM json_to_recordset(%s::json) AS v (id bigint, state text, due_at timestamptz,"
            " untried int, cost_usd numeric, trace jsonb, error text)"
            " WHERE i.id = v.id AND i.state = 'claimed' AND i.worker_id = %s RETURNING i.id",
            [_json(rows), worker_id],
        )
        return {id_ for (id_,) in cursor.fetchall()}


def _update_contacts(held: Sequence[Finished]) -> None:
    """Write golden fields and states; a contact changed meanwhile is read and settled again."""
    if not held:
        return
    missed = _write_contacts(held)
    for _ in range(3):
        if not missed:
            return
        for one in missed:
            _read_again(one.item)
        missed = _write_contacts(missed)


def _write_contacts(held: Sequence[Finished]) -> list[Finished]:
    columns = sorted({name for one in held for name in one.item.changes})
    rows = [_contact_row(one, columns) for one in held]
    sets = "".join(f"{name} = v.{name}, " for name in columns)
    shape = "".join(f", {name} {golden.TYPES[name]}" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE contacts_contact AS c SET {sets} provenance = v.provenance,"
            " cost_usd = c.cost_usd + v.cost, revision = c.revision + 1, updated_at = now(),"
            " error = v.error, enriched_at = CASE WHEN v.status = 'completed' THEN now()"
            " ELSE c.enriched_at END,"
            " status = CASE WHEN c.status = 'processing' THEN v.status ELSE c.status END"
            " FROM json_to_recordset(%s::json) AS v (id bigint, revision int, status text,"
            f" error text, cost numeric, provenance jsonb{shape})"
            " WHERE c.id = v.id AND c.revision = v.revision RETURNING c.id",
            [_json(rows)],
        )
        written = {id_ for (id_,) in cursor.fetchall()}
        back = [one.item.contact_id for one in held if one.ending == "released"]
        if back:
            cursor.execute(
                "UPDATE contacts_contact SET status = 'pending'"
                " WHERE id = ANY(%s) AND status = 'failed'",
                [back],
            )
    return [one for one in held if one.item.contact_id not in written]


def _contact_row(one: Finished, columns: Sequence[str]) -> dict[str, Any]:
    item = one.item
    row: dict[str, Any] = {name: item.values[name] for name in columns}
    provenance = item.provenance
    if item.changes:
        provenance = dict(provenance)
        for name, claim in item.changes.items():
            row[name] = claim.value
            provenance[name] = claim.provenance()
    row["id"] = item.contact_id
    row["revision"] = item.revision
    # A released contact goes back by way of failed, in the same transaction.
    row["status"] = "completed" if one.ending == "done" else "failed"
    row["error"] = "" if one.ending in ("done", "released") else one.error[:300]
    row["cost"] = str(item.cost_usd)
    row["provenance"] = provenance
    return row


def _read_again(item: Item) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT revision, provenance::text, {', '.join(golden.NAMES)}"
            " FROM contacts_contact WHERE id = %s FOR UPDATE",
            [item.contact_id],
        )
        row = cursor.fetchone()
    if row is None:
        return
    item.revision, item.provenance = row[0], orjson.loads(row[1])
    item.values = dict(zip(golden.NAMES, row[2:], strict=True))
    item.changes = {
        name: claim
        for name, claim in item.changes.items()
        if survives(current(item.values[name], item.provenance.get(name)), claim)
    }


def _count_runs(held: Sequence[Finished]) -> None:
    sums: defaultdict[int, list[Any]] = defaultdict(lambda: [0, 0, ZERO])
    for one in held:
        row = sums[one.item.run.id]
        row[0] += one.ending == "done"
        row[1] += one.ending in ("failed", "dead")
        row[2] += one.item.cost_usd
    with connection.cursor() as cursor:
        for run_id, (done, failed, spent) in sorted(sums.items()):
            cursor.execute(
                "UPDATE enrichment_run SET done_count = done_count + %s,"
                " failed_count = failed_count + %s, spent_usd = spent_usd + %s,"
                " started_at = COALESCE(started_at, now()) WHERE id = %s",
                [done, failed, spent, run_id],
            )
            cursor.execute(
                "UPDATE enrichment_run SET state = 'done', finished_at = now(), reason = ''"
                " WHERE id = %s AND state IN ('working', 'paused', 'blocked')"
                " AND done_count + failed_count >= total_count",
                [run_id],
            )


KINDS = ("hit", "miss", "reused", "skipped", "error")


def _count_lookups(held: Sequence[Finished]) -> None:
    sums: dict[tuple[int, str], list[Any]] = {}
    for one in held:
        if one.ending == "released":
            continue
        for slug, entry in one.item.trace.items():
            row = sums.setdefault((one.item.run.id, slug), [0, 0, 0, 0, 0, 0, ZERO])
            at = KINDS.index(entry["o"])
            row[0] += entry["o"] in ("hit", "miss", "error")
            row[at + 1] += 1
            if "usd" in entry:
                row[6] += Decimal(entry["usd"])
    if not sums:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO enrichment_runlookup AS r (run_id, lookup, asked, hits, misses, reused,"
            " skipped, errors, spent_usd) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (run_id, lookup) DO UPDATE SET asked = r.asked + EXCLUDED.asked,"
            " hits = r.hits + EXCLUDED.hits, misses = r.misses + EXCLUDED.misses,"
            " reused = r.reused + EXCLUDED.reused, skipped = r.skipped + EXCLUDED.skipped,"
            " errors = r.errors + EXCLUDED.errors, spent_usd = r.spent_usd + EXCLUDED.spent_usd",
            [(*key, *sums[key]) for key in sorted(sums)],
        )


def _block_runs(held: Sequence[Finished]) -> None:
    """Stop runs that need somebody to act, and let those wait whose provider is failing."""
    blocked = {one.item.run.id: one for one in held if one.blocks}
    now = timezone.now()
    with connection.cursor() as cursor:
        for run_id, one in sorted(blocked.items()):
            cursor.execute(
                "UPDATE enrichment_run SET state = 'blocked', blocked_by = %s, reason = %s"
                " WHERE id = %s AND state = 'working'",
                [one.blocks, one.error[:300], run_id],
            )
        for one in held:
            if one.ending == "released" and not one.is_try and not one.blocks and one.due_at:
                pause = min(one.due_at, now + timedelta(minutes=5))
                cursor.execute(
                    "UPDATE enrichment_run SET not_before = %s, reason = %s WHERE id = %s"
                    " AND state = 'working' AND (not_before IS NULL OR not_before < now())",
                    [pause, one.error[:300], one.item.run.id],
                )
