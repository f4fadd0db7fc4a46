"""Works scans: claims items, asks by the engine's own desk and caller, and settles the leads.

What is asked goes through the same gate, ledger and answers as in a run; an answer that a run
bought is reused, and the other way round.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from contacts import leases
from enrichment.engine.asking import Asker
from enrichment.engine.calling import Caller
from enrichment.engine.desk import Desk
from enrichment.engine.items import ZERO, CutShort, Item, Outcome
from enrichment.engine.parking import Standing
from enrichment.engine.writing import Batch, write
from enrichment.leads import learning, service
from enrichment.models import DomainScan, ScanItem
from enrichment.planner import Plan
from enrichment.ringing import ring_scan
from enrichment.runtime import Runtime
from integrations.accounts import Accounts
from integrations.errors import CallError, Refused, Throttled, Transient
from integrations.gate import Gate
from integrations.lanes import Lane
from integrations.provider import Lookup
from integrations.registry import lookup
from integrations.stopping import is_stopping

LOOKUPS = ("dns.mail", "rdap.domain", "hosting.place")
QUEUE = leases.Queue(ScanItem)
CHUNK = 40
MAX_TRIES = 3
FIRST_PAUSE_S = 30.0
GIVEN_UP = "given up: three workers were lost while they looked at it"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ScanView:
    """A scan as the desk sees it; `since` is set where older answers do not count."""

    is_sandbox: bool
    since: datetime | None
    id: int | None = None
    budget_key: str = ""
    plan: Plan = field(default_factory=lambda: Plan(()))  # without a cap per contact

    def counts(self, known: Outcome) -> bool:
        """Tell whether an earlier answer serves."""
        is_new = self.since is None or datetime.fromisoformat(known.observed_at) >= self.since
        return is_new or bool(known.error)


@dataclass(slots=True, eq=False)
class Subject:
    """One company to be asked about; the asker takes it for an item of a run."""

    id: int
    company_id: int
    tries: int
    run: ScanView
    known: dict[str, str]
    contact_id: int | None = None
    cost_usd: Decimal = ZERO
    outcomes: list[Outcome] = field(default_factory=list)
    delay: CallError | None = None
    error: str = ""


def work(runtime: Runtime, seconds: float) -> bool:
    """Work scans for about `seconds`; tell whether there may be more."""
    stop_at = time.monotonic() + seconds
    with leases.worker(_give_back) as own:
        heart = leases.Heart(own)
        while time.monotonic() < stop_at and not is_stopping():
            subjects = _claim(own)
            if not subjects:
                return False
            runtime.run(_ask(runtime.gate, own, subjects))
            for subject in subjects:
                _finish(subject, own)
            try:
                heart.beat()
            except leases.TakenOver as taken:
                log.warning("scan_taken_over", why=str(taken))
                return True
    return True


def sweep(lost: Sequence[UUID]) -> None:
    """Give what lost workers held to others, end scans whose items went, ring if one is due."""
    _give_back(lost)
    _end_finished(DomainScan.objects.filter(finished_at=None))
    due = ScanItem.objects.filter(state=ScanItem.State.WAITING, due_at__lte=timezone.now())
    if due.exists():
        ring_scan()


def _claim(own: UUID) -> list[Subject]:
    with transaction.atomic():
        ids = [id_ for (id_,) in QUEUE.claim(own, CHUNK)]
    rows = ScanItem.objects.filter(pk__in=ids).select_related("scan", "company").order_by("pk")
    return [
        Subject(
            row.pk, row.company_id, row.tries,
            ScanView(row.scan.is_sandbox, row.scan.created_at if row.scan.is_forced else None),
            {"company.domain": row.company.domain or ""},
        )
        for row in rows
    ]  # fmt: skip


async def _ask(gate: Gate, own: UUID, subjects: Sequence[Subject]) -> None:
    """Ask about every subject side by side, and write what that came to."""
    batch, accounts = Batch(), Accounts()
    lane = Lane("scan")
    heart = asyncio.create_task(_beat(lane, own))
    try:
        await lane.run(accounts.refresh)
        desk = Desk(lane, accounts, own)
        standing = Standing(gate.board, gate.limiter, accounts)
        asker = Asker(desk, Caller(gate, lambda: batch), standing.closed)
        wanted = [found for slug in LOOKUPS if accounts.terms(found := lookup(slug)).is_enabled]
        await asyncio.gather(*(_ask_about(asker, subject, wanted) for subject in subjects))
        await lane.run(write, batch, own)
    finally:
        heart.cancel()
        await asyncio.gather(heart, return_exceptions=True)
        await asyncio.get_running_loop().run_in_executor(None, lane.close)


async def _beat(lane: Lane, own: UUID) -> None:
    """Keep the lease while slow servers are waited for."""
    while True:
        await asyncio.sleep(settings.LEASE_S / 6)
        await lane.run(leases.beat, own)


async def _ask_about(asker: Asker, subject: Subject, wanted: Sequence[Lookup]) -> None:
    if not subject.known["company.domain"]:
        subject.error = "the company has no domain any more"
        return
    if not wanted:
        subject.error = "every lookup about domains is switched off"
        return
    calls = asker.start(cast(Item, subject), wanted)
    for done in await asyncio.gather(*(call for _, call in calls), return_exceptions=True):
        if isinstance(done, CutShort):
            _note(subject, done.error)
        elif isinstance(done, Exception):
            log.error("scan_item_failed", item=subject.id, exc_info=done)
            subject.error = f"{type(done).__name__} in our own code"
        elif isinstance(done, BaseException):
            raise done
        else:
            subject.outcomes += done
    for outcome in subject.outcomes:
        if outcome.error:
            _note(subject, outcome.error)


def _note(subject: Subject, error: CallError) -> None:
    subject.error = subject.error or str(error)
    if isinstance(error, Refused | Throttled | Transient):
        subject.delay = error


def _finish(subject: Subject, own: UUID) -> None:
    """Learn, settle the lead and let go of the item; what may pass is tried again later."""
    known = [outcome for outcome in subject.outcomes if not outcome.error]
    learning.learn(subject.company_id, known)
    service.settle([subject.company_id], is_scan=True)
    mine = ScanItem.objects.filter(pk=subject.id, state="claimed", worker_id=own)
    if subject.delay and subject.tries < MAX_TRIES:
        mine.update(
            state=ScanItem.State.WAITING, worker_id=None, due_at=_due_at(subject),
            error=subject.error[:300],
        )  # fmt: skip
        return
    state = ScanItem.State.DONE if known else ScanItem.State.FAILED
    with transaction.atomic():
        held = mine.values_list("scan_id", flat=True).first()
        ended = mine.update(
            state=state, worker_id=None, finished_at=Now(), error=subject.error[:300]
        )
        if ended and held:
            _count(held, "done_count" if known else "failed_count")


def _due_at(subject: Subject) -> datetime:
    assert subject.delay is not None
    pause_s = subject.delay.retry_after_s or FIRST_PAUSE_S * 2 ** (subject.tries - 1)
    return subject.delay.retry_at or timezone.now() + timedelta(seconds=pause_s)


def _count(scan_id: int, column: str, by: int = 1) -> None:
    scans = DomainScan.objects.filter(pk=scan_id)
    scans.update(**{column: F(column) + by})
    _end_finished(scans)


def _end_finished(scans: QuerySet[DomainScan]) -> None:
    """End scans of which no item is open; those whose companies went count as never meant."""
    open_ = ScanItem.objects.filter(scan=OuterRef("pk"), state__in=["waiting", "claimed"])
    scans.filter(~Exists(open_), finished_at=None).update(
        finished_at=Now(), total_count=F("done_count") + F("failed_count")
    )


def _give_back(worker_ids: Sequence[UUID]) -> None:
    _, dead = QUEUE.give_back(worker_ids)
    if not dead:
        return
    items = ScanItem.objects.filter(pk__in=dead)
    items.update(error=GIVEN_UP, finished_at=Now())
    for scan_id in items.order_by().values_list("scan_id", flat=True).distinct():
        _count(scan_id, "failed_count", items.filter(scan=scan_id).count())
    log.warning("scan_items_given_up", items=len(dead))
