"""Subscriptions: who wants to hear of what, where, and how it goes."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def broken(self) -> SubscriptionQuerySet:
        """Return those that were switched off for failing, and by nobody."""
        return self.filter(is_enabled=False, off_since__isnull=False)


class Subscription(models.Model):
    """An address that is told of events; it keeps what it is told with, sealed.

    `failing_since` is when the first of its failures in a row was, `failures` how many they are,
    `rests_until` when it is tried again. `off_since` is set where it was switched off for failing.
    """

    class Kind(models.TextChoices):
        WEBHOOK = "webhook", "Webhook"
        SLACK = "slack", "Slack"
        EMAIL = "email", "E-mail"

    name = models.CharField(max_length=100, help_text="Who is told, and for what.")
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.WEBHOOK)
    place = models.CharField(
        max_length=255, editable=False, help_text="Where it goes, as far as everybody may see it."
    )
    sealed = models.TextField(
        blank=True, editable=False, help_text="The address and the secrets, sealed."
    )
    recipients = models.TextField(blank=True, help_text="E-mail addresses, one a line.")
    events = ArrayField(models.CharField(max_length=40))
    terms = models.TextField(blank=True, help_text="What must be true of an event, one a line.")
    daily_limit = models.PositiveSmallIntegerField(
        default=20, help_text="Messages a day; what comes after them is told in one at its end."
    )
    is_enabled = models.BooleanField(default=True)

    rotated_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    rests_until = models.DateTimeField(null=True, editable=False)
    off_since = models.DateTimeField(null=True, editable=False)
    off_why = models.CharField(max_length=300, blank=True, editable=False)
    delivered_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                name="subscription_kind_known", condition=Q(kind__in=["webhook", "slack", "email"])
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def says_words(self) -> bool:
        """People read it: what happened goes there in words, gathered."""
        return self.kind != self.Kind.WEBHOOK

    def condition(self, now: datetime) -> str:
        """Return "off", "broken", "resting", "failing" or "on"."""
        if not self.is_enabled:
            return "broken" if self.off_since else "off"
        if self.rests_until and self.rests_until > now:
            return "resting"
        return "failing" if self.failing_since else "on"
