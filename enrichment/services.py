"""Writes and decisions about runs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import structlog
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Subquery
from django.utils import timezone

from enrichment import estimating, recipes, selection
from enrichment.models import Recipe, Run, RunItem, TeamMember, Upkeep
from enrichment.ringing import ring, ring_estimate, ring_start
from enrichment.telling import runs_finished
from integrations import ledger
from integrations.accounts import is_sandbox

ENDED = (Run.State.DONE, Run.State.CANCELLED)
UNDECIDED = (Run.State.DRAFT, Run.State.READY)
log = structlog.get_logger(__name__)


class RunRefused(ValueError):
    """A run cannot do what was asked of it now; the message says why and what to do."""


def create_run(
    recipe: Recipe,
    chosen: dict[str, Any],
    *,
    mode: str = Run.Mode.ALL,
    cap_usd: Decimal | None = None,
    name: str = "",
    user: User | None = None,
    waits: bool = True,
    fresh_days: int | None = None,
    upkeep: Upkeep | None = None,
) -> Run:
    """Create a run with its estimate, ready for approval, however long that takes.

    Unless it `waits` a large one's estimate is left to a worker. `fresh_days` takes the place of
    what the recipe says about the age of answers.
    """
    values = _of_new(recipe, chosen, mode, name, user)
    if fresh_days is not None:
        values["plan"] |= {"fresh_days": fresh_days, "field_fresh_days": {}}
    run = Run.objects.create(**values, cap_usd=cap_usd, upkeep=upkeep)
    _have_estimated(run, waits=waits)
    return run


def create_run_once(
    form_key: str,
    recipe: Recipe,
    chosen: dict[str, Any],
    *,
    mode: str = Run.Mode.ALL,
    name: str = "",
    user: User | None = None,
) -> tuple[Run, bool]:
    """Create the run of a form that may arrive several times; False for one that was there.

    One that is approved or cancelled is in nobody's way: the same form makes another then. A
    large one's estimate is left to a worker.
    """
    run, is_new = Run.objects.filter(state__in=UNDECIDED).get_or_create(
        form_key=form_key, defaults=_of_new(recipe, chosen, mode, name, user)
    )
    if is_new:
        _have_estimated(run)
    return run, is_new


def _of_new(
    recipe: Recipe, chosen: dict[str, Any], mode: str, name: str, user: User | None
) -> dict[str, Any]:
    selection.contacts(chosen)
    return {
        "recipe": recipe, "selection": chosen, "mode": mode, "name": name, "created_by": user,
        "plan": recipes.snapshot(recipe), "is_sandbox": is_sandbox(),
    }  # fmt: skip


def _have_estimated(run: Run, *, waits: bool = False) -> None:
    if not (waits or estimating.is_small(run)):
        ring_estimate(run.pk)
        return
    estimating.make(run.pk, waits=waits)
    run.refresh_from_db()


def estimate_again(run: Run) -> None:
    """Make a waiting run's estimate anew, by its recipe and the mode as they are now."""
    moved = Run.objects.filter(pk=run.pk, state=Run.State.READY).update(
        state=Run.State.DRAFT,
        estimate=None,
        plan=recipes.snapshot(run.recipe),
        is_sandbox=is_sandbox(),
    )
    run.refresh_from_db()
    if not moved:
        raise RunRefused(_does_not_fit(run))
    _have_estimated(run)


def approve(run: Run, *, cap_usd: Decimal | None = None) -> None:
    """Approve a run: from here on it may spend, up to its cap or the given one.

    Without a cap it stops at the maximum of its estimate.
    """
    _approve(run, run.cap_usd if cap_usd is None else cap_usd)


def launch(run: Run, cap_usd: Decimal | None, *, seen: str = "") -> None:
    """Approve a run with exactly this cap, and let a worker set it up.

    `seen` is when the estimate was made that the person looked at; another one is refused.
    """
    with transaction.atomic():
        _approve(run, cap_usd, **({"estimate__made_at": seen} if seen else {}))
        ring_start(run.pk)


def _approve(run: Run, cap_usd: Decimal | None, **as_seen: Any) -> None:
    waiting = Run.objects.filter(pk=run.pk, state=Run.State.READY)
    team = TeamMember.objects.filter(user=run.created_by_id).values("team_id")[:1]
    with transaction.atomic():
        # One statement decides: of two who approve at once, one does.
        moved = waiting.filter(is_sandbox=is_sandbox(), **as_seen).update(
            state=Run.State.STARTING,
            cap_usd=cap_usd,
            team_id=Subquery(team),
            approved_at=timezone.now(),
            correlation_id=structlog.contextvars.get_contextvars().get("correlation_id", ""),
            reason="",
        )
        run.refresh_from_db()
        if not moved:
            raise RunRefused(_not_approved(run))
        ledger.set_cap(run.budget_key, run.ceiling_usd)
    log.info("run_approved", run=run.pk, cap_usd=cap_usd)


