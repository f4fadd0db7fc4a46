"""How many of the last minutes' calls failed, by provider, from the tallies of whole days.

The ledger has millions of rows; the tallies by lookup and day a few. The difference between now
and some minutes ago is what happened since.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from dashboards import queries
from dashboards.models import AlertRound
from integrations.accounts import is_sandbox

WINDOW_S = 600
LEAST_ASKED = 20  # of fewer, one more or less would say everything

Counts = dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Rate:
    asked: int
    errors: int

    @property
    def percent(self) -> float:
        return self.errors * 100 / self.asked


def failure_rates() -> dict[str, Rate]:
    """Return the rate of each provider that was asked often enough within the window.

    Remembers the present counters for the next looks; of two that look at once one remembers.
    """
    now, counts = time.time(), _counts()
    kept, _ = AlertRound.objects.get_or_create(id=1)
    samples = [sample for sample in kept.samples if now - WINDOW_S <= sample[0] <= now]
    AlertRound.objects.filter(id=1).update(samples=[*samples, [now, counts]])
    before: Counts = samples[0][1] if samples else counts
    rates: dict[str, Rate] = {}
    for key, (asked, errors) in counts.items():
        asked_before, errors_before = before.get(key, (0, 0))
        slug = key.partition("|")[0]
        so_far = rates.get(slug, Rate(0, 0))
        rates[slug] = Rate(
            so_far.asked + asked - asked_before, so_far.errors + errors - errors_before
        )
    return {slug: rate for slug, rate in rates.items() if rate.asked >= LEAST_ASKED}


def _counts() -> Counts:
    """Return [asked, errors] by "provider|day" of yesterday and today."""
    counts: Counts = {}
    for (day, lookup), one in queries.lookup_days(2, is_sandbox=is_sandbox()).items():
        held = counts.setdefault(f"{lookup.partition('.')[0]}|{day}", [0, 0])
        held[0] += one.asked
        held[1] += one.errors
    return counts
