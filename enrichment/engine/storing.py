"""Storing: golden fields and states go to contacts in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection

from enrichment import golden
from enrichment.engine.items import Finished, Item
from enrichment.engine.jsontext import json_text


def update_contacts(held: Sequence[Finished]) -> None:
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
            " error = COALESCE(v.error, c.error),"
            " enriched_at = CASE WHEN v.status = 'completed' THEN now() ELSE c.enriched_at END,"
            " status = CASE WHEN c.status = 'processing' THEN COALESCE(v.status, c.status)"
            " ELSE c.status END"
            " FROM json_to_recordset(%s::json) AS v (id bigint, revision int, status text,"
            f" error text, cost numeric, provenance jsonb{shape})"
            " WHERE c.id = v.id AND c.revision = v.revision RETURNING c.id",
            [json_text(rows)],
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
        for name, standing in item.changes.items():
            row[name] = standing.claim.value
            provenance[name] = standing.provenance()
    row["id"] = item.contact_id
    row["revision"] = item.revision
    # A released contact goes back by way of failed, in the same transaction.
    row["status"] = "completed" if one.ending == "done" else "failed"
    row["error"] = "" if one.ending in ("done", "released") else one.error[:300]
    if one.ending == "applied":  # whoever works on the contact says what became of it
        row["status"] = row["error"] = None
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
    item.values.update(zip(golden.NAMES, row[2:], strict=True))
    item.changes.clear()
    for name in item.said:
        item.settle(name)
