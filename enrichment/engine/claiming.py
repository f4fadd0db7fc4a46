"""Claiming: run items of working runs become items in hand, with their contacts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from contacts.leases import Queue
from enrichment import golden, recipes
from enrichment.engine.items import Item, RunView
from enrichment.models import RunItem
from enrichment.survivorship import FILE_CONFIDENCE
from integrations.accounts import Accounts

QUEUE = Queue(RunItem)
RETURNED = "id, contact_id, tries, trace::text"
CONTACT_COLUMNS = ("id", "revision", "provenance::text", "phone_e164", "consent_on", *golden.NAMES)

# What a lookup may need, and the golden field or column that holds it.
INPUTS = {
    "first_name": "first_name",
    "last_name": "last_name",
    "full_name": "full_name",
    "email": "email",
    "address_line": "address_line",
    "city": "city",
    "state": "state",
    "postal_code": "postal_code",
}


def working_runs(accounts: Accounts) -> list[RunView]:
    """Return the runs that may be worked on now."""
    accounts.refresh()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, plan::text, is_sandbox, EXISTS (SELECT FROM enrichment_runitem AS i"
            " WHERE i.run_id = r.id AND i.state = 'waiting' AND i.losses > 0 AND i.due_at <= now())"
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
    plan, fresh_days = recipes.plan(kept, accounts), kept.get("fresh_days")
    return RunView(run_id, is_sandbox, plan, has_suspects, correlation_id, fresh_days)


def claim(run: RunView, worker_id: UUID, limit: int, *, suspects: bool = False) -> list[Item]:
    """Claim items of a run and move their contacts to processing.

    A `suspect` was in the hands of a worker that was lost; it is claimed by itself, so that if it
    was the cause it takes nothing else with it.
    """
    rows = QUEUE.claim(
        worker_id,
        limit,
        where="run_id = %s AND losses > 0" if suspects else "run_id = %s AND losses = 0",
        params=[run.id],
        columns=RETURNED,
    )
    if not rows:
        return []
    contacts = _processing([row[1] for row in rows])
    return [_item(run, row, contacts[row[1]]) for row in rows if row[1] in contacts]


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


def _processing(ids: list[int]) -> dict[int, tuple[Any, ...]]:
    """Move contacts to processing; a run that was approved is the explicit word to reprocess."""
    columns = ", ".join(CONTACT_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, status FROM contacts_contact WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [ids],
        )
        completed = [id_ for id_, status in cursor.fetchall() if status == "completed"]
        if completed:
            cursor.execute(
                "UPDATE contacts_contact SET status = 'pending', reprocessed_at = now()"
                " WHERE id = ANY(%s)",
                [completed],
            )
        cursor.execute(
            "UPDATE contacts_contact SET status = 'processing'"
            f" WHERE id = ANY(%s) RETURNING {columns}",
            [ids],
        )
        return {row[0]: row for row in cursor.fetchall()}


def _item(run: RunView, row: tuple[Any, ...], contact: tuple[Any, ...]) -> Item:
    id_, contact_id, tries, trace = row
    values = dict(zip(golden.NAMES, contact[5:], strict=True))
    provenance: dict[str, dict[str, Any]] = orjson.loads(contact[2])
    item = Item(
        id_,
        run,
        contact_id,
        tries,
        orjson.loads(trace),
        contact[1],
        values,
        provenance,
        inputs(contact[3], contact[4], values),
    )
    for name, kept in provenance.items():
        if str(kept.get("by", "")).startswith(("person:", "file:")):
            item.sure[name] = kept.get("sure", FILE_CONFIDENCE)
    return item


def inputs(phone: str, consent_on: date | None, values: Mapping[str, Any]) -> dict[str, str]:
    """Return what lookups may be asked about a contact.

    A number that is known to be invalid is no input: it is never sent to anyone.
    """
    known = {need: values[name] for need, name in INPUTS.items() if values.get(name)}
    if values.get("phone_is_valid") is not False:
        known["phone"] = phone
    if consent_on:
        known["consent_on"] = f"{consent_on:%Y%m%d}"
    if values["phone_country"]:
        known["address_country"] = values["phone_country"]
    return known
