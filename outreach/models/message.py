"""Message: one text or call to one number, or one that came from it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from contacts.models import Contact
from contacts.models.worker import Leased
from integrations.money import UsdField
from outreach.models.campaign import Campaign
from outreach.models.template import Channel, Template
from outreach.models.transitions import MESSAGE

SAME_NUMBER = "same_number"
FINAL = (
    "delivered", "undelivered", "failed", "canceled", "read", "completed", "busy", "no-answer",
    "received",
)  # fmt: skip


class Message(Leased):
    """A row of the queue of sends; then for good what was sent, on what grounds, what came of it.

    `state` is ours; `remote_status` is Twilio's last word, and `remote_rank` only rises. `evidence`
    lists the gate's decisions, the oldest first. `sid` is Twilio's id. `look_at` is when Twilio is
    to be asked about it, null once nothing more can change.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CLAIMED = "claimed", "Being looked at"
        SENDING = "sending", "On its way to Twilio"
        SENT = "sent", "Sent"
        REFUSED = "refused", "Not sent"
        UNKNOWN = "unknown", "Perhaps sent"
        CANCELLED = "cancelled", "Cancelled"
        DEAD = "dead", "Given up"
        RECEIVED = "received", "Received"

    class Direction(models.TextChoices):
        OUT = "out", "To the contact"
        IN = "in", "From the contact"

    direction = models.CharField(max_length=3, choices=Direction.choices, default=Direction.OUT)
    channel = models.CharField(max_length=5, choices=Channel.choices, default=Channel.SMS)
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="messages",
        db_index=False,
    )  # fmt: skip
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="messages",
        db_index=False,
    )  # fmt: skip
    template = models.ForeignKey(
        Template, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    template_version = models.PositiveIntegerField(null=True, blank=True)
    is_reply = models.BooleanField(
        default=False, db_default=False, help_text="Our answer to HELP; it needs no consent."
    )
    phone = models.CharField(max_length=16, help_text="The contact's.")
    sender = models.CharField(
        max_length=64, blank=True, default="", db_default="", help_text="Ours."
    )
    body = models.TextField(blank=True, default="", db_default="")
    voicemail = models.TextField(blank=True, default="", db_default="")
    is_recorded = models.BooleanField(default=False, db_default=False)
    segments = models.PositiveSmallIntegerField(default=0, db_default=0)
    price_usd = UsdField(default=0, db_default=0)
    is_sandbox = models.BooleanField(default=False, db_default=False)

    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    reason = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="The check that said no."
    )
    words = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="Why, in words."
    )
    evidence = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    expires_at = models.DateTimeField(null=True, blank=True)

    sid = models.CharField(max_length=34, blank=True, default="", db_default="")
    remote_status = models.CharField(max_length=20, blank=True, default="", db_default="")
    remote_rank = models.IntegerField(default=-1, db_default=-1)
    error_code = models.CharField(max_length=10, blank=True, default="", db_default="")
    answered_by = models.CharField(max_length=20, blank=True, default="", db_default="")
    duration_s = models.PositiveIntegerField(null=True, blank=True)
    meaning = models.CharField(
        max_length=5,
        blank=True,
        default="",
        db_default="",
        help_text="Of what came: stop, start or help.",
    )
    looks = models.PositiveSmallIntegerField(default=0, db_default=0)
    look_at = models.DateTimeField(null=True, blank=True)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+", db_index=False,
    )  # fmt: skip
    created_at = models.DateTimeField(db_default=Now())
    reserved_at = models.DateTimeField(null=True, blank=True)
    promise = models.JSONField(
        null=True, blank=True, editable=False,
        help_text="What the ledger was promised, until it is known what became of it.",
    )  # fmt: skip
    sent_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]
        permissions = [("send_message", "Can send one message to one contact")]
        constraints = [
            # Nobody gets two of one campaign; contacts that share a number are told apart.
            models.UniqueConstraint(
                name="message_one_to_a_number",
                fields=["campaign", "phone"],
                condition=Q(direction="out") & ~Q(reason=SAME_NUMBER),
            ),
            models.CheckConstraint(
                name="message_same_number_refused",
                condition=~Q(reason=SAME_NUMBER) | Q(state="refused"),
            ),
            models.UniqueConstraint(name="message_sid_once", fields=["sid"], condition=~Q(sid="")),
            models.CheckConstraint(
                name="message_state_known",
                condition=Q(
                    state__in=[
                        "waiting",
                        "claimed",
                        "sending",
                        "sent",
                        "refused",
                        "unknown",
                        "cancelled",
                        "dead",
                        "received",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="message_direction_known",
                condition=Q(direction="out") & ~Q(state="received")
                | Q(direction="in", state="received"),
            ),
            models.CheckConstraint(
                name="message_channel_known", condition=Q(channel__in=["sms", "voice"])
            ),
            models.CheckConstraint(
                name="message_held_by_worker",
                condition=~Q(state__in=["claimed", "sending"]) | Q(worker_id__isnull=False),
            ),
        ]
        indexes = [
            # Workers claim what is due.
            models.Index(
                name="message_waiting", fields=["campaign", "id"], include=["due_at"],
                condition=Q(state="waiting"),
            ),
            # The sweep gives back what a lost worker held.
            models.Index(
                name="message_held",
                fields=["worker_id"],
                condition=Q(state__in=["claimed", "sending"]),
            ),
            # Polling and reconciling.
            models.Index(
                name="message_to_look_at", fields=["look_at"], condition=Q(look_at__isnull=False)
            ),
            # A number's thread; how often it was written to; a reply's campaign.
            models.Index(name="message_by_phone", fields=["phone", "-id"]),
            models.Index(
                name="message_by_contact", fields=["contact", "-id"],
                condition=Q(contact__isnull=False),
            ),
            # A campaign's figures and lists.
            models.Index(
                name="message_of_campaign", fields=["campaign", "state", "id"],
                condition=Q(campaign__isnull=False),
            ),
            # The caps of the hour and the day.
            models.Index(
                name="message_by_reserved", fields=["channel", "reserved_at"],
                condition=Q(reserved_at__isnull=False),
            ),
        ]  # fmt: skip
        triggers = [MESSAGE]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.phone}"
