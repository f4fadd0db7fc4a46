"""Celery tasks: they say "there is work" and carry none of it."""

from __future__ import annotations

from celery import shared_task

from integrations.stopping import is_stopping
from webhooks import processing, retention
from webhooks.out import sending
from webhooks.ringing import ring, ring_out

SLICE_S = 10.0
FORGETTING_S = 30.0


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


@shared_task(name="webhooks.forget_old")
def forget_old() -> None:
    """Delete what old deliveries said, for a while; the next hour goes on."""
    retention.forget_old(FORGETTING_S, is_stopping)


@shared_task(name="webhooks.send")
def send() -> None:
    """Send what is owed to subscriptions for a while, then make room and ring again."""
    if sending.work(SLICE_S, is_stopping) and not is_stopping():
        ring_out()


@shared_task(name="webhooks.sweep_out")
def sweep_out() -> None:
    """Give back parcels that lost workers held, and ring if anything is to be sent."""
    if sending.sweep():
        ring_out()
