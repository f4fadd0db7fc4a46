"""Celery tasks: they say "there is work" and carry none of it."""

from __future__ import annotations

from celery import shared_task

from crm_sync import sweeping
from crm_sync.checking import check_all
from crm_sync.ringing import ring
from crm_sync.runtime import runtime
from integrations.stopping import is_stopping

SLICE_S = 25.0


@shared_task(name="crm_sync.sync")
def sync() -> None:
    """Go on with what is due for a while, then make room and ring again."""
    if runtime().work(SLICE_S) and not is_stopping():
        ring()


@shared_task(name="crm_sync.sweep")
def sweep() -> None:
    """Give back what lost workers held, start what is scheduled, ring if a sync is due."""
    sweeping.sweep()


@shared_task(name="crm_sync.check")
def check() -> None:
    """Compare every mapping with what its CRM says of itself now."""
    check_all(runtime())
