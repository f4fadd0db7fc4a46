"""Reads that look across the rooms; each is one query, and none counts a big table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from integrations.models import Account, Budget, LookupDay

ZERO = Decimal(0)

WORK = """
(SELECT 'run', id, COALESCE(NULLIF(name, ''), 'Run ' || id), state, reason, blocked_by,
  done_count + failed_count, total_count, failed_count, spent_usd, cap_usd
  FROM enrichment_run
  WHERE state IN ('draft', 'ready', 'starting', 'working', 'paused', 'blocked')
  OR id = (SELECT max(id) FROM enrichment_run) ORDER BY id DESC LIMIT 50)
UNION ALL
(SELECT 'import', id, name, state, error, '', read_line, line_count, rejected_count, NULL, NULL
  FROM contacts_import WHERE state IN ('waiting', 'working', 'undoing')
  OR id = (SELECT max(id) FROM contacts_import) ORDER BY id DESC LIMIT 50)
UNION ALL
(SELECT 'discovery', d.id, COALESCE(NULLIF(d.name, ''), 'Discovery ' || d.id), d.state, d.reason,
  d.blocked_by, d.done_count + d.failed_count, d.place_count, d.failed_count,
  COALESCE(b.spent_usd, 0), d.cap_usd
  FROM enrichment_discovery AS d
  LEFT JOIN integrations_budget AS b ON b.key = 'discovery:' || d.id
  WHERE d.state IN ('ready', 'working', 'paused', 'blocked', 'importing')
  ORDER BY d.id DESC LIMIT 50)
"""

# Ordered by the tables' own ids: the selected one is a text, which sorts otherwise.
FAILURES = """
(SELECT 'call', c.id::text, c.provider || '.' || c.lookup, c.error, c.error_class, c.started_at
  FROM integrations_apicall AS c WHERE c.outcome <> 'answered' ORDER BY c.id DESC LIMIT %(limit)s)
UNION ALL
(SELECT 'contact', p.id::text, p.phone_e164, p.error, '', p.updated_at
  FROM contacts_contact AS p WHERE p.status = 'failed' ORDER BY p.id DESC LIMIT %(limit)s)
"""


@dataclass(frozen=True, slots=True)
class Work:
    """A run, import or discovery; `failed` are failed contacts, rejected rows or places."""

    kind: str
    id: int
    name: str
    state: str
    reason: str
    blocked_by: str
    done: int
    total: int
    failed: int
    spent_usd: Decimal | None
    cap_usd: Decimal | None

    @property
    def percent(self) -> int | None:
        """How far it is, 0 to 100; None when that can't be told."""
        return min(100, self.done * 100 // self.total) if self.total else None


@dataclass(frozen=True, slots=True)
class Failure:
    kind: str
    id: str
    what: str
    error: str
    error_class: str
    at: datetime


@dataclass(slots=True)
class Asked:
    """What was asked, of one lookup or on one day."""

    asked: int = 0
    hits: int = 0
    errors: int = 0
    spent_usd: Decimal = ZERO

    def add(self, other: Asked) -> None:
        self.asked += other.asked
        self.hits += other.hits
        self.errors += other.errors
        self.spent_usd += other.spent_usd

    @property
    def hit_rate(self) -> float | None:
        return self.hits / self.asked if self.asked else None


def work() -> list[Work]:
    """Return what is not at its end, and the last run and import in any case."""
    with connection.cursor() as cursor:
        cursor.execute(WORK)
        return [Work(*row) for row in cursor.fetchall()]


def failures(limit: int = 5) -> list[Failure]:
    """Return the calls without an answer and the failed contacts that came last, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(FAILURES, {"limit": limit})
        found = [Failure(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda failure: failure.at, reverse=True)


def lookup_days(days: int, *, is_sandbox: bool) -> dict[tuple[date, str], Asked]:
    """Return what was asked in the last `days` days (UTC, today included) by day and lookup."""
    since = timezone.now().date() - timedelta(days=days - 1)
    rows = (
        LookupDay.objects.filter(day__gte=since, is_sandbox=is_sandbox)
        .values_list("day", "lookup")
        .annotate(Sum("asked"), Sum("hits"), Sum("errors"), Sum("spent_usd"))
    )
    return {(day, lookup): Asked(*sums) for day, lookup, *sums in rows}


def by_day(found: dict[tuple[date, str], Asked], days: int) -> dict[date, Asked]:
    """Return one entry for each of the last `days` days, the oldest first."""
    today = timezone.now().date()
    summed = {today - timedelta(days=back): Asked() for back in range(days - 1, -1, -1)}
    for (day, _), one in found.items():
        if day in summed:
            summed[day].add(one)
    return summed


def by_provider(found: Iterable[tuple[tuple[date, str], Asked]]) -> dict[str, Asked]:
    """Return the sums by the provider's slug."""
    summed: defaultdict[str, Asked] = defaultdict(Asked)
    for (_, lookup), one in found:
        summed[lookup.partition(".")[0]].add(one)
    return dict(summed)


def accounts() -> QuerySet[Account]:
    """Return the enabled accounts with what they spent and promised today and this month."""
    today = timezone.now().date()
    return (
        Account.objects.filter(is_enabled=True)
        .defer("options", "limits")
        .annotate(used_today_usd=_used(f"{today:%Y-%m-%d}"), used_month_usd=_used(f"{today:%Y-%m}"))
    )


def _used(period: str) -> Subquery:
    of_account = Concat(Value("account:"), Cast(OuterRef("pk"), CharField()), Value(f":{period}"))
    used = Budget.objects.filter(key=of_account).annotate(used=F("spent_usd") + F("reserved_usd"))
    return Subquery(used.values("used"))
