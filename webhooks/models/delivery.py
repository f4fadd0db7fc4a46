"""Deliveries: what others have posted to us, one row for each event, and what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from contacts.models.worker import Leased


class Delivery(Leased):
    """One event from one sender; the same event posted again is the same row.

    `event` is the sender's own id of it, or a digest of what it says where the sender gives none.
    Of a forgotten one only sender, event and time are left, so that it cannot come again.
    `subject` is what the event is about, in the sender's terms (a message's SID, a ticket).
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CLAIMED = "claimed", "In work"
        DONE = "done", "Done"
        KEPT = "kept", "Kept"  # nobody here reads such events
        DEAD = "dead", "Given up"
        FORGOTTEN = "forgotten", "Forgotten"  # what it said is deleted, its name is not

    sender = models.CharField(max_length=20)
    event = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=100, blank=True)
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    outcome = models.CharField(max_length=300, blank=True, help_text="What came of it, in words.")
    received_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "deliveries"
        permissions = [("replay_delivery", "Can have deliveries worked again")]
        constraints = [
            models.UniqueConstraint(name="delivery_once", fields=["sender", "event"]),
            models.CheckConstraint(
                name="delivery_state_known",
                condition=Q(state__in=["waiting", "claimed", "done", "kept", "dead", "forgotten"]),
            ),
        ]
        indexes = [
            models.Index(name="delivery_waiting", fields=["id"], condition=Q(state="waiting")),
            models.Index(
                name="delivery_claimed", fields=["worker_id"], condition=Q(state="claimed")
            ),
            models.Index(name="delivery_dead", fields=["-id"], condition=Q(state="dead")),
            models.Index(name="delivery_by_sender", fields=["sender", "-id"]),
            models.Index(name="delivery_by_subject", fields=["subject"], condition=~Q(subject="")),
            # Retention: the oldest that still says something, and the oldest that only has a name.
            models.Index(
                name="delivery_by_day", fields=["received_at"], condition=~Q(state="forgotten")
            ),
            models.Index(
                name="delivery_forgotten", fields=["received_at"], condition=Q(state="forgotten")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sender}: {self.kind} {self.subject}".rstrip()
