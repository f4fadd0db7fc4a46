"""How providers answer: hit rate and times, by provider, lookup and day, from the tallies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dashboards.spending.asked import Asked
from integrations.latency import added, percentile
from integrations.models import LookupDay


@dataclass(slots=True)
class Answered:
    """What was asked under one name (a provider, a lookup, a day), and how it was answered.

    The times are of questions that got an answer of any kind; of a call that asked two lookups,
    each counts.
    """

    name: str
    asked: int = 0
    hits: int = 0
    errors: int = 0
    times: list[Sequence[int]] = field(default_factory=list)
    p50_ms: int | None = None
    p95_ms: int | None = None

    @property
    def misses(self) -> int:
        return self.asked - self.hits - self.errors

    @property
    def hit_rate(self) -> float | None:
        return self.hits / self.asked if self.asked else None

    @property
    def error_rate(self) -> float | None:
        return self.errors / self.asked if self.asked else None


Row = tuple[str, str, int, int, int, Sequence[int]]


def rows(asked: Asked, *, is_sandbox: bool) -> list[Row]:
    """Return (day, lookup, asked, hits, errors, times) of the period, of what is filtered for."""
    found = LookupDay.objects.filter(
        day__range=(asked.period.first, asked.period.last), is_sandbox=is_sandbox
    )
    if provider := asked.filters.get("provider"):
        found = found.filter(lookup__startswith=f"{provider}.")
    if lookup := asked.filters.get("lookup"):
        found = found.filter(lookup=lookup)
    values = found.values_list("day", "lookup", "asked", "hits", "errors", "latency")
    return [
        (str(day), slug, count, hits, errors, times)
        for day, slug, count, hits, errors, times in values
    ]


def by_provider(found: Sequence[Row]) -> list[Answered]:
    return _summed(found, lambda row: row[1].partition(".")[0])


def by_lookup(found: Sequence[Row]) -> list[Answered]:
    return _summed(found, lambda row: row[1])


def by_day(found: Sequence[Row]) -> list[Answered]:
    return sorted(_summed(found, lambda row: row[0]), key=lambda one: one.name)


def _summed(found: Sequence[Row], name_of: Callable[[Row], str]) -> list[Answered]:
    """Return the sums by name, what was most asked first."""
    sums: defaultdict[str, Answered] = defaultdict(lambda: Answered(""))
    for row in found:
        one = sums[name_of(row)]
        one.name = name_of(row)
        one.asked += row[2]
        one.hits += row[3]
        one.errors += row[4]
        one.times.append(row[5])
    for one in sums.values():
        counts = added(one.times)
        one.p50_ms, one.p95_ms = percentile(counts, 0.5), percentile(counts, 0.95)
    return sorted(sums.values(), key=lambda one: (-one.asked, one.name))
