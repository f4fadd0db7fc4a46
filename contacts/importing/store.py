"""The statements of a chunk: what is known of its numbers, new contacts, updates, outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import orjson
from django.db import connection, models

from contacts.importing.companies import Company, Named
from contacts.importing.resolve import COMPANY, Known, Outcome
from contacts.importing.staging import CONSENT, WRITTEN, Candidate, copy_text
from contacts.models import Contact

# Where a chunk writes contacts: two imports of the same numbers at once must not make twins.
IMPORTS_LOCK = 0x1_5C0_17AC7
RAW_KEPT = 20_000
_BLOCK = 500  # rows that PostgreSQL works on while we write the next
REASON_LIMIT = 300
FILE_SURE, LOCAL_SURE = 0.9, 0.6
LOCAL = "local"

_COLUMNS = ("id", "phone_raw", "phone_e164", *WRITTEN, "company_id", "phone_is_valid",
            "phone_country", "provenance")  # fmt: skip
_BLANK: tuple[str, ...] = tuple(
    str(field.column)
    for field in Contact._meta.concrete_fields
    if isinstance(field, models.CharField) and field.column not in _COLUMNS
    and not field.has_db_default()
)  # fmt: skip
_COPY_CONTACTS = f"COPY contacts_contact ({', '.join(_COLUMNS + _BLANK)}) FROM STDIN"
_TAIL = "\t" * len(_BLANK) + "\n"
_COPY_ROWS = (
    "COPY contacts_importrow (source_id, line, outcome, contact_id, reason, raw, before) FROM STDIN"
)
# The numbers come through a subquery: of a literal list the planner weighs every member against
# what it knows of the column, which took six times as long as to look them all up.
_READ_KNOWN = (
    f"SELECT c.id, c.phone_e164, c.revision, {', '.join(f'c.{name}::text' for name in WRITTEN)},"
    " c.company_id, k.name_key, k.domain,"
    " CASE WHEN c.provenance::text LIKE '%%\"person:%%' THEN c.provenance END"
    " FROM contacts_contact c LEFT JOIN contacts_company k ON k.id = c.company_id"
    " WHERE c.phone_e164 = ANY(ARRAY(SELECT unnest(%s::text[]))) ORDER BY c.id"
)
_HUMAN = "person:"


def take_turn() -> None:
    """Wait until no other chunk writes contacts; the turn ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORTS_LOCK])


def read_known(numbers: Iterable[str]) -> dict[str, list[Known]]:
    """Return the contacts on each number, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_READ_KNOWN, [list(numbers)])
        rows = cursor.fetchall()
    known: dict[str, list[Known]] = {}
    for id_, number, revision, *values, company_id, key, domain, provenance in rows:
        company = Company(Named("", key, domain or ""), company_id) if company_id else None
        texts = {name: value for name, value in zip(WRITTEN, values, strict=True) if value}
        contact = Known(id_, texts, company, revision, _human_fields(provenance))
        known.setdefault(number, []).append(contact)
    return known


def _human_fields(provenance: Any) -> frozenset[str]:
    if not provenance:
        return frozenset()
    facts = orjson.loads(provenance) if isinstance(provenance, str) else provenance
    return frozenset(
        name for name, fact in facts.items() if str(fact.get("by", "")).startswith(_HUMAN)
    )


def mark_met(import_id: int, known: dict[str, list[Known]]) -> None:
    """Mark the contacts that earlier chunks of this import spoke of."""
    contacts = {contact.id: contact for there in known.values() for contact in there}
    if not contacts:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            # "+ 0": by the contact's few rows, never through all rows of the import
            "SELECT DISTINCT contact_id FROM contacts_importrow"
            " WHERE contact_id = ANY(%s) AND source_id + 0 = %s",
            [list(contacts), import_id],
        )
        for (id_,) in cursor.fetchall():
            contacts[id_].is_met = True


def create_contacts(created: Sequence[Known], source: str, at: str) -> None:
    """Give every new contact its id and copy them in."""
    if not created:
        return
    provenance = _provenances(source, at)
    for contact, id_ in zip(created, _new_ids(len(created)), strict=True):
        contact.id = id_
    with connection.cursor() as cursor, cursor.copy(_COPY_CONTACTS) as copy:
        for start in range(0, len(created), _BLOCK):
            block = created[start : start + _BLOCK]
            copy.write("".join([_contact_line(contact, provenance) for contact in block]))


def _new_ids(count: int) -> Sequence[int]:
    """Ids from the sequence; one by one only where others take some at the same time."""
    new = (
        "(SELECT nextval(ids.name) AS id FROM generate_series(1, %s),"
        " (SELECT pg_get_serial_sequence('contacts_contact', 'id')::regclass) AS ids (name)) AS new"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(id), max(id) FROM {new}", [count])
        low, high = cursor.fetchone()
        if high - low + 1 == count:
            return range(low, high + 1)
        cursor.execute(f"SELECT id FROM {new}", [count])
        return [id_ for (id_,) in cursor.fetchall()]


def _contact_line(contact: Known, provenance: Callable[[tuple[str, ...]], str]) -> str:
    row: Candidate | None = contact.made_by
    assert row is not None
    values = contact.values
    text = row.copy_text if values is row.values else copy_text(row, values)
    company = contact.company.id if contact.company else "\\N"
    said = (*values, COMPANY) if contact.company else tuple(values)
    return (
        f"{contact.id}\t{text}\t{company}\t{'t' if row.is_valid else 'f'}\t{row.country}"
        f"\t{provenance(said)}{_TAIL}"
    )


def _provenances(source: str, at: str) -> Callable[[tuple[str, ...]], str]:
    by_file = {"by": source, "at": at, "sure": FILE_SURE}
    by_us = {"by": LOCAL, "at": at, "sure": LOCAL_SURE}

    @cache
    def provenance(fields: tuple[str, ...]) -> str:
        facts = dict.fromkeys(fields, by_file)
        facts["phone_is_valid"] = facts["phone_country"] = by_us
        return escape(orjson.dumps(facts).decode())

    return provenance


def lock(updated: Sequence[Known]) -> dict[int, tuple[int, dict[str, Any]]]:
    """Lock the contacts to update, in id order: revision and provenance of each that still is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, revision, provenance FROM contacts_contact WHERE id = ANY(%s)"
            " ORDER BY id FOR NO KEY UPDATE",
            [[contact.id for contact in updated]],
        )
        return {
            id_: (revision, orjson.loads(facts) if isinstance(facts, str) else facts)
            for id_, revision, facts in cursor.fetchall()
        }


