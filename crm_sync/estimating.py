"""Estimating how long a sync will take, by the limits that its CRM sets and has told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil
from typing import Any

from django.utils import timezone

from crm_sync.marks import Progress
from crm_sync.models import Connection, Deletion, Sync
from crm_sync.pushing.plan import Plan

CALL_S = 0.4  # an answer of a CRM, about
SIDE_BY_SIDE = 6


def estimate(plans: Sequence[Plan], progress: Progress) -> None:
    """Write how long the real sync would take."""
    if not plans:
        return
    of = Connection.objects.get(pk=plans[0].connection.pk)
    calls = sum(_calls(plan, progress.counts[plan.object]) for plan in plans)
    calls += Deletion.objects.filter(connection=of, state=Deletion.State.WAITING).count()
    seconds = max(_by_rate(plans[0], calls), calls * CALL_S / SIDE_BY_SIDE)
    units = calls * plans[0].connector.call_cost
    seconds += _until_renewed(of.allowances, units, timezone.now())
    Sync.objects.filter(pk=progress.sync_id).update(eta_s=ceil(seconds))


def _calls(plan: Plan, counts: Mapping[str, int]) -> int:
    """Return the requests for an object: its writes, in the CRM's own batches."""
    return ceil((counts["create"] + counts["update"]) / plan.connector.per_call)


def _by_rate(plan: Plan, calls: int) -> float:
    rate = plan.connector.provider.rate
    if rate is None or not calls:
        return 0.0
    return max(calls * seconds / most for most, seconds in rate.windows())


def _until_renewed(told: Sequence[Mapping[str, Any]], units: int, now: datetime) -> float:
    """Return the wait for the next day's allowance, where what is left of one is too little."""
    waits = [0.0]
    for one in told:
        if one.get("left") is not None and one["left"] < units and one.get("resets_at"):
            resets = datetime.fromisoformat(one["resets_at"])
            waits.append((resets - now).total_seconds())
    return max(waits)
