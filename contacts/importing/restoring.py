"""Gives contacts back the values that an import replaced, where they still are the import's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection

from contacts.importing.resolve import COMPANY
from contacts.importing.staging import WRITTEN
from contacts.importing.store import new_value
from contacts.models import ImportRow

_COLUMNS = {**{name: name for name in WRITTEN}, COMPANY: "company_id"}
_TEXTS = ", ".join(f"COALESCE({name}::text, '')" for name in WRITTEN)
_READ = (
    f"SELECT id, provenance, {_TEXTS}, company_id"
    " FROM contacts_contact WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
)
_WRITE = (
    f"UPDATE contacts_contact c SET {', '.join(f'{name} = {new_value(name)}' for name in WRITTEN)},"
    " company_id = (SELECT k.id FROM contacts_company k WHERE k.id = v.company_id),"
    " provenance = v.facts::jsonb, revision = c.revision + 1, updated_at = now()"
    f" FROM unnest(%s::bigint[], %s::text[], {'%s::text[], ' * len(WRITTEN)} %s::bigint[])"
    f" AS v (id, facts, {', '.join(_COLUMNS.values())}) WHERE c.id = v.id"
)


@dataclass(slots=True)
class Row:
    """A row to take back, and what came of that; `before` holds [value, provenance] by field."""

    line: int
    outcome: str
    contact_id: int
    before: dict[str, list[Any]] | None
    undo: str = ""
    reason: str = ""


@dataclass(slots=True)
class _Contact:
    id: int
    facts: dict[str, Any]
    values: dict[str, Any]


def restore(rows: Sequence[Row], source: str) -> None:
    """Restore what updates of `source` replaced, and tell each row what came of it."""
    contacts = _read([row.contact_id for row in rows])
    touched: dict[int, _Contact] = {}
    for row in rows:
        contact = contacts.get(row.contact_id)
        if contact is None:
            row.undo, row.reason = ImportRow.Undo.FAILED, "the contact is gone: deleted or merged"
            continue
        kept = [name for name in row.before or {} if not _is_from(contact, name, source)]
        for name, (value, fact) in (row.before or {}).items():
            if name not in kept:
                _put_back(contact, name, value, fact)
                touched[contact.id] = contact
        row.undo = ImportRow.Undo.KEPT if kept else ImportRow.Undo.REVERSED
        row.reason = f"changed since: {', '.join(kept)}"[:200] if kept else ""
    _write(sorted(touched.values(), key=lambda contact: contact.id))


def _is_from(contact: _Contact, name: str, source: str) -> bool:
    fact = contact.facts.get(name) or {}
    return bool(fact.get("by") == source)


def _put_back(contact: _Contact, name: str, value: Any, fact: Any) -> None:
    contact.values[name] = value
    if fact is None:
        contact.facts.pop(name, None)
    else:
        contact.facts[name] = fact


def _read(ids: Sequence[int]) -> dict[int, _Contact]:
    with connection.cursor() as cursor:
        cursor.execute(_READ, [list(ids)])
        rows = cursor.fetchall()
    return {
        id_: _Contact(
            id_,
            orjson.loads(facts) if isinstance(facts, str) else facts,
            dict(zip(_COLUMNS, values, strict=True)),
        )
        for id_, facts, *values in rows
    }


def _write(contacts: Sequence[_Contact]) -> None:
    if not contacts:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            [
                [contact.id for contact in contacts],
                [orjson.dumps(contact.facts).decode() for contact in contacts],
                *[[contact.values[name] for contact in contacts] for name in _COLUMNS],
            ],
        )