def _not_approved(run: Run) -> str:
    if run.state != Run.State.READY:
        return _does_not_fit(run)
    if run.is_sandbox != is_sandbox():
        was = "in the sandbox" if run.is_sandbox else "for the real providers"
        now = "the real providers would be asked" if run.is_sandbox else "the sandbox would be"
        return f"It was estimated {was}, and now {now}. Have it estimated again."
    return "Its estimate was made again meanwhile. Look at the new one, then approve."


def start(run_id: int) -> None:
    """Write the items of an approved run and let the workers at them; may be called twice."""
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        if run.state != Run.State.STARTING:
            return
        run.total_count = _write_items(run)
        run.state = Run.State.WORKING if run.total_count else Run.State.DONE
        run.started_at = timezone.now()
        run.finished_at = None if run.total_count else run.started_at
        run.save(update_fields=["total_count", "state", "started_at", "finished_at"])
        if not run.total_count:
            runs_finished([run.pk])
    # Whoever comes first starts it, also the sweep: it is the click's all the same.
    click = {"correlation_id": run.correlation_id} if run.correlation_id else {}
    log.info("run_started", run=run.pk, contacts=run.total_count, **click)
    ring()


def _write_items(run: Run) -> int:
    query, params = selection.of_run(run).order_by("pk").values_list("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO enrichment_runitem (run_id, contact_id)"
            f" SELECT %s, picked.id FROM ({query}) AS picked (id) ON CONFLICT DO NOTHING",
            [run.pk, *params],
        )
        return int(cursor.rowcount)


def pause(run: Run) -> None:
    """Stop claiming; what is in hand is finished."""
    _move(run, [Run.State.WORKING, Run.State.BLOCKED], Run.State.PAUSED, "paused by a person")


def resume(run: Run) -> None:
    """Go on with a paused or blocked run."""
    _move(run, [Run.State.PAUSED, Run.State.BLOCKED], Run.State.WORKING, "")
    ring()


def cancel(run: Run, why: str = "cancelled by a person") -> None:
    """End a run; what it learned stays, what waits is not asked."""
    with transaction.atomic():
        going = [Run.State.WORKING, Run.State.PAUSED, Run.State.BLOCKED]
        _move(run, [*UNDECIDED, *going], Run.State.CANCELLED, why)
        RunItem.objects.filter(run=run, state=RunItem.State.WAITING).update(
            state=RunItem.State.CANCELLED, finished_at=timezone.now()
        )
        Run.objects.filter(pk=run.pk).update(finished_at=timezone.now())
        if run.approved_at:
            runs_finished([run.pk])


def _move(run: Run, allowed: list[Run.State], to: Run.State, reason: str) -> None:
    moved = Run.objects.filter(pk=run.pk, state__in=allowed).update(
        state=to, reason=reason, blocked_by="", not_before=None
    )
    run.refresh_from_db()
    if not moved:
        raise RunRefused(_does_not_fit(run))
    log.info("run_moved", run=run.pk, to=str(to))


def _does_not_fit(run: Run) -> str:
    return (
        "Nothing was changed: that does not fit the state that the run is in:"
        f" {run.get_state_display().lower()}."
    )


def set_cap(run: Run, cap_usd: Decimal | None) -> None:
    """Change the cap; a run that stood still for it goes on. None is the estimate's maximum."""
    with transaction.atomic():
        open_ones = Run.objects.filter(pk=run.pk).exclude(state__in=ENDED)
        if not open_ones.update(cap_usd=cap_usd):
            run.refresh_from_db()
            raise RunRefused(_does_not_fit(run))
        run.refresh_from_db()
        ledger.set_cap(run.budget_key, run.ceiling_usd)
        Run.objects.filter(
            pk=run.pk, state=Run.State.BLOCKED, blocked_by__startswith="cap:"
        ).update(state=Run.State.WORKING, blocked_by="", reason="")
    run.refresh_from_db()
    log.info("run_cap_set", run=run.pk, cap_usd=cap_usd)
    ring()


def retry_failed(run: Run, user: User | None = None) -> Run:
    """Create a run over the contacts that failed in this one; it waits for approval."""
    name = f"{run}: failed ones again"[:200]
    return create_run(run.recipe, {"failed_in": run.pk}, name=name, user=user, waits=False)
