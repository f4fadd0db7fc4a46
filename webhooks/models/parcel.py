"""Parcels: what is owed to subscriptions, one row for each event and address; and each try."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from contacts.models.worker import Leased
from integrations.ids import uuid7
from webhooks.models.subscription import Subscription


class Parcel(Leased):
    """One event on its way to one subscription.

    `message_id` and `body` stay the same however often it is sent. Of a subscription that people
    read, `body` holds what its message is made of: {"counts": {kind: how many}, "lines": [words]}.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CLAIMED = "claimed", "Being sent"
        DELIVERED = "delivered", "Delivered"
        KEPT = "kept", "Not sent: sandbox"
        FAILED = "failed", "Refused"  # trying again would change nothing
        DEAD = "dead", "Given up"

    message_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="parcels")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80, blank=True)
    body = models.TextField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    outcome = models.CharField(max_length=300, blank=True, help_text="What came of it, in words.")
    status = models.PositiveSmallIntegerField(null=True, help_text="What was answered last.")
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]
        permissions = [("replay_parcel", "Can have parcels sent again")]
        constraints = [
            models.CheckConstraint(
                name="parcel_state_known",
                condition=Q(
                    state__in=["waiting", "claimed", "delivered", "kept", "failed", "dead"]
                ),
            ),
        ]
        indexes = [
            # Senders look for what is due to one subscription.
            models.Index(
                name="parcel_waiting",
                fields=["subscription", "id"],
                condition=Q(state="waiting"),
            ),
            # The sweep asks whether anything is due.
            models.Index(name="parcel_due", fields=["due_at"], condition=Q(state="waiting")),
            models.Index(name="parcel_claimed", fields=["worker_id"], condition=Q(state="claimed")),
            # The list: by state, by event, by subscription; the search: by subject.
            models.Index(name="parcel_by_kind", fields=["kind", "-id"]),
            models.Index(name="parcel_by_state", fields=["state", "-id"]),
            models.Index(name="parcel_by_subscription", fields=["subscription", "-id"]),
            models.Index(name="parcel_by_subject", fields=["subject"], condition=~Q(subject="")),
            # What is cleared.
            models.Index(name="parcel_by_day", fields=["created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind.replace('.', ' ')} {self.subject}".rstrip()


class Attempt(models.Model):
    """One try to deliver a parcel, and what came of it.

    `answer` is the beginning of what the receiver said. It may be the page of a machine that our
    users must not see through us, so no page of ours shows it.
    """

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="attempts")
    made_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    took_ms = models.PositiveIntegerField()
    outcome = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=300, blank=True)

    objects = models.Manager()

    class Meta:
        default_permissions = ()
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.status or ''} {self.outcome}".strip()
