"""Tallying: ended calls added up by day, lookup and run, in the transaction that writes them down.

All tallies are written here and in one order, lookups before runs and each by its key, because
every worker adds to the same rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import connection

from integrations.latency import counted
from integrations.ledger.intents import ZERO, Settled

OUTCOMES = ("hit", "miss", "error")
ADD_LOOKUPS = """
INSERT INTO integrations_lookupday AS d (account_id, lookup, is_sandbox, day, asked, hits, misses,
 errors, spent_usd, latency) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::bigint[])
ON CONFLICT (account_id, lookup, day, is_sandbox) DO UPDATE SET
 asked = d.asked + EXCLUDED.asked, hits = d.hits + EXCLUDED.hits,
 misses = d.misses + EXCLUDED.misses, errors = d.errors + EXCLUDED.errors,
 spent_usd = d.spent_usd + EXCLUDED.spent_usd,
 latency = (SELECT array_agg(COALESCE(a, 0) + COALESCE(b, 0) ORDER BY n)
  FROM unnest(d.latency, EXCLUDED.latency) WITH ORDINALITY AS both_of (a, b, n))
"""
ADD_SPEND = """
INSERT INTO integrations_spendday AS d (day, account_id, lookup, run_id, is_sandbox, asked, hits,
 misses, errors, unknown, spent_usd, unknown_usd)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (day, account_id, lookup, run_id, is_sandbox) DO UPDATE SET
 asked = d.asked + EXCLUDED.asked, hits = d.hits + EXCLUDED.hits,
 misses = d.misses + EXCLUDED.misses, errors = d.errors + EXCLUDED.errors,
 unknown = d.unknown + EXCLUDED.unknown, spent_usd = d.spent_usd + EXCLUDED.spent_usd,
 unknown_usd = d.unknown_usd + EXCLUDED.unknown_usd
"""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A row of the ledger whose outcome nobody knows, as it is written or taken back."""

    began: datetime
    account_id: int
    provider: str
    lookup: str
    run_id: int | None
    is_sandbox: bool
    price_usd: Decimal


Key = tuple[date, int, str, int | None, bool]


@dataclass(slots=True)
class _Sums:
    """[asked, hits, misses, errors, unknown], dollars, and dollars of unknown outcome."""

    counts: list[int] = field(default_factory=lambda: [0] * 5)
    spent_usd: Decimal = ZERO
    unknown_usd: Decimal = ZERO

    def add(self, outcome: str, price_usd: Decimal, *, is_unknown: bool, sign: int = 1) -> None:
        self.spent_usd += sign * price_usd
        if outcome in OUTCOMES:  # what is answered later is counted when it is
            self.counts[0] += sign
            self.counts[OUTCOMES.index(outcome) + 1] += sign
        if is_unknown:
            self.counts[4] += sign
            self.unknown_usd += sign * price_usd


def count(settled: Sequence[Settled], taken_back: Iterable[Unknown], now: datetime) -> None:
    """Add calls to the tallies; `now` is the beginning of one that noted none.

    `taken_back` are unknown outcomes that are known after all.
    """
    _count_lookups(settled)
    sums: defaultdict[Key, _Sums] = defaultdict(_Sums)
    for one in settled:
        day = (one.call.started_at or now).astimezone(UTC).date()
        account, run_id = one.call.account, one.intents[0].run_id
        for lookup, outcome, price in one.parts:
            slug = f"{account.provider}.{lookup}"
            row = sums[day, account.id, slug, run_id, account.is_sandbox]
            row.add(outcome, price, is_unknown=one.outcome == "unknown")
    _add_spend(sums, taken_back, -1)


def count_unknown(rows: Iterable[Unknown]) -> None:
    """Add what lost workers left to the tallies."""
    _add_spend(defaultdict(_Sums), rows, 1)


def count_resolved(
    counted: Iterable[Unknown], parts: Iterable[tuple[str, Decimal]], *, was_performed: bool
) -> None:
    """Count one call as performed, or as never performed, that was counted as unknown."""
    counted = list(counted)
    first = counted[0]
    sums: defaultdict[Key, _Sums] = defaultdict(_Sums)
    for lookup, price in parts:
        day, slug = first.began.astimezone(UTC).date(), f"{first.provider}.{lookup}"
        row = sums[day, first.account_id, slug, first.run_id, first.is_sandbox]
        kind, paid = ("hit", price) if was_performed else ("error", ZERO)
        row.add(kind, paid, is_unknown=False)
    _add_spend(sums, counted, -1)


def _add_spend(sums: defaultdict[Key, _Sums], rows: Iterable[Unknown], sign: int) -> None:
    for one in rows:
        day = one.began.astimezone(UTC).date()
        slug = f"{one.provider}.{one.lookup}"
        row = sums[day, one.account_id, slug, one.run_id, one.is_sandbox]
        row.add("error", one.price_usd, is_unknown=True, sign=sign)
    with connection.cursor() as cursor:
        cursor.executemany(
            ADD_SPEND,
            [
                (*key, *sums[key].counts, sums[key].spent_usd, sums[key].unknown_usd)
                for key in sorted(sums, key=lambda key: (*key[:3], key[3] or 0, key[4]))
            ],
        )


def _count_lookups(settled: Sequence[Settled]) -> None:
    """Add to the tallies by lookup and day, with the times of those that were answered."""
    sums: dict[tuple[int, str, bool], list[Decimal | int]] = {}
    times: defaultdict[tuple[int, str, bool], list[int]] = defaultdict(list)
    for one in settled:
        account = one.call.account
        for lookup, outcome, price in one.parts:
            key = (account.id, f"{account.provider}.{lookup}", account.is_sandbox)
            row = sums.setdefault(key, [0, 0, 0, 0, ZERO])
            row[4] += price
            if outcome not in OUTCOMES:
                continue
            row[0] += 1
            row[OUTCOMES.index(outcome) + 1] += 1
            if one.call.status is not None:
                times[key].append(one.call.ms)
    today = datetime.now(UTC).date()
    with connection.cursor() as cursor:
        cursor.executemany(
            ADD_LOOKUPS, [(*key, today, *sums[key], counted(times[key])) for key in sorted(sums)]
        )
