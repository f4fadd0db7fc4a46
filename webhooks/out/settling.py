"""Settling: what came of tries is written down, for the parcels and for their subscriptions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import uniform
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from webhooks.models import Attempt, Parcel, Subscription
from webhooks.out.carrying import GONE, Result
from webhooks.out.subscriptions import note_wishes

# After the first try, the second, …: a day and a half in all, as Standard Webhooks advises.
WAITS_S = (5, 300, 1800, 7200, 18_000, 36_000, 36_000, 36_000)
MOST_TRIES = len(WAITS_S) + 1
OFF_AFTER = timedelta(days=5)
# So many failures in a row, and the subscription rests for a quarter of the time that it has been
# failing, within these bounds; then a single parcel tries.
RESTS_AFTER = 3
REST_S = (5.0, 300.0)

WRITE = """
UPDATE webhooks_parcel AS p SET state = v.state, outcome = v.outcome, status = v.status,
  worker_id = NULL, due_at = v.due_at, ended_at = v.ended_at
FROM json_to_recordset(%s::json) AS v (id bigint, worker_id uuid, tries int, state text,
  outcome text, status int, due_at timestamptz, ended_at timestamptz)
WHERE p.id = v.id AND p.state = 'claimed' AND p.worker_id = v.worker_id AND p.tries = v.tries
RETURNING p.id
"""
NOTED = (
    "failing_since", "failures", "rests_until", "delivered_at", "is_enabled", "off_since",
    "off_why",
)  # fmt: skip
State = Parcel.State
log = structlog.get_logger(__name__)


@transaction.atomic
def settle(results: Sequence[tuple[Parcel, Result]]) -> None:
    """Write what came of tries; of a parcel that another worker has by now, nothing."""
    now = timezone.now()
    mine = _write(results, now)
    made = [(one, result) for one, result in results if one.pk in mine and not result.is_kept]
    Attempt.objects.bulk_create(_attempt(parcel, result, now) for parcel, result in made)
    of: dict[int, list[Result]] = {}
    for parcel, result in made:
        of.setdefault(parcel.subscription_id, []).append(result)
    for pk in sorted(of):
        _note(pk, of[pk], now)


def _write(results: Sequence[tuple[Parcel, Result]], now: datetime) -> set[int]:
    """Let go of the parcels still ours, and return their ids."""
    rows = [_row(parcel, result, now) for parcel, result in results]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [json.dumps(rows)])
        return {id_ for (id_,) in cursor.fetchall()}


def _row(parcel: Parcel, result: Result, now: datetime) -> dict[str, Any]:
    state, wait_s = _state(parcel, result), 0.0
    if state == State.WAITING:
        wait_s = max(WAITS_S[parcel.tries - 1] * uniform(1.0, 1.1), result.wait_s)
    return {
        "id": parcel.pk,
        "worker_id": str(parcel.worker_id),
        "tries": parcel.tries,
        "state": state,
        "outcome": result.outcome[:300],
        "status": result.status,
        "due_at": (now + timedelta(seconds=wait_s)).isoformat(),
        "ended_at": None if state == State.WAITING else now.isoformat(),
    }


def _attempt(parcel: Parcel, result: Result, now: datetime) -> Attempt:
    return Attempt(
        parcel=parcel, made_at=now - timedelta(milliseconds=result.took_ms), status=result.status,
        took_ms=result.took_ms, outcome=result.outcome[:300], answer=result.answer[:300],
    )  # fmt: skip


def _state(parcel: Parcel, result: Result) -> str:
    if result.is_kept:
        return State.KEPT
    if result.is_delivered:
        return State.DELIVERED
    if result.is_final:
        return State.FAILED
    return State.DEAD if parcel.tries >= MOST_TRIES else State.WAITING


def _note(pk: int, results: Sequence[Result], now: datetime) -> None:
    """Note with a subscription how it goes; switch off one that is gone, or fails for days."""
    row = Subscription.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        return
    for result in results:
        if result.is_delivered:
            row.failing_since, row.failures, row.rests_until = None, 0, None
            row.delivered_at = now
            continue
        row.failing_since = row.failing_since or now
        row.failures += 1
        row.rests_until = _rests_until(row, result, now)
        if result.status == GONE or now - row.failing_since >= OFF_AFTER:
            _switch_off(row, result, now)
    row.save(update_fields=NOTED)
    if row.off_since == now:
        note_wishes()


def _rests_until(row: Subscription, result: Result, now: datetime) -> datetime | None:
    assert row.failing_since is not None
    least, most = REST_S
    failing_s = (now - row.failing_since).total_seconds()
    rest_s = min(max(failing_s / 4, least), most) if row.failures >= RESTS_AFTER else 0.0
    rest_s = max(rest_s, result.wait_s)
    return now + timedelta(seconds=rest_s) if rest_s else row.rests_until


def _switch_off(row: Subscription, result: Result, now: datetime) -> None:
    if not row.is_enabled:
        return
    why = f"It has failed for {OFF_AFTER.days} days. {result.outcome}"
    if result.status == GONE:
        why = result.outcome
    row.is_enabled, row.off_since, row.off_why = False, now, why[:300]
    log.warning("subscription_switched_off", subscription=row.pk, why=why)


def give_back(own: UUID) -> None:
    """Let go of what a leaving worker holds; it counts as no try."""
    Parcel.objects.filter(state=State.CLAIMED, worker_id=own).update(
        state=State.WAITING, worker_id=None, tries=F("tries") - 1
    )
