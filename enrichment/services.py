"""Writes and decisions about runs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import structlog
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Subquery
from django.utils import timezone

from enrichment import estimating, golden, recipes, selection
from enrichment.models import Answer, Recipe, Run, RunItem, TeamMember, Upkeep
from enrichment.ringing import ring, ring_estimate, ring_start
from integrations import ledger
from integrations.accounts import is_sandbox
from integrations.ids import uuid7
from integrations.provider import Fact
from integrations.registry import lookup

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
    """Approve a run: from here on it may spend, up to its cap or the given one."""
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
        ledger.set_cap(run.budget_key, cap_usd)
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
    log.info("run_started", run=run.pk, contacts=run.total_count)
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


def cancel(run: Run) -> None:
    """End a run; what it learned stays, what waits is not asked."""
    with transaction.atomic():
        _move(
            run,
            [
                Run.State.DRAFT,
                Run.State.READY,
                Run.State.WORKING,
                Run.State.PAUSED,
                Run.State.BLOCKED,
            ],
            Run.State.CANCELLED,
            "cancelled by a person",
        )
        RunItem.objects.filter(run=run, state=RunItem.State.WAITING).update(
            state=RunItem.State.CANCELLED, finished_at=timezone.now()
        )
        Run.objects.filter(pk=run.pk).update(finished_at=timezone.now())


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
    """Change the cap; a run that stood still for it goes on."""
    with transaction.atomic():
        open_ones = Run.objects.filter(pk=run.pk).exclude(state__in=ENDED)
        if not open_ones.update(cap_usd=cap_usd):
            run.refresh_from_db()
            raise RunRefused(_does_not_fit(run))
        ledger.set_cap(run.budget_key, cap_usd)
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


def answer_by_ticket(lookup_slug: str, ticket: str, facts: Sequence[Fact], raw: Any) -> int:
    """Keep what a provider brings by itself for a question that it took; return how many waited.

    0 when nobody waits for that ticket (any more): nothing is kept then. Facts in no form that we
    know raise ContractBroken. May be called twice.
    """
    asked = lookup(lookup_slug)
    kept = {one.field: [golden.coerce(one.field, one.value), one.confidence] for one in facts}
    now = timezone.now()
    with transaction.atomic():
        waiting = Answer.objects.select_for_update().filter(
            lookup=lookup_slug, ticket=ticket, outcome=Answer.Outcome.PENDING
        )
        pending = {row.question_key: row for row in waiting.order_by("observed_at", "id")}
        ids = [str(row.pk) for row in waiting]
        Answer.objects.bulk_create(
            Answer(
                id=uuid7(), question_key=key, lookup=lookup_slug, request_id=row.request_id,
                outcome=Answer.Outcome.HIT if kept else Answer.Outcome.MISS, facts=kept, raw=raw,
                is_sandbox=row.is_sandbox, observed_at=now, expires_at=now + asked.fresh_for,
            )
            for key, row in pending.items()
        )  # fmt: skip
        waiting.delete()
        _make_due(lookup_slug, ids)
    return len(pending)


def _make_due(lookup_slug: str, answer_ids: list[str]) -> None:
    """Let the items go on at once that wait for these answers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE enrichment_runitem SET due_at = now() WHERE state = 'waiting'"
            " AND due_at > now() AND trace -> %s ->> 'a' = ANY(%s)",
            [lookup_slug, answer_ids],
        )
    ring()


def release_unknown(answer: Answer) -> None:
    """Let go of a held question, on a person's word: it may be asked, and paid, again."""
    Answer.objects.filter(pk=answer.pk, outcome=Answer.Outcome.UNKNOWN).delete()
