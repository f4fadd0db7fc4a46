"""Rules: what the gate asks for beyond the law, one row for the whole office."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from contacts.models.ranges import within


class Rules(models.Model):
    """The office's own rules; the defaults are the careful ones."""

    needs_consent = models.BooleanField(
        "consent is needed", default=True,
        help_text="Off: numbers without a consent are written to, and you answer for it.",
    )  # fmt: skip
    allows_unknown_line = models.BooleanField(
        "texts to numbers of unknown kind", default=True,
        help_text="Off: a number whose line type nobody looked up gets no text.",
    )  # fmt: skip
    most_risk = models.PositiveSmallIntegerField(
        "highest risk score", default=75, help_text="0 to 100; above it nothing is sent."
    )
    often_count = models.PositiveSmallIntegerField(
        "messages to one number", default=2, help_text="At the most, in the days below; 0: any."
    )
    often_days = models.PositiveSmallIntegerField("within days", default=7)
    sms_per_hour = models.PositiveIntegerField(
        "texts an hour", default=0, help_text="Of everybody together; 0: as fast as Twilio allows."
    )
    sms_per_day = models.PositiveIntegerField("texts a day", default=0)
    calls_per_hour = models.PositiveIntegerField("calls an hour", default=50)
    calls_per_day = models.PositiveIntegerField("calls a day", default=0)
    help_text = models.CharField(
        "answer to HELP", max_length=300, blank=True,
        help_text="Empty: Twilio answers, as its console says.",
    )  # fmt: skip

    objects = models.Manager()

    class Meta:
        verbose_name = verbose_name_plural = "sending rules"
        constraints = [
            models.CheckConstraint(name="rules_one", condition=Q(id=1)),
            within("rules_risk_range", most_risk=(0, 100)),
            within("rules_days_range", often_days=(1, 365)),
        ]

    def __str__(self) -> str:
        return "Sending rules"

    @classmethod
    def current(cls) -> Self:
        """Return the rules; the defaults while nobody has changed any."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
