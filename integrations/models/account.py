"""Accounts: our secrets, switches, prices, limits and budgets at each provider."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from integrations.money import UsdField


class Account(models.Model):
    """Our account at a provider: secrets, switches, prices, limits, budget."""

    class State(models.TextChoices):
        OK = "ok", "Ready"
        REJECTED = "rejected", "Secret refused"
        EXHAUSTED = "exhausted", "Plan or balance used up"

    provider = models.CharField(max_length=40, help_text="The provider's slug.")
    label = models.CharField(max_length=100, default="Default")
    is_enabled = models.BooleanField(default=True)
    secrets = models.TextField(blank=True, editable=False, help_text="Sealed; shown nowhere.")
    secrets_set = models.JSONField(
        default=dict, blank=True, editable=False, help_text="{secret's name: {at, by}}"
    )
    options = models.JSONField(default=dict, blank=True, help_text="The provider's switches.")
    limits = models.JSONField(
        null=True, blank=True, help_text="Own rate limits as [[calls, seconds], …]."
    )
    max_in_flight = models.PositiveIntegerField(null=True, blank=True)
    daily_cap_usd = UsdField(null=True, blank=True)
    monthly_cap_usd = UsdField(null=True, blank=True)
    hold_unknown_above_usd = UsdField(
        default=Decimal("0.05"),
        help_text="A call with a hidden outcome and a higher price waits for a person.",
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.OK)
    state_reason = models.CharField(max_length=300, blank=True)
    state_since = models.DateTimeField(null=True, blank=True)
    state_until = models.DateTimeField(
        null=True, blank=True, help_text="When a used-up plan is renewed, if the provider told."
    )
    version = models.PositiveIntegerField(default=1, editable=False, db_default=1)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    objects = models.Manager()

    class Meta:
        ordering = ["provider", "label"]
        permissions = [
            ("change_secret", "Can set and forget an account's secrets"),
            ("test_account", "Can test an account's connection"),
        ]
        constraints = [
            models.UniqueConstraint(name="account_label_once", fields=["provider", "label"]),
            models.UniqueConstraint(
                name="account_one_enabled", fields=["provider"], condition=Q(is_enabled=True)
            ),
            models.CheckConstraint(
                name="account_state_known", condition=Q(state__in=["ok", "rejected", "exhausted"])
            ),
            models.CheckConstraint(
                name="account_caps_not_negative",
                condition=(Q(daily_cap_usd=None) | Q(daily_cap_usd__gte=0))
                & (Q(monthly_cap_usd=None) | Q(monthly_cap_usd__gte=0))
                & Q(hold_unknown_above_usd__gte=0),
            ),
        ]
        triggers = [
            # Workers compare the version before each call, so a change reaches the very next one.
            pgtrigger.Trigger(
                name="account_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="NEW.version := OLD.version + 1; RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} ({self.label})"


class AccountLookup(models.Model):
    """What an operator changed about one lookup or search; without a row the defaults hold."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="lookups")
    name = models.CharField(max_length=60)
    is_enabled = models.BooleanField()
    price_usd = UsdField(null=True, blank=True)
    fresh_days = models.PositiveIntegerField(null=True, blank=True)
    miss_fresh_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="How long a miss is believed."
    )

    objects = models.Manager()

    class Meta:
        ordering = ["account", "name"]
        constraints = [
            models.UniqueConstraint(name="accountlookup_once", fields=["account", "name"]),
            models.CheckConstraint(
                name="accountlookup_price_not_negative",
                condition=Q(price_usd=None) | Q(price_usd__gte=0),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="accountlookup_version",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="UPDATE integrations_account SET updated_at = now()"
                " WHERE id = COALESCE(NEW.account_id, OLD.account_id); RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.name}"
