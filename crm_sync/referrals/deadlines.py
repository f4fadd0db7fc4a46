"""Referrals that lapse unless somebody answers them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from crm_sync.models import Connection, Referral

DAYS = 3
MOST_DAYS = 60
LATE = timedelta(days=1)


def due() -> QuerySet[Referral]:
    """Return the new ones that lapse within their connection's days, or did within a day."""
    rows = Referral.objects.none()
    now = timezone.now()
    kinds = Connection.objects.filter(kind="partner_center", is_enabled=True)
    for pk, options in kinds.order_by("pk").values_list("pk", "options"):
        ends = now + timedelta(days=days_of(options))
        rows |= Referral.objects.filter(
            connection_id=pk, status="New", answer="", expires_at__gt=now - LATE,
            expires_at__lte=ends,
        )  # fmt: skip
    return rows.order_by("expires_at", "pk")


def days_of(options: Mapping[str, Any]) -> float:
    """Return how many days ahead a connection warns: its option `deadline_days`, else DAYS."""
    told = options.get("deadline_days")
    if isinstance(told, bool) or not isinstance(told, int | float) or told <= 0:
        return DAYS
    return min(float(told), MOST_DAYS)
