"""Happenings: what has happened, on its way to those who want to hear of it; and what is wanted."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Happening(models.Model):
    """One thing that happened, written in the transaction that made it true.

    A row is taken away in the transaction that makes a parcel of it for everybody who wants it:
    the table is a letter box, mostly empty. `subject` is the id of what it happened to.
    """

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80, blank=True)
    facts = models.JSONField(default=dict, help_text="What is not to be read from the subject.")
    happened_at = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".rstrip()


class Wish(models.Model):
    """A kind of happening that somebody wants to hear of; what nobody wants is not written."""

    kind = models.CharField(max_length=40, primary_key=True)

    objects = models.Manager()

    class Meta:
        default_permissions = ()
        verbose_name_plural = "wishes"

    def __str__(self) -> str:
        return self.kind
