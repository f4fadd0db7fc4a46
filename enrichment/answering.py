"""Answers that no worker writes: those a provider brings later; and held ones that are let go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from enrichment import golden
from enrichment.models import Answer
from enrichment.ringing import ring
from integrations.accounts import Accounts
from integrations.ids import uuid7
from integrations.provider import Fact
from integrations.registry import lookup


def answer_by_ticket(lookup_slug: str, ticket: str, facts: Sequence[Fact], raw: Any) -> int:
    """Keep what a provider brings by itself for a question that it took; return how many waited.

    0 when nobody waits for that ticket (any more): nothing is kept then. Facts in no form that we
    know raise ContractBroken. May be called twice.
    """
    accounts = Accounts()
    accounts.refresh()
    counts_for = accounts.terms(lookup(lookup_slug)).counts_for(is_hit=bool(facts))
    kept = {one.field: [golden.coerce(one.field, one.value), one.confidence] for one in facts}
    now = timezone.now()
    with transaction.atomic():
        waiting = Answer.objects.select_for_update().filter(
            lookup=lookup_slug, ticket=ticket, outcome=Answer.Outcome.PENDING
        )
        pending = {row.question_key: row for row in waiting.order_by("observed_at", "id")}
        ids = [str(row.pk) for row in waiting]
        Answer.objects.bulk_create(
            Answer(
                id=uuid7(), question_key=key, lookup=lookup_slug, request_id=row.request_id,
                outcome=Answer.Outcome.HIT if kept else Answer.Outcome.MISS, facts=kept, raw=raw,
                is_sandbox=row.is_sandbox, observed_at=now, expires_at=now + counts_for,
            )
            for key, row in pending.items()
        )  # fmt: skip
        waiting.delete()
        _make_due(lookup_slug, ids)
    return len(pending)


def _make_due(lookup_slug: str, answer_ids: list[str]) -> None:
    """Let the items go on at once that wait for these answers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE enrichment_runitem SET due_at = now() WHERE state = 'waiting'"
            " AND due_at > now() AND trace -> %s ->> 'a' = ANY(%s)",
            [lookup_slug, answer_ids],
        )
    ring()


def release_unknown(answer: Answer) -> None:
    """Let go of a held question, on a person's word: it may be asked, and paid, again."""
    Answer.objects.filter(pk=answer.pk, outcome=Answer.Outcome.UNKNOWN).delete()
