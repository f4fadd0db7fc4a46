"""The doorbell of sends: workers hear that some are due, and find them by themselves."""

from __future__ import annotations

from typing import Any

import structlog
from celery import Task
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerAway

log = structlog.get_logger(__name__)


def ring(times: int | None = None) -> None:
    """Tell the workers, once the transaction stands, that messages may be due."""
    from outreach.tasks import send

    _ring_on_commit(send, (), times or settings.WORKER_PROCESSES, expires=30)


def ring_estimate(campaign_id: int) -> None:
    """Let a worker estimate a campaign, once the transaction stands."""
    from outreach.tasks import estimate_campaign

    _ring_on_commit(estimate_campaign, (campaign_id,), expires=60)


def ring_looks() -> None:
    """Let a worker ask Twilio what became of messages."""
    from outreach.tasks import look

    _ring_on_commit(look, (), expires=60)


def ring_voicemail(message_id: int) -> None:
    """Let a worker speak to a machine that answered; a minute later nobody listens."""
    from outreach.tasks import drop_voicemail

    _ring_on_commit(drop_voicemail, (message_id,), expires=20)


def _ring_on_commit(task: Task, args: tuple[Any, ...], times: int = 1, **how: Any) -> None:
    def call() -> None:
        try:
            for _ in range(times):
                task.apply_async(args, retry=False, **how)
        except BrokerAway as away:
            log.warning("nobody_rung", why=str(away))

    transaction.on_commit(call)
