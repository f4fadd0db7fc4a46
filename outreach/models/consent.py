"""Consent: that somebody agreed to be written to or called under a number, and how we know."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Consent(models.Model):
    """A consent belongs to the number: it outlives the contact, and is withdrawn, never deleted."""

    class Of(models.TextChoices):
        ALL = "all", "Texts and calls"
        SMS = "sms", "Texts"
        VOICE = "voice", "Calls"

    phone = models.CharField(max_length=16)
    channel = models.CharField(max_length=5, choices=Of.choices, default=Of.ALL)
    source = models.CharField(max_length=60, help_text="A form, a shop, a START …")
    given_on = models.DateField()
    proof = models.CharField(max_length=500, blank=True, help_text="Where it can be looked up.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    created_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["-given_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="consent_channel_known", condition=Q(channel__in=["all", "sms", "voice"])
            ),
            models.CheckConstraint(
                name="consent_phone_form", condition=Q(phone__regex=r"^\+[1-9][0-9]{5,14}$")
            ),
        ]
        indexes = [
            # The gate asks for the standing consents of numbers.
            models.Index(name="consent_by_phone", fields=["phone"], condition=Q(withdrawn_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.phone}, {self.source}, {self.given_on}"
