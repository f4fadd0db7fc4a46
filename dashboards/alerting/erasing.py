"""Erasures that were given up, or that a CRM will not carry out, as readings: one alert each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from contacts.models import Erasure
from crm_sync.models import Deletion
from dashboards.alerting.readings import Reading

KIND = "erasure_stopped"
MOST = 20  # that are told one by one
LATELY = timedelta(days=30)  # so long is told of what a CRM keeps
ENDED_BADLY = (Deletion.State.FAILED, Deletion.State.DEAD)


def stopped_erasures() -> Iterator[Reading]:
    """Yield a reading for each erasure that was given up, and for each CRM that keeps somebody."""
    for row in Erasure.objects.filter(state=Erasure.State.FAILED).order_by("pk")[:MOST]:
        words = f"Erasure {row.pk} ({row.hint}) was given up: {row.words.rstrip('.')}."
        yield Reading(KIND, f"erasure:{row.pk}", 1, words)
    kept = Deletion.objects.filter(
        state__in=ENDED_BADLY, reason=Deletion.Reason.ERASED,
        created_at__gte=timezone.now() - LATELY,
    )  # fmt: skip
    for gone in kept.select_related("connection").order_by("pk")[:MOST]:
        why = gone.words.rstrip(".") or "it did not say why"
        words = f"{gone.connection.label} keeps {gone.object} {gone.remote_id}: {why}."
        yield Reading(KIND, f"deletion:{gone.pk}", 1, words)
