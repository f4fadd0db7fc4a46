"""Estimating: a draft run gets its estimate, at once when it is small, else from a worker.

One session makes a run's estimate, and says so by a lock of the database that goes with it: when
the worker dies, the sweep has the estimate made anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from enrichment import selection
from enrichment.estimate import estimate
from enrichment.models import Run
from integrations.registry import UnknownLookup

AT_ONCE = 10_000  # contacts whose estimate takes well under a second


def is_small(run: Run) -> bool:
    """Tell whether the estimate can be waited for."""
    picked = selection.of_run(run).order_by().values("pk")[: AT_ONCE + 1]
    return bool(picked.count() <= AT_ONCE)


def make(run_id: int, *, waits: bool = False) -> None:
    """Estimate a draft and let it wait for approval; nothing when another session is at it.

    With `waits` the other session's end is waited for. May be called twice.
    """
    with alone(run_id, waits=waits) as is_mine:
        run = Run.objects.filter(pk=run_id, state=Run.State.DRAFT).first()
        if not is_mine or run is None:
            return
        try:
            found = estimate(run, lambda share: _note(run_id, share)).as_json()
        except (UnknownLookup, selection.SelectionRefused) as why:
            _give_up(run_id, str(why))
            return
        found["made_at"] = timezone.now().isoformat()
        _drafts(run_id).update(estimate=found, state=Run.State.READY)


def _drafts(run_id: int) -> QuerySet[Run]:
    return Run.objects.filter(pk=run_id, state=Run.State.DRAFT)


def _note(run_id: int, share: float) -> None:
    _drafts(run_id).update(estimate={"share": round(share, 2)})


def _give_up(run_id: int, why: str) -> None:
    _drafts(run_id).update(
        state=Run.State.CANCELLED,
        reason=f"it could not be estimated: {why}"[:300],
        finished_at=timezone.now(),
    )


@contextmanager
def alone(run_id: int, *, waits: bool) -> Iterator[bool]:
    """Hold the lock of this run's estimate; False when another session has it."""
    key = f"enrichment.estimate:{run_id}"
    take = "pg_advisory_lock" if waits else "pg_try_advisory_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {take}(hashtextextended(%s, 0))", [key])
        (taken,) = cursor.fetchone()
    is_mine = taken is not False
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])
