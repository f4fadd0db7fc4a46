"""Reads what an import made of its rows, in pages: by outcome, searched, with their contacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from contacts.models import Contact, Import, ImportRow
from contacts.numerals import whole
from contacts.searching import newest

PAGE = 100
# A search reads this many rows of the import at a time; the page offers to read on.
SEARCHED = 20_000
_CONTACTS_FOUND = 200
_LAST_LINE = 2**63 - 1
# The import's own count of the rows of each outcome, and of what undoing came to.
COUNTERS = {name: f"{name}_count" for name in ImportRow.Outcome.values} | {
    "reversed": "reversed_count", "kept": "kept_count", "failed": "undo_failed_count",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file and its contact; None when it made none, or that is gone."""

    row: ImportRow
    contact: Contact | None

    @property
    def raw(self) -> str:
        return " | ".join(map(str, self.row.raw or []))

    @property
    def changed(self) -> str:
        """The fields that an update changed."""
        return ", ".join(name.replace("_", " ") for name in self.row.before or ())


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order of the file; `after` is where the next page starts, None at the end.

    `searched_to` is the last line a search has read, None when it has read all.
    """

    rows: list[Row]
    after: int | None
    searched_to: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: an outcome, what undoing came to, words, and the line they come after."""

    outcome: str = ""
    undo: str = ""
    term: str = ""
    after: int = -1

    @classmethod
    def read(cls, query: Any) -> Wanted:
        """Read an address; what is broken in it is left out."""
        outcome, undo, after = (query.get(key, "") for key in ("outcome", "undo", "after"))
        return cls(
            outcome if outcome in ImportRow.Outcome.values else "",
            undo if undo in ImportRow.Undo.values else "",
            query.get("q", "").replace("\0", "").strip()[:100],
            _line(after, -1),
        )


def notices(query: Any, wanted: Wanted) -> list[str]:
    """Say of each filter of an address that means nothing that it was left out."""
    read = {"outcome": wanted.outcome, "undo": wanted.undo}
    return [
        f"The filter “{name}” was left out: {query[name][:40]!r} means nothing."
        for name, kept in read.items()
        if query.get(name) and not kept
    ]


def _line(text: str, otherwise: int) -> int:
    line = whole(text)
    return otherwise if line is None else line


def page_of(record: Import, wanted: Wanted) -> Page:
    """Return the next rows that are wanted."""
    counters = [COUNTERS[name] for name in (wanted.outcome, wanted.undo) if name]
    if not all(getattr(record, counter) for counter in counters):
        return Page([], None)  # the counter knows; to look would read all rows
    rows = ImportRow.objects.filter(source=record, line__gt=wanted.after).order_by("line")
    if wanted.outcome:
        rows = rows.filter(outcome=wanted.outcome)
    if wanted.undo:
        rows = rows.filter(undo=wanted.undo)
    edge = None
    if wanted.term:
        edge = rows.values_list("line", flat=True)[SEARCHED : SEARCHED + 1].first()
        rows = rows.alias(raw_text=Cast("raw", TextField())).filter(
            _matches(wanted.term), line__lt=_LAST_LINE if edge is None else edge
        )
    found = list(rows[: PAGE + 1])
    after = found[PAGE - 1].line if len(found) > PAGE else None
    return Page(_with_contacts(found[:PAGE]), after, None if edge is None else edge - 1)


def _matches(term: str) -> Q:
    """A line, words in the reason or in the raw text, or the beginning of a contact's number..."""
    match = Q(reason__icontains=term) | Q(raw_text__icontains=term)
    match |= Q(contact_id__in=newest(Contact.objects.order_by(), term, 0, _CONTACTS_FOUND))
    line = _line(term.replace(",", ""), -1)
    return match | Q(line=line) if line >= 0 else match


def _with_contacts(rows: list[ImportRow]) -> list[Row]:
    contacts = Contact.objects.in_bulk([row.contact_id for row in rows if row.contact_id])
    return [Row(row, contacts.get(row.contact_id or 0)) for row in rows]


@dataclass(frozen=True, slots=True)
class Pace:
    """Rows per second so far, and the seconds left; None where that can't be told."""

    rows_per_s: float | None
    left_s: float | None


def pace(record: Import) -> Pace:
    """Return how fast an import is worked."""
    if record.started_at is None or record.state != Import.State.WORKING:
        return Pace(None, None)
    spent_s = (timezone.now() - record.started_at).total_seconds()
    if spent_s <= 0 or not record.read_line:
        return Pace(None, None)
    lines_left = max(0, record.line_count - record.read_line)
    left_s = lines_left * spent_s / record.read_line if record.line_count else None
    return Pace(record.total_count / spent_s, left_s)
