"""Alerts: their rules, the ways out of the house, and what is owed to each of them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class AlertRule(models.Model):
    """When a kind of alert is raised and when it is over; the kinds are `alerting.kinds`.

    Raised at `threshold` or more for `for_s`; over at `clears_at` or less for `quiet_s`. What lies
    between the two figures changes nothing, so that a value which wavers raises no second alert.
    """

    kind = models.CharField(max_length=20, primary_key=True)
    is_enabled = models.BooleanField(default=True)
    threshold = models.FloatField()
    clears_at = models.FloatField()
    for_s = models.PositiveIntegerField()
    quiet_s = models.PositiveIntegerField()

    objects = models.Manager()

    class Meta:
        default_permissions = ("change",)
        constraints = [
            models.CheckConstraint(
                name="alertrule_clears_below", condition=Q(clears_at__lt=F("threshold"))
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class AlertQuerySet(models.QuerySet["Alert"]):
    def raised(self) -> AlertQuerySet:
        """Return those that people were told of; the others only may become alerts."""
        return self.filter(raised_at__isnull=False)

    def standing(self) -> AlertQuerySet:
        return self.raised().filter(cleared_at=None)


class Alert(models.Model):
    """Something that passed its threshold; one is open for each kind and subject.

    `subject` tells apart what a kind is about ("twilio", "run:7"), empty where there is one only.
    """

    class Level(models.TextChoices):
        WARNING = "warning", "Warning"
        DANGER = "danger", "Urgent"

    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=80, blank=True)
    level = models.CharField(max_length=7, choices=Level.choices)
    message = models.CharField(max_length=500)
    value = models.FloatField()

    since = models.DateTimeField(db_default=Now())
    raised_at = models.DateTimeField(null=True)
    quiet_since = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=150, blank=True, db_default="")
    muted_until = models.DateTimeField(null=True)
    muted_by = models.CharField(max_length=150, blank=True, db_default="")

    objects = AlertQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        permissions = [("acknowledge_alert", "Can acknowledge and mute alerts")]
        constraints = [
            models.UniqueConstraint(
                name="alert_one_open", fields=["kind", "subject"], condition=Q(cleared_at=None)
            ),
        ]
        indexes = [
            # The history, newest first.
            models.Index(name="alert_raised", fields=["-id"], condition=Q(raised_at__isnull=False)),
            # Whether the next one of a kind and subject is to be silent.
            models.Index(
                name="alert_muted",
                fields=["kind", "subject"],
                condition=Q(muted_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()


class AlertChannel(models.Model):
    """A way out of the house for alerts."""

    class Kind(models.TextChoices):
        SLACK = "slack", "Slack"
        EMAIL = "email", "E-mail"

    kind = models.CharField(max_length=5, choices=Kind.choices, primary_key=True)
    is_enabled = models.BooleanField(default=False)
    sealed = models.TextField(blank=True, help_text="Slack's webhook, sealed; shown nowhere.")
    recipients = models.TextField(blank=True, help_text="E-mail addresses, one a line.")

    objects = models.Manager()

    class Meta:
        default_permissions = ("change",)

    def __str__(self) -> str:
        return self.get_kind_display()


class Notice(models.Model):
    """One message owed to a channel, written in the transaction that raises or clears the alert.

    A sender claims it for `claimed_until`; what a killed one leaves may have been sent, and only a
    person has it sent again.
    """

    class Event(models.TextChoices):
        RAISED = "raised", "Raised"
        CLEARED = "cleared", "Cleared"
        TEST = "test", "Test"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        KEPT = "kept", "Not sent: sandbox"
        FAILED = "failed", "Failed"
        UNKNOWN = "unknown", "Perhaps sent"

    alert = models.ForeignKey(Alert, null=True, on_delete=models.CASCADE, related_name="notices")
    channel = models.CharField(max_length=5, choices=AlertChannel.Kind.choices)
    event = models.CharField(max_length=7, choices=Event.choices)
    title = models.CharField(max_length=200)
    text = models.TextField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    claimed_until = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    objects = models.Manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="notice_once", fields=["alert", "channel", "event"]),
        ]
        indexes = [
            # Senders look for what is due.
            models.Index(
                name="notice_open", fields=["id"], condition=Q(state__in=["waiting", "sending"])
            ),
        ]

    def __str__(self) -> str:
        return self.title


class AlertRound(models.Model):
    """The one row of the last look: when it was, what queues and counters said lately."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    looked_at = models.DateTimeField(null=True)
    moves = models.JSONField(
        default=dict, help_text='{"run:7": [what was left, since when, in seconds]}'
    )
    samples = models.JSONField(
        default=list, help_text='[[seconds, {"provider|day": [asked, errors]}]]'
    )

    objects = models.Manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="alertround_one", condition=Q(id=1)),
        ]

    def __str__(self) -> str:
        return f"looked at {self.looked_at}"
