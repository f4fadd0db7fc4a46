"""How far a sync is: records done of all, how many a second, and how long still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from crm_sync.models import OutboxItem, Sync
from enrichment.progress import SAMPLES, Pace, Sample

OPEN = (OutboxItem.State.WAITING, OutboxItem.State.CLAIMED)
REMEMBERED_S = 120


@dataclass(frozen=True, slots=True)
class HowFar:
    """`done` of `total` records, None while nobody knows how many there are."""

    done: int
    total: int | None
    pace: Pace

    @property
    def share(self) -> float | None:
        """Return the part that is done, 0 to 1; None where that cannot be told."""
        return min(1.0, self.done / self.total) if self.total else None


def how_far(sync: Sync, earlier: Sequence[Sample]) -> tuple[HowFar, list[Sample]]:
    """Return how far a sync is, and the looks of a page at it with that of now."""
    done, now = _done(sync), timezone.now().timestamp()
    past = [one for one in earlier if now - REMEMBERED_S < one[0] < now and one[1] <= done]
    samples = [*past, (now, done)][-SAMPLES:]
    return HowFar(done, sync.total, _pace(sync, samples)), samples


def _done(sync: Sync) -> int:
    """Return how many are done: of a dry run those weighed, else those that left the outbox."""
    if sync.total is None:
        return 0
    if sync.is_dry:
        return min(sync.total, sum(sum(counts.values()) for counts in sync.counts.values()))
    left = OutboxItem.objects.filter(connection=sync.connection_id, state__in=OPEN).count()
    return max(0, sync.total - left)


def _pace(sync: Sync, samples: Sequence[Sample]) -> Pace:
    (began, before), (now, count) = samples[0], samples[-1]
    seconds = now - began
    if sync.state != Sync.State.CLAIMED or seconds <= 0 or sync.total is None:
        return Pace(None, None)
    rate = max(0, count - before) / seconds
    return Pace(rate, (sync.total - count) / rate if rate else None)
