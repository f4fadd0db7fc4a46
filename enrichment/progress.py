"""How a run stands: how far, how fast, how long still, and what each lookup brought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from enrichment import timing
from enrichment.models import Run, RunLookup
from integrations.models import Account

SAMPLES = 8  # looks of a page at its run, about two seconds apart

Sample = tuple[float, int]


@dataclass(frozen=True, slots=True)
class Pace:
    """Contacts a second of late, and the seconds left; None where that cannot be told."""

    per_second: float | None
    left_s: float | None


def read_samples(text: str) -> list[Sample]:
    """Read the earlier looks that an address carries; a broken one counts for nothing."""
    found = []
    for part in text.split(",")[-SAMPLES:]:
        at, _, count = part.partition("-")
        try:
            found.append((float(at), int(count)))
        except ValueError:
            continue
    return found


def write_samples(samples: Iterable[Sample]) -> str:
    return ",".join(f"{at:.1f}-{count}" for at, count in samples)


def look(run: Run, earlier: Sequence[Sample]) -> list[Sample]:
    """Return the earlier looks with that of now, the oldest left out."""
    now = timezone.now().timestamp()
    past = [one for one in earlier if now - 120 < one[0] < now and one[1] <= run.finished_count]
    return [*past, (now, run.finished_count)][-SAMPLES:]


def pace(run: Run, samples: Sequence[Sample]) -> Pace:
    """Return the pace between the looks; at the first, the mean since the run's start."""
    if run.state != Run.State.WORKING:
        return Pace(None, None)
    (began, before), (now, count) = samples[0], samples[-1]
    if len(samples) == 1 and run.started_at:
        began, before = run.started_at.timestamp(), 0
    seconds = now - began
    if seconds <= 0:
        return Pace(None, None)
    rate = max(0, count - before) / seconds
    left_s = (run.total_count - count) / rate if rate else None
    told_s = _told_s(run)
    return Pace(rate, max(left_s or 0.0, told_s) if told_s else left_s)


def _told_s(run: Run) -> float:
    """Return how long the rest takes at least, by what providers told of their limits."""
    lookups = (run.estimate or {}).get("lookups") or ()
    share = 1 - run.finished_count / run.total_count if run.total_count else 0.0
    asked = {one["lookup"]: share * one.get("expected", 0.0) for one in lookups}
    slugs = {slug.partition(".")[0] for slug in asked}
    if not slugs:
        return 0.0
    rows = Account.objects.filter(provider__in=slugs, is_enabled=True)
    ids = dict(rows.values_list("provider", "pk"))
    return timing.told_seconds(asked, ids, in_sandbox=run.is_sandbox)


@dataclass(frozen=True, slots=True)
class Results:
    """What became of a run's contacts, and what its lookups brought for what money."""

    lookups: list[RunLookup]
    asked: int
    hits: int
    misses: int
    reused: int
    errors: int

    @property
    def idle(self) -> list[RunLookup]:
        """Lookups that were asked of nobody and knew nothing."""
        return [row for row in self.lookups if not (row.asked or row.reused)]

    @property
    def hit_rate(self) -> float | None:
        """Hits among what was answered; None when nothing was."""
        answered = self.hits + self.misses
        return self.hits / answered if answered else None


def results(run: Run) -> Results:
    """Return what each lookup did in the run, those that were asked first."""
    rows = sorted(run.lookups.all(), key=lambda row: (not (row.asked or row.reused), row.lookup))
    sums = {
        name: sum(getattr(row, name) for row in rows)
        for name in ("asked", "hits", "misses", "reused", "errors")
    }
    return Results(rows, **sums)


def share_spent(run: Run) -> float | None:
    """Return the share of the cap that is spent, 0 to 1; None without a cap."""
    if run.cap_usd is None:
        return None
    return float(min(Decimal(1), run.spent_usd / run.cap_usd)) if run.cap_usd else 1.0


def share_done(run: Run) -> float | None:
    """Return how far the run is, 0 to 1; that of its estimate while that is being made."""
    if run.state == Run.State.DRAFT:
        share = (run.estimate or {}).get("share")
        return None if share is None else float(share)
    return run.finished_count / run.total_count if run.total_count else None
