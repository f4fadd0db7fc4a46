"""Abandoning: what lost workers had reserved becomes unknown calls, counted as spent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import orjson
from django.db import connection

from integrations.ledger.budgets import return_to_budgets
from integrations.ledger.intents import ZERO
from integrations.ledger.tallying import Unknown, count_unknown

LOST = "The worker was lost while this call was under way."


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A reservation left behind by a lost worker: perhaps sent, perhaps charged."""

    request_id: UUID
    account_id: int
    provider: str
    questions: Mapping[str, str | None]
    price_usd: Decimal
    is_sandbox: bool
    is_dear: bool


def abandon(worker_ids: Sequence[UUID]) -> list[Abandoned]:
    """Turn what lost workers had reserved into `unknown` calls, counted as spent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT unnest(string_to_array(budgets, ' ')) FROM integrations_reservation"
            " WHERE worker_id = ANY(%s)",
            [list(worker_ids)],
        )
        keys = sorted(key for (key,) in cursor.fetchall() if key)
        cursor.execute(
            "SELECT FROM integrations_budget WHERE key = ANY(%s) ORDER BY key FOR UPDATE", [keys]
        )
        cursor.execute(
            "DELETE FROM integrations_reservation AS r USING integrations_account AS a"
            " WHERE worker_id = ANY(%s) AND a.id = r.account_id RETURNING r.request_id,"
            " r.account_id, r.provider, r.questions::text, r.price_usd, r.is_sandbox,"
            " r.price_usd > a.hold_unknown_above_usd,"
            " r.call_key, r.budgets, r.run_id, r.contact_id, r.reserved_at",
            [list(worker_ids)],
        )
        rows = cursor.fetchall()
    left = [
        (
            Abandoned(r[0], r[1], r[2], orjson.loads(r[3]), r[4], r[5], r[6]),
            (r[9], r[10], r[5], r[11]),
        )
        for r in rows
    ]
    _write_unknown(left)
    count_unknown(_tallied(left))
    return_to_budgets({r[7]: (r[4], r[8]) for r in rows}, _sums((r[4], r[8]) for r in rows))
    return [one for one, _ in left]


def _sums(paid: Iterable[tuple[Decimal, str]]) -> dict[str, Decimal]:
    spent: defaultdict[str, Decimal] = defaultdict(Decimal)
    for price, budgets in paid:
        for key in budgets.split():
            spent[key] += price
    return spent


About = tuple[int | None, int | None, bool, datetime]


def _tallied(left: Sequence[tuple[Abandoned, About]]) -> list[Unknown]:
    """Return a row for each call that was under way: reservations joined in one make one."""
    found: dict[UUID, Unknown] = {}
    for one, (run_id, _, is_sandbox, began) in left:
        lookup = "+".join(one.questions)[:200]
        first = found.get(one.request_id) or Unknown(
            began, one.account_id, one.provider, lookup, run_id, is_sandbox, ZERO
        )
        found[one.request_id] = replace(first, price_usd=first.price_usd + one.price_usd)
    return list(found.values())


def _write_unknown(left: Sequence[tuple[Abandoned, About]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO integrations_apicall AS c (id, provider, lookup, account_id, run_id,"
            " contact_id, outcome, ms, tries, price_usd, remote_id, error_class, error, exchange,"
            " is_sandbox, started_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, 'unknown', 0, 1, %s, '', 'OutcomeUnknown',"
            " %s, '', %s, %s)"
            " ON CONFLICT (id) DO UPDATE SET price_usd = c.price_usd + EXCLUDED.price_usd",
            [
                (
                    one.request_id,
                    one.provider,
                    "+".join(one.questions)[:200],
                    one.account_id,
                    *about[:2],
                    one.price_usd,
                    LOST,
                    *about[2:],
                )
                for one, about in left
            ],
        )
