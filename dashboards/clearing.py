"""Clears what would grow for ever and nobody needs again; each kind has its time (settings).

What people did and paid for is kept: calls, answers, runs, imports, the history of contacts, who
fetched which export.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import structlog
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from contacts.importing.service import NotPossible, delete_import
from contacts.models import Import, Worker
from dashboards.models import Alert, Notice
from webhooks.out.clearing import clear_parcels

OPEN_NOTICES = (Notice.State.WAITING, Notice.State.SENDING)
log = structlog.get_logger(__name__)


def clear_old() -> dict[str, int]:
    """Clear what is past its time, and return how many rows of each kind; may run twice."""
    cleared = dict(_all())
    log.info("cleared", **cleared)
    return cleared


def _all() -> Iterator[tuple[str, int]]:
    now = timezone.now()
    yield "sessions", Session.objects.filter(expire_date__lt=now).count()
    SessionStore.clear_expired()
    # A lock ends with its cool-off; what is older counts for nothing.
    tries = AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME)
    yield "sign_in_attempts", tries.delete()[0]
    gone = Worker.objects.filter(gone_at__lt=now - timedelta(days=settings.WORKER_DAYS))
    yield "workers", gone.delete()[0]
    before = now - timedelta(days=settings.ALERT_DAYS)
    over = Alert.objects.filter(cleared_at__lt=before)
    yield "alerts", over.delete()[1].get(Alert._meta.label, 0)  # their messages go with them
    tests = Notice.objects.filter(alert=None, created_at__lt=before)
    yield "tests_of_channels", tests.exclude(state__in=OPEN_NOTICES).delete()[0]
    yield "parcels", clear_parcels(now - timedelta(days=settings.PARCEL_DAYS))
    yield "drafts", _drafts(now - timedelta(days=settings.DRAFT_DAYS))


def _drafts(before: object) -> int:
    """Delete imports that nobody has started, with the files that people brought for them."""
    count = 0
    for draft in Import.objects.filter(state=Import.State.DRAFT, created_at__lt=before):
        try:
            delete_import(draft)
        except NotPossible:  # somebody has started it just now
            continue
        count += 1
    return count
