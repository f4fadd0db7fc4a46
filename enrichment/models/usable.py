"""How many contacts a run made usable, added up by day and wanted field."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from enrichment.models.run import Run


class UsableDay(models.Model):
    """Of the contacts that a run finished on a day (UTC): how many have this field, sure enough.

    The row without a field counts contacts that have every wanted field (`enrichment.usable`).
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="usable", db_index=False)
    day = models.DateField()
    field = models.CharField(max_length=60, blank=True)
    done = models.PositiveIntegerField(default=0)
    usable = models.PositiveIntegerField(default=0)

    objects = models.Manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="usableday_once", fields=["run", "day", "field"]),
            models.CheckConstraint(name="usableday_of_done", condition=Q(usable__lte=F("done"))),
        ]
        indexes = [
            # The page of spend reads spans of days.
            models.Index(name="usableday_by_day", fields=["day", "field"]),
        ]

    def __str__(self) -> str:
        return f"run {self.run_id}, {self.day}: {self.field or 'all'}"
