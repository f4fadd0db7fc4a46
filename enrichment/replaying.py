"""Replaying: what was given up is tried again, on a person's word, in the same run."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from contacts.models import Contact
from enrichment.models import Run, RunItem
from enrichment.ringing import ring
from enrichment.services import RunRefused


def replay_dead(run: Run, item_ids: Collection[int] | None = None) -> int:
    """Put a run's dead items back in its queue, or those of the given ids; return how many.

    A run that was done works again, within what is left of its cap. Raises RunRefused when the
    run was cancelled. Locks are taken as the engine takes them: items, contacts, then the run.
    """
    with transaction.atomic():
        items = RunItem.objects.filter(run=run, state=RunItem.State.DEAD)
        if item_ids is not None:
            items = items.filter(pk__in=item_ids)
        locked = list(items.order_by("id").select_for_update().values_list("id", "contact_id"))
        if not locked:
            return 0
        RunItem.objects.filter(pk__in=[item_id for item_id, _ in locked]).update(
            state=RunItem.State.WAITING, due_at=timezone.now(), tries=0, losses=0, error="",
            finished_at=None,
        )  # fmt: skip
        _reopen([contact_id for _, contact_id in locked])
        _uncount(run, len(locked))
        ring()
    run.refresh_from_db()
    return len(locked)


def _reopen(contact_ids: list[int]) -> None:
    failed = Contact.objects.filter(pk__in=contact_ids, status=Contact.Status.FAILED)
    ids = list(failed.order_by("id").select_for_update().values_list("id", flat=True))
    Contact.objects.filter(pk__in=ids).update(status=Contact.Status.PENDING, error="")


def _uncount(run: Run, count: int) -> None:
    row = Run.objects.select_for_update().get(pk=run.pk)
    if row.state == Run.State.CANCELLED:
        raise RunRefused("The run was cancelled; start another over the contacts that failed.")
    if row.state == Run.State.DONE:
        row.state, row.finished_at = Run.State.WORKING, None
    row.failed_count = F("failed_count") - count
    row.save(update_fields=["state", "finished_at", "failed_count"])
