"""Keeping up: contacts whose wanted fields have gone stale are asked about again, by themselves.

Each upkeep that is on gets a run a day at the most, and none while its last one works. The run
goes over the contacts that were enriched longest ago, and is approved with what is left of the
month as its cap, so that the ledger itself keeps the budget. One that reaches it is ended.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.db.models.fields.json import KT
from django.utils import timezone

from contacts.models import Contact
from enrichment import golden, selection, services
from enrichment.models import Run, Upkeep
from enrichment.recipes import snapshot
from enrichment.survivorship import FILE, PERSON

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 5_000  # contacts of one run; the next day takes the next ones
LEAST_USD = Decimal("0.01")


def keep_up() -> int:
    """Make and approve the runs that are due; return how many. Safe to call twice at once."""
    made = 0
    for pk in Upkeep.objects.filter(is_on=True).values_list("pk", flat=True):
        made += _look_after(pk)
    return made


def _look_after(pk: int) -> bool:
    yesterday = timezone.now() - timedelta(days=1)
    with transaction.atomic():
        due = Upkeep.objects.filter(Q(looked_at=None) | Q(looked_at__lte=yesterday), is_on=True)
        upkeep = due.select_for_update(skip_locked=True).filter(pk=pk).first()
        if upkeep is None:
            return False
        _end_used_up(upkeep)
        if _is_working(upkeep):
            return False
        upkeep.looked_at = timezone.now()
        ids, left = [], left_of_month(upkeep)
        if left < LEAST_USD:
            upkeep.note = "The month's budget is used up."
        else:
            ids = list(stale(upkeep).values_list("pk", flat=True)[:MOST_AT_ONCE])
            upkeep.note = f"{len(ids):,} contacts were due." if ids else "Nothing was due."
        upkeep.save(update_fields=["looked_at", "note"])
    if ids:
        _run(upkeep, ids, left)
    return bool(ids)


def _end_used_up(upkeep: Upkeep) -> None:
    """End a run that stands still at its cap: nobody has to raise it for the next month to come."""
    at_cap = Run.objects.filter(upkeep=upkeep, state=Run.State.BLOCKED)
    for run in at_cap.filter(blocked_by__startswith="cap:run:"):
        services.cancel(run, "the month's budget is used up")


def _is_working(upkeep: Upkeep) -> bool:
    return Run.objects.filter(upkeep=upkeep).exclude(state__in=services.ENDED).exists()


def _run(upkeep: Upkeep, ids: list[int], left: Decimal) -> None:
    run = services.create_run(
        upkeep.recipe, {"ids": ids}, cap_usd=left, name=f"Upkeep: {upkeep}",
        fresh_days=upkeep.after_days, upkeep=upkeep,
    )  # fmt: skip
    services.approve(run)
    services.start(run.pk)
    log.info("upkeep_run_made", upkeep=upkeep.pk, run=run.pk, contacts=len(ids), cap=str(left))


def left_of_month(upkeep: Upkeep) -> Decimal:
    """Return what the upkeep's runs may still spend this month, in US dollars."""
    first = timezone.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    runs = Run.objects.filter(upkeep=upkeep, approved_at__gte=first)
    spent: Decimal = runs.aggregate(all=Sum("spent_usd"))["all"] or Decimal(0)
    left: Decimal = upkeep.monthly_cap_usd - spent
    return max(left, Decimal(0))


def stale(upkeep: Upkeep) -> QuerySet[Contact]:
    """Return the contacts with a wanted field that was answered too long ago, oldest first.

    What a person or a file says does not go stale here, and who was asked lately is left alone.
    """
    before = timezone.now() - timedelta(days=upkeep.after_days)
    is_stale = Q()
    for name, *_ in snapshot(upkeep.recipe)["wanted"]:
        is_stale |= _is_stale(name, before)
    found = selection.contacts(upkeep.selection).filter(is_stale, enriched_at__lt=before)
    return found.order_by("enriched_at", "pk")


def _is_stale(name: str, before: datetime) -> Q:
    column, path = name, "provenance"
    if golden.is_of_company(name):
        column, path = name.removeprefix(golden.OF_COMPANY), "company__provenance"
    at, by = KT(f"{path}__{column}__at"), KT(f"{path}__{column}__by")
    rows = Contact.objects.annotate(said_at=at, said_by=by)
    rows = rows.filter(said_at__lt=before.isoformat()).exclude(said_at="")
    rows = rows.exclude(said_by__startswith=PERSON).exclude(said_by__startswith=FILE)
    return Q(pk__in=rows.order_by().values("pk"))
