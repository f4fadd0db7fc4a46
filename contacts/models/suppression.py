"""Suppression: a number that must not be reached; SuppressionList: many of them, from elsewhere.

Nothing here refers to a contact: a number stays suppressed when its contact is deleted, comes back
with the next import, or never was one.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from contacts.models.worker import Leased

E164 = r"^\+[1-9][0-9]{5,14}$"
# The register of the United States must not be older than 31 days: 16 CFR 310.4(b)(3)(iv).
MAX_AGE_DAYS = 31


class Reason(models.TextChoices):
    STOP = "stop", "Said stop"
    OWN = "own", "Put here by us"
    LIST = "list", "On a list"
    REASSIGNED = "reassigned", "Belongs to somebody else now"
    COMPLAINT = "complaint", "Complained"


class Channel(models.TextChoices):
    ALL = "all", "Messages and calls"
    SMS = "sms", "Messages"
    VOICE = "voice", "Calls"


class Suppression(models.Model):
    """One reason not to reach a number; lifted, it stays as its history."""

    phone_e164 = models.CharField("number", max_length=16)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    channel = models.CharField(max_length=5, choices=Channel.choices, default=Channel.ALL)
    since = models.DateTimeField(db_default=Now())
    note = models.CharField(max_length=300, blank=True, db_default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lift_note = models.CharField("why lifted", max_length=300, blank=True, db_default="")

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "number not to contact"
        verbose_name_plural = "do not contact"
        permissions = [("lift_suppression", "Can lift suppression")]
        constraints = [
            # Its index is also what `standing` reads.
            models.UniqueConstraint(
                name="suppression_once",
                fields=["phone_e164", "reason", "channel"],
                condition=Q(lifted_at=None),
            ),
            models.CheckConstraint(
                name="suppression_e164_form", condition=Q(phone_e164__regex=E164)
            ),
            models.CheckConstraint(
                name="suppression_reason_known",
                condition=Q(reason__in=["stop", "own", "list", "reassigned", "complaint"]),
            ),
            models.CheckConstraint(
                name="suppression_channel_known", condition=Q(channel__in=["all", "sms", "voice"])
            ),
            models.CheckConstraint(
                name="suppression_lifted_with_reason",
                condition=Q(lifted_at=None, lift_note="")
                | Q(lifted_at__isnull=False) & ~Q(lift_note=""),
            ),
        ]
        indexes = [
            # The history of a number, on the pages of contacts and in the search.
            models.Index(name="suppression_by_phone", fields=["phone_e164", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.phone_e164}: {self.get_reason_display().lower()}"

    @property
    def is_standing(self) -> bool:
        return self.lifted_at is None


class SuppressionList(Leased):
    """A do-not-contact list as it was on a day; its numbers count from "standing" on, all at once.

    A file is read in chunks of a transaction each; a worker that is lost starts its file again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        WORKING = "working", "Being read"
        STANDING = "standing", "Standing"
        FAILED = "failed", "Failed"
        REPLACED = "replaced", "Replaced"
        DELETED = "deleted", "Deleted"

    name = models.CharField(max_length=100)
    channel = models.CharField(max_length=5, choices=Channel.choices, default=Channel.ALL)
    as_of = models.DateField("drawn on", help_text="The day on which its issuer drew it up.")
    max_age_days = models.PositiveSmallIntegerField(
        "days until it is stale",
        default=MAX_AGE_DAYS,
        db_default=MAX_AGE_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(3660)],
    )
    region = models.CharField(max_length=2, default="US", help_text="Of numbers without +.")

    path = models.CharField(max_length=500, blank=True, db_default="")
    digest = models.CharField(max_length=64, blank=True, db_default="")
    line_count = models.BigIntegerField(default=0, db_default=0)
    encoding = models.CharField(max_length=30, blank=True, db_default="")
    delimiter = models.CharField(max_length=1, blank=True, db_default="")
    header_row = models.PositiveIntegerField(default=0, db_default=0)
    number_columns = models.JSONField(default=list, help_text="Columns whose cells make a number.")

    state = models.CharField(
        max_length=8, choices=State.choices, default=State.WAITING, db_default=State.WAITING
    )
    error = models.CharField(max_length=500, blank=True, db_default="")
    read_line = models.BigIntegerField(default=0, db_default=0)
    number_count = models.PositiveIntegerField("numbers", default=0, db_default=0)
    repeated_count = models.PositiveIntegerField(default=0, db_default=0)
    refused_count = models.PositiveIntegerField(default=0, db_default=0)
    replaces = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaced_by"
    )

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "do-not-contact list"
        constraints = [
            models.CheckConstraint(
                name="suppressionlist_state_known",
                condition=Q(
                    state__in=["waiting", "working", "standing", "failed", "replaced", "deleted"]
                ),
            ),
            models.CheckConstraint(
                name="suppressionlist_channel_known",
                condition=Q(channel__in=["all", "sms", "voice"]),
            ),
            models.CheckConstraint(
                name="suppressionlist_age_range", condition=Q(max_age_days__range=(1, 3660))
            ),
            # Two people who replace a list at once: the second is told.
            models.UniqueConstraint(
                name="suppressionlist_replaced_once",
                fields=["replaces"],
                condition=Q(state__in=["waiting", "working", "standing", "replaced"]),
            ),
        ]
        indexes = [
            # The sweep that rings for lists without a living worker.
            models.Index(
                name="suppressionlist_unfinished",
                fields=["id"],
                condition=Q(state__in=["waiting", "working"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stale_from(self) -> date:
        """The first day on which it is too old to be relied on."""
        return self.as_of + timedelta(days=self.max_age_days + 1)

    @property
    def is_stale(self) -> bool:
        return timezone.now().date() >= self.stale_from

    @property
    def progress(self) -> float | None:
        """How much of the file is read, 0 to 1; None when its length can't be told."""
        if self.state in (self.State.STANDING, self.State.REPLACED):
            return 1.0
        return min(1.0, self.read_line / self.line_count) if self.line_count else None


class ListedNumber(models.Model):
    """A number on a list: copied in by the million, so without constraints to other tables."""

    # In this order its index also finds a number's lists.
    pk = models.CompositePrimaryKey("phone_e164", "source_id")
    phone_e164 = models.CharField(max_length=16)
    source = models.ForeignKey(
        SuppressionList,
        db_constraint=False,
        db_index=False,
        on_delete=models.DO_NOTHING,
        related_name="numbers",
    )

    objects = models.Manager()

    def __str__(self) -> str:
        return self.phone_e164


class RefusedLine(models.Model):
    """A line of a list that holds no number that we could read, and why."""

    pk = models.CompositePrimaryKey("source_id", "line")
    source = models.ForeignKey(
        SuppressionList,
        db_constraint=False,
        db_index=False,
        on_delete=models.DO_NOTHING,
        related_name="refused_lines",
    )
    line = models.BigIntegerField()
    text = models.CharField(max_length=200)
    reason = models.CharField(max_length=200)

    objects = models.Manager()

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"