def update_contacts(updated: Sequence[Known], source: str, at: str) -> None:
    """Write what updates changed, with its provenance, in one statement."""
    if not updated:
        return
    fact = {"by": source, "at": at, "sure": FILE_SURE}
    columns = [name for name in WRITTEN if any(name in contact.changed for contact in updated)]
    arrays: list[list[Any]] = [
        [contact.id for contact in updated],
        [orjson.dumps(dict.fromkeys(contact.changed, fact)).decode() for contact in updated],
        [contact.company.id if contact.company else None for contact in updated],
        *[[contact.values.get(name, "") for contact in updated] for name in columns],
    ]
    types = ["bigint[]", "text[]", "bigint[]", *["text[]"] * len(columns)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contacts_contact c SET "
            + "".join(f"{name} = {new_value(name)}, " for name in columns)
            + "company_id = v.company_id, provenance = c.provenance || v.facts::jsonb,"
            " revision = c.revision + 1, updated_at = now()"
            f" FROM unnest({', '.join(f'%s::{kind}' for kind in types)})"
            f" AS v ({', '.join(['id', 'facts', 'company_id', *columns])}) WHERE c.id = v.id",
            arrays,
        )


def new_value(column: str) -> str:
    """The SQL of a column's new value, which comes as text in the row `v`."""
    return f"NULLIF(v.{column}, '')::date" if column == CONSENT else f"v.{column}"


def copy_outcomes(import_id: int, outcomes: Iterable[Outcome]) -> None:
    """Copy in what became of each row."""
    text = "".join(_outcome_line(import_id, outcome) for outcome in outcomes)
    with connection.cursor() as cursor, cursor.copy(_COPY_ROWS) as copy:
        copy.write(text)


def _outcome_line(import_id: int, outcome: Outcome) -> str:
    row, contact = outcome.candidate, outcome.contact
    reason = escape(outcome.reason[:REASON_LIMIT]) if outcome.reason else ""
    raw = escape(_raw(row.cells)) if outcome.outcome == "rejected" else "\\N"
    before = "\\N" if outcome.before is None else escape(orjson.dumps(outcome.before).decode())
    id_ = contact.id if contact else "\\N"
    return f"{import_id}\t{row.line}\t{outcome.outcome}\t{id_}\t{reason}\t{raw}\t{before}\n"


def _raw(cells: Sequence[str]) -> str:
    """The cells as JSON, cut where they grow over what is kept of a row."""
    kept: list[str] = []
    room = RAW_KEPT
    for cell in cells:
        plain = cell.replace("\0", "").encode("utf-8", "replace").decode()
        kept.append(plain if len(plain) <= room else plain[:room] + "…")
        room = max(0, room - len(plain))
    return orjson.dumps(kept).decode()


def escape(text: str) -> str:
    """Escape a value for COPY's text format."""
    text = text.replace("\\", "\\\\").replace("\t", "\\t")
    return text.replace("\n", "\\n").replace("\r", "\\r")
