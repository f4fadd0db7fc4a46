"""Template: the words of a text or of a call, with places for what is known of a contact."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Channel(models.TextChoices):
    SMS = "sms", "Text message"
    VOICE = "voice", "Call"


class Template(models.Model):
    """Words to be sent; every change of them is another version.

    `fallbacks` is {placeholder: text for contacts of whom it is not known}. A message keeps the
    text that it was sent with, and a campaign the words it was estimated with.
    """

    name = models.CharField(max_length=100)
    channel = models.CharField(max_length=5, choices=Channel.choices, default=Channel.SMS)
    body = models.TextField(
        max_length=1600,
        help_text="Places are written {{ first_name }} or {{ first_name | there }}.",
    )
    fallbacks = models.JSONField(default=dict, blank=True)
    voicemail = models.TextField(
        max_length=1600, blank=True, default="", db_default="",
        help_text="What an answering machine is told; empty: the call is ended.",
    )  # fmt: skip
    is_recorded = models.BooleanField(default=False, db_default=False)
    version = models.PositiveIntegerField(default=1, db_default=1)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                name="template_name_once", fields=["name"], condition=Q(archived_at=None)
            ),
            models.CheckConstraint(
                name="template_channel_known", condition=Q(channel__in=["sms", "voice"])
            ),
        ]

    def __str__(self) -> str:
        return self.name
