"""Replaying: places that were given up are searched again, on a person's word."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from enrichment.discovery import queries, service
from enrichment.discovery.service import DiscoveryRefused
from enrichment.models import Discovery, DiscoveryPlace
from enrichment.ringing import ring_discovery

States = Discovery.State
OPEN = (States.WORKING, States.PAUSED, States.BLOCKED)


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many places are searched again, and where: the discovery itself, or one made for them."""

    count: int
    discovery: Discovery


def replay_dead(
    row: Discovery, place_ids: Collection[int] | None = None, *, user: User | None = None
) -> Replayed:
    """Have a discovery's dead places searched again, or those of the given ids.

    In an open discovery they wait again, within what is left of its cap. One that is done has its
    finds imported: another is made over them with what is left of the cap, and waits for approval.
    Raises DiscoveryRefused while its finds are being imported, and when it was cancelled.
    """
    with transaction.atomic():
        row = Discovery.objects.select_for_update(of=("self",)).get(pk=row.pk)
        dead = DiscoveryPlace.objects.filter(discovery=row, state=DiscoveryPlace.State.DEAD)
        if place_ids is not None:
            dead = dead.filter(pk__in=place_ids)
        ids = list(dead.order_by("pk").select_for_update().values_list("pk", flat=True))
        if not ids:
            return Replayed(0, row)
        if row.state in OPEN:
            _put_back(row, ids)
            return Replayed(len(ids), row)
        if row.state != States.DONE:
            raise DiscoveryRefused(_why_not(row))
        return Replayed(len(ids), _search_apart(row, ids, user))


def _why_not(row: Discovery) -> str:
    if row.state == States.CANCELLED:
        return "The discovery was cancelled; start it once more."
    return "Its finds are being imported; replay once that is done."


def _put_back(row: Discovery, ids: Sequence[int]) -> None:
    DiscoveryPlace.objects.filter(pk__in=ids).update(
        state=DiscoveryPlace.State.WAITING, due_at=timezone.now(), tries=0, losses=0, error="",
        finished_at=None,
    )  # fmt: skip
    Discovery.objects.filter(pk=row.pk).update(failed_count=F("failed_count") - len(ids))
    ring_discovery()


def _search_apart(row: Discovery, ids: Sequence[int], user: User | None) -> Discovery:
    places = DiscoveryPlace.objects.filter(pk__in=ids)
    wanted = service.places_of(row, places)
    new = service.create(
        wanted, searches=row.searches, per_place=row.per_place, cap_usd=_left(row), name=row.name,
        recipe=row.recipe, user=user, again_of=row,
    )  # fmt: skip
    places.update(
        state=DiscoveryPlace.State.FAILED, error=f"given up; searched again in discovery {new.pk}"
    )
    return new


def _left(row: Discovery) -> Decimal | None:
    if row.cap_usd is None:
        return None
    left: Decimal = row.cap_usd - queries.spent_usd(row)
    return max(Decimal(0), left)
