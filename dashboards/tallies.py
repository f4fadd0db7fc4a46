"""Tallies: contacts by status, line type, carrier and so on, without counting them on a page.

Up to LIVE_ROWS contacts are counted when asked. Beyond that the figures are those of the last
background count, about a minute old while something changes (`tasks.count_contacts`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Subquery
from django.utils import timezone

from dashboards.models import ContactTally, TallyRound

LIVE_ROWS = 20_000
KEPT_VALUES = 50
COLUMNS = ("status", "line_type", "carrier_name", "sms_pumping_risk_level", "caller_type")
TABLES = ("contacts_contact", "enrichment_runitem", "enrichment_answer")

Row = tuple[str, str, int]

# One scan for all dimensions: where a column is not grouped by it is NULL, and GROUPING has its
# bit set. "dead" and "held" are what waits for a person, and cost nothing when {guard} is false.
SCAN = """
WITH picked AS (SELECT {columns} FROM contacts_contact LIMIT {limit})
SELECT GROUPING({columns})::text, COALESCE({columns}, ''), count(*) FROM picked
GROUP BY GROUPING SETS ((), {sets})
UNION ALL SELECT 'dead', '', count(*) FROM enrichment_runitem WHERE state = 'dead' AND {guard}
UNION ALL SELECT 'held', '', count(*) FROM enrichment_answer WHERE outcome = 'unknown' AND {guard}
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts by dimension and value, the most frequent first.

    `counted_at` is None for a live count; `is_known` is False where nobody has counted yet.
    """

    counts: dict[str, dict[str, int]]
    counted_at: datetime | None = None
    is_known: bool = True

    @property
    def total(self) -> int:
        return self.one("all")

    def of(self, dimension: str) -> dict[str, int]:
        return self.counts.get(dimension, {})

    def one(self, dimension: str) -> int:
        """The count of a dimension that has a single value."""
        return self.of(dimension).get("", 0)


def read() -> Tally:
    """Return the tallies: one query for many contacts, two for few."""
    at = Subquery(TallyRound.objects.values("counted_at")[:1])
    kept = ContactTally.objects.annotate(counted_at=at)
    rows = list(kept.values_list("dimension", "value", "count", "counted_at"))
    counted = _tally([row[:3] for row in rows], rows[0][3] if rows else None)
    if counted.total > LIVE_ROWS:
        return counted
    live = _tally(_scan(LIVE_ROWS + 1, f"(SELECT count(*) FROM picked) <= {LIVE_ROWS}"))
    return live if live.total <= LIVE_ROWS else Tally({}, is_known=False)


def refresh() -> bool:
    """Count again if anything was written since the last time; return whether.

    The scan is a statement of its own; only the few rows that come of it are written in a
    transaction.
    """
    TallyRound.objects.get_or_create(id=1)
    writes = _writes()
    if TallyRound.objects.filter(id=1, writes=writes, counted_at__isnull=False).exists():
        return False
    counted = _tally(_scan(None, "true"))
    rows = [
        ContactTally(dimension=dimension, value=value, count=count)
        for dimension, values in counted.counts.items()
        for value, count in list(values.items())[:KEPT_VALUES]
    ]
    with transaction.atomic():
        TallyRound.objects.select_for_update().get(id=1)
        ContactTally.objects.all().delete()
        ContactTally.objects.bulk_create(rows)
        TallyRound.objects.filter(id=1).update(counted_at=timezone.now(), writes=writes)
    return True


def _scan(limit: int | None, guard: str) -> list[Row]:
    columns, sets = ", ".join(COLUMNS), ", ".join(f"({name})" for name in COLUMNS)
    sql = SCAN.format(
        columns=columns, sets=sets, guard=guard, limit="ALL" if limit is None else limit
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [(_dimension(mark), value, count) for mark, value, count in cursor.fetchall()]


def _dimension(mark: str) -> str:
    """Return the name of what a row was grouped by: the one column whose bit is not set."""
    if not mark.isdecimal():
        return mark
    every = (1 << len(COLUMNS)) - 1
    grouped = every ^ int(mark)
    return COLUMNS[len(COLUMNS) - grouped.bit_length()] if grouped else "all"


def _tally(rows: Iterable[Row], counted_at: datetime | None = None) -> Tally:
    counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for dimension, value, count in sorted(rows, key=lambda row: (row[0], -row[2], row[1])):
        counts[dimension][value] = count
    return Tally(dict(counts), counted_at)


def _writes() -> int:
    """Return how many rows of the counted tables PostgreSQL has seen written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint"
            " FROM pg_stat_user_tables WHERE relname = ANY(%s)",
            [list(TABLES)],
        )
        (writes,) = cursor.fetchone()
    return int(writes)
