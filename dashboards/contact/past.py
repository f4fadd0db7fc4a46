"""The history of a contact in words: who changed what, from what to what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contacts.annotations import GIVEN_BACK
from contacts.models import Company, Contact, ContactChange
from dashboards.contact.fields import coded, in_words, is_blank, label
from dashboards.contact.sources import Source, import_names, run_names, source_of

SHOWN = 100
_DIRECTLY = Source("none", "Written without a name", "terminal")


@dataclass(frozen=True, slots=True)
class Step:
    """One field in one change; `is_given_back` has no new value, but a new owner."""

    label: str
    before: str
    after: str
    is_given_back: bool


@dataclass(frozen=True, slots=True)
class Change:
    at: datetime
    who: Source
    steps: list[Step]


def history(contact: Contact) -> list[Change]:
    """Return the changes, the newest first; four queries at most."""
    rows = list(ContactChange.objects.filter(contact_id=contact.pk).order_by("-id")[:SHOWN])
    imports = import_names(by for row in rows for by in row.sources.values())
    runs = run_names(row.by for row in rows)
    companies = _companies(rows)
    return [
        Change(row.at, source_of(by, imports, runs) if by else _DIRECTLY, steps)
        for row in rows
        for by, steps in _steps(row, companies).items()
    ]


def _steps(row: ContactChange, companies: dict[int, str]) -> dict[str, list[Step]]:
    """Return the row's changes by who is named for them."""
    by_source: dict[str, list[Step]] = {}
    for name in sorted(row.after):
        said = str(row.sources.get(name) or "")
        is_given_back = said.startswith(GIVEN_BACK)
        step = Step(
            label(name),
            _shown(name, row.before.get(name), companies),
            _shown(name, row.after.get(name), companies),
            is_given_back,
        )
        by_source.setdefault(row.by or said, []).append(step)
    return by_source


def _companies(rows: list[ContactChange]) -> dict[int, str]:
    sides = [side.get("company_id") for row in rows for side in (row.before, row.after)]
    ids = {side for side in sides if isinstance(side, int)}
    return {one.pk: str(one) for one in Company.objects.filter(pk__in=ids)} if ids else {}


def _shown(name: str, value: Any, companies: dict[int, str]) -> str:
    if is_blank(value):
        return ""
    if name == "company_id":
        return companies.get(value, f"Company {value}")
    return coded(str(value)) if name == "status" else in_words(name, value)
