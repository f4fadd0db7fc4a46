"""What the back office keeps of a person, and which of its pages a role can hold."""

from __future__ import annotations

from django.conf import settings
from django.db import models


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
            ("view_spend", "Can see and download what was spent"),
            ("view_circuits", "Can see circuits"),
            ("steer_circuits", "Can open and reset circuits"),
            ("view_queues", "Can see queues"),
            ("replay_dead", "Can replay what was given up"),
            ("view_health", "Can see detailed health and metrics"),
            ("view_flower", "Can see the workers live (Flower)"),
            ("steer_flower", "Can stop workers and change their pools (Flower)"),
        ]
