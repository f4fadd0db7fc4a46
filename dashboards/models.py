"""What the dashboards keep for themselves: tallies, hints, passwords due; and their pages."""

from __future__ import annotations

from django.conf import settings
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


class Dismissal(models.Model):
    """A hint that a person has seen enough of."""

    FIRST_STEPS = "first_steps"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=40)
    dismissed_at = models.DateTimeField(auto_now_add=True)

    objects = models.Manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="dismissal_once", fields=["user", "what"]),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.what}"


class PasswordDue(models.Model):
    """A password that somebody else has set: its owner changes it before doing anything else."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="password_due",
    )
    since = models.DateTimeField(auto_now_add=True)

    objects = models.Manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id}: since {self.since}"


class Page(models.Model):
    """No table: the pages of this room, as permissions that roles can hold."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("view_home", "Can see the figures on the home page"),
            ("view_circuits", "Can see circuits"),
            ("steer_circuits", "Can open and reset circuits"),
            ("view_queues", "Can see queues"),
            ("replay_dead", "Can replay what was given up"),
            ("view_health", "Can see detailed health and metrics"),
        ]
