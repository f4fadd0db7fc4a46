"""What was counted in the background, and when."""

from __future__ import annotations

from django.db import models


class ContactTally(models.Model):
    """How many contacts have a value, counted in the background (`tallies`).

    A page at a million contacts reads a few of these rows instead of a million others. The
    dimension "all" has one row with an empty value.
    """

    dimension = models.CharField(max_length=40)
    value = models.CharField(max_length=150, blank=True)
    count = models.BigIntegerField()

    objects = models.Manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="contacttally_once", fields=["dimension", "value"]),
        ]

    def __str__(self) -> str:
        return f"{self.dimension} {self.value}: {self.count}"


class TallyRound(models.Model):
    """The one row that says when was counted, and at what state of the counted tables."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    counted_at = models.DateTimeField(null=True)
    writes = models.BigIntegerField(default=0, help_text="Writes that the tables had seen.")

    objects = models.Manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="tallyround_one", condition=models.Q(id=1)),
        ]

    def __str__(self) -> str:
        return f"counted at {self.counted_at}"
