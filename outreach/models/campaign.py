"""Campaign: a template over a selection of contacts, approved once, sent at a pace."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from contacts.models.ranges import within
from integrations.money import UsdField
from outreach.models.template import Channel, Template
from outreach.models.transitions import CAMPAIGN


class Campaign(models.Model):
    """What it came to is counted from its messages; it keeps no counters of its own.

    `words` is the template as it was estimated: its later changes do not reach us. `estimate` is
    {"share": 0 to 1} while it is being made.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        ESTIMATING = "estimating", "Being estimated"
        READY = "ready", "Waits for approval"
        WORKING = "working", "Sending"
        PAUSED = "paused", "Paused"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Stopped"

    name = models.CharField(max_length=200)
    channel = models.CharField(max_length=5, choices=Channel.choices, default=Channel.SMS)
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="campaigns")
    words = models.JSONField(default=dict)
    selection = models.JSONField(default=dict, help_text="Filters over contacts.")
    sender = models.CharField(
        max_length=64, blank=True, help_text="A number of ours; empty: as the account says."
    )
    cap_usd = UsdField(null=True, blank=True)
    per_hour = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: no limit.")
    per_day = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: no limit.")
    opens = models.TimeField(
        null=True, blank=True, help_text="Not before, where the contact is; the law's hours hold."
    )
    closes = models.TimeField(null=True, blank=True, help_text="Not after, where the contact is.")
    ends_on = models.DateField(null=True, blank=True, help_text="Nothing is sent after this day.")
    is_sandbox = models.BooleanField(default=False, help_text="As it was when estimated.")

    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it stands still.")
    blocked_by = models.CharField(
        max_length=60,
        blank=True,
        help_text='"person", "campaign:7", "account:3:2026-11" or "provider:" and its version.',
    )
    not_before = models.DateTimeField(null=True, blank=True)
    estimate = models.JSONField(null=True, blank=True)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    approved_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]
        permissions = [("approve_campaign", "Can approve a campaign, which sends and spends")]
        constraints = [
            models.CheckConstraint(
                name="campaign_state_known",
                condition=Q(
                    state__in=[
                        "draft",
                        "estimating",
                        "ready",
                        "working",
                        "paused",
                        "done",
                        "cancelled",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="campaign_channel_known", condition=Q(channel__in=["sms", "voice"])
            ),
            models.CheckConstraint(
                name="campaign_cap_not_negative", condition=Q(cap_usd=None) | Q(cap_usd__gte=0)
            ),
            within("campaign_hour_range", per_hour=(1, 1_000_000)),
            within("campaign_day_range", per_day=(1, 10_000_000)),
            models.CheckConstraint(
                name="campaign_hours_in_order",
                condition=Q(opens=None) | Q(closes=None) | Q(opens__lt=models.F("closes")),
            ),
        ]
        indexes = [
            # Workers look for what they may send.
            models.Index(name="campaign_working", fields=["id"], condition=Q(state="working")),
        ]
        triggers = [CAMPAIGN]

    def __str__(self) -> str:
        return self.name

    @property
    def max_usd(self) -> Decimal:
        """What its estimate says is the most; 0 while there is none."""
        return Decimal((self.estimate or {}).get("max_usd", 0))

    @property
    def ceiling_usd(self) -> Decimal:
        """What it may spend: its cap, else what its estimate says is the most."""
        return self.max_usd if self.cap_usd is None else self.cap_usd

    @property
    def budget_key(self) -> str:
        """The key of its row in `integrations.Budget`."""
        return f"campaign:{self.pk}"
