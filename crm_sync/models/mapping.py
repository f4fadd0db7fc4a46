"""Mapping: which of our fields is which of the CRM's, for one object of one connection."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from crm_sync.models.connection import Connection


class Mapping(models.Model):
    """A version; the current one is what syncs use, the others are what they used.

    `rows` are `mapping.Row`s in JSON. `described` is the object's fields as the CRM last told them
    (`connector.Field` in JSON) and `problems` what was found against it (`connector.Problem`).
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="mappings")
    object = models.CharField(max_length=10)
    version = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True, db_default=True)
    rows = models.JSONField(default=list)
    key_field = models.CharField(
        max_length=100, blank=True, default="", db_default="",
        help_text="The CRM's field that holds our key.",
    )  # fmt: skip
    described = models.JSONField(default=list, blank=True)
    problems = models.JSONField(default=list, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+", db_index=False,
    )  # fmt: skip
    created_at = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    class Meta:
        ordering = ["connection", "object", "-version"]
        constraints = [
            models.UniqueConstraint(
                name="mapping_version_once", fields=["connection", "object", "version"]
            ),
            models.UniqueConstraint(
                name="mapping_one_current",
                fields=["connection", "object"],
                condition=Q(is_current=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection}: {self.object}, version {self.version}"
