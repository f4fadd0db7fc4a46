"""Measures budgets, each of its period: who spent how much of what, and when that is too much.

What is promised comes back when an answer is free, so the share that is used wavers. An alert of a
budget therefore stays until its period is over or its cap is another: it is raised once and
cleared once. The period and the cap are both part of its subject, "run:7@20" or
"account:3:2026-11[-22]@500".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from dashboards import queries
from dashboards.alerting.readings import Reading
from dashboards.links import row
from dashboards.models import Alert
from enrichment.models import Run
from integrations.money import usd
from integrations.registry import PROVIDERS

KINDS = ("budget_near", "budget_used")
WORTH_A_NAME = 50  # percent; below it nobody asks who it was
AT_WORK = ("working", "paused", "blocked")
MOST = """
SELECT s.run_id, sum(s.spent_usd) FROM integrations_spendday AS s
WHERE s.account_id = %s AND s.day BETWEEN %s AND %s AND s.run_id IS NOT NULL
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1
"""

Held = Mapping[tuple[str, str], float]


def readings() -> Iterator[Reading]:
    """Two readings of each budget with a cap: nearly used, and used up."""
    held = {
        (alert.kind, alert.subject): alert.value
        for alert in Alert.objects.standing().filter(kind__in=KINDS)
    }
    yield from _of_accounts(timezone.now().astimezone(UTC).date(), held)
    for one in queries.work():
        if one.kind == "run" and one.state in AT_WORK:
            percent = _percent(one.spent_usd, one.cap_usd)
            name = f"{one.name}{_people(one.id) if percent >= WORTH_A_NAME else ''}"
            yield from _of(f"run:{one.id}", name, one.cap_usd, one.spent_usd, "", held)


def place(subject: str) -> str:
    """Return the page on which the cap of an alert's budget can be raised; "" of another alert."""
    kind, _, rest = subject.partition(":")
    number = rest.partition("@")[0].partition(":")[0]
    if "@" not in rest or kind not in ("run", "account"):
        return ""
    return row("enrichment.run" if kind == "run" else "integrations.account", number)


def _of_accounts(today: date, held: Held) -> Iterator[Reading]:
    labels = {of.slug: of.label for of in PROVIDERS}
    for account in queries.accounts():
        name = labels.get(account.provider, account.provider)
        for first, period, words, cap, used in (
            (today, f"{today:%Y-%m-%d}", f"{today.day} {today:%B %Y}", account.daily_cap_usd,
             getattr(account, "used_today_usd", None)),
            (today.replace(day=1), f"{today:%Y-%m}", f"{today:%B %Y}", account.monthly_cap_usd,
             getattr(account, "used_month_usd", None)),
        ):  # fmt: skip
            is_near = _percent(used, cap) >= WORTH_A_NAME
            most = _most(account.pk, first, today) if is_near else ""
            subject = f"account:{account.pk}:{period}"
            yield from _of(subject, f"{name}, {words}", cap, used, most, held)


def _of(
    subject: str, name: str, cap: Decimal | None, used: Decimal | None, most: str, held: Held
) -> Iterator[Reading]:
    """A cap of nothing is used up by design, and so no reading."""
    if not cap:
        return
    subject = f"{subject}@{cap.normalize():f}"
    percent = _percent(used, cap)
    words = f"{name}: {usd(used or 0)} of {usd(cap)} are spent or promised ({percent:.0f} %).{most}"
    for kind in KINDS:
        yield Reading(kind, subject, max(percent, held.get((kind, subject), 0.0)), words)


def _percent(used: Decimal | None, cap: Decimal | None) -> float:
    return float((used or 0) * 100 / cap) if cap else 0.0


def _most(account_id: int, first: date, last: date) -> str:
    """Return in words which run spent most of an account's money in these days."""
    with connection.cursor() as cursor:
        cursor.execute(MOST, [account_id, first, last])
        found = cursor.fetchone()
    run = Run.objects.filter(pk=found[0]).first() if found else None
    if run is None:
        return ""
    return f" Most by {run}{_people(run.pk)}: {usd(found[1])}."


def _people(run_id: int) -> str:
    """Return who made a run, and of which team: " (ann, Sales)"."""
    names = Run.objects.filter(pk=run_id).values_list("created_by__username", "team__name")
    said = [name for row in names for name in row if name]
    return f" ({', '.join(said)})" if said else ""
