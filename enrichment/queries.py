"""Reads of run items for their list: in which order an index gives them, and how many there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL

from enrichment.models import Run, RunItem

State = RunItem.State
LOST = (State.FAILED, State.DEAD)
# A filter by error looks at the newest failures only: to look at a million takes seconds.
LOOKED_AT = 10_000

# Each is the order of an index, so that a page is read without sorting.
ORDERS: Mapping[str, tuple[str, ...]] = {
    State.FAILED: ("-run_id", "-id"),  # runitem_failed
    State.DEAD: ("-run_id", "-id"),
    State.CANCELLED: ("-run_id", "-id"),  # runitem_cancelled
    State.WAITING: ("run_id", "losses", "id"),  # runitem_waiting
}


def order_of(state: str, *, is_of_run: bool) -> tuple[str, ...]:
    """Return the order of a list: a run's items as its contacts stand, others the newest first."""
    return ORDERS.get(state) or (("contact_id",) if is_of_run else ("-id",))


def with_error(rows: QuerySet[RunItem], error: str) -> QuerySet[RunItem]:
    """Return those of the newest failures among `rows` that ended with these words."""
    newest = rows.filter(state__in=LOST).order_by(*ORDERS[State.FAILED]).values("id", "error")
    sql, params = newest[:LOOKED_AT].query.sql_with_params()
    said = RawSQL(f"SELECT id FROM ({sql}) AS newest WHERE error = %s", (*params, error))
    return rows.filter(pk__in=said)


def count_of(run: Run | None, state: str) -> int | None:
    """Return how many items a run, or all of them, have in a state ("" for any), None if unknown.

    By the runs' own counters, which move with their items. Where contacts were deleted since, they
    are still counted, as on the run's page.
    """
    known = COUNTERS.get(state)
    if known is None or (run is None and not state):
        return None
    runs = Run.objects.filter(pk=run.pk) if run else Run.objects.all()
    sums = runs.order_by().aggregate(
        total=Sum("total_count", default=0),
        done=Sum("done_count", default=0),
        failed=Sum("failed_count", default=0),
        open=Sum(F("total_count") - F("done_count") - F("failed_count"), default=0,
                 filter=~Q(state=Run.State.CANCELLED)),
    )  # fmt: skip
    return max(0, known(run, sums))


def _held(run: Run | None, state: str) -> int:
    """Count the items of a state that few are in, and that has an index of its own."""
    rows = RunItem.objects.filter(state=state).order_by()
    return (rows.filter(run=run) if run else rows).count()


COUNTERS: Mapping[str, Callable[[Run | None, Mapping[str, int]], int]] = {
    "": lambda run, sums: sums["total"],
    State.DONE: lambda run, sums: sums["done"],
    State.FAILED: lambda run, sums: sums["failed"] - _held(run, State.DEAD),
    State.WAITING: lambda run, sums: sums["open"] - _held(run, State.CLAIMED),
}
