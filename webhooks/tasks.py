"""Celery tasks: they say "there is work" and carry none of it."""

from __future__ import annotations

from celery import shared_task

from enrichment.runtime import is_stopping
from webhooks import processing
from webhooks.ringing import ring

SLICE_S = 10.0


@shared_task(name="webhooks.work")
def work() -> None:
    """Work on deliveries for a while, then make room and ring again."""
    if processing.work(SLICE_S, is_stopping) and not is_stopping():
        ring()


@shared_task(name="webhooks.sweep")
def sweep() -> None:
    """Give back what lost workers held, and ring if anything is due."""
    if processing.sweep():
        ring()
