"""The sweep of syncs: mends what workers left behind, and wakes what is due."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from crm_sync import deleting, services
from crm_sync.models import Sync
from crm_sync.pushing import items
from crm_sync.pushing.collecting import collect
from crm_sync.ringing import ring
from crm_sync.runtime import QUEUE

log = structlog.get_logger(__name__)

SLICES = 20
GIVEN_UP = "given up: three workers were lost while it got no further"
HELD = ("crm_sync_sync", "crm_sync_outboxitem", "crm_sync_deletion")


def sweep() -> None:
    """Mend what workers left behind; safe to run at any time, anywhere."""
    with transaction.atomic():
        if gone := _gone():
            give_back(gone)
    for _ in range(SLICES):  # nothing piles up while a connection is synced rarely
        with transaction.atomic():
            if not collect():
                break
    services.schedule()
    if Sync.objects.filter(state=Sync.State.WAITING, due_at__lte=timezone.now()).exists():
        ring()


def give_back(gone: list[UUID]) -> None:
    """Let others have what lost workers had claimed."""
    _, dead = QUEUE.give_back(gone)
    Sync.objects.filter(pk__in=dead).update(reason=GIVEN_UP, finished_at=timezone.now())
    back, given_up = items.give_back(gone)
    deleting.QUEUE.give_back(gone)
    log.warning("syncs_given_back", items=len(back), given_up=len(given_up), syncs_dead=len(dead))


def _gone() -> list[UUID]:
    """Return workers that are gone, or left, with something in their hands."""
    held = " UNION ".join(f"SELECT worker_id FROM {t} WHERE state = 'claimed'" for t in HELD)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT w.id FROM contacts_worker AS w JOIN ({held}) AS h ON h.worker_id = w.id"
            " WHERE w.gone_at IS NOT NULL"
            " AND (w.is_lost OR w.gone_at < now() - %s * interval '1 second')",
            [settings.LEASE_S],
        )
        return [id_ for (id_,) in cursor.fetchall()]
