"""The columns that the list of contacts can have, and which of them a person has chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.utils import formats, timezone

from contacts.models import Contact, ListColumns

STATUS_TONES = {"completed": "good", "processing": "info", "failed": "bad", "pending": ""}
RISK_TONES = {"low": "good", "medium": "warn", "high": "bad"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text, or its `usd` or `error`; a tone makes a label, `below` a second line."""

    text: str = ""
    tone: str | None = None
    below: str = ""
    usd: Decimal | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    label: str
    cell: Callable[[Contact], Cell]
    is_default: bool = False
    prefetch: str = ""


def _text(name: str) -> Callable[[Contact], Cell]:
    return lambda contact: Cell(_written(getattr(contact, name)))


def _word(name: str) -> Callable[[Contact], Cell]:
    return lambda contact: Cell(getattr(contact, name).replace("_", " ").capitalize())


def _written(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "Yes" if value else "No"
        case datetime():
            return formats.date_format(timezone.localtime(value), "j M Y H:i")
        case date():
            return formats.date_format(value, "j M Y")
    return str(value)


def _status(contact: Contact) -> Cell:
    return Cell(contact.get_status_display(), STATUS_TONES[contact.status])


def _risk(contact: Contact) -> Cell:
    level = contact.sms_pumping_risk_level
    return Cell(contact.get_sms_pumping_risk_level_display(), RISK_TONES[level] if level else None)


def _works_at(contact: Contact) -> Cell:
    company = contact.company
    return Cell(str(company or ""), below=(company.domain or "") if company else "")


def _tags(contact: Contact) -> Cell:
    return Cell(", ".join(sorted(tag.name for tag in contact.tags.all())))


def _cost(contact: Contact) -> Cell:
    return Cell(usd=contact.cost_usd or None)


def _error(contact: Contact) -> Cell:
    return Cell(error=contact.error)


COLUMNS: Mapping[str, Column] = {
    one.name: one
    for one in (
        Column("company", "Company", _works_at, is_default=True),
        Column("position", "Position", _text("position")),
        Column("email", "E-mail", _text("email"), is_default=True),
        Column("city", "City", _text("city")),
        Column("status", "Status", _status, is_default=True),
        Column("line_type", "Line type", _word("line_type"), is_default=True),
        Column("carrier", "Carrier", _text("carrier_name"), is_default=True),
        Column("country", "Country", _text("phone_country"), is_default=True),
        Column("risk", "Risk", _risk, is_default=True),
        Column("valid", "Valid", _text("phone_is_valid")),
        Column("caller_name", "Caller name", _text("caller_name")),
        Column("quality", "Quality", _text("quality_score")),
        Column("tags", "Tags", _tags, prefetch="tags"),
        Column("error", "Error", _error),
        Column("cost", "Cost", _cost),
        Column("external_id", "Id in the source", _text("external_id")),
        Column("consent", "Consent", _text("consent_on")),
        Column("enriched", "Looked up", _text("enriched_at")),
        Column("created", "Added", _text("created_at")),
        Column("updated", "Changed", _text("updated_at")),
    )
}


def chosen_by(user: User) -> list[Column]:
    """Return the columns that the person has chosen, else the usual ones."""
    kept = ListColumns.objects.filter(user=user).values_list("names", flat=True).first()
    known = [COLUMNS[name] for name in kept or () if name in COLUMNS]
    return known or [column for column in COLUMNS.values() if column.is_default]


def choose(user: User, names: Iterable[str]) -> None:
    """Remember the person's columns; none, or none that we know, are the usual ones again."""
    wanted = set(names)
    known = [name for name in COLUMNS if name in wanted]
    if known:
        ListColumns.objects.update_or_create(user=user, defaults={"names": known})
    else:
        ListColumns.objects.filter(user=user).delete()
