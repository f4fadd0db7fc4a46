"""Writes an import's file again, row for row, with what is known of every contact beside it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection

from contacts.importing import files
from contacts.importing.service import fit
from contacts.importing.table import SourceRow
from contacts.models import Contact, Import
from contacts.spreadsheet import defused

_BATCH = 2_000
REJECTED, UNREAD, GONE = "rejected", "not imported", "deleted"
# What can be asked for beside the columns of Contact.
_JOINED = {"company": "k.name", "company_domain": "k.domain"}


@dataclass
class Summary:
    """Rows written, and how many of each outcome."""

    rows: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)


def write_enriched(record: Import, out: Path, fields: Sequence[str]) -> Summary:
    """Write the rows of an import's file to `out`: its columns, `fields`, outcome and reason.

    OUT begins with the header; title lines above it are left out, rejected and blank rows are not.
    The outcome is the contact's status, "rejected", "skipped" (left out by the mode),
    "not imported" or "deleted". TSV when `out` ends so, else CSV, in UTF-8. The file is written
    beside its place and moved there, so that a half-written one is never found.
    """
    table = files.reopen(record)
    width, names = len(record.columns), _names(record.columns, fields)
    summary = Summary()
    query = _query(fields)
    partial = out.with_name(f".{out.name}.part")
    with partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t" if out.suffix.lower() == ".tsv" else ",")
        writer.writerow(map(defused, names))
        for rows in _batches(table.rows()):
            known = _read(query, record.pk, rows)
            for row in rows:
                facts, outcome, reason = known.get(row.line) or _unread(row, len(fields))
                cells = fit(row.cells or ([row.raw] if row.raw else []), width)
                writer.writerow(map(defused, (*cells, *facts, outcome, reason)))
                summary.outcomes[outcome] += 1
            summary.rows += len(rows)
    partial.replace(out)
    return summary


def _names(columns: Sequence[str], fields: Sequence[str]) -> list[str]:
    """The header: a name of ours that the file has already gets "(enriched)" behind it."""
    taken = {column.casefold() for column in columns}
    ours = [*fields, "outcome", "reason"]
    return [*columns, *(f"{name} (enriched)" if name in taken else name for name in ours)]


def _query(fields: Sequence[str]) -> str:
    known = {column.name: f"c.{column.column}" for column in Contact._meta.concrete_fields}
    known |= _JOINED
    unknown = [name for name in fields if name not in known]
    if unknown:
        raise ValueError(f"a contact has no field {unknown[0]!r}")
    return (
        "SELECT r.line, r.outcome, r.reason, c.status, c.error"
        + "".join(f", {known[name]}" for name in fields)
        + " FROM contacts_importrow r LEFT JOIN contacts_contact c ON c.id = r.contact_id"
        " LEFT JOIN contacts_company k ON k.id = c.company_id"
        " WHERE r.source_id = %s AND r.line BETWEEN %s AND %s"
    )


def _batches(rows: Iterator[SourceRow]) -> Iterator[list[SourceRow]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


Known = tuple[list[str], str, str]


def _read(query: str, import_id: int, rows: Sequence[SourceRow]) -> dict[int, Known]:
    """What became of the rows, by line: values, outcome and reason."""
    with connection.cursor() as cursor:
        cursor.execute(query, [import_id, rows[0].line, rows[-1].line])
        found = cursor.fetchall()
    return {row[0]: (list(map(as_text, row[5:])), *_outcome(*row[1:5])) for row in found}


def _outcome(outcome: str, reason: str, status: str | None, error: str | None) -> tuple[str, str]:
    if status is not None and outcome != "skipped":
        return status, "; ".join(filter(None, (error, reason)))
    return (GONE if outcome not in (REJECTED, "skipped") else outcome), reason


def _unread(row: SourceRow, width: int) -> Known:
    return [""] * width, UNREAD, row.problem


_AS_TEXT: dict[type, Callable[[Any], str]] = {
    str: str,
    type(None): lambda _: "",
    bool: lambda value: "true" if value else "false",
    datetime: lambda value: value.isoformat(timespec="seconds"),
    date: date.isoformat,
    Decimal: lambda value: f"{value:f}",
}


def as_text(value: Any) -> str:
    """A column's value as an export shows it."""
    return _AS_TEXT.get(type(value), str)(value)
