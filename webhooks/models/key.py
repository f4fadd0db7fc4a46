"""API keys: who may post to us, told apart by a prefix and proved by a hash."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class ApiKey(models.Model):
    """A key as it is kept: its first letters, to be found by, and the SHA-256 of the whole.

    The key itself is 256 random bits, so nobody finds it by guessing and a slow hash would only
    slow down every request.
    """

    class Scope(models.TextChoices):
        LEADS = "leads", "Post leads"

    name = models.CharField(max_length=100, help_text="Who uses it, and for what.")
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices))
    per_minute = models.PositiveIntegerField(default=600, help_text="Requests that it may make.")
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["name"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
