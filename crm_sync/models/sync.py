"""Sync: one going-over of one connection; what a dry one found; how far a pull has come."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from contacts.models.worker import Leased
from crm_sync.models.connection import Connection

OPEN = ("waiting", "claimed")


class Sync(Leased):
    """A row of the queue of syncs, then its record. Of a connection one at a time is open.

    `problems` are what has to be mended (`connector.Problem` in JSON): with any, nothing was
    written. `counts` are by object: {"contact": {"created": 3, "updated": 9, …}}.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CLAIMED = "claimed", "Working"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        STOPPED = "stopped", "Stopped"
        DEAD = "dead", "Given up"

    class Cause(models.TextChoices):
        SCHEDULE = "schedule", "Schedule"
        PERSON = "person", "Started by hand"
        CHANGE = "change", "Something changed"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="syncs")
    cause = models.CharField(max_length=8, choices=Cause.choices, default=Cause.PERSON)
    is_dry = models.BooleanField(default=False, db_default=False)
    is_full = models.BooleanField(
        default=False, db_default=False, help_text="All records are compared, not what changed."
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    wants_stop = models.BooleanField(default=False, db_default=False)
    stage = models.CharField(max_length=40, blank=True, default="", db_default="")
    reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    category = models.CharField(
        max_length=12, blank=True, default="", db_default="",
        help_text="What kind of thing made it fail: permission, login, throttled, …",
    )  # fmt: skip
    problems = models.JSONField(default=list, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    marks = models.JSONField(default=dict, blank=True, help_text="What is over and done with.")
    total = models.PositiveIntegerField(null=True, blank=True, help_text="Records to look at.")
    eta_s = models.PositiveIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+", db_index=False,
    )  # fmt: skip
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="sync_one_open",
                fields=["connection"],
                condition=Q(state__in=["waiting", "claimed"]),
            ),
            models.CheckConstraint(
                name="sync_state_known",
                condition=Q(state__in=["waiting", "claimed", "done", "failed", "stopped", "dead"]),
            ),
            models.CheckConstraint(
                name="sync_held_by_worker",
                condition=~Q(state="claimed") | Q(worker_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="sync_waiting", fields=["id"], condition=Q(state="waiting")),
            models.Index(name="sync_held", fields=["worker_id"], condition=Q(state="claimed")),
        ]

    def __str__(self) -> str:
        return f"{self.connection} #{self.pk}"


class Finding(models.Model):
    """What a dry run would do to one record: the first FINDINGS of each verdict are kept.

    `changes` are {remote field: [theirs, ours]}.
    """

    class Verdict(models.TextChoices):
        CREATE = "create", "To be made"
        UPDATE = "update", "To be changed"
        INVALID = "invalid", "Cannot be sent"
        HELD = "held", "Held back"
        DELETE = "delete", "To be deleted"

    sync = models.ForeignKey(Sync, on_delete=models.CASCADE, related_name="findings")
    object = models.CharField(max_length=10)
    subject_id = models.BigIntegerField()
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    changes = models.JSONField(default=dict, blank=True)
    words = models.CharField(max_length=300, blank=True, default="")
    field = models.CharField(max_length=100, blank=True, default="")

    objects = models.Manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.verdict} {self.object} {self.subject_id}"


class Position(models.Model):
    """How far the pull of an object has come; written with what the page brought."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="positions")
    object = models.CharField(max_length=10)
    cursor = models.JSONField(default=dict)
    moved_at = models.DateTimeField(auto_now=True, db_default=Now())

    objects = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="position_once", fields=["connection", "object"])
        ]

    def __str__(self) -> str:
        return f"{self.connection}: {self.object}"
