"""Reads about queues: how deep they are, how long the oldest waits, who works, who was lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from contacts.models import Worker
from enrichment.models import DiscoveryPlace, RunItem

COLOURS = {
    "working": "info",
    "importing": "info",
    "undoing": "info",
    "paused": "warning",
    "blocked": "danger",
}
LOST_SHOWN_FOR = timedelta(hours=24)
DEAD_SHOWN = 20

# Counters and partial indexes only: nothing here walks over the items that wait.
RUNS = """
SELECT r.id, COALESCE(NULLIF(r.name, ''), 'Run ' || r.id), r.state,
  r.total_count - r.done_count - r.failed_count, COALESCE(c.claimed, 0),
  GREATEST(first.due_at, r.not_before), r.reason
FROM enrichment_run AS r
LEFT JOIN (SELECT run_id, count(*) AS claimed FROM enrichment_runitem
  WHERE state = 'claimed' GROUP BY run_id) AS c ON c.run_id = r.id
LEFT JOIN LATERAL (SELECT due_at FROM enrichment_runitem
  WHERE run_id = r.id AND state = 'waiting' ORDER BY losses, id LIMIT 1) AS first ON true
WHERE r.state IN ('working', 'paused', 'blocked') ORDER BY r.id
"""
IMPORTS = """
SELECT id, name, state, GREATEST(line_count - read_line, 0), (worker_id IS NOT NULL)::int,
  CASE WHEN worker_id IS NULL THEN due_at END, error
FROM contacts_import WHERE state IN ('waiting', 'working', 'undoing') ORDER BY id
"""
EXPORTS = """
SELECT id, described, state, GREATEST(COALESCE(total_count, 0) - row_count, 0),
  (worker_id IS NOT NULL)::int, CASE WHEN worker_id IS NULL THEN due_at END, error
FROM contacts_export WHERE state IN ('waiting', 'working') ORDER BY id
"""
BULK_ACTIONS = """
SELECT id, kind, state, GREATEST(total_count - seen_count, 0), (worker_id IS NOT NULL)::int,
  CASE WHEN worker_id IS NULL THEN due_at END, error
FROM contacts_bulkaction WHERE state IN ('waiting', 'working', 'undoing') ORDER BY id
"""
DISCOVERIES = """
SELECT d.id, COALESCE(NULLIF(d.name, ''), 'Discovery ' || d.id), d.state,
  d.place_count - d.done_count - d.failed_count, COALESCE(c.claimed, 0), first.due_at, d.reason
FROM enrichment_discovery AS d
LEFT JOIN (SELECT discovery_id, count(*) AS claimed FROM enrichment_discoveryplace
  WHERE state = 'claimed' GROUP BY discovery_id) AS c ON c.discovery_id = d.id
LEFT JOIN LATERAL (SELECT due_at FROM enrichment_discoveryplace
  WHERE discovery_id = d.id AND state = 'waiting' ORDER BY id LIMIT 1) AS first ON true
WHERE d.state IN ('working', 'blocked', 'importing', 'paused') ORDER BY d.id
"""
DEAD_PLACES = """
SELECT d.id, COALESCE(NULLIF(d.name, ''), 'Discovery ' || d.id), d.state, count(*)
FROM enrichment_discoveryplace AS p JOIN enrichment_discovery AS d ON d.id = p.discovery_id
WHERE p.state = 'dead' GROUP BY d.id ORDER BY d.id DESC
"""
DEAD = """
SELECT r.id, COALESCE(NULLIF(r.name, ''), 'Run ' || r.id), r.state, count(*)
FROM enrichment_runitem AS i JOIN enrichment_run AS r ON r.id = i.run_id
WHERE i.state = 'dead' GROUP BY r.id ORDER BY r.id DESC
"""


QUEUES = {
    "runs": RUNS, "discoveries": DISCOVERIES, "imports": IMPORTS, "exports": EXPORTS,
    "bulk_actions": BULK_ACTIONS,
}  # fmt: skip
EVERY = " UNION ALL ".join(
    f"SELECT '{queue}' AS queue, lines.* FROM ({sql}) AS lines" for queue, sql in QUEUES.items()
)


@dataclass(frozen=True, slots=True)
class Line:
    """The queue of a run, export, bulk action (contacts), import (lines) or discovery (places)."""

    id: int
    name: str
    state: str
    left: int
    in_hand: int
    oldest_due_at: datetime | None
    reason: str

    @property
    def colour(self) -> str:
        return COLOURS.get(self.state, "")

    @property
    def waiting(self) -> int:
        return max(0, self.left - self.in_hand)

    @property
    def waits_s(self) -> float:
        """Seconds that the oldest has waited; 0 when it isn't due yet or nothing waits."""
        if self.oldest_due_at is None:
            return 0.0
        return max(0.0, (timezone.now() - self.oldest_due_at).total_seconds())


@dataclass(frozen=True, slots=True)
class DeadOf:
    """How many items of a run, or places of a discovery, were given up."""

    id: int
    name: str
    state: str
    count: int


def every() -> dict[str, list[Line]]:
    """Return the lines of all queues, in one query."""
    found: dict[str, list[Line]] = {queue: [] for queue in QUEUES}
    with connection.cursor() as cursor:
        cursor.execute(f"{EVERY} ORDER BY 1, 2")
        for queue, *line in cursor.fetchall():
            found[queue].append(Line(*line))
    return found


def runs() -> list[Line]:
    return _lines(RUNS)


def imports() -> list[Line]:
    return _lines(IMPORTS)


def discoveries() -> list[Line]:
    return _lines(DISCOVERIES)


def dead() -> list[DeadOf]:
    return _dead(DEAD)


def dead_searches() -> list[DeadOf]:
    return _dead(DEAD_PLACES)


def _dead(sql: str) -> list[DeadOf]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [DeadOf(*row) for row in cursor.fetchall()]


def dead_places() -> QuerySet[DiscoveryPlace]:
    """Return the newest places that were given up, a few."""
    rows = DiscoveryPlace.objects.filter(state=DiscoveryPlace.State.DEAD)
    return rows.select_related("discovery").order_by("-id")[:DEAD_SHOWN]


def dead_items() -> QuerySet[RunItem]:
    """Return the newest dead items, a few."""
    rows = RunItem.objects.filter(state=RunItem.State.DEAD).select_related("contact", "run")
    return rows.order_by("-id")[:DEAD_SHOWN]


def workers() -> QuerySet[Worker]:
    """Return the workers that have not left, and those lost in the last day."""
    is_here = Q(gone_at=None)
    is_lost = Q(is_lost=True, gone_at__gte=timezone.now() - LOST_SHOWN_FOR)
    return Worker.objects.filter(is_here | is_lost).order_by("-seen_at")[:200]


def worker_state(worker: Worker) -> str:
    """Return "alive", "silent" (its lease has expired, the sweep has not seen it yet) or "lost"."""
    if worker.gone_at:
        return "lost"
    lease_s = timedelta(seconds=settings.LEASE_S)
    return "alive" if worker.seen_at >= timezone.now() - lease_s else "silent"


def _lines(sql: str) -> list[Line]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [Line(*row) for row in cursor.fetchall()]
