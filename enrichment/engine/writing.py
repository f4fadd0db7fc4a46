"""Writing: what the engine learned goes to the database in bulk, in one transaction a batch.

In one order: answers, items, contacts, companies, runs, budgets and calls. A batch that is written
twice (its commit was hidden by a broken connection) changes nothing the second time: a batch that
stands is recognised by the first thing in it, and an item leaves a worker's hands only once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection
from django.utils import timezone

from enrichment.engine.companies import update_companies
from enrichment.engine.counting import block_runs, count_lookups, count_runs
from enrichment.engine.items import AnswerRow, Finished
from enrichment.engine.jsontext import json_text
from enrichment.engine.storing import update_contacts
from enrichment.engine.yielding import count_usable
from enrichment.telling import contacts_enriched
from integrations import ledger
from integrations.calls import Call
from integrations.errors import CredentialRejected
from integrations.ledger import Intent, Settled
from integrations.models import Account
from integrations.services import stop_account

ANSWER_COLUMNS = (
    "id, question_key, lookup, request_id, outcome, facts, raw, price_usd, is_sandbox,"
    " observed_at, expires_at, ticket, due_at"
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
    """Write a batch; runs and budgets, which all workers share, are locked last, so for short."""
    if _stands(batch):
        return
    _copy_answers(batch.answers)
    mine = _finish_items(batch.finished, worker_id)
    held = [one for one in batch.finished if one.item.id in mine]
    update_contacts(held)
    update_companies(held)
    count_runs(held)
    count_lookups(held)
    count_usable(held)
    block_runs(held)
    contacts_enriched(held)
    ledger.release(batch.released)
    ledger.settle(batch.settled)
    _stop_accounts(batch.stops)


def _stop_accounts(calls: Sequence[Call]) -> None:
    """Mark accounts whose secret was refused or whose plan is used up."""
    for account_id, call in {call.account.id: call for call in calls}.items():
        is_refused = isinstance(call.error, CredentialRejected)
        state = Account.State.REJECTED if is_refused else Account.State.EXHAUSTED
        until = call.error.retry_at if call.error else None
        stop_account(account_id, call.account.version, state, str(call.error), until=until)


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
                    json_text(one.facts),
                    json_text(one.raw) if one.raw else None,
                    one.price_usd,
                    one.is_sandbox,
                    one.observed_at,
                    one.expires_at,
                    one.ticket,
                    one.due_at,
                )
            )


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
            "parked_by": one.parked_by,
        }
        for one in finished
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE enrichment_runitem AS i SET state = v.state, due_at = v.due_at,"
            " worker_id = NULL, tries = i.tries - v.untried, cost_usd = i.cost_usd + v.cost_usd,"
            " trace = v.trace, error = v.error, parked_by = v.parked_by,"
            " finished_at = CASE WHEN v.state = 'waiting' THEN NULL ELSE now() END"
            " FROM json_to_recordset(%s::json) AS v (id bigint, state text, due_at timestamptz,"
            " untried int, cost_usd numeric, trace jsonb, error text, parked_by text)"
            " WHERE i.id = v.id AND i.state = 'claimed' AND i.worker_id = %s RETURNING i.id",
            [json_text(rows), worker_id],
        )
        return {id_ for (id_,) in cursor.fetchall()}
