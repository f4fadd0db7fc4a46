"""Cards: each field of a contact with its source, age, certainty, price and who may change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from contacts.models import Contact
from contacts.services import EDITABLE
from dashboards.contact.fields import GROUPS, is_blank, label, value_of
from dashboards.contact.sources import Source, import_names, source_of, who_may_overwrite
from enrichment.models import Answer
from integrations.money import usd


@dataclass(frozen=True, slots=True)
class Card:
    """A field as the page shows it; `seen` tells whether somebody has changed it meanwhile."""

    name: str
    label: str
    value: str
    source: Source
    at: datetime | None
    sure: float | None
    answer: Answer | None
    overwrite: str
    seen: str
    is_known: bool
    is_editable: bool

    @property
    def is_human(self) -> bool:
        return self.source.kind == "person"

    @property
    def sure_percent(self) -> str:
        return "" if self.sure is None else f"{self.sure:.0%}"

    @property
    def is_stale(self) -> bool:
        return self.answer is not None and self.answer.expires_at <= timezone.now()

    @property
    def price_words(self) -> str:
        if self.answer is None:
            return ""
        return usd(self.answer.price_usd) if self.answer.price_usd else "free"

    @property
    def shared_by(self) -> int:
        """How many other fields came with the same answer, and at the same price."""
        return max(0, len(self.answer.facts) - 1) if self.answer else 0


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    icon: str
    known: list[Card]
    unknown: list[Card]


def groups(contact: Contact) -> list[Group]:
    """Return every field in its group; two queries, however many fields."""
    cards = cards_of(contact, (name for _, _, names in GROUPS for name in names))
    return [
        Group(
            title,
            icon,
            [cards[name] for name in names if cards[name].is_known],
            [cards[name] for name in names if not cards[name].is_known],
        )
        for title, icon, names in GROUPS
    ]


def cards_of(contact: Contact, names: Iterable[str]) -> dict[str, Card]:
    """Return the cards of these fields, by name."""
    wanted = list(names)
    facts = {name: fact_of(contact, name) for name in wanted}
    imports = import_names(fact.get("by") for fact in facts.values())
    answers = _answers(fact.get("answer") for fact in facts.values())
    return {name: _card(contact, name, facts[name], imports, answers) for name in wanted}


def card(contact: Contact, name: str) -> Card:
    return cards_of(contact, [name])[name]


def fact_of(contact: Contact, name: str) -> dict[str, Any]:
    """Return what the contact's provenance says of a field, {} where it says nothing."""
    fact = contact.provenance.get(name)
    return fact if isinstance(fact, dict) else {}


def seen_mark(contact: Contact, name: str) -> str:
    """Return what a form remembers of a field: its value with who set it, and when."""
    fact = fact_of(contact, name)
    stored = contact.serializable_value(name)
    return f"{'' if stored is None else stored}|{fact.get('by', '')}|{fact.get('at', '')}"


def _card(
    contact: Contact,
    name: str,
    fact: Mapping[str, Any],
    imports: Mapping[str, str],
    answers: Mapping[str, Answer],
) -> Card:
    source = source_of(str(fact.get("by", "")), imports)
    sure = fact.get("sure")
    is_number = isinstance(sure, int | float) and not isinstance(sure, bool)
    sure = float(sure) if is_number and sure is not None else None
    is_empty = is_blank(getattr(contact, name))
    return Card(
        name=name,
        label=label(name),
        value=value_of(contact, name),
        source=source,
        at=_moment(fact.get("at")),
        sure=sure,
        answer=answers.get(str(fact.get("answer", ""))),
        overwrite=who_may_overwrite(source, sure or 0.0),
        seen=seen_mark(contact, name),
        is_known=not is_empty or source.kind == "person",
        is_editable=name in EDITABLE,
    )


def _moment(text: Any) -> datetime | None:
    try:
        return parse_datetime(str(text)) if text else None
    except ValueError:
        return None


def _answers(ids: Iterable[Any]) -> dict[str, Answer]:
    wanted = uuids(ids)
    if not wanted:
        return {}
    return {str(one.pk): one for one in Answer.objects.filter(pk__in=wanted).defer("raw")}


def uuids(texts: Iterable[Any]) -> set[UUID]:
    """Return those of these texts that are ids of answers."""
    found = set()
    for text in texts:
        try:
            found.add(UUID(str(text)))
        except ValueError:
            continue
    return found
