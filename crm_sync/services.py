"""Syncs are started, stopped and scheduled here, and links are settled by people."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from crm_sync.connector import COMPANY
from crm_sync.marks import marks_of_click
from crm_sync.models import Change, Connection, Deletion, Link, OutboxItem, Sync
from crm_sync.pushing.collecting import add
from crm_sync.referrals.client import SOURCE
from crm_sync.ringing import ring

log = structlog.get_logger(__name__)

SOON = timedelta(seconds=20)  # what changes together goes together


class SyncRefused(Exception):
    """A sync can't be started, or a link not be settled, as asked; the text says what to do."""


def start(
    of: Connection,
    *,
    user: User | None = None,
    cause: str = Sync.Cause.PERSON,
    is_dry: bool = False,
    is_full: bool = False,
) -> Sync:
    """Let a sync of a connection begin. Raises SyncRefused when it can't, or one is under way.

    The first, and one after another choice of what is synced, goes over everything by itself.
    """
    if not of.is_enabled:
        raise SyncRefused(f"{of.label} is switched off: switch it on first.")
    if of.state != Connection.State.READY:
        raise SyncRefused(f"{of.label} is not signed in: sign in first.")
    is_source = of.kind == SOURCE.slug
    if is_source and is_dry:
        raise SyncRefused("Referrals only come in: there is nothing to try out.")
    if not is_source and not of.objects_on:
        raise SyncRefused("Choose what is synced first: contacts, companies or both.")
    if not is_source and of.pushes and of.owes_all_since is not None:
        is_full = True
    try:
        with transaction.atomic():
            sync = Sync.objects.create(
                connection=of, cause=cause, is_dry=is_dry, is_full=is_full, created_by=user,
                marks=marks_of_click(),
            )  # fmt: skip
    except IntegrityError:
        raise SyncRefused(f"{of.label} is being synced already; wait until it is done.") from None
    ring()
    log.info("sync_started", sync=sync.pk, connection=of.pk, cause=cause, dry=is_dry)
    return sync


def stop(sync: Sync) -> bool:
    """Let a sync stop at its next step; tell whether there was anything to stop."""
    with transaction.atomic():
        waiting = Sync.objects.filter(pk=sync.pk, state=Sync.State.WAITING)
        if waiting.update(state=Sync.State.STOPPED, finished_at=timezone.now()):
            return True
        working = Sync.objects.filter(pk=sync.pk, state=Sync.State.CLAIMED)
        return bool(working.update(wants_stop=True))


def schedule() -> int:
    """Start the syncs that are due by their schedule, or by a change; return how many."""
    now = timezone.now()
    due = Q(every_minutes__isnull=False) & (Q(next_at=None) | Q(next_at__lte=now))
    able = Connection.objects.filter(is_enabled=True, state=Connection.State.READY)
    count = 0
    for of in able.filter(due):
        Connection.objects.filter(pk=of.pk).update(
            next_at=now + timedelta(minutes=of.every_minutes or 1)
        )
        count += _try(of, Sync.Cause.SCHEDULE)
    erased = Deletion.objects.filter(
        state=Deletion.State.WAITING, reason=Deletion.Reason.ERASED, due_at__lte=now
    ).values("connection")
    for of in able.filter(Q(on_change=True) | Q(pk__in=erased)).annotate(owes=Q(pk__in=erased)):
        if of.owes or _has_news(of):
            count += _try(of, Sync.Cause.CHANGE)
    return count


def changed_there(kind: str) -> int:
    """Note that a CRM has told of a change; return how many connections will read it soon."""
    pulling = Connection.objects.filter(kind=kind, is_enabled=True, on_change=True).exclude(
        direction=Connection.Direction.PUSH
    )
    pulling.filter(told_at=None).update(told_at=timezone.now())
    return pulling.count()


def _has_news(of: Connection) -> bool:
    old = timezone.now() - SOON
    if of.pulls and of.told_at and of.told_at <= old:
        return True
    if of.pushes and Change.objects.filter(created_at__lte=old).exists():
        return True
    return OutboxItem.objects.filter(
        connection=of, state=OutboxItem.State.WAITING, due_at__lte=timezone.now()
    ).exists()


def _try(of: Connection, cause: str) -> bool:
    try:
        start(of, cause=cause)
    except SyncRefused:
        return False
    return True


def choose(link: Link, remote_id: str) -> None:
    """Let a person say which remote record is ours. Raises SyncRefused for one that is taken.

    Who else fits is kept, so that one can choose again.
    """
    try:
        with transaction.atomic():
            Link.objects.filter(pk=link.pk).update(
                remote_id=remote_id, state=Link.State.LINKED, is_by_hand=True, words="",
                agreed={}, intended_at=None,
            )  # fmt: skip
            _again(link)
    except IntegrityError:
        raise SyncRefused("That record is linked with another of ours.") from None


def make_new(link: Link) -> None:
    """Let a record be made there, whoever may fit, or made again after it was deleted there."""
    with transaction.atomic():
        Link.objects.filter(pk=link.pk).update(
            remote_id="", state=Link.State.NEW, is_by_hand=True, words="",
            agreed={}, sent_hash="", intended_at=timezone.now(),
        )  # fmt: skip
        _again(link)


def detach(link: Link) -> None:
    """Leave the CRM's record alone from now on; it stays as it is."""
    Link.objects.filter(pk=link.pk).update(
        state=Link.State.DETACHED, is_by_hand=True, words="left alone by hand"
    )


def retry(items: list[int]) -> int:
    """Let refused and given-up records be sent once more; return how many."""
    ended = [OutboxItem.State.REJECTED, OutboxItem.State.DEAD]
    return OutboxItem.objects.filter(pk__in=items, state__in=ended).update(
        state=OutboxItem.State.WAITING, tries=0, losses=0, payload_hash="",
        due_at=timezone.now(), changes=F("changes") + 1,
    )  # fmt: skip


def _again(link: Link) -> None:
    subject = link.company_id if link.object == COMPANY else link.contact_id
    if subject is not None:
        add(link.connection, link.object, [subject])
