"""Resolving: an unknown outcome that is known after all, so that nothing stays counted in error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from integrations.ledger.abandoning import LOST
from integrations.ledger.budgets import lock_keys, move
from integrations.ledger.intents import ZERO
from integrations.ledger.tallying import Unknown, count_resolved

NEVER = "It was never performed: the provider does not have it."


@dataclass(frozen=True, slots=True)
class Known:
    """What became of a call after all.

    `parts` are (act, US dollars) and `budgets` the keys that its price was promised under, as they
    were when it was reserved.
    """

    request_id: UUID
    parts: Sequence[tuple[str, Decimal]]
    budgets: Sequence[str]
    was_performed: bool


def resolve(known: Sequence[Known]) -> None:
    """Write what is known of unknown calls; what was never performed costs nothing any more.

    Inside the caller's transaction. What is not unknown in the ledger is left as it is.
    """
    lock_keys({key for one in known for key in one.budgets})
    changes: defaultdict[str, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    for one in known:
        row = _resolved(one)
        if row is None:
            continue
        began, account_id, provider, lookup, run_id, is_sandbox, price, was_lost = row
        parts = [(lookup, price)] if was_lost else list(one.parts)
        counted = [Unknown(began, account_id, provider, n, run_id, is_sandbox, p) for n, p in parts]
        count_resolved(counted, one.parts, was_performed=one.was_performed)
        if not one.was_performed:
            for key in one.budgets:
                changes[key] = (ZERO, changes[key][1] - price)
    move(dict(changes))


def _resolved(one: Known) -> tuple[Any, ...] | None:
    """Write one call's outcome; return what had been counted of it, None if it was known."""
    outcome, error_class, error = "answered", "", ""
    if not one.was_performed:
        outcome, error_class, error = "failed", "OutcomeUnknown", NEVER
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH old AS (SELECT id, price_usd, error FROM integrations_apicall"
            "  WHERE id = %s AND outcome = 'unknown' FOR UPDATE)"
            " UPDATE integrations_apicall AS c SET outcome = %s, error_class = %s, error = %s,"
            "  price_usd = CASE WHEN %s THEN old.price_usd ELSE 0 END"
            " FROM old WHERE c.id = old.id"
            " RETURNING c.started_at, c.account_id, c.provider, c.lookup, c.run_id, c.is_sandbox,"
            "  old.price_usd, old.error = %s",
            [one.request_id, outcome, error_class, error, one.was_performed, LOST],
        )
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
