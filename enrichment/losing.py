"""Losing: how often answers are lost on the way, and what asking for them again may cost.

A call whose answer never came counts as bought, and is asked again where a second price is
bearable (`engine.asking`). So an estimate counts some of that, and the run's budget in the ledger
stops it there: more is spent on a person's word only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from django.db.models import Sum

from enrichment.ordering import RATE_DAYS, RATE_MIN_ASKED
from integrations.models import SpendDay

LEAST_SHARE = 0.01  # of the questions may be lost without a person being asked; our choice
MARGIN = 2.0  # times as many as of late


def loss_rates(slugs: Collection[str], *, is_sandbox: bool) -> dict[str, float]:
    """Return which share of the calls was lost in 90 days, of lookups asked 20 times or more."""
    since = datetime.now(UTC).date() - timedelta(days=RATE_DAYS)
    rows = SpendDay.objects.filter(day__gte=since, is_sandbox=is_sandbox).values("lookup")
    asked, lost = Counter[str](), Counter[str]()
    for row in rows.annotate(all_asked=Sum("asked"), all_lost=Sum("unknown")):
        for slug in _slugs(row["lookup"]):
            asked[slug] += row["all_asked"]
            lost[slug] += row["all_lost"]
    return {slug: lost[slug] / asked[slug] for slug in slugs if asked[slug] >= RATE_MIN_ASKED}


def _slugs(written: str) -> list[str]:
    """Return the lookups of a row; a lost worker's call may have asked several."""
    provider, _, names = written.partition(".")
    return [f"{provider}.{name}" for name in names.split("+")]


def asked_again(questions: int, rate: float) -> int:
    """Return how many of so many questions may be asked again within the estimate's maximum."""
    return int(questions * min(1.0, max(LEAST_SHARE, MARGIN * rate)))
