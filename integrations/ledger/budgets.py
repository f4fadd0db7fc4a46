"""Budgets: what a run, an account's day and an account's month may spend, and have spent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from django.db import connection

from integrations.ledger.intents import ZERO, Intent, Verdict
from integrations.models import Account, Budget


@lru_cache(maxsize=256)
def account_caps(
    account_id: int, daily_usd: Decimal | None, monthly_usd: Decimal | None, today: date
) -> tuple[tuple[str, Decimal | None], ...]:
    """Return the keys and caps of an account's budgets of this day and month (UTC)."""
    month = f"account:{account_id}:{today:%Y-%m}"
    return ((month, monthly_usd), (f"{month}-{today:%d}", daily_usd))


def locked_budgets(paid: Iterable[Intent]) -> dict[str, Decimal]:
    """Lock the budgets concerned and return what is left of the capped ones."""
    caps = dict(sorted(cap for intent in paid for cap in intent.caps))
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(
                "SELECT key, cap_usd, reserved_usd + spent_usd FROM integrations_budget"
                " WHERE key = ANY(%s) ORDER BY key FOR UPDATE",
                [list(caps)],
            )
            rows = cursor.fetchall()
            if len(rows) == len(caps):
                break
            cursor.execute(
                "INSERT INTO integrations_budget (key) SELECT unnest(%s::text[]) ORDER BY 1"
                " ON CONFLICT DO NOTHING",
                [list(caps)],
            )
    left = {}
    for key, own_cap, used in rows:
        cap = own_cap if caps[key] is None else caps[key]
        if cap is not None:
            left[key] = cap - used
    return left


def fit(paid: Iterable[Intent], left: dict[str, Decimal], verdict: Verdict) -> None:
    """Take each price from what is left, and note in the verdict whose budget is short."""
    for intent in paid:
        keys = [key for key, _ in intent.caps if key in left]
        short = next((key for key in keys if left[key] < intent.price_usd), None)
        if short:
            verdict.over[intent.call_key] = short
            continue
        for key in keys:
            left[key] -= intent.price_usd


def lock(intents: Iterable[Intent]) -> None:
    """Lock the budgets of paid intents, before their reservations are touched."""
    lock_keys({key for i in intents if i.price_usd for key, _ in i.caps})


def lock_keys(keys: Collection[str]) -> None:
    """Lock budgets, in the order of their keys."""
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT FROM integrations_budget WHERE key = ANY(%s) ORDER BY key FOR UPDATE",
                [sorted(keys)],
            )


def move(changes: dict[str, tuple[Decimal, Decimal]]) -> None:
    """Add (reserved, spent) to budgets, in the order of their keys."""
    if not changes:
        return
    keys = sorted(changes)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integrations_budget AS b SET reserved_usd = b.reserved_usd + v.reserved,"
            " spent_usd = b.spent_usd + v.spent"
            " FROM (SELECT l.key, n.reserved, n.spent"
            "   FROM unnest(%s::text[], %s::numeric[], %s::numeric[]) AS n (key, reserved, spent)"
            "   JOIN integrations_budget AS l ON l.key = n.key ORDER BY l.key FOR UPDATE OF l) AS v"
            " WHERE b.key = v.key",
            [keys, [changes[k][0] for k in keys], [changes[k][1] for k in keys]],
        )


def return_to_budgets(
    taken: Mapping[UUID, tuple[Decimal, str]], spent: Mapping[str, Decimal]
) -> None:
    """Give back what was reserved, {call key: (price, budget keys)}, and add what was spent."""
    changes: dict[str, tuple[Decimal, Decimal]] = {key: (ZERO, usd) for key, usd in spent.items()}
    for price, budgets in taken.values():
        for key in budgets.split():
            reserved, paid = changes.get(key, (ZERO, ZERO))
            changes[key] = (reserved - price, paid)
    move(changes)


def set_cap(key: str, cap_usd: Decimal | None) -> None:
    """Set a budget's own cap."""
    Budget.objects.update_or_create(key=key, defaults={"cap_usd": cap_usd})


def left_of(key: str) -> Decimal | None:
    """Return what a budget's own cap leaves, in US dollars; None where it has none."""
    budget = Budget.objects.filter(key=key).first()
    if budget is None or budget.cap_usd is None:
        return None
    left: Decimal = budget.cap_usd - budget.reserved_usd - budget.spent_usd
    return left


def has_room(key: str) -> bool:
    """Tell whether an account's budget, by its key, is from a past period or below its cap now."""
    _, account_id, period = key.split(":")
    if not f"{datetime.now(UTC):%Y-%m-%d}".startswith(period):
        return True
    account = Account.objects.get(pk=account_id)
    cap = account.daily_cap_usd if period.count("-") == 2 else account.monthly_cap_usd
    budget = Budget.objects.filter(key=key).first()
    return cap is None or budget is None or budget.reserved_usd + budget.spent_usd < cap
