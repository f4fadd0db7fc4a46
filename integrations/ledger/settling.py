"""Settling: calls that ended go to the ledger, and their money from reserved to spent."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from integrations.ledger import tallying
from integrations.ledger.budgets import lock, move, return_to_budgets
from integrations.ledger.intents import ZERO, Intent, Settled, keys_of
from integrations.ledger.tallying import Unknown


def release(intents: Collection[Intent]) -> None:
    """Give back reservations whose calls were never sent."""
    lock(intents)
    return_to_budgets(_take(intents), {})


def settle(settled: Sequence[Settled]) -> None:
    """Write ended calls to the ledger and move their money from reserved to spent."""
    if not settled:
        return
    now = timezone.now()
    lines = _lines(settled, now)  # while nobody waits for our locks
    intents = [intent for one in settled for intent in one.intents]
    lock(intents)
    taken = _take(intents)
    late = [one for one in settled if any(i.call_key not in taken for i in one.intents)]
    forgotten = _forget_unknown(late) if late else []
    _copy(lines)
    tallying.count(settled, forgotten, now)
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


def _forget_unknown(late: Sequence[Settled]) -> list[Unknown]:
    """Take back, and return, what `abandon` wrote about calls whose worker lives after all."""
    budgets: defaultdict[str, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM integrations_apicall WHERE id = ANY(%s) AND outcome = 'unknown'"
            " RETURNING id, started_at, account_id, provider, lookup, run_id, is_sandbox,"
            " price_usd",
            [[one.call.request_id for one in late]],
        )
        counted = {id_: Unknown(*rest) for id_, *rest in cursor.fetchall()}
    for one in late:
        unknown = counted.get(one.call.request_id)
        if unknown and unknown.price_usd:
            for key, _ in one.intents[0].caps:
                budgets[key] = (ZERO, budgets[key][1] - unknown.price_usd)
    move(dict(budgets))
    return list(counted.values())


CALL_COLUMNS = (
    "id, provider, lookup, account_id, contact_id, run_id, outcome, http_status, ms, tries,"
    " price_usd, remote_id, error_class, error, exchange, is_sandbox, started_at"
)
CALL_TEXTS = "remote_id, error_class, error, exchange"  # empty, they are no null


def _copy(lines: str) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(
            f"COPY integrations_apicall ({CALL_COLUMNS}) FROM STDIN"
            f" (FORMAT csv, FORCE_NOT_NULL ({CALL_TEXTS}))"
        ) as copy,
    ):
        copy.write(lines)


def _lines(settled: Sequence[Settled], now: datetime) -> str:
    """Return the calls' rows as CSV: an empty text is one, an empty number is null."""
    file = io.StringIO()
    csv.writer(file).writerows(_row(one, now) for one in settled)
    return file.getvalue()


def _row(one: Settled, now: datetime) -> tuple[Any, ...]:
    call, error = one.call, one.call.error
    return (
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
