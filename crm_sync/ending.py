"""Ending a sync: for good, or until it may go on; its row says why."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

import structlog
from django.utils import timezone

from crm_sync.connector import Problem
from crm_sync.marks import Progress
from crm_sync.models import Sync
from crm_sync.pushing import items
from crm_sync.pushing.settling import asked_s
from integrations.errors import AccountUnusable, CallError, QuotaExhausted

log = structlog.get_logger(__name__)

LEAST_PAUSE_S, FIRST_PAUSE_S, LONGEST_PAUSE_S, HOUR_S = 1.0, 15.0, 900.0, 3600.0


class Mending(AccountUnusable):
    """Something has to be mended before anything is written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} to mend: {problems[0].words}")
        self.problems = problems


def write_end(
    progress: Progress,
    sync: Sync,
    state: Sync.State,
    reason: str,
    category: str,
    pause_s: float,
    problems: Sequence[Problem],
) -> None:
    """Put back what was claimed, and write what became of the sync; WAITING goes on later."""
    items.put_back(progress.worker_id, sync.connection_id)
    progress.note()
    now = timezone.now()
    is_over = state != Sync.State.WAITING
    mine = Sync.objects.filter(pk=sync.pk, worker_id=progress.worker_id)
    mine.update(
        state=state, worker_id=None, reason=reason[:300], category=category, tries=0,
        due_at=now + timedelta(seconds=pause_s), finished_at=now if is_over else None,
        stage="" if is_over else progress.stage,
    )  # fmt: skip
    if problems:
        Sync.objects.filter(pk=sync.pk).update(problems=[asdict(one) for one in problems])
    log.info("sync_ended" if is_over else "sync_rests", sync=sync.pk, state=state)


def pause_after(why: CallError, failures: int) -> float:
    """Return how long to wait: until the CRM says so, for a used-up quota until it is renewed."""
    asked = asked_s(why)
    if asked is not None:
        seconds = max(asked, LEAST_PAUSE_S)
    elif isinstance(why, QuotaExhausted):
        seconds = HOUR_S
    else:
        seconds = min(FIRST_PAUSE_S * 2 ** max(failures - 1, 0), LONGEST_PAUSE_S)
    return seconds + random.uniform(0, seconds * 0.1)
