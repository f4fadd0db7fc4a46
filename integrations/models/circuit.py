"""What people did to circuits, which Redis alone would forget."""

from __future__ import annotations

from django.db import models


class CircuitHold(models.Model):
    """A circuit that somebody opened by hand; it stays open until the row is gone.

    The workers read Redis, never this: rows are written back to it where it has lost them
    (`integrations.fleet`).
    """

    key = models.CharField(max_length=60, primary_key=True, help_text='"twilio:sandbox"')
    reason = models.CharField(max_length=200)
    by = models.CharField(max_length=150)
    opened_at = models.DateTimeField(auto_now_add=True)

    objects = models.Manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key
