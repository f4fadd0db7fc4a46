"""Figures of the home page as a template shows them: bars with links, a chart, rows of spend."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from contacts.models import Contact
from dashboards.contact.fields import coded
from dashboards.links import listed, row
from dashboards.queries import Asked
from dashboards.tallies import Tally
from integrations.models import Account
from integrations.registry import PROVIDERS

STATUS_COLOURS = {"completed": "good", "processing": "busy", "pending": "idle", "failed": "bad"}
TOP = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure: `percent` is its share of all contacts, 0 to 100."""

    label: str
    count: int
    percent: float
    link: str
    colour: str = "plain"


@dataclass(frozen=True, slots=True)
class Spend:
    """A provider's row: what was asked of it in the period, and what of its budgets is used."""

    label: str
    asked: Asked
    calls_link: str
    account_link: str
    budgets: tuple[Pot, ...]

    @property
    def hit_percent(self) -> int:
        return round((self.asked.hit_rate or 0) * 100)


@dataclass(frozen=True, slots=True)
class Pot:
    """What is used of a budget; without a cap `percent` is None."""

    name: str
    used_usd: Decimal
    cap_usd: Decimal | None

    @property
    def percent(self) -> int | None:
        if self.cap_usd is None:
            return None
        return min(100, int(self.used_usd * 100 / self.cap_usd)) if self.cap_usd else 100


def statuses(tally: Tally) -> list[Bar]:
    """Return a bar for every status, in the order of a contact's life."""
    counts = tally.of("status")
    return [
        Bar(
            str(label),
            counts.get(value, 0),
            _share(counts.get(value, 0), tally.total),
            listed("contacts.contact", status=value),
            STATUS_COLOURS[value],
        )
        for value, label in Contact.Status.choices
    ]


def tops(tally: Tally, dimension: str, parameter: str, *, is_word: bool = False) -> list[Bar]:
    """Return the most frequent values; a word such as "fixed_voip" is made readable."""
    known = [(value, count) for value, count in tally.of(dimension).items() if value]
    return [
        Bar(
            coded(value) if is_word else value,
            count,
            _share(count, tally.total),
            listed("contacts.contact", **{parameter: value}),
        )
        for value, count in known[:TOP]
    ]


def spends(accounts: Iterable[Account], asked: Mapping[str, Asked]) -> list[Spend]:
    """Return a row for each account of a provider that we know."""
    labels = {of.slug: of.label for of in PROVIDERS}
    return [
        Spend(
            labels[account.provider],
            asked.get(account.provider, Asked()),
            listed("integrations.apicall", provider=account.provider),
            row("integrations.account", account.pk),
            _pots(account),
        )
        for account in accounts
        if account.provider in labels
    ]


def lookups_chart(days: Mapping[date, Asked]) -> dict[str, Any]:
    """Return the chart of lookups per day as chart.js reads it, and the rows of its table."""
    shown = list(days.items())
    sets = (
        ("Answered", "var(--color-green-500)", [one.hits for _, one in shown]),
        ("Nothing known", "var(--color-base-400)",
         [one.asked - one.hits - one.errors for _, one in shown]),
        ("Failed", "var(--color-red-500)", [one.errors for _, one in shown]),
    )  # fmt: skip
    data = {
        "labels": [f"{day:%b} {day.day}" for day, _ in shown],
        "datasets": [
            {"label": label, "backgroundColor": colour, "data": counts}
            for label, colour, counts in sets
        ],
    }
    return {
        "data": json.dumps(data),
        "options": json.dumps(CHART_OPTIONS),
        "total": sum(one.asked for _, one in shown),
        "rows": [(day, one) for day, one in reversed(shown)],
    }


def _pots(account: Account) -> tuple[Pot, ...]:
    today: Decimal = getattr(account, "used_today_usd", None) or Decimal(0)
    month: Decimal = getattr(account, "used_month_usd", None) or Decimal(0)
    return (
        Pot("today", today, account.daily_cap_usd),
        Pot("this month", month, account.monthly_cap_usd),
    )


def _share(count: int, total: int) -> float:
    return round(count * 100 / total, 1) if total else 0.0


GREY = "#8b929d"
CHART_OPTIONS = {
    "animation": False,
    "responsive": True,
    "maintainAspectRatio": False,
    "interaction": {"mode": "index", "intersect": False},
    "plugins": {
        "legend": {
            "display": True, "align": "end",
            "labels": {"color": GREY, "boxWidth": 10, "boxHeight": 10},
        },
    },
    "scales": {
        "x": {"stacked": True, "grid": {"display": False},
              "ticks": {"color": GREY, "maxRotation": 0, "autoSkipPadding": 12}},
        "y": {"stacked": True, "beginAtZero": True, "border": {"display": False}, "grid": {},
              "ticks": {"color": GREY, "precision": 0, "maxTicksLimit": 6}},
    },
}  # fmt: skip
