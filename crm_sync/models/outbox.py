"""The outbox: what changed here, what we owe each CRM of it, and what is to go there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from contacts.models.worker import Leased
from crm_sync.models.connection import Connection


class Change(models.Model):
    """A contact or company was written, by whomever: triggers say so while a connection pushes.

    Taken and handed to the outboxes by the next sync; no row is waited for.
    """

    object = models.CharField(max_length=10)
    subject_id = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    def __str__(self) -> str:
        return f"{self.object} {self.subject_id}"


class OutboxItem(Leased):
    """One record that a connection has to look at; whether it is sent, its hash decides.

    `changes` counts what has come since: who has sent an earlier one leaves the item waiting.
    What is refused stays, with the reason, until the record or the mapping changes.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CLAIMED = "claimed", "On its way"
        REJECTED = "rejected", "Refused"
        DEAD = "dead", "Given up"

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="outbox", db_index=False
    )
    object = models.CharField(max_length=10)
    subject_id = models.BigIntegerField(help_text="Of the contact or the company.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    changes = models.PositiveIntegerField(default=1, db_default=1)
    words = models.CharField(max_length=300, blank=True, default="", db_default="")
    field = models.CharField(max_length=100, blank=True, default="", db_default="")
    code = models.CharField(max_length=60, blank=True, default="", db_default="")
    payload_hash = models.CharField(
        max_length=32, blank=True, default="", db_default="", help_text="Of what was refused."
    )
    mapping_version = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="outbox_once", fields=["connection", "object", "subject_id"]
            ),
            models.CheckConstraint(
                name="outbox_state_known",
                condition=Q(state__in=["waiting", "claimed", "rejected", "dead"]),
            ),
            models.CheckConstraint(
                name="outbox_held_by_worker",
                condition=~Q(state="claimed") | Q(worker_id__isnull=False),
            ),
        ]
        indexes = [
            # Workers claim what is due.
            models.Index(
                name="outbox_waiting", fields=["connection", "object", "id"],
                include=["due_at"], condition=Q(state="waiting"),
            ),
            models.Index(name="outbox_held", fields=["worker_id"], condition=Q(state="claimed")),
            # What was refused, newest first.
            models.Index(
                name="outbox_refused", fields=["connection", "state", "-id"],
                condition=Q(state__in=["rejected", "dead"]),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.object} {self.subject_id}"


class Deletion(Leased):
    """A remote record that has to go; done, the row is the receipt."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CLAIMED = "claimed", "On its way"
        DONE = "done", "Deleted there"
        FAILED = "failed", "Could not be deleted"
        DEAD = "dead", "Given up"

    class Reason(models.TextChoices):
        ERASED = "erased", "The person asked to be erased"
        DELETED = "deleted", "Deleted here"

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="deletions", db_index=False
    )
    object = models.CharField(max_length=10)
    remote_id = models.CharField(max_length=100)
    reason = models.CharField(max_length=8, choices=Reason.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    words = models.CharField(max_length=300, blank=True, default="", db_default="")
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="deletion_once",
                fields=["connection", "object", "remote_id"],
                condition=Q(state__in=["waiting", "claimed"]),
            ),
            models.CheckConstraint(
                name="deletion_state_known",
                condition=Q(state__in=["waiting", "claimed", "done", "failed", "dead"]),
            ),
        ]
        indexes = [
            models.Index(
                name="deletion_waiting", fields=["connection", "id"], condition=Q(state="waiting")
            ),
            models.Index(name="deletion_listed", fields=["connection", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.object} {self.remote_id}"
