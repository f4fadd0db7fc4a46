"""What one can do with a discovery: make it, approve it, pause, cancel, look again."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from enrichment.discovery import estimate
from enrichment.models import Discovery, DiscoveryPlace, Recipe
from enrichment.models.discovery import PER_PLACE_MOST
from enrichment.ringing import ring_discovery
from integrations import ledger
from integrations.accounts import is_sandbox
from integrations.registry import searches as registered
from integrations.search import Wanted
from integrations.services import ensure_accounts

States = Discovery.State
ENDED = (States.DONE, States.CANCELLED)


class DiscoveryRefused(ValueError):
    """A discovery can't do what was asked; `field` names what was typed wrong, "" for none."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def create(
    wanted: Sequence[Wanted],
    *,
    searches: Sequence[str],
    per_place: int,
    cap_usd: Decimal | None = None,
    name: str = "",
    recipe: Recipe | None = None,
    user: User | None = None,
    again_of: Discovery | None = None,
) -> Discovery:
    """Make a discovery with its estimate, ready for approval. Nothing is asked yet.

    All of `wanted` are of one kind of business. Raises DiscoveryRefused, which names the field.
    """
    check(wanted, searches, per_place)
    ensure_accounts()
    kind = " ".join(wanted[0].term.split())[:100]
    row = Discovery(
        name=name[:200] or _name(kind, wanted), kind=kind, searches=list(searches),
        per_place=per_place, cap_usd=cap_usd, recipe=recipe, is_sandbox=is_sandbox(),
        place_count=len(wanted), created_by=user, again_of=again_of,
    )  # fmt: skip
    row.estimate = estimate.estimate(row, wanted)
    with transaction.atomic():
        row.save()
        DiscoveryPlace.objects.bulk_create(
            [
                DiscoveryPlace(
                    discovery=row, near=one.near, latitude=one.latitude, longitude=one.longitude,
                    radius_m=one.radius_m,
                )
                for one in wanted
            ],
            batch_size=2_000,
        )  # fmt: skip
    return row


def check(wanted: Sequence[Wanted], searches: Sequence[str], per_place: int) -> None:
    """Refuse what no search could be asked: raises DiscoveryRefused, which names the field."""
    known = registered()
    if not wanted:
        raise DiscoveryRefused("Write at least one ZIP or place.", "places")
    if not searches:
        raise DiscoveryRefused("Choose at least one search.", "searches")
    if unknown := [slug for slug in searches if slug not in known]:
        raise DiscoveryRefused(f"No search is called {unknown[0]!r}.", "searches")
    if len(set(searches)) < len(searches):
        raise DiscoveryRefused("Each search is asked once: choose another.", "searches")
    if not 1 <= per_place <= PER_PLACE_MOST:
        raise DiscoveryRefused(f"From 1 to {PER_PLACE_MOST} businesses.", "per_place")
    if wanted[0].is_circle:
        _check_radius(wanted, searches)
        if unfit := [known[slug] for slug in searches if not fits(slug, is_circle=True)]:
            raise DiscoveryRefused(f"{unfit[0].label} takes no point: choose others.", "searches")
    elif unfit := [known[slug] for slug in searches if not fits(slug, is_circle=False)]:
        raise DiscoveryRefused(f"{unfit[0].label} needs a point and a radius.", "searches")


def _check_radius(wanted: Sequence[Wanted], searches: Sequence[str]) -> None:
    for of in (registered()[slug] for slug in searches):
        if of.farthest_m and any(one.radius_m > of.farthest_m for one in wanted):
            label, km = of.label.partition(":")[0], of.farthest_m // 1000
            raise DiscoveryRefused(
                f"{label} looks {km} km around a point at the most.", "radius_km"
            )


def fits(slug: str, *, is_circle: bool) -> bool:
    """Tell whether a search takes places in words, or a point with a radius."""
    of = registered()[slug]
    return of.takes_circle or of.provider == "yelp" if is_circle else not of.takes_circle


def _name(kind: str, wanted: Sequence[Wanted]) -> str:
    first = wanted[0]
    where = f"{first.latitude:g}, {first.longitude:g}" if first.is_circle else first.near
    more = f" and {len(wanted) - 1:,} more" if len(wanted) > 1 else ""
    return f"{kind.capitalize() or 'Businesses'} in {where}{more}"


