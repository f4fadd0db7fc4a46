"""What the pages of spend are asked for in their addresses: a period, a grouping, filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from django.utils import timezone

from contacts.numerals import whole

LONGEST_DAYS = 400
PERIODS = {
    "today": "Today", "7": "7 days", "30": "30 days", "90": "90 days", "month": "This month",
    "last_month": "Last month",
}  # fmt: skip
FIRST = "30"
GROUPINGS = {
    "provider": "Provider", "lookup": "Lookup", "recipe": "Recipe", "run": "Run", "team": "Team",
    "day": "Day",
}  # fmt: skip
NUMBERED = ("recipe", "run", "team")
FILTERS = ("provider", "lookup", *NUMBERED)
NONE = "none"  # as a filter: spent for no run, or by no team


@dataclass(frozen=True, slots=True)
class Period:
    """Days (UTC), both included; `name` is one of PERIODS, or "" of days that were typed."""

    first: date
    last: date
    name: str = ""

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, datetime.min.time(), UTC)

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), datetime.min.time(), UTC)

    def params(self) -> dict[str, str]:
        """Return it as it stands in an address."""
        if self.name:
            return {"period": self.name}
        return {"from": str(self.first), "to": str(self.last)}


@dataclass(slots=True)
class Asked:
    """What an address asks for; `notices` say what of it means nothing and was left out."""

    period: Period
    by: str = "provider"
    filters: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    def query(self, **changes: str | None) -> str:
        """Return the address's query with changes; None takes one out."""
        params = {**self.period.params(), "by": self.by, **self.filters, **changes}
        return urlencode({name: value for name, value in params.items() if value is not None})


def read(params: Mapping[str, str]) -> Asked:
    """Return what an address asks for; what means nothing is left out with a notice."""
    notices: list[str] = []
    asked = Asked(_period(params, notices), notices=notices)
    by = params.get("by", asked.by)
    if by in GROUPINGS:
        asked.by = by
    else:
        notices.append(_left_out("by", by))
    for name in FILTERS:
        text = params.get(name, "").strip()
        if text and _is_sound(name, text):
            asked.filters[name] = text
        elif text:
            notices.append(_left_out(name, text))
    return asked


def named(name: str) -> Period:
    """Return the days of one of PERIODS."""
    today = timezone.now().astimezone(UTC).date()
    month = today.replace(day=1)
    if name == "today":
        return Period(today, today, name)
    if name == "month":
        return Period(month, today, name)
    if name == "last_month":
        last = month - timedelta(days=1)
        return Period(last.replace(day=1), last, name)
    return Period(today - timedelta(days=int(name) - 1), today, name)


def _period(params: Mapping[str, str], notices: list[str]) -> Period:
    typed = (params.get("from", "").strip(), params.get("to", "").strip())
    if any(typed):
        return _typed(*typed, notices)
    name = params.get("period", FIRST)
    if name not in PERIODS:
        notices.append(_left_out("period", name))
        name = FIRST
    return named(name)


def _typed(first: str, last: str, notices: list[str]) -> Period:
    today = timezone.now().astimezone(UTC).date()
    try:
        until = date.fromisoformat(last) if last else today
        since = date.fromisoformat(first) if first else until
    except ValueError:
        notices.append(_left_out("days", f"{first} to {last}"))
        return named(FIRST)
    if not (since.year >= 2000 and until.year <= 2200):
        notices.append(_left_out("days", f"{first} to {last}"))
        return named(FIRST)
    if since > until:
        notices.append("The days were the wrong way round; they are shown from first to last.")
        since, until = until, since
    if (until - since).days >= LONGEST_DAYS:
        notices.append(f"At most {LONGEST_DAYS} days are shown at once: the last of them.")
        since = until - timedelta(days=LONGEST_DAYS - 1)
    return Period(since, until)


def _is_sound(name: str, text: str) -> bool:
    if "\0" in text or len(text) > 250:
        return False
    if name not in NUMBERED:
        return True
    return text == NONE or bool(whole(text))


def _left_out(name: str, text: str) -> str:
    return f"“{name}” was left out: {text[:40]!r} means nothing."
