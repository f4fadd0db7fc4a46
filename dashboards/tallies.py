"""Tallies: contacts by status, line type, carrier and so on, without counting them on a page.

Up to LIVE_ROWS contacts are counted when asked. Beyond that the figures are those of the last
background count, at most a minute old while something changes (`tasks.count_contacts`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from dashboards.models import ContactTally, TallyRound

LIVE_ROWS = 20_000
KEPT_VALUES = 50
COLUMNS = ("status", "line_type", "carrier_name", "sms_pumping_risk_level", "caller_type")
TABLES = ("contacts_contact", "enrichment_runitem", "enrichment_answer")

# One scan for all dimensions; GROUPING has a bit for each column, 0 where it is grouped by.
SCAN = """
SELECT GROUPING({columns}), COALESCE({columns}), count(*) FROM {source}
GROUP BY GROUPING SETS ((), {sets})
"""
OTHERS = """
SELECT 'dead', count(*) FROM enrichment_runitem WHERE state = 'dead'
UNION ALL SELECT 'held', count(*) FROM enrichment_answer WHERE outcome = 'unknown'
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts by dimension and value, the most frequent first; None where nobody counted yet.

    `counted_at` is None for a live count.
    """

    counts: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    counted_at: datetime | None = None
    is_known: bool = True

    @property
    def total(self) -> int:
        return self.of("all").get("", 0)

    def of(self, dimension: str) -> dict[str, int]:
        return self.counts.get(dimension, {})


def read() -> Tally:
    """Return the tallies in one query for few contacts, in two for many."""
    rows = list(_scan(f"(SELECT * FROM contacts_contact LIMIT {LIVE_ROWS + 1}) AS few", OTHERS))
    live = _tally(rows)
    if live.total <= LIVE_ROWS:
        return live
    kept = ContactTally.objects.values_list("dimension", "value", "count")
    asked = kept.annotate(counted_at=_counted_at()).order_by("-count", "value")
    found = list(asked)
    if not found:
        return Tally(is_known=False)
    return _tally(((d, v, n) for d, v, n, _ in found), found[0][3])


def refresh() -> bool:
    """Count again if anything was written since the last time; return whether."""
    TallyRound.objects.get_or_create(id=1)
    writes = _writes()
    if TallyRound.objects.filter(id=1, writes=writes, counted_at__isnull=False).exists():
        return False
    rows = list(_scan("contacts_contact", OTHERS))
    with transaction.atomic():
        TallyRound.objects.select_for_update().get(id=1)
        ContactTally.objects.all().delete()
        ContactTally.objects.bulk_create(
            ContactTally(dimension=d, value=v, count=n) for d, v, n in _most_frequent(rows)
        )
        TallyRound.objects.filter(id=1).update(counted_at=timezone.now(), writes=writes)
    return True
