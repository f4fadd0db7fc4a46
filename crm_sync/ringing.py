"""The doorbell of syncs: workers hear that one is due, and find it by themselves."""

from __future__ import annotations

import structlog
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerAway

log = structlog.get_logger(__name__)


def ring() -> None:
    """Tell a worker, once the transaction stands, that a sync may be due."""
    from crm_sync.tasks import sync

    def call() -> None:
        try:
            sync.apply_async(retry=False, expires=60)
        except BrokerAway as away:
            log.warning("nobody_rung", why=str(away))

    transaction.on_commit(call)
