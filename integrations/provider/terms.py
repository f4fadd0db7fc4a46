"""How often a provider may be asked, and what it charges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def days(count: int) -> timedelta:
    """Return `count` days, for `fresh_for`."""
    return timedelta(days=count)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `limit` calls in any window of `per`; `a & b` means both hold."""

    limit: int
    per: timedelta
    also: tuple[Rate, ...] = ()

    def __and__(self, other: Rate) -> Rate:
        return replace(self, also=(*self.also, replace(other, also=()), *other.also))

    def windows(self) -> tuple[tuple[int, float], ...]:
        """Return every (limit, window in seconds)."""
        return tuple((r.limit, r.per.total_seconds()) for r in (self, *self.also))


@dataclass(frozen=True, slots=True)
class Price:
    """What one answered question costs; with `on_hit_only` a miss is free.

    `source` is the vendor's page that says so; without one it is our guess.
    """

    usd: Decimal
    on_hit_only: bool = False
    source: str = ""


def usd(amount: str, *, on_hit_only: bool = False, source: str = "") -> Price:
    """Return a price in US dollars, given as text so that it is exact."""
    return Price(Decimal(amount), on_hit_only, source)


FREE = usd("0")


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider says of one of its limits; None of what it does not say.

    `name` tells them apart and reads in a sentence ("requests a day"). Of `limit` in any `per`
    there are `left` until `resets_at`; without `left` we have to count ourselves. It holds for the
    `lookups` named, else for all.
    """

    name: str
    left: int | None = None
    limit: int | None = None
    per: timedelta | None = None
    resets_at: datetime | None = None
    lookups: frozenset[str] = frozenset()

    def concerns(self, lookups: Iterable[str]) -> bool:
        """Tell whether a call for these lookups counts."""
        return not self.lookups or not self.lookups.isdisjoint(lookups)
