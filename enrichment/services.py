"""Writes and decisions about runs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway

from enrichment import selection
from enrichment.estimate import estimate
from enrichment.models import Answer, Recipe, Run, RunItem
from integrations import ledger
from integrations.accounts import is_sandbox

log = structlog.get_logger(__name__)

FAR = timedelta(days=3650)


class RunRefused(ValueError):
    """A run cannot do what was asked of it now; the message says why and what to do."""


def ring(times: int | None = None) -> None:
    """Tell the workers, once the transaction stands, that there is work; they find it themselves.

    With Redis away nothing is lost: the sweep rings again.
    """
    from enrichment.tasks import work

    def call() -> None:
        try:
            for _ in range(times or settings.WORKER_PROCESSES):
                work.apply_async(expires=30, retry=False)
        except BrokerAway as away:
            log.warning("nobody_rung", why=str(away))

    transaction.on_commit(call)


def create_run(
    recipe: Recipe,
    chosen: dict[str, Any],
    *,
    mode: str = Run.Mode.ALL,
    cap_usd: Decimal | None = None,
    name: str = "",
    user: User | None = None,
) -> Run:
    """Create a run with its estimate, ready for approval."""
    run = Run(
        recipe=recipe, selection=chosen, mode=mode, cap_usd=cap_usd, name=name, created_by=user
    )
    selection.contacts(chosen)
    run.is_sandbox = is_sandbox()
    run.save()
    run.estimate = estimate(run).as_json()
    run.state = Run.State.READY
    run.save(update_fields=["estimate", "state"])
    return run


def approve(run: Run, *, cap_usd: Decimal | None = None) -> None:
    """Approve a run: from here on it may spend, up to its cap."""
    cap = run.cap_usd if cap_usd is None else cap_usd
    moved = Run.objects.filter(pk=run.pk, state=Run.State.READY).update(
        state=Run.State.ESTIMATING,
        cap_usd=cap,
        is_sandbox=is_sandbox(),
        approved_at=timezone.now(),
        correlation_id=structlog.contextvars.get_contextvars().get("correlation_id", ""),
    )
    if not moved:
        raise RunRefused(_does_not_fit(run))
    run.refresh_from_db()
    ledger.set_cap(run.budget_key, cap)


def launch(run: Run, cap_usd: Decimal | None) -> None:
    """Approve a run with exactly this cap, and let a worker set it up.

    With Redis away it is set up by the sweep.
    """
    if cap_usd is None and run.cap_usd is not None:
        set_cap(run, None)
    approve(run, cap_usd=cap_usd)
    transaction.on_commit(lambda: ring_start(run.pk))


def ring_start(run_id: int) -> None:
    from enrichment.tasks import start_run

    try:
        start_run.apply_async((run_id,), retry=False)
    except BrokerAway as away:
        log.warning("nobody_rung", why=str(away))


def start(run_id: int) -> None:
    """Write the items of an approved run and let the workers at them; may be called twice."""
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        if run.state != Run.State.ESTIMATING:
            return
        run.total_count = _write_items(run)
        run.state = Run.State.WORKING if run.total_count else Run.State.DONE
        run.started_at = timezone.now()
        run.finished_at = None if run.total_count else run.started_at
        run.save(update_fields=["total_count", "state", "started_at", "finished_at"])
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


def _does_not_fit(run: Run) -> str:
    return f"That does not fit the state that the run is in: {run.get_state_display().lower()}."


def set_cap(run: Run, cap_usd: Decimal | None) -> None:
    """Change the cap; a run that stood still for it goes on."""
    with transaction.atomic():
        Run.objects.filter(pk=run.pk).update(cap_usd=cap_usd)
        ledger.set_cap(run.budget_key, cap_usd)
        Run.objects.filter(
            pk=run.pk, state=Run.State.BLOCKED, blocked_by__startswith="cap:"
        ).update(state=Run.State.WORKING, blocked_by="", reason="")
    run.refresh_from_db()
    ring()


def retry_failed(run: Run, user: User | None = None) -> Run:
    """Create a run over the contacts that failed in this one, ready for approval."""
    return create_run(
        run.recipe, {"failed_in": run.pk}, name=f"{run}: failed ones again"[:200], user=user
    )


def release_unknown(answer: Answer) -> None:
    """Let go of a held question, on a person's word: it may be asked, and paid, again."""
    Answer.objects.filter(pk=answer.pk, outcome=Answer.Outcome.UNKNOWN).delete()
