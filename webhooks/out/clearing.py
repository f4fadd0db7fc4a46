"""Clears parcels that are past their time, with their tries."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from webhooks.models import Attempt, Parcel

AT_ONCE = 5_000


def clear_parcels(before: datetime) -> int:
    """Delete parcels made before a moment and return how many.

    One that may still go out stays: what is being sent, and what waits for a subscription that is
    switched on.
    """
    is_open = Q(state=Parcel.State.CLAIMED) | Q(
        state=Parcel.State.WAITING, subscription__is_enabled=True
    )
    old = Parcel.objects.filter(created_at__lt=before).exclude(is_open).order_by("pk")
    count = 0
    while ids := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            Attempt.objects.filter(parcel__in=ids).delete()
            count += Parcel.objects.filter(pk__in=ids).delete()[0]
    return count
