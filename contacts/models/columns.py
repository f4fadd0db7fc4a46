"""ListColumns: which columns a person wants to see in the list of contacts."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ListColumns(models.Model):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    names = models.JSONField(help_text="In the order in which they are shown.")

    objects = models.Manager()

    def __str__(self) -> str:
        return f"columns of {self.user}"
