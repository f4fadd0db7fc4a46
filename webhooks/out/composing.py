"""Composes what is said of happenings: read in bulk, as things are when it is composed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from contacts import happenings
from contacts.models import Contact, Import
from enrichment.models import Run
from webhooks.out.events import OF_COMPANY, OF_CONTACT

MOST_BYTES = 20_000
LONGEST_VALUE = 500


@dataclass(frozen=True, slots=True)
class Told:
    """One happening, and what is said of it."""

    kind: str
    subject: str
    facts: Mapping[str, Any]
    at: datetime
    said: Mapping[str, Any]


Row = tuple[str, str, Mapping[str, Any], datetime]


def compose(rows: Sequence[Row]) -> list[Told]:
    """Return what is said of each (kind, subject, facts, when), in their order."""
    found = {
        kind: reader({int(subject) for of, subject, _, _ in rows if of == kind})
        for kind, reader in READERS.items()
        if any(of == kind for of, _, _, _ in rows)
    }
    return [
        Told(kind, subject, facts, at, _said(kind, subject, facts, found.get(kind, {})))
        for kind, subject, facts, at in rows
    ]


def body_of(kind: str, at: datetime, said: Mapping[str, Any]) -> str:
    """Return the body that is signed and posted, below MOST_BYTES."""
    body = {"type": kind, "timestamp": at.isoformat(), "data": said}
    text = orjson.dumps(body, default=_plain)
    if len(text) >= MOST_BYTES:
        text = orjson.dumps({**body, "data": _short(said), "is_cut": True}, default=_plain)
    if len(text) >= MOST_BYTES:
        text = orjson.dumps({**body, "data": _ids(said), "is_cut": True}, default=_plain)
    return text.decode()


def _said(
    kind: str, subject: str, facts: Mapping[str, Any], found: Mapping[int, Mapping[str, Any]]
) -> Mapping[str, Any]:
    name = {happenings.RUN_FINISHED: "run", happenings.IMPORT_FINISHED: "import"}.get(kind)
    if kind in (happenings.CONTACT_ENRICHED, happenings.DUPLICATE_FOUND):
        name = "contact"
    if name is None:
        return {kind.partition(".")[0]: facts}
    gone = {"id": int(subject), "is_deleted": True}
    return {**facts, name: found.get(int(subject), gone)}


def _contacts(ids: set[int]) -> dict[int, Mapping[str, Any]]:
    rows = Contact.objects.filter(pk__in=ids).select_related("company").defer("provenance")
    return {row.pk: _contact(row) for row in rows}


def _contact(row: Contact) -> dict[str, Any]:
    """Return what is known of a contact; what is empty is left out."""
    found = {name: getattr(row, "phone_e164" if name == "phone" else name) for name in OF_CONTACT}
    if row.company:
        company = {name: getattr(row.company, name) for name in OF_COMPANY}
        found["company"] = _known(company)
    return _known(found)


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def _runs(ids: set[int]) -> dict[int, Mapping[str, Any]]:
    return {
        row.pk: {
            "id": row.pk, "name": str(row), "state": row.state, "total": row.total_count,
            "done": row.done_count, "failed": row.failed_count, "spent_usd": str(row.spent_usd),
        }
        for row in Run.objects.filter(pk__in=ids)
    }  # fmt: skip


def _imports(ids: set[int]) -> dict[int, Mapping[str, Any]]:
    return {
        row.pk: {
            "id": row.pk, "name": row.name, "state": row.state, "created": row.created_count,
            "updated": row.updated_count, "repeated": row.repeated_count,
            "skipped": row.skipped_count, "rejected": row.rejected_count, "error": row.error,
        }
        for row in Import.objects.filter(pk__in=ids)
    }  # fmt: skip


READERS: Mapping[str, Callable[[set[int]], dict[int, Mapping[str, Any]]]] = {
    happenings.CONTACT_ENRICHED: _contacts,
    happenings.DUPLICATE_FOUND: _contacts,
    happenings.RUN_FINISHED: _runs,
    happenings.IMPORT_FINISHED: _imports,
}


def _short(said: Any) -> Any:
    """Return it with long texts cut and long lists left out."""
    if isinstance(said, Mapping):
        return {name: _short(value) for name, value in said.items() if not _is_long(value)}
    return said[:LONGEST_VALUE] if isinstance(said, str) else said


def _is_long(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 20


def _ids(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return only what names the things that it is about."""
    return {
        name: {"id": value.get("id")} if isinstance(value, Mapping) else value
        for name, value in said.items()
        if isinstance(value, Mapping | int)
    }


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} is nothing that is told")
