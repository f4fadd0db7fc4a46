"""What accounts and runs may spend, what is under way, and the ledger of every call."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from integrations.models.account import Account
from integrations.money import UsdField


class Budget(models.Model):
    """What one pot has spent and promised; `key` is "run:7" or "account:3:2026-11[-22]"."""

    key = models.CharField(max_length=60, primary_key=True)
    cap_usd = UsdField(null=True, blank=True, help_text="Empty: no cap.")
    reserved_usd = UsdField(default=0, db_default=0)
    spent_usd = UsdField(default=0, db_default=0)

    objects = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="budget_not_negative", condition=Q(reserved_usd__gte=0) & Q(spent_usd__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Reservation(models.Model):
    """A call about to be made or under way, written before it is sent.

    `call_key` is one for equal questions, so two workers never ask the same thing at once. A
    worker that dies leaves its rows behind; the sweep turns them into `unknown` calls.
    """

    call_key = models.UUIDField(primary_key=True)
    request_id = models.UUIDField()
    worker_id = models.UUIDField()
    account_id = models.BigIntegerField()
    provider = models.CharField(max_length=40)
    questions = models.JSONField(help_text="{lookup name: question key}")
    contact_id = models.BigIntegerField(null=True)
    run_id = models.BigIntegerField(null=True)
    price_usd = UsdField()
    budgets = models.CharField(max_length=200, help_text="Keys, joined by spaces.")
    is_sandbox = models.BooleanField()
    reserved_at = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    def __str__(self) -> str:
        return str(self.request_id)


class ApiCall(models.Model):
    """The ledger: one row for every request that may have left us.

    No foreign keys in the database: rows come by COPY, thousands a second, and outlive what they
    point at.
    """

    class Outcome(models.TextChoices):
        ANSWERED = "answered", "Answered"
        FAILED = "failed", "Failed"
        UNKNOWN = "unknown", "Unknown"

    id = models.UUIDField(primary_key=True, help_text="The X-Request-ID we sent; sorts by time.")
    provider = models.CharField(max_length=40)
    lookup = models.CharField(max_length=200)
    account = models.ForeignKey(
        Account,
        null=True,
        db_constraint=False,
        db_index=False,
        on_delete=models.DO_NOTHING,
        related_name="+",
    )
    contact_id = models.BigIntegerField(null=True)
    run_id = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    http_status = models.PositiveSmallIntegerField(null=True)
    ms = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=1)
    price_usd = UsdField(default=0)
    remote_id = models.CharField(max_length=80, blank=True)
    error_class = models.CharField(max_length=40, blank=True)
    error = models.CharField(max_length=300, blank=True)
    exchange = models.CharField(max_length=500, blank=True, help_text="Redacted.")
    is_sandbox = models.BooleanField(default=False)
    started_at = models.DateTimeField()

    objects = models.Manager()

    class Meta:
        verbose_name = "API call"
        verbose_name_plural = "API calls"
        ordering = ["-id"]
        permissions = [("view_exchange", "Can see the redacted exchange of an API call")]
        constraints = [
            models.CheckConstraint(
                name="apicall_outcome_known",
                condition=Q(outcome__in=["answered", "failed", "unknown"]),
            ),
            models.CheckConstraint(
                name="apicall_price_not_negative", condition=Q(price_usd__gte=0)
            ),
        ]
        indexes = [
            # What was asked about a contact, on its page.
            models.Index(
                name="apicall_by_contact",
                fields=["contact_id"],
                condition=Q(contact_id__isnull=False),
            ),
            # What may have been paid for in vain; there are few.
            models.Index(name="apicall_unknown", fields=["-id"], condition=Q(outcome="unknown")),
            # The list of calls that need a look.
            models.Index(
                name="apicall_not_answered", fields=["-id"], condition=~Q(outcome="answered")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.lookup}"


class LookupDay(models.Model):
    """Per lookup and day: how often asked, with what outcome, at what price, how fast answered.

    Estimates read its hit rates; the page of providers' answers reads the times, counted in the
    classes of `integrations.latency`. What a run spent is in `SpendDay`.
    """

    account_id = models.BigIntegerField()
    lookup = models.CharField(max_length=100)
    day = models.DateField()
    is_sandbox = models.BooleanField()
    asked = models.BigIntegerField(default=0)
    hits = models.BigIntegerField(default=0)
    misses = models.BigIntegerField(default=0)
    errors = models.BigIntegerField(default=0)
    spent_usd = UsdField(default=0)
    latency = ArrayField(models.BigIntegerField(), default=list, db_default=[])

    objects = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="lookupday_once", fields=["account_id", "lookup", "day", "is_sandbox"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lookup} {self.day}"
