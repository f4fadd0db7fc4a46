"""Team: whose money a run spends."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Team(models.Model):
    """People who answer for their runs' money together."""

    name = models.CharField(max_length=100, unique=True)

    objects = models.Manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """Each person is in one team at most, so that a run's team needs no choosing."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="team_member",
        error_messages={"unique": "Is in another team already; take the person out there first."},
    )

    objects = models.Manager()

    class Meta:
        ordering = ["id"]
        verbose_name = "member"

    def __str__(self) -> str:
        return str(self.user)
