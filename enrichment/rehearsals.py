"""Rehearsals as rows: made over a selection, played part by part in the background, read, applied.

A part is one transaction that moves the place up to which it has come, so that one that is broken
off goes on there, and two workers at the same rehearsal take turns.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import astuple
from datetime import timedelta
from decimal import Decimal
from typing import Any

import structlog
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from contacts.history import acting_as
from contacts.models import Contact
from enrichment import recipes, selection
from enrichment.applying import apply
from enrichment.models import Recipe, Rehearsal, RehearsalGap, Run
from enrichment.planner import Plan
from enrichment.rehearsing import Change, Tally, rehearse
from enrichment.ringing import ring_rehearsal
from integrations.accounts import Accounts
from integrations.registry import UnknownLookup

PART = 500  # contacts of one transaction
AT_ONCE = 2_000  # contacts for which a person can wait
KEEP = timedelta(days=30)

log = structlog.get_logger(__name__)


class NothingToApply(ValueError):
    """A rehearsal cannot be applied; the message says why and what to do."""


def create(
    plan: Mapping[str, Any],
    chosen: dict[str, Any],
    *,
    recipe: Recipe | None = None,
    mode: str = Run.Mode.ALL,
    user: User | None = None,
    applies: bool = False,
) -> Rehearsal:
    """Make a rehearsal and play it; of a large one only the beginning, the rest is left to workers.

    Raises SelectionRefused for a filter that does not exist. Old rehearsals go.
    """
    Rehearsal.objects.filter(created_at__lt=timezone.now() - KEEP).delete()
    row = Rehearsal(
        recipe=recipe, name=str(recipe or ""), plan=dict(plan), selection=chosen, mode=mode,
        created_by=user, applies=applies,
    )  # fmt: skip
    row.total_count = _contacts(row).count()
    row.save()
    if row.total_count <= AT_ONCE:
        work(row.pk, seconds=None)
    else:
        ring_rehearsal(row.pk)
    row.refresh_from_db()
    return row


def _contacts(row: Rehearsal) -> QuerySet[Contact]:
    return selection.of_run(Run(selection=row.selection, mode=row.mode, plan=row.plan))


def work(pk: int, seconds: float | None) -> bool:
    """Play for about `seconds`, or to the end; tell whether there is more. May be called twice."""
    stop_at = None if seconds is None else time.monotonic() + seconds
    accounts = Accounts()
    accounts.refresh()
    try:
        while _play_part(pk, accounts):
            if stop_at is not None and time.monotonic() > stop_at:
                return True
    except (UnknownLookup, selection.SelectionRefused) as why:
        _give_up(pk, str(why))
    return False


def _give_up(pk: int, why: str) -> None:
    Rehearsal.objects.filter(pk=pk).update(
        state=Rehearsal.State.CANCELLED, result={"refusal": why}, finished_at=timezone.now()
    )


def _play_part(pk: int, accounts: Accounts) -> bool:
    """Play the next part; False when it has ended, or another worker is at it."""
    with transaction.atomic():
        rows = Rehearsal.objects.select_for_update(skip_locked=True, of=("self",))
        row = rows.filter(pk=pk, state=Rehearsal.State.WORKING).first()
        if row is None:
            return False
        plan = recipes.plan(row.plan, accounts)
        found = _contacts(row).filter(pk__gt=row.after_id).order_by("pk")
        part = list(found.select_related("company")[:PART])
        if part:
            _count(row, _played(row, plan, part, accounts))
            row.after_id, row.played_count = part[-1].pk, row.played_count + len(part)
        if len(part) < PART:
            _finish(row, plan)
        row.save()
    return row.state == Rehearsal.State.WORKING


def _played(row: Rehearsal, plan: Plan, part: list[Contact], accounts: Accounts) -> Tally:
    if not row.applies:
        run = Run.objects.filter(pk=row.run_id).first() if row.run_id else None
        return rehearse(plan, part, accounts, run)
    with acting_as(row.created_by) if isinstance(row.created_by, User) else nullcontext():
        return apply(plan, part, accounts)


def _count(row: Rehearsal, tally: Tally) -> None:
    """Add what became of a part to the result, and keep the questions without an answer."""
    fields = row.result.get("fields", {})
    for name, change in tally.fields.items():
        before = fields.get(name, [0] * len(astuple(change)))
        fields[name] = [a + b for a, b in zip(before, astuple(change), strict=True)]
    saved_usd = Decimal(row.result.get("saved_usd", 0)) + tally.saved_usd
    row.result = {"fields": fields, "saved_usd": str(saved_usd)}
    gaps = (
        RehearsalGap(rehearsal=row, lookup=slug, question_key=key)
        for slug, keys in tally.never_bought.items()
        for key in sorted(keys)
    )
    RehearsalGap.objects.bulk_create(gaps, batch_size=2000, ignore_conflicts=True)


def _finish(row: Rehearsal, plan: Plan) -> None:
    counts = dict(row.gaps.values_list("lookup").annotate(count=Count("pk")))
    row.result["never_bought"] = {
        step.slug: [counts[step.slug], str(counts[step.slug] * plan.prices[step.slug])]
        for step in plan.lookups
        if step.slug in counts
    }
    row.gaps.all().delete()
    row.state, row.finished_at = Rehearsal.State.DONE, timezone.now()
    row.total_count = row.played_count
    log.info("rehearsal_done", rehearsal=row.pk, contacts=row.played_count, applied=row.applies)


def changes_of(row: Rehearsal) -> dict[str, Change]:
    """Return what became of each wanted field so far, in the recipe's order."""
    counts = row.result.get("fields", {})
    return {name: Change(*counts[name]) for name, *_ in row.plan["wanted"] if name in counts}


def never_bought_of(row: Rehearsal) -> dict[str, tuple[int, Decimal]]:
    """Return questions and US dollars at the most by lookup, of a rehearsal that is done."""
    kept = row.result.get("never_bought", {})
    return {slug: (count, Decimal(usd)) for slug, (count, usd) in kept.items()}


def cancel(row: Rehearsal) -> bool:
    """Stop a rehearsal; what was applied until then stays. Tell whether it was still played."""
    with transaction.atomic():
        moved = Rehearsal.objects.filter(pk=row.pk, state=Rehearsal.State.WORKING).update(
            state=Rehearsal.State.CANCELLED, finished_at=timezone.now()
        )
        RehearsalGap.objects.filter(rehearsal=row.pk).delete()
    row.refresh_from_db()
    return bool(moved)


def apply_known(row: Rehearsal, user: User) -> Rehearsal:
    """Write what bought answers say to the contacts of a rehearsal; nobody is asked.

    It goes by the recipe as it was rehearsed, and is told in each contact's history under the
    person's name. Raises NothingToApply while the rehearsal is played.
    """
    if row.state != Rehearsal.State.DONE or row.applies:
        raise NothingToApply("Let it be played to its end first, then apply what is known.")
    return create(
        row.plan, row.selection, recipe=row.recipe, mode=row.mode, user=user, applies=True
    )


def sweep() -> None:
    """Ring for rehearsals that are not done."""
    for pk in Rehearsal.objects.filter(state=Rehearsal.State.WORKING).values_list("pk", flat=True):
        ring_rehearsal(pk)
