"""Senders that prove themselves with a secret of their own, and are no provider here (yet)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Sender(models.Model):
    """A CRM that posts to us: what it proves itself with, sealed, and for whom it may speak.

    `sealed` holds the secret and the one before it, which counts for a week from `secret_set_at`.
    """

    class Slug(models.TextChoices):
        HUBSPOT = "hubspot", "HubSpot"
        SALESFORCE = "salesforce", "Salesforce"
        PIPEDRIVE = "pipedrive", "Pipedrive"
        DYNAMICS = "dynamics", "Dynamics 365"

    slug = models.CharField(max_length=20, choices=Slug.choices, unique=True)
    sealed = models.TextField(blank=True, editable=False)
    secret_set_at = models.DateTimeField(null=True, blank=True, editable=False)
    secret_set_by = models.CharField(max_length=150, blank=True, editable=False)
    organization = models.CharField(
        max_length=100, blank=True, help_text="Only this one's events are taken; empty: of any."
    )

    objects = models.Manager()

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                name="sender_secret_dated",
                condition=Q(sealed="") | Q(secret_set_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.Slug(self.slug).label)
