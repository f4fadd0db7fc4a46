"""Worker: a process that holds claims; Leased: a row that it can claim."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Worker(models.Model):
    """The lease of everything a process has claimed is this one row's `seen_at`.

    A process moves it every few seconds from its event loop; one that has not for
    `settings.LEASE_S` is gone, and the sweep gives its claims to others (`leases.sweep`).
    """

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=100, help_text="host:pid")
    started_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    gone_at = models.DateTimeField(null=True, blank=True)
    is_lost = models.BooleanField(default=False, help_text="It went without saying so.")

    objects = models.Manager()

    class Meta:
        ordering = ["-seen_at"]
        indexes = [
            # The sweep that looks for the lost; everyone who counts living workers.
            models.Index(name="worker_alive", fields=["seen_at"], condition=Q(gone_at=None)),
        ]

    def __str__(self) -> str:
        return self.name


class Leased(models.Model):
    """A row of a queue: claimed by a worker, given back when that worker is lost.

    The states are the table's own; `leases.Queue` is told their names. `tries` counts claims that
    were not given back by choice, `losses` the workers that were lost with the row in hand.
    """

    due_at = models.DateTimeField(db_default=Now())
    worker_id = models.UUIDField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    losses = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        abstract = True
