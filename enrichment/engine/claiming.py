"""Claiming: run items of working runs become items in hand, with their contacts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from contacts.leases import Queue
from enrichment import golden, inputs, recipes
from enrichment.engine.items import Firm, Item, RunView
from enrichment.models import RunItem
from enrichment.survivorship import FILE, FILE_CONFIDENCE, PERSON, RUN
from integrations.accounts import Accounts

QUEUE = Queue(RunItem)
RETURNED = "id, contact_id, tries, trace::text, cost_usd"
OWN_COLUMNS = ("phone_e164", "consent_on", *golden.NAMES)
CONTACT_COLUMNS = ("id", "revision", "provenance::text", "company_id", *OWN_COLUMNS)


def working_runs(accounts: Accounts) -> list[RunView]:
    """Return the runs that may be worked on now."""
    accounts.refresh()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, plan::text, is_sandbox, EXISTS (SELECT FROM enrichment_runitem AS i"
            " WHERE i.run_id = r.id AND i.state = 'waiting' AND i.losses > 0 AND i.due_at <= now()"
            " AND i.parked_by = '')"
            ", correlation_id FROM enrichment_run AS r WHERE state = 'working'"
            " AND (not_before IS NULL OR not_before <= now()) ORDER BY id"
        )
        rows = cursor.fetchall()
    return [
        _view(id_, orjson.loads(kept), accounts, is_sandbox, has_suspects, correlation_id)
        for id_, kept, is_sandbox, has_suspects, correlation_id in rows
    ]


def _view(
    run_id: int,
    kept: dict[str, Any],
    accounts: Accounts,
    is_sandbox: bool,
    has_suspects: bool,
    correlation_id: str,
) -> RunView:
    plan = recipes.plan(kept, accounts)
    touched = plan.inputs.union(
        *(step.supplies for step in plan.lookups), (w.field for w in plan.wanted)
    )
    return RunView(
        run_id,
        is_sandbox,
        plan,
        has_suspects,
        correlation_id,
        plan.inputs,
        tuple(sorted(filter(golden.is_of_company, touched))),
        frozenset(step.provider for step in plan.lookups),
    )


def claim(run: RunView, worker_id: UUID, limit: int, *, suspects: bool = False) -> list[Item]:
    """Claim items of a run and move their contacts to processing.

    A `suspect` was in the hands of a worker that was lost; it is claimed by itself, so that if it
    was the cause it takes nothing else with it.
    """
    rows = QUEUE.claim(
        worker_id,
        limit,
        where=f"run_id = %s AND parked_by = '' AND losses {'>' if suspects else '='} 0",
        params=[run.id],
        columns=RETURNED,
    )
    if not rows:
        return []
    contacts = _processing([row[1] for row in rows], run.id)
    firms = _firms(run, {contact[3] for contact in contacts.values() if contact[3]})
    return [
        _item(run, row, contacts[row[1]], firms.get(contacts[row[1]][3]))
        for row in rows
        if row[1] in contacts
    ]


def put_back(worker_id: UUID, in_hand: list[int]) -> int:
    """Return items that the worker claimed without ever hearing of it; tell how many.

    That is what a connection leaves that breaks between a claim's commit and its answer.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE enrichment_runitem SET state = 'waiting', worker_id = NULL, tries = tries - 1"
            " WHERE state = 'claimed' AND worker_id = %s AND id <> ALL(%s) RETURNING contact_id",
            [worker_id, in_hand],
        )
        contact_ids = [id_ for (id_,) in cursor.fetchall()]
        for before, after in (("processing", "failed"), ("failed", "pending")):
            cursor.execute(
                "UPDATE contacts_contact SET status = %s WHERE id = ANY(%s) AND status = %s",
                [after, contact_ids, before],
            )
    return len(contact_ids)


def _processing(ids: list[int], run_id: int) -> dict[int, tuple[Any, ...]]:
    """Move contacts to processing; a run that was approved is the explicit word to reprocess.

    Of those that it opens again the history says which run it was.
    """
    columns = ", ".join(CONTACT_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, status FROM contacts_contact WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [ids],
        )
        completed = [id_ for id_, status in cursor.fetchall() if status == "completed"]
        if completed:
            cursor.execute("SELECT set_config('switchboard.actor', %s, true)", [f"{RUN}{run_id}"])
            cursor.execute(
                "UPDATE contacts_contact SET status = 'pending', reprocessed_at = now()"
                " WHERE id = ANY(%s)",
                [completed],
            )
            cursor.execute("SELECT set_config('switchboard.actor', '', true)")
        cursor.execute(
            "UPDATE contacts_contact SET status = 'processing'"
            f" WHERE id = ANY(%s) RETURNING {columns}",
            [ids],
        )
        return {row[0]: row for row in cursor.fetchall()}


def _firms(run: RunView, ids: set[int]) -> dict[int, Firm]:
    """Return the companies of a claim, as far as the run's lookups need or supply them."""
    if not run.company_fields or not ids:
        return {}
    names = tuple({*run.company_fields, "company.name", "company.domain"})
    columns = ", ".join(name.removeprefix(golden.OF_COMPANY) for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, provenance::text, {columns} FROM contacts_company WHERE id = ANY(%s)",
            [list(ids)],
        )
        return {
            id_: Firm(id_, dict(zip(names, values, strict=True)), _prefixed(kept))
            for id_, kept, *values in cursor.fetchall()
        }


def _prefixed(kept: str) -> dict[str, dict[str, Any]]:
    return {f"{golden.OF_COMPANY}{name}": fact for name, fact in orjson.loads(kept).items()}


def _item(run: RunView, row: tuple[Any, ...], contact: tuple[Any, ...], firm: Firm | None) -> Item:
    id_, contact_id, tries, trace, paid_usd = row
    own = dict(zip(OWN_COLUMNS, contact[4:], strict=True))
    values = {**own, **firm.values} if firm else own
    provenance: dict[str, dict[str, Any]] = orjson.loads(contact[2])
    item = Item(
        id_,
        run,
        contact_id,
        tries,
        orjson.loads(trace),
        contact[1],
        own,
        provenance,
        inputs.known_of(values, run.inputs),
        firm,
        paid_usd=paid_usd,
    )
    for name, kept in [*provenance.items(), *(firm.provenance.items() if firm else ())]:
        if str(kept.get("by", "")).startswith((PERSON, FILE)):
            item.sure[name] = kept.get("sure", FILE_CONFIDENCE)
    return item
