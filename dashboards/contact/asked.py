"""What was asked of a contact in each run and why not, and what providers answered."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from contacts.models import Contact, ImportRow
from dashboards.contact.cards import uuids
from dashboards.contact.fields import in_words, label
from dashboards.contact.glance import Pill
from dashboards.contact.sources import lookup_label
from enrichment.models import Answer, RunItem
from integrations import wording
from integrations.models import ApiCall

# The newest so many are on the page; the rest is in the lists of the back office.
SHOWN = 50
_OUTCOMES = {
    "hit": Pill("Answered", "success"),
    "reused": Pill("Known already", "info"),
    "miss": Pill("Asked, nothing known"),
    "error": Pill("Failed", "danger"),
    "skipped": Pill("Not asked"),
    "pending": Pill("Asked, answered later", "info"),
}
_STATES = {"done": "success", "claimed": "info", "failed": "danger", "dead": "danger"}
_ANSWERS = {"hit": "success", "unknown": "warning", "pending": "info", "broken": "danger"}
_CALLS = {"answered": "success", "failed": "danger", "unknown": "warning"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One lookup in one run."""

    lookup: str
    outcome: Pill
    why: str
    usd: str
    answer: str


@dataclass(frozen=True, slots=True)
class Worked:
    item: RunItem
    state: Pill
    asked: list[Asked]


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: its facts in words, and the provider's own words."""

    answer: Answer
    lookup: str
    outcome: Pill
    facts: list[tuple[str, str, str]]
    raw: str


@dataclass(frozen=True, slots=True)
class Called:
    call: ApiCall
    lookup: str
    outcome: Pill


def runs(contact: Contact) -> list[Worked]:
    """Return what each run did about the contact, the newest first."""
    items = RunItem.objects.filter(contact=contact).select_related("run", "run__recipe")
    return [
        Worked(
            item,
            Pill(item.get_state_display(), _STATES.get(item.state, "")),
            [_asked(slug, entry) for slug, entry in sorted(item.trace.items(), key=_asked_first)],
        )
        for item in items.order_by("-id")[:SHOWN]
    ]


def answers(contact: Contact) -> list[Said]:
    """Return the answers that the contact's runs and fields speak of, the newest first."""
    traces = RunItem.objects.filter(contact=contact).order_by("-id").values_list("trace", flat=True)
    ids = [fact.get("answer") for fact in contact.provenance.values() if isinstance(fact, dict)]
    for trace in traces[:SHOWN]:
        ids += [entry.get("a") for entry in trace.values()]
    found = Answer.objects.filter(pk__in=uuids(ids)).order_by("-id")[:SHOWN]
    return [
        Said(
            answer,
            lookup_label(answer.lookup),
            Pill(answer.get_outcome_display(), _ANSWERS.get(answer.outcome, "")),
            _facts(answer),
            "" if answer.raw is None else json.dumps(answer.raw, indent=2, ensure_ascii=False),
        )
        for answer in found
    ]


def calls(contact: Contact) -> list[Called]:
    """Return the calls made for the contact, the newest first."""
    found = ApiCall.objects.filter(contact_id=contact.pk).order_by("-id")[:SHOWN]
    return [
        Called(
            call,
            _lookups(call),
            Pill(call.get_outcome_display(), _CALLS.get(call.outcome, "")),
        )
        for call in found
    ]


def origin(contact: Contact) -> list[ImportRow]:
    """Return the lines of files that spoke of the contact, the newest first."""
    rows = ImportRow.objects.filter(contact_id=contact.pk).select_related("source")
    return list(rows.order_by("-source_id", "-line")[:SHOWN])


def _asked(slug: str, entry: dict[str, str]) -> Asked:
    outcome = entry.get("o", "")
    return Asked(
        lookup_label(slug),
        _OUTCOMES.get(outcome, Pill(outcome)),
        _why(entry.get("why", "")),
        entry.get("usd", ""),
        entry.get("a", ""),
    )


def _why(text: str) -> str:
    """Return the planner's reason with our own names for fields."""
    if text.startswith("needs "):
        names = text.removeprefix("needs ").split(", ")
        return f"Not known yet: {', '.join(label(name).lower() for name in names)}"
    return wording.in_words(text)


def _asked_first(traced: tuple[str, dict[str, str]]) -> tuple[int, str]:
    order = list(_OUTCOMES)
    outcome = traced[1].get("o", "")
    return order.index(outcome) if outcome in order else len(order), traced[0]


def _facts(answer: Answer) -> list[tuple[str, str, str]]:
    rows = []
    for name, said in answer.facts.items():
        value, sure = said if isinstance(said, list) and len(said) == 2 else (said, None)
        rows.append((label(name), in_words(name, value), _percent(sure)))
    return rows


def _percent(sure: Any) -> str:
    return f"{sure:.0%}" if isinstance(sure, int | float) else ""


def _lookups(call: ApiCall) -> str:
    return ", ".join(_in_words(f"{call.provider}.{name}" for name in _names(call.lookup)))


def _names(text: str) -> list[str]:
    return text.replace("+", " ").split()


def _in_words(slugs: Iterable[str]) -> list[str]:
    return [lookup_label(slug).partition(" · ")[0] for slug in slugs]
