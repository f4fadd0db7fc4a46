"""Reserving: a word written, and money promised, before a call is sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import orjson
from django.db import connection

from integrations.ledger.budgets import fit, locked_budgets, move
from integrations.ledger.intents import ZERO, Intent, Verdict, keys_of


def reserve(intents: Sequence[Intent], worker_id: UUID) -> Verdict:
    """Grant what no one else is asking and every budget allows, in the order given."""
    verdict = Verdict()
    paid = [intent for intent in intents if intent.price_usd]
    if paid:
        fit(paid, locked_budgets(paid), verdict)
    wanted = sorted(
        (intent for intent in intents if intent.call_key not in verdict.over),
        key=lambda intent: intent.call_key,
    )
    inserted = _insert(wanted, worker_id)
    rest = [intent for intent in wanted if intent.call_key not in inserted]
    verdict.in_flight = {i.call_key for i in rest} - _standing(rest)
    promised: defaultdict[str, Decimal] = defaultdict(Decimal)
    for intent in wanted:
        if intent.call_key in inserted and intent.price_usd:
            for key, _ in intent.caps:
                promised[key] += intent.price_usd
    move({key: (amount, ZERO) for key, amount in promised.items()})
    return verdict


def _insert(wanted: Sequence[Intent], worker_id: UUID) -> set[UUID]:
    """Insert reservations and return the call keys of those that were free."""
    if not wanted:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO integrations_reservation (worker_id, call_key, request_id, account_id,"
            " provider, questions, contact_id, run_id, price_usd, budgets, is_sandbox)"
            " SELECT %s, n.* FROM json_to_recordset(%s::json) AS n (call_key uuid, request_id uuid,"
            " account_id bigint, provider text, questions jsonb, contact_id bigint, run_id bigint,"
            " price_usd numeric, budgets text, is_sandbox bool)"
            " ON CONFLICT (call_key) DO NOTHING RETURNING call_key",
            [worker_id, orjson.dumps([_reservation(intent) for intent in wanted]).decode()],
        )
        return {key for (key,) in cursor.fetchall()}


def _standing(intents: Sequence[Intent]) -> set[UUID]:
    """Return the call keys of our own reservations: of a commit whose answer we never got."""
    if not intents:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT call_key FROM integrations_reservation"
            " WHERE call_key = ANY(%s::uuid[]) AND request_id = ANY(%s::uuid[])",
            keys_of(intents),
        )
        return {key for (key,) in cursor.fetchall()}


def _reservation(intent: Intent) -> dict[str, object]:
    return {
        "call_key": intent.call_key,
        "request_id": intent.request_id,
        "account_id": intent.account_id,
        "provider": intent.provider,
        "questions": intent.questions,
        "contact_id": intent.contact_id,
        "run_id": intent.run_id,
        "price_usd": str(intent.price_usd),
        "budgets": " ".join(key for key, _ in intent.caps) if intent.price_usd else "",
        "is_sandbox": intent.is_sandbox,
    }


def join(intents: Sequence[Intent], request_id: UUID) -> None:
    """Put reservations under one request id, before they go out as one call."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integrations_reservation SET request_id = %s"
            " WHERE call_key = ANY(%s::uuid[]) AND request_id = ANY(%s::uuid[])",
            [request_id, *keys_of(intents)],
        )
    for intent in intents:
        intent.request_id = request_id
