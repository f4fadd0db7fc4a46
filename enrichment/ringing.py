"""The doorbell: tells the workers that there is work; they find it in the database themselves.

With Redis away nothing is lost: the sweep rings again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import structlog
from celery import Task
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerAway

log = structlog.get_logger(__name__)
LEADS_A_BELL = 500  # a bell is answered in one short transaction


def ring(times: int | None = None) -> None:
    """Tell the workers, once the transaction stands, that items may be due."""
    from enrichment.tasks import work

    _ring_on_commit(work, (), times or settings.WORKER_PROCESSES, expires=30)


def ring_discovery() -> None:
    """Tell the workers, once the transaction stands, that places may wait to be searched."""
    from enrichment.tasks import discover

    _ring_on_commit(discover, (), settings.WORKER_PROCESSES, expires=30)


def ring_start(run_id: int) -> None:
    """Let a worker set up an approved run, once the transaction stands."""
    from enrichment.tasks import start_run

    _ring_on_commit(start_run, (run_id,))


def ring_estimate(run_id: int) -> None:
    """Let a worker estimate a run, once the transaction stands."""
    from enrichment.tasks import estimate_run

    _ring_on_commit(estimate_run, (run_id,), expires=60)


def ring_rehearsal(rehearsal_id: int) -> None:
    """Let a worker play a rehearsal, once the transaction stands."""
    from enrichment.tasks import rehearse

    _ring_on_commit(rehearse, (rehearsal_id,), expires=60)


def ring_scan() -> None:
    """Let workers look at domains, once the transaction stands."""
    from enrichment.tasks import scan_domains

    _ring_on_commit(scan_domains, (), expires=30)


def ring_leads(company_ids: Iterable[int]) -> None:
    """Let a worker score these companies anew, once what was learned of them stands.

    A bell that is lost is made up for by the next `tend_leads`.
    """
    from enrichment.tasks import settle_leads

    ids = sorted(company_ids)
    for at in range(0, len(ids), LEADS_A_BELL):
        _ring_on_commit(settle_leads, (ids[at : at + LEADS_A_BELL],), expires=600)


def _ring_on_commit(task: Task, args: tuple[Any, ...], times: int = 1, **how: Any) -> None:
    def call() -> None:
        try:
            for _ in range(times):
                task.apply_async(args, retry=False, **how)
        except BrokerAway as away:
            log.warning("nobody_rung", why=str(away))

    transaction.on_commit(call)
