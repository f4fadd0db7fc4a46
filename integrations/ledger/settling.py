"""Settling: calls that ended go to the ledger, and their money from reserved to spent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.utils import timezone

from integrations.ledger.budgets import lock, move, return_to_budgets
from integrations.ledger.intents import ZERO, Intent, Settled, keys_of


def release(intents: Collection[Intent]) -> None:
    """Give back reservations whose calls were never sent."""
    lock(intents)
    return_to_budgets(_take(intents), {})


def settle(settled: Sequence[Settled]) -> None:
    """Write ended calls to the ledger and move their money from reserved to spent."""
    if not settled:
        return
    intents = [intent for one in settled for intent in one.intents]
    lock(intents)
    taken = _take(intents)
    late = [one for one in settled if any(i.call_key not in taken for i in one.intents)]
    if late:
        _forget_unknown(late)
    _copy(settled)
    _count(settled)
    spent: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in settled:
        price = one.price_usd
        if price:
            for key, _ in one.intents[0].caps:
                spent[key] += price
    return_to_budgets(taken, spent)


def _take(intents: Collection[Intent]) -> dict[UUID, tuple[Decimal, str]]:
    """Delete reservations of ours and return {call key: (price, budgets)}."""
    if not intents:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM integrations_reservation"
            " WHERE call_key = ANY(%s::uuid[]) AND request_id = ANY(%s::uuid[])"
            " RETURNING call_key, price_usd, budgets",
            keys_of(intents),
        )
        return {key: (price, budgets) for key, price, budgets in cursor.fetchall()}


def _forget_unknown(late: Sequence[Settled]) -> None:
    """Take back what `abandon` wrote about calls whose worker lives after all."""
    budgets: defaultdict[str, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM integrations_apicall WHERE id = ANY(%s) AND outcome = 'unknown'"
            " RETURNING id, price_usd",
            [[one.call.request_id for one in late]],
        )
        counted = dict(cursor.fetchall())
    for one in late:
        price = counted.get(one.call.request_id, ZERO)
        if price:
            for key, _ in one.intents[0].caps:
                budgets[key] = (ZERO, budgets[key][1] - price)
    move(dict(budgets))


CALL_COLUMNS = (
    "id, provider, lookup, account_id, contact_id, run_id, outcome, http_status, ms, tries,"
    " price_usd, remote_id, error_class, error, exchange, is_sandbox, started_at"
)


def _copy(settled: Sequence[Settled]) -> None:
    now = timezone.now()
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY integrations_apicall ({CALL_COLUMNS}) FROM STDIN") as copy,
    ):
        for one in settled:
            call, error = one.call, one.call.error
            copy.write_row(
                (
                    call.request_id,
                    call.provider.slug,
                    "+".join(call.lookups)[:200],
                    call.account.id,
                    one.intents[0].contact_id,
                    one.intents[0].run_id,
                    one.outcome,
                    call.status,
                    call.ms,
                    call.tries,
                    one.price_usd,
                    call.remote_id[:80],
                    type(error).__name__ if error else "",
                    str(error)[:300] if error else "",
                    call.exchange[:500],
                    call.account.is_sandbox,
                    call.started_at or now,
                )
            )


ENDINGS = ("hit", "miss", "error")


def _count(settled: Sequence[Settled]) -> None:
    """Add to the tallies by lookup and day."""
    sums: dict[tuple[int, str, bool], list[Decimal | int]] = {}
    for one in settled:
        account = one.call.account
        for lookup, outcome, price in one.parts:
            key = (account.id, f"{account.provider}.{lookup}", account.is_sandbox)
            row = sums.setdefault(key, [0, 0, 0, 0, ZERO])
            row[4] += price
            if outcome in ENDINGS:  # what is answered later is counted when it is
                row[0] += 1
                row[ENDINGS.index(outcome) + 1] += 1
    today = datetime.now(UTC).date()
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO integrations_lookupday AS d (account_id, lookup, is_sandbox, day, asked,"
            " hits, misses, errors, spent_usd) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (account_id, lookup, day, is_sandbox) DO UPDATE SET"
            " asked = d.asked + EXCLUDED.asked, hits = d.hits + EXCLUDED.hits,"
            " misses = d.misses + EXCLUDED.misses, errors = d.errors + EXCLUDED.errors,"
            " spent_usd = d.spent_usd + EXCLUDED.spent_usd",
            [(*key, today, *sums[key]) for key in sorted(sums)],
        )
