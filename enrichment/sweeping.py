"""The sweep: mends what workers, servers and operators left behind."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from contacts import leases
from contacts.bulk import work as bulk
from contacts.erasing import work as erasing
from contacts.exports import work as exporting
from contacts.importing import work as importing
from contacts.models import Contact
from contacts.suppression import loading as listing
from enrichment import rehearsals, services
from enrichment.discovery import work as discovering
from enrichment.engine.claiming import QUEUE
from enrichment.leads import scanning
from enrichment.models import Answer, Run, RunItem
from enrichment.questions import key_of
from enrichment.ringing import ring, ring_estimate
from enrichment.telling import runs_finished
from integrations import fleet, ledger
from integrations.accounts import Accounts
from integrations.errors import CallError
from integrations.services import resume_renewed

log = structlog.get_logger(__name__)

FAR = timedelta(days=3650)


def sweep() -> None:
    """Mend what workers, servers and operators left behind; safe to run at any time, anywhere."""
    with transaction.atomic():
        lost = [*leases.lost_workers(), *_left_with_work()]
        if lost:
            give_back(lost)
        importing.sweep(lost)
        exporting.sweep(lost)
        bulk.sweep(lost)
        listing.sweep(lost)
        erasing.sweep(lost)
        scanning.sweep(lost)
        discovering.sweep(lost)
    for run_id in Run.objects.filter(state=Run.State.STARTING).values_list("pk", flat=True):
        services.start(run_id)
    for run_id in Run.objects.filter(state=Run.State.DRAFT).values_list("pk", flat=True):
        ring_estimate(run_id)
    rehearsals.sweep()
    fleet.restore()
    resume_renewed()
    _end_emptied_runs()
    accounts = Accounts()
    accounts.refresh()
    _wake_runs(accounts)
    if _is_anything_due():
        ring()
    discovering.go_on(accounts)


def _left_with_work() -> list[UUID]:
    """Mark as lost, and return, workers that left without hearing of what stands in their name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contacts_worker SET is_lost = true"
            " WHERE NOT is_lost AND gone_at < now() - %s * interval '1 second'"
            " AND (id IN (SELECT worker_id FROM enrichment_runitem WHERE state = 'claimed')"
            " OR id IN (SELECT worker_id FROM integrations_reservation))"
            " RETURNING id",
            [settings.LEASE_S],
        )
        return [worker for (worker,) in cursor.fetchall()]


def give_back(lost: list[UUID]) -> None:
    """Return the items of lost workers, and write down what their calls may have cost."""
    waiting, dead = QUEUE.give_back(lost)
    contact_ids = list(
        RunItem.objects.filter(pk__in=[*waiting, *dead]).values_list("contact_id", flat=True)
    )
    gone = Contact.objects.filter(pk__in=contact_ids, status=Contact.Status.PROCESSING)
    gone.update(status=Contact.Status.FAILED, error="the worker was lost")
    still = RunItem.objects.filter(pk__in=waiting).values_list("contact_id", flat=True)
    Contact.objects.filter(pk__in=list(still), status=Contact.Status.FAILED).update(
        status=Contact.Status.PENDING, error=""
    )
    _count_dead(dead)
    _hold_unknown(ledger.abandon(lost))
    log.warning("workers_lost", workers=len(lost), items=len(waiting), given_up=len(dead))


def _count_dead(dead: list[int]) -> None:
    """Give items up that took three workers with them."""
    items = RunItem.objects.filter(pk__in=dead)
    items.update(
        error="given up: three workers were lost while they had it", finished_at=timezone.now()
    )
    for run_id in items.order_by().values_list("run_id", flat=True).distinct():
        count = items.filter(run_id=run_id).count()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE enrichment_run SET failed_count = failed_count + %(n)s,"
                " state = CASE WHEN done_count + failed_count + %(n)s >= total_count"
                " AND state IN ('working', 'paused', 'blocked') THEN 'done' ELSE state END,"
                " finished_at = CASE WHEN done_count + failed_count + %(n)s >= total_count"
                " THEN now() ELSE finished_at END WHERE id = %(run)s"
                " RETURNING state = 'done' AND finished_at = now()",
                {"n": count, "run": run_id},
            )
            if any(is_over for (is_over,) in cursor.fetchall()):
                runs_finished([run_id])


def _hold_unknown(abandoned: list[ledger.Abandoned]) -> None:
    """Hold the dear questions whose outcome nobody knows until a person decides.

    An act has no key: it is no question, and who wanted it finds out what became of it.
    """
    now = timezone.now()
    rows = []
    for one in abandoned:
        if not one.is_dear:
            continue
        rows += [
            Answer(
                id=key_of(f"{one.request_id}|{name}"),
                question_key=key,
                lookup=f"{one.provider}.{name}",
                request_id=one.request_id,
                outcome=Answer.Outcome.UNKNOWN,
                observed_at=now,
                expires_at=now + FAR,
                is_sandbox=one.is_sandbox,
            )
            for name, key in one.questions.items()
            if key
        ]
    Answer.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def _end_emptied_runs() -> None:
    """End the runs whose last open items went with their contacts: deleted, or an import undone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE enrichment_run r SET state = 'done', finished_at = now(), reason = '',"
            " blocked_by = '', total_count = done_count + failed_count"
            " WHERE state IN ('working', 'paused', 'blocked')"
            " AND NOT EXISTS (SELECT FROM enrichment_runitem i"
            "  WHERE i.run_id = r.id AND i.state = 'waiting')"
            " AND NOT EXISTS (SELECT FROM enrichment_runitem i"
            "  WHERE i.run_id = r.id AND i.state = 'claimed') RETURNING r.id"
        )
        runs_finished([run_id for (run_id,) in cursor.fetchall()])


def _wake_runs(accounts: Accounts) -> None:
    """Let blocked runs go on whose reason is gone."""
    woken = 0
    for run in Run.objects.filter(state=Run.State.BLOCKED).exclude(blocked_by=""):
        if is_mended(run.blocked_by, accounts, is_sandbox=run.is_sandbox):
            woken += Run.objects.filter(pk=run.pk, state=Run.State.BLOCKED).update(
                state=Run.State.WORKING, blocked_by="", reason="", not_before=None
            )
    if woken:
        ring()


def is_mended(blocked_by: str, accounts: Accounts, *, is_sandbox: bool) -> bool:
    """Tell whether what kept a run or a discovery from going on is gone."""
    kind, _, what = blocked_by.partition(":")
    if kind == "provider":
        try:
            accounts.view(what)
        except CallError:
            return False
        return True
    if kind == "mode":
        return accounts.is_sandbox == is_sandbox
    return kind == "cap" and what.startswith("account:") and ledger.has_room(what)


def _is_anything_due() -> bool:
    due = RunItem.objects.filter(
        run__state=Run.State.WORKING, state=RunItem.State.WAITING, due_at__lte=timezone.now()
    )
    return due.exists()
