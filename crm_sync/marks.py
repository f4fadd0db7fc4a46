"""Marks: how far a sync has come, kept in its row, so that whoever takes it up goes on there."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from django.db.models.functions import Now

from crm_sync.models import Sync

NOTED_S = 1.0
CLICK = "correlation_id"  # of whoever started the sync: all lines of its log bear it


@dataclass(slots=True)
class Progress:
    """A sync at work. `marks` are what is over and done with, `counts` what came of records."""

    sync_id: int
    worker_id: UUID
    marks: dict[str, Any] = field(default_factory=dict)
    counts: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    stage: str = ""
    wants_stop: bool = False
    noted_at: float = 0.0
    settled: int = 0  # records, when it was last written down

    def is_due(self) -> bool:
        return time.monotonic() - self.noted_at > NOTED_S

    def note(self) -> None:
        """Write it down, and hear whether somebody wants the sync to stop.

        A sync that gets on is not what its workers die of: their losses are forgotten.
        """
        mine = Sync.objects.filter(pk=self.sync_id, worker_id=self.worker_id)
        told = {obj: dict(count) for obj, count in self.counts.items()}
        now = self.came_to()
        forgiven = {"losses": 0} if now > self.settled else {}
        mine.update(marks=self.marks, counts=told, stage=self.stage, **forgiven)
        self.settled = now
        self.wants_stop = mine.filter(wants_stop=True).exists()
        self.noted_at = time.monotonic()

    def came_to(self) -> int:
        """Return of how many records something came so far."""
        return sum(count.total() for count in self.counts.values())


def marks_of_click() -> dict[str, Any]:
    """Return the marks that a sync begins with: who started it."""
    found = structlog.contextvars.get_contextvars().get(CLICK)
    return {CLICK: found} if found else {}


def begun(sync: Sync, worker_id: UUID) -> Progress:
    """Return the progress of a sync that was claimed, as the last worker left it."""
    Sync.objects.filter(pk=sync.pk, started_at=None).update(started_at=Now())
    progress = Progress(sync.pk, worker_id, dict(sync.marks))
    for obj, count in sync.counts.items():
        progress.counts[obj] = Counter(count)
    progress.settled = progress.came_to()
    return progress
