"""Says in words what happened, for those who read it: Slack and e-mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.conf import settings
from django.urls import reverse

from contacts import happenings
from webhooks.out.composing import Told
from webhooks.out.events import EVENTS, label_of

MOST_LINES = 10
LONGEST_LINE = 300


def line_of(told: Told) -> str:
    """Return one happening as a line."""
    words = _words(told.kind, told.said)
    return f"{label_of(told.kind)}: {words}"[:LONGEST_LINE]


def _words(kind: str, said: Mapping[str, Any]) -> str:
    if kind in (happenings.RUN_FINISHED, happenings.IMPORT_FINISHED):
        of = said.get("run") or said.get("import") or {}
        return f"{of.get('name', 'deleted')}, {_counts(of)}"
    if kind in (happenings.CONTACT_ENRICHED, happenings.DUPLICATE_FOUND):
        of = said.get("contact") or {}
        return str(of.get("full_name") or of.get("phone") or f"contact {of.get('id')}")
    if kind == happenings.MESSAGE_STATUS:
        of = said.get("message") or {}
        return f"message {of.get('id')} is {of.get('status')}"
    of = said.get("budget") or said.get("circuit") or {}
    return str(of.get("words", ""))


def _counts(of: Mapping[str, Any]) -> str:
    names = ("done", "failed", "created", "updated", "rejected")
    counts = [f"{of[name]:,} {name}" for name in names if of.get(name)]
    return ", ".join([str(of.get("state", "")), *counts])


def gathered(counts: Mapping[str, int], lines: Sequence[str]) -> str:
    """Return the body of a parcel of words."""
    return orjson.dumps({"counts": counts, "lines": list(lines)[:MOST_LINES]}).decode()


def add(body: str, told: Sequence[Told]) -> str:
    """Return the body of a parcel of words with more that happened."""
    held = orjson.loads(body) if body else {"counts": {}, "lines": []}
    counts: dict[str, int] = held["counts"]
    for one in told:
        counts[one.kind] = counts.get(one.kind, 0) + 1
    room = MOST_LINES - len(held["lines"])
    return gathered(counts, [*held["lines"], *(line_of(one) for one in told[:room])])


def title_and_text(body: str) -> tuple[str, str]:
    """Return the message that a parcel of words is sent as."""
    held = orjson.loads(body)
    counts: dict[str, int] = held["counts"]
    parts = [
        label_of(kind).lower() if count == 1 else f"{count:,} {_plural(kind)}"
        for kind, count in counts.items()
    ]
    lines, more = held["lines"], sum(counts.values()) - len(held["lines"])
    if more > 0:
        lines = [*lines, f"… and {more:,} more."]
    if settings.SITE_URL:
        where = reverse("admin:webhooks_parcel_changelist")
        lines = [*lines, f"{settings.SITE_URL.rstrip('/')}{where}"]
    return f"Switchboard: {', '.join(parts)}"[:200], "\n".join(lines)


def _plural(kind: str) -> str:
    return EVENTS[kind].plural if kind in EVENTS else kind
