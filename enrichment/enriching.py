"""The main job in one go: a file in, its contacts enriched, the file with golden fields out."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import close_old_connections, connection
from django.db.models import Count
from django.utils import timezone

from contacts import leases
from contacts.models import Contact, Import, ImportRow
from enrichment import golden, sweeping
from enrichment.models import Recipe, Run, RunItem
from enrichment.runtime import Runtime

OUT_FIELDS = ("phone_e164", "phone_ext", *golden.NAMES)
SWEEP_S = 5.0
PATIENCE_S = 45.0
TELLING = 20  # a run's first twentieth says nothing of its rate: workers are only starting
ENDED = (Run.State.DONE, Run.State.CANCELLED)
STANDING = (Run.State.PAUSED, Run.State.BLOCKED)


class NobodyWorks(RuntimeError):
    """A run makes no progress, and no worker is there to make any."""


class UnknownRecipe(ValueError):
    """No recipe has this name."""


def find_recipe(slug: str) -> Recipe:
    """Return the recipe with this slug. Raises UnknownRecipe, which names those there are."""
    try:
        return Recipe.objects.get(slug=slug, is_archived=False)
    except Recipe.DoesNotExist:
        known = ", ".join(Recipe.objects.filter(is_archived=False).values_list("slug", flat=True))
        raise UnknownRecipe(f"There is no recipe called {slug!r}; there are: {known}.") from None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; `seconds_left` is None until enough is finished to tell a rate."""

    state: str
    reason: str
    total: int
    finished: int
    failed: int
    hits: int
    asked: int
    spent_usd: Decimal
    per_second: float
    seconds_left: float | None


@contextmanager
def worker_here() -> Iterator[None]:
    """Work run items in a thread of this process while the block runs."""
    over = threading.Event()

    def work() -> None:
        runtime = Runtime()
        try:
            while not over.is_set():
                if not runtime.work(20.0, over.is_set):
                    over.wait(0.2)
        finally:
            runtime.close()
            connection.close()

    thread = threading.Thread(target=work, name="worker")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def watch(run: Run, *, every_s: float = 0.2) -> Iterator[Progress]:
    """Yield the progress of a run until it ends or stands still for somebody to act.

    Raises NobodyWorks when nothing moves and no worker lives.
    """
    began = swept = moved = time.monotonic()
    finished = 0
    while True:
        close_old_connections()
        run.refresh_from_db()
        progress = _progress(run, time.monotonic() - began)
        yield progress
        if progress.finished > finished:
            finished, moved = progress.finished, time.monotonic()
        is_still = time.monotonic() - moved > PATIENCE_S and not _waits(run)
        if is_still and not leases.living_workers():
            raise NobodyWorks("No worker has taken up the run: is one started (make run)?")
        if run.state in ENDED or run.state in STANDING:
            return
        if time.monotonic() - swept > SWEEP_S:
            sweeping.sweep()
            swept = time.monotonic()
        time.sleep(every_s)


def _waits(run: Run) -> bool:
    """Tell whether every open item waits for a provider, so that nobody has to be at work."""
    open_ = RunItem.objects.filter(run=run, state=RunItem.State.WAITING)
    due = open_.filter(due_at__lte=timezone.now(), parked_by="")
    return open_.exists() and not due.exists()


def _progress(run: Run, seconds: float) -> Progress:
    lookups = list(run.lookups.all())
    finished = run.finished_count
    per_second = finished / seconds if seconds > 0 else 0.0
    return Progress(
        run.state,
        run.reason,
        run.total_count,
        finished,
        run.failed_count,
        sum(row.hits for row in lookups),
        sum(row.asked for row in lookups),
        run.spent_usd,
        per_second,
        (run.total_count - finished) / per_second if finished * TELLING > run.total_count else None,
    )


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of a file: its rows, its contacts, what was asked and paid."""

    rows: int
    rejected: int
    contacts: int
    valid: int
    invalid: int
    line_types: dict[str, int]
    lookups: list[Mapping[str, Any]] = field(default_factory=list)
    calls: int = 0
    spent_usd: Decimal = Decimal(0)
    is_sandbox: bool = False


def summary(record: Import, run: Run) -> Summary:
    """Return the summary of an import and the run over it."""
    run.refresh_from_db()
    ids = ImportRow.objects.filter(source=record, contact_id__isnull=False).values("contact_id")
    contacts = Contact.objects.filter(pk__in=ids).order_by()
    types = contacts.exclude(line_type="").values_list("line_type").annotate(n=Count("pk"))
    return Summary(
        rows=record.total_count,
        rejected=record.rejected_count,
        contacts=contacts.count(),
        valid=contacts.filter(phone_is_valid=True).count(),
        invalid=contacts.filter(phone_is_valid=False).count(),
        line_types=dict(types.order_by("-n", "line_type")),
        lookups=list(
            run.lookups.values("lookup", "asked", "hits", "misses", "reused", "errors", "spent_usd")
        ),
        calls=sum(row.asked for row in run.lookups.all()),
        spent_usd=run.spent_usd,
        is_sandbox=run.is_sandbox,
    )