def places_of(row: Discovery, places: QuerySet[DiscoveryPlace] | None = None) -> list[Wanted]:
    """Return a discovery's places, or these of them, as they are asked for."""
    columns = ("near", "latitude", "longitude", "radius_m")
    rows = (row.places if places is None else places).order_by("pk").values_list(*columns)
    return [Wanted(row.kind, *values) for values in rows]


def estimate_again(row: Discovery) -> None:
    """Make a waiting discovery's estimate anew, for the providers as they are now."""
    row.is_sandbox = is_sandbox()
    made = estimate.estimate(row, places_of(row))
    waiting = Discovery.objects.filter(pk=row.pk, state=States.READY)
    if not waiting.update(estimate=made, is_sandbox=row.is_sandbox):
        raise _does_not_fit(row)
    row.refresh_from_db()


def approve(row: Discovery, cap_usd: Decimal | None, *, seen: str = "") -> None:
    """Let a discovery search and spend, up to the cap.

    `seen` is when the estimate was made that the person looked at; another one is refused.
    """
    as_seen: dict[str, Any] = {"estimate__made_at": seen} if seen else {}
    with transaction.atomic():
        moved = Discovery.objects.filter(
            pk=row.pk, state=States.READY, is_sandbox=is_sandbox(), **as_seen
        ).update(state=States.WORKING, cap_usd=cap_usd, approved_at=timezone.now(), reason="")
        row.refresh_from_db()
        if not moved:
            raise _not_approved(row)
        ledger.set_cap(row.budget_key, cap_usd)
        ring_discovery()


def _not_approved(row: Discovery) -> DiscoveryRefused:
    if row.state != States.READY:
        return _does_not_fit(row)
    if row.is_sandbox != is_sandbox():
        return DiscoveryRefused(
            "The sandbox was switched on or off since its estimate. Have it estimated again."
        )
    return DiscoveryRefused("Its estimate was made again meanwhile. Look at it, then approve.")


def pause(row: Discovery) -> None:
    """Stop searching; pages under way are taken in."""
    _move(row, [States.WORKING, States.BLOCKED], States.PAUSED, "paused by a person")


def resume(row: Discovery) -> None:
    """Go on with a discovery that is paused or blocked."""
    _move(row, [States.PAUSED, States.BLOCKED], States.WORKING, "")
    ring_discovery()


def cancel(row: Discovery) -> None:
    """End a discovery without importing; pages that came are kept, so "again" has them for free."""
    with transaction.atomic():
        _move(
            row,
            [States.READY, States.WORKING, States.PAUSED, States.BLOCKED],
            States.CANCELLED,
            "cancelled by a person",
        )
        row.places.filter(state="waiting").update(state="cancelled", finished_at=timezone.now())
        Discovery.objects.filter(pk=row.pk).update(finished_at=timezone.now())


def set_cap(row: Discovery, cap_usd: Decimal | None) -> None:
    """Change the cap; a discovery that stood still for it goes on."""
    with transaction.atomic():
        if not Discovery.objects.filter(pk=row.pk).exclude(state__in=ENDED).update(cap_usd=cap_usd):
            raise _does_not_fit(row)
        ledger.set_cap(row.budget_key, cap_usd)
        Discovery.objects.filter(
            pk=row.pk, state=States.BLOCKED, blocked_by__startswith="cap:"
        ).update(state=States.WORKING, blocked_by="", reason="")
    row.refresh_from_db()
    ring_discovery()


def again(row: Discovery, user: User | None = None) -> Discovery:
    """Make the same discovery once more; it waits for approval, and pages still kept are free.

    Raises DiscoveryRefused while this one has not ended.
    """
    if row.state not in ENDED:
        raise DiscoveryRefused("It has not ended yet.")
    return create(
        places_of(row), searches=row.searches, per_place=row.per_place, cap_usd=row.cap_usd,
        name=row.name, recipe=row.recipe, user=user, again_of=row,
    )  # fmt: skip


def _move(row: Discovery, allowed: list[States], to: States, reason: str) -> None:
    moved = Discovery.objects.filter(pk=row.pk, state__in=allowed).update(
        state=to, reason=reason, blocked_by=""
    )
    row.refresh_from_db()
    if not moved:
        raise _does_not_fit(row)


def _does_not_fit(row: Discovery) -> DiscoveryRefused:
    row.refresh_from_db()
    return DiscoveryRefused(f"Nothing was changed: it is {row.get_state_display().lower()} by now.")
